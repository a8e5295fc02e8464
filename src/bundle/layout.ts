/**
 * Where the files of a pack stand in its bundle. Other Cedar engines read what stands at its root, so the
 * policies stand there in plain Cedar, and those that its author wrote otherwise are below `source/`:
 *
 *     policies/roles.cedar          as other engines read it
 *     policies/plain-cedar.cedar    what this engine adds to all policies
 *     source/policies/roles.cedar   as its author wrote it: this is what the engine here reads
 */
import type { PackFiles } from '../pack/files.ts';
import type { Pack } from '../pack/read.ts';
import { ADDED_FILE, decidedOtherwise, plainForm, type PlainProblem } from './plain-cedar.ts';

/** Below it stands what its author wrote otherwise. */
export const SOURCE_FOLDER = 'source/';

export interface LaidOut {
  readonly content: PackFiles;
  /** Why others may decide otherwise: the pack stands there as its author wrote it. Empty when they do not. */
  readonly notPlain: readonly PlainProblem[];
}

/** A pack as it stands in a bundle. */
export function layOut(files: PackFiles, pack: Pack): LaidOut {
  const plain = plainForm(files, pack);
  if (!plain.ok) return { content: files, notPlain: plain.error };
  const others = new Map([...files, ...plain.value]);
  const notPlain = decidedOtherwise(pack, others).map((id) => ({
    path: `scenarios/${id}.json`,
    message: 'It is decided otherwise in plain Cedar.',
  }));
  return { content: notPlain.length > 0 ? files : withSources(files, plain.value), notPlain };
}

function withSources(files: PackFiles, plain: PackFiles): PackFiles {
  const sources = [...files].filter(([path]) => plain.has(path));
  return new Map([
    ...files,
    ...plain,
    ...sources.map(([path, text]) => [SOURCE_FOLDER + path, text] as const),
  ]);
}

/** Where an author's file stands in a bundle. */
export function sourceOf(content: PackFiles, path: string): string {
  const source = SOURCE_FOLDER + path;
  return content.has(source) ? source : path;
}

/** The pack as its author wrote it, out of the texts of a bundle. */
export function authorsFiles(content: PackFiles): PackFiles {
  const own = new Map<string, string>();
  for (const [path, text] of content) {
    if (path.startsWith(SOURCE_FOLDER)) own.set(path.slice(SOURCE_FOLDER.length), text);
    else if (path !== ADDED_FILE && !content.has(SOURCE_FOLDER + path)) own.set(path, text);
  }
  return own;
}

/** The file that others would read and that does not say what the author's does; undefined when all do. */
export function misleadingFile(content: PackFiles, own: PackFiles, pack: Pack): string | undefined {
  const isLaidOut = (path: string): boolean =>
    path === ADDED_FILE || path.startsWith(SOURCE_FOLDER);
  if (![...content.keys()].some(isLaidOut)) return undefined;
  const plain = plainForm(own, pack);
  const expected = plain.ok ? withSources(own, plain.value) : own;
  return [...new Set([...expected.keys(), ...content.keys()])].find(
    (path) => expected.get(path) !== content.get(path),
  );
}
