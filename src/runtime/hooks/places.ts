import { readdirSync, realpathSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';

/** Where an agent works, as far as rules ask about it. */
export interface Surroundings {
  /** Absolute: the folder that the agent may work in. */
  readonly project: string;
  /** Absolute: where relative paths begin. */
  readonly cwd: string;
  /** Absolute. */
  readonly home: string;
  /** Absolute: temporary files, which are no one's. */
  readonly temporary: readonly string[];
  /** The path with links followed, as far as it exists. */
  readonly real: (path: string) => string;
  /** The names in a folder; `undefined` when it cannot be listed or has too many. */
  readonly list: (folder: string) => readonly string[] | undefined;
}

/** What rules may ask about the files that a call touches: `context.files` of the pack coding-agent. */
export interface FileFacts {
  /** Relative to the project where they lie in it, absolute elsewhere. */
  readonly paths: readonly string[];
  /** Those of the paths that lie neither in the project nor among the temporary files. */
  readonly outside: readonly string[];
  /** The last parts, in small letters. */
  readonly names: readonly string[];
  /** Names up to the first dot behind their first letter: `.env` of `.env.local`. Not of samples. */
  readonly stems: readonly string[];
  /** Without the dot, in small letters. */
  readonly extensions: readonly string[];
  /** Every folder on the way, by name, in small letters. */
  readonly folders: readonly string[];
  /** One of the paths is the whole project, or a folder that it lies in. */
  readonly whole_project: boolean;
}

/** Devices that keep nothing. */
const NOWHERE = new Set(['/dev/null', '/dev/stdout', '/dev/stderr', '/dev/stdin', '/dev/tty']);
/** What a file with made-up values is called. */
const SAMPLE = /\.(?:example|sample|template|dist)$/;

/** The machine that we run on. */
export function surroundings(project: string, cwd: string): Surroundings {
  return {
    project: realPath(resolve(project)),
    cwd: realPath(resolve(cwd)),
    home: realPath(homedir()),
    temporary: [...new Set(['/tmp', realPath('/tmp'), realPath(tmpdir())])],
    real: realPath,
    list: listFolder,
  };
}

/** Follows links: of a path that does not exist yet, those of the folders that do. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

/** Names in one folder. Who matches patterns in a larger one is told that they cannot be known. */
const MAX_NAMES = 20_000;

function listFolder(folder: string): readonly string[] | undefined {
  try {
    const names = readdirSync(folder);
    return names.length > MAX_NAMES ? undefined : names;
  } catch {
    return undefined;
  }
}

/** An absolute path without links, or `undefined` when `text` names no place that counts. */
export function placeOf(text: string, at: Surroundings): string | undefined {
  const path = text === '~' || text.startsWith('~/') ? join(at.home, text.slice(1)) : text;
  const absolute = resolve(at.cwd, path);
  return NOWHERE.has(absolute) ? undefined : at.real(absolute);
}

/**
 * What a pattern of file names matches now, and the folder that it looks in; `undefined` when that cannot
 * be known. A pattern that matches nothing is given to the program as it is.
 */
export function placesOf(pattern: string, at: Surroundings): readonly string[] | undefined {
  const slash = pattern.lastIndexOf('/') + 1;
  const start = pattern.slice(0, slash);
  const last = pattern.slice(slash);
  if (/[*?[]/.test(start) || last.includes('**')) return undefined;
  const folder = placeOf(start === '' ? '.' : start, at);
  if (folder === undefined) return undefined;
  const matcher = matcherOf(last);
  const names = at.list(folder);
  if (matcher === undefined || names === undefined) return undefined;
  // `*` alone is what people mean by everything in the folder.
  const all = /^\*+$/.test(last) ? [folder] : [];
  return [
    ...all,
    ...names.filter((name) => matcher.test(name)).map((name) => at.real(join(folder, name))),
  ];
}

/** POSIX.1-2024, 2.14 Pattern Matching Notation; `undefined` for brackets, which locales decide. */
function matcherOf(pattern: string): RegExp | undefined {
  if (/[[\]\\]/.test(pattern)) return undefined;
  const body = pattern
    .replaceAll(/[.+^${}()|]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  // A leading dot is matched by a dot alone.
  return new RegExp(`^${pattern.startsWith('.') ? '' : '(?!\\.)'}${body}$`, 'u');
}

/** @param places absolute paths, from {@link placeOf} */
export function fileFacts(places: readonly string[], at: Surroundings): FileFacts {
  const parts = places.map((place) => describePlace(place, at));
  const all = (of: (part: (typeof parts)[number]) => readonly string[]): readonly string[] =>
    [...new Set(parts.flatMap(of))].toSorted();
  return {
    paths: all(({ path }) => [path]),
    outside: all(({ path, outside }) => (outside ? [path] : [])),
    names: all(({ name }) => (name === '' ? [] : [name])),
    stems: all(({ name }) => (name === '' || SAMPLE.test(name) ? [] : [stemOf(name)])),
    extensions: all(({ name }) => (extname(name) === '' ? [] : [extname(name).slice(1)])),
    folders: all(({ folders }) => folders),
    whole_project: parts.some(({ whole }) => whole),
  };
}

function describePlace(place: string, at: Surroundings) {
  const inside = isWithin(place, at.project);
  const path = inside ? relative(at.project, place).split(sep).join('/') || '.' : place;
  const parts = path.toLowerCase().split('/');
  return {
    path,
    outside: !inside && !at.temporary.some((folder) => isWithin(place, folder)),
    name: path === '.' || path === '/' ? '' : (parts.at(-1) ?? ''),
    // A path may end in a folder: `.git` is one as well as a name.
    folders: parts.filter((part) => part !== '' && part !== '.'),
    whole: isWithin(at.project, place),
  };
}

function isWithin(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function stemOf(name: string): string {
  const dot = name.indexOf('.', 1);
  return dot === -1 ? name : name.slice(0, dot);
}
