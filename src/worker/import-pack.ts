/**
 * A pack from a file or folder that somebody chose, to be looked at and compared with: read whole or refused
 * whole, with the reason. It is hostile until then, so names, counts and sizes are looked at before anything
 * is unpacked.
 */
import { unzipSync } from 'fflate';
import { err, ok, type Result } from '../base/result.ts';
import { FILE_LIMITS, unsafePath } from '../pack/files.ts';
import { readPack } from '../pack/read.ts';
import type { BundleFailure, ImportedPack, PackEntry } from './bundle-api.ts';

type Imported = Result<ImportedPack, BundleFailure>;

/** What a bundle has and a plain archive has not. */
const MANIFEST = 'bundle.json';
/** Bytes, of which a character takes up to four; more is not unpacked. */
const MOST_BYTES = 4 * FILE_LIMITS.total;

/** Reads a ZIP of a pack's folder. A bundle is not read like that: it is verified or opened as what it is. */
export function importArchive(bytes: Uint8Array): Imported {
  const names = new Set<string>();
  let total = 0;
  let problem: string | undefined;
  try {
    const unpacked = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (problem !== undefined || isLeftOut(name)) return false;
        total += originalSize;
        if (names.has(name)) problem = `${name} is in it twice.`;
        else if (name === '__proto__') problem = 'A file has a name that no file can have.';
        else if (names.size >= FILE_LIMITS.files) problem = TOO_MANY;
        else if (total > MOST_BYTES) problem = 'It is too large when unpacked.';
        names.add(name);
        return problem === undefined;
      },
    });
    if (problem !== undefined) return refused(problem);
    return importFolder(Object.entries(unpacked).map(([path, content]) => ({ path, content })));
  } catch {
    return refused('It is no ZIP archive that can be read.');
  }
}

/** Reads the files of a folder, with or without the folder's own name before them. */
export function importFolder(entries: readonly PackEntry[]): Imported {
  const own = entries.filter(({ path }) => !isLeftOut(path));
  if (own.length > FILE_LIMITS.files) return refused(TOO_MANY);
  const root = rootOf(own.map(({ path }) => path));
  if (root === undefined) {
    return refused('There is no metadata.json at its top: choose the folder of one pack.');
  }
  const files = new Map<string, string>();
  for (const { path: whole, content } of own) {
    const path = whole.slice(root.length);
    if (path === MANIFEST) return refused('It is a bundle, and not as its bundle.json says.');
    const unsafe = unsafePath(path);
    if (unsafe !== undefined) return refused(`The file name “${path}” is not safe: ${unsafe}.`);
    const text = textOf(content);
    if (text === undefined) return refused(`${path} is no text in UTF-8.`);
    files.set(path, text);
  }
  return importFiles(files);
}

function importFiles(files: ReadonlyMap<string, string>): Imported {
  const { pack, problems } = readPack(files);
  if (pack !== undefined) return ok({ name: pack.name, version: pack.version, files });
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const place = first === undefined || first.path === '' ? '' : `${first.path}: `;
  return refused(`It is no pack that decides. ${place}${first?.message ?? ''}${more}`);
}

const TOO_MANY = `It has more than ${FILE_LIMITS.files.toLocaleString('en')} files.`;

/** Folders, hidden files, and what a Mac adds. */
function isLeftOut(path: string): boolean {
  return path.endsWith('/') || /(?:^|\/)(?:\.(?!\.?(?:\/|$))[^/]*|__MACOSX)(?:\/|$)/.test(path);
}

/** The one folder that everything lies in, with its slash; nothing when the pack lies at the top. */
function rootOf(paths: readonly string[]): string | undefined {
  if (paths.includes('metadata.json')) return '';
  const root = paths[0]?.slice(0, paths[0].indexOf('/') + 1) ?? '';
  if (root === '' || !paths.includes(`${root}metadata.json`)) return undefined;
  return paths.every((path) => path.startsWith(root)) ? root : undefined;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function refused(message: string): Imported {
  return err({ code: 'IMPORT_REFUSED', message });
}
