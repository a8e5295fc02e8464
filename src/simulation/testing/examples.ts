import type { PackFiles } from '../../pack/files.ts';
import { readPack, type Pack } from '../../pack/read.ts';

/** The packs among texts by path below `policies/`, as a glob import gives them. */
export function examplePacks(
  texts: Readonly<Record<string, string>>,
): ReadonlyMap<string, PackFiles> {
  const packs = new Map<string, Map<string, string>>();
  for (const [path, text] of Object.entries(texts)) {
    const [, name = '', file = ''] = /policies\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const files = packs.get(name) ?? new Map<string, string>();
    packs.set(name, files.set(file, text));
  }
  return packs;
}

/** @throws when the files make no pack */
export function packOf(files: PackFiles | undefined): Pack {
  const { pack, problems } = readPack(files ?? new Map());
  if (pack === undefined) throw new Error(JSON.stringify(problems));
  return pack;
}

/** The files with others in their place; a text `undefined` deletes. */
export function changed(
  files: PackFiles | undefined,
  changes: Readonly<Record<string, string | undefined>>,
): PackFiles {
  const all = new Map(files);
  for (const [path, text] of Object.entries(changes)) {
    if (text === undefined) all.delete(path);
    else all.set(path, text);
  }
  return all;
}

/** One file's text changed by a function. */
export function edited(
  files: PackFiles | undefined,
  path: string,
  edit: (text: string) => string,
): PackFiles {
  return changed(files, { [path]: edit(files?.get(path) ?? '') });
}
