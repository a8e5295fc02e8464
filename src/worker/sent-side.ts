/**
 * A side of a comparison on its way to the worker. A version has most of its files in common with the pack
 * that is open, and ten thousand texts take longer to cross than to compare: only what differs is sent.
 */
import type { CompareSide } from './compare-api.ts';
import type { FileChange } from './engine-api.ts';

export type SentSide =
  | { readonly kind: 'working' }
  | { readonly kind: 'changes'; readonly key: string; readonly changes: readonly FileChange[] };

type Files = ReadonlyMap<string, string>;

/** What to send; `working`: the pack's files as the worker has them when this arrives. */
export function sentSide(side: CompareSide, working: Files): SentSide {
  if (side.kind === 'working') return side;
  const changes: FileChange[] = [];
  for (const [path, text] of side.files) {
    if (working.get(path) !== text) changes.push({ path, text });
  }
  for (const path of working.keys()) {
    if (!side.files.has(path)) changes.push({ path, text: undefined });
  }
  return { kind: 'changes', key: side.key, changes };
}

/** The side that was sent. */
export function receivedSide(side: SentSide, working: Files): CompareSide {
  if (side.kind === 'working') return side;
  const files = new Map(working);
  for (const { path, text } of side.changes) {
    if (text === undefined) files.delete(path);
    else files.set(path, text);
  }
  return { kind: 'files', key: side.key, files };
}
