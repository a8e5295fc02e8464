/**
 * A pack's files as they come in: typed by hand, dropped from a folder, taken out of an archive. Names and
 * sizes are hostile until they were looked at here, before anything is parsed.
 */
import { problem, type PackProblem } from './problem.ts';

/** Path to text. Paths are relative, with `/`. */
export type PackFiles = ReadonlyMap<string, string>;

export const METADATA_FILE = 'metadata.json';
export const SCHEMA_FILE = 'schema.cedarschema';
export const SETTINGS_FILE = 'stage0.json';

/** Sizes in UTF-16 code units. Ten thousand scenarios fit, with the rules that they are about. */
export const FILE_LIMITS = {
  files: 12_000,
  file: 1_000_000,
  total: 32_000_000,
  path: 200,
} as const;

export type FileKind =
  | 'metadata'
  | 'schema'
  | 'settings'
  | 'policies'
  | 'entities'
  | 'scenario'
  | 'other';

/** What a file is by its name. A pack's folders are flat: nothing below `policies/<name>.cedar` is read. */
export function fileKind(path: string): FileKind {
  switch (path) {
    case METADATA_FILE:
      return 'metadata';
    case SCHEMA_FILE:
      return 'schema';
    case SETTINGS_FILE:
      return 'settings';
    default:
      if (/^policies\/[^/]+\.cedar$/.test(path)) return 'policies';
      if (/^entities\/[^/]+\.json$/.test(path)) return 'entities';
      return /^scenarios\/[^/]+\.json$/.test(path) ? 'scenario' : 'other';
  }
}

/** Names as most are: parts of ASCII letters, digits, `_` and `-`, with single dots between. */
const PLAIN_PATH = /^[\w-]+(?:[./][\w-]+)*$/;

/** Why a path is not safe on every system that a pack may be unpacked on; `undefined` when it is. */
export function unsafePath(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (path.length > FILE_LIMITS.path) return `it is longer than ${FILE_LIMITS.path} characters`;
  if (PLAIN_PATH.test(path)) return undefined;
  // Made here: what Unicode says of all characters is looked up when such a pattern is read.
  if (new RegExp(String.raw`\p{Surrogate}`, 'u').test(path) || path !== path.normalize('NFC'))
    return 'its Unicode is not in form NFC';
  if (new RegExp(String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]`, 'u').test(path)) {
    return 'it has characters that do not show';
  }
  if (/[\\:*?"<>|]/.test(path)) return 'it has one of the characters \\ : * ? " < > |';
  const parts = path.split('/');
  if (parts.includes('')) return 'it has an empty part, or starts or ends with "/"';
  if (parts.includes('.') || parts.includes('..')) return 'it has a part "." or ".."';
  if (parts.some((part) => /[. ]$|^ /.test(part))) {
    return 'a part of it starts with a space or ends with a space or dot';
  }
  return undefined;
}

/** What is wrong with the files as such. Any of these keeps the pack from being read at all. */
export function fileProblems(files: PackFiles): readonly PackProblem[] {
  if (files.size > FILE_LIMITS.files) {
    const message = `The pack has ${files.size} files; the limit is ${FILE_LIMITS.files}.`;
    return [problem('', 'PACK_TOO_MANY_FILES', message)];
  }
  const problems: PackProblem[] = [];
  const known = new Map<string, string>();
  let total = 0;
  for (const [path, text] of files) {
    total += text.length;
    const unsafe = unsafePath(path);
    if (unsafe !== undefined) {
      problems.push(problem(path, 'PATH_UNSAFE', `The file name is not safe: ${unsafe}.`));
    }
    // Two such names are one file on macOS and Windows.
    const folded = path.normalize('NFC').toLowerCase();
    const other = known.get(folded);
    if (other === undefined) known.set(folded, path);
    else problems.push(problem(path, 'PATH_CLASH', `The name differs from ${other} in case only.`));
    if (text.length > FILE_LIMITS.file) {
      const message = `The file has ${text.length} characters; the limit is ${FILE_LIMITS.file}.`;
      problems.push(problem(path, 'FILE_TOO_LARGE', message));
    }
  }
  if (total > FILE_LIMITS.total) {
    const message = `The files have ${total} characters; the limit is ${FILE_LIMITS.total}.`;
    problems.push(problem('', 'PACK_TOO_LARGE', message));
  }
  return problems;
}

/** Files that look as if they should count and do not: a forbid that nobody reads must not pass unseen. */
export function strayFileProblem(path: string): PackProblem | undefined {
  if (fileKind(path) !== 'other') return undefined;
  // Other engines read policies/A.CEDAR, and whatever is in folders below.
  if (path.toLowerCase().endsWith('.cedar')) {
    const message = 'Policies stand in policies/<name>.cedar; this file would not be read.';
    return problem(path, 'FILE_NOT_READ', message);
  }
  if (/^(?:entities|scenarios)\/.*\.json$/i.test(path)) {
    const folder = path.slice(0, path.indexOf('/')).toLowerCase();
    const message = `Files there stand in ${folder}/<name>.json; this one would not be read.`;
    return problem(path, 'FILE_NOT_READ', message);
  }
  return undefined;
}
