import { fileKind } from '../../pack/files.ts';
import type { PackModel } from '../model.ts';
import type { CompletionItem } from './item.ts';
import { completeJson } from './json.ts';
import { completePolicy } from './policy.ts';
import { completeSchema } from './schema.ts';

/** What can be written at `offset` of a file, the likeliest first. Works in code that does not parse. */
export function complete(
  model: PackModel,
  path: string,
  offset: number,
): readonly CompletionItem[] {
  const text = model.files.get(path);
  if (text === undefined) return [];
  switch (fileKind(path)) {
    case 'policies':
      return completePolicy(model, text, offset);
    case 'schema':
      return completeSchema(model, text, offset);
    case 'metadata':
    case 'settings':
    case 'entities':
    case 'scenario':
      return completeJson(model, path, text, offset);
    case 'other':
      return [];
  }
}
