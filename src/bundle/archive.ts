/**
 * The archive: a ZIP that has one form only.
 *
 * Files lie one after another in the order of their names' UTF-8 bytes, stored as they are, with fixed
 * times, modes and versions; then the central directory; then its end, and nothing else. So the bytes
 * follow from names and contents alone, whoever writes them, in whatever language. Files are not
 * compressed: DEFLATE has many spellings of the same content, and what does not inflate cannot explode.
 *
 * Readers of ZIP differ in what they believe: the directory or the headers before the files, the first
 * directory or the last, `../` or not. Here a reader writes the header that it expects and compares. Of all
 * bytes, only names, sizes and contents are an author's to choose.
 */
import { err, ok, type Result } from '../base/result.ts';
import { unsafePath } from '../pack/files.ts';
import { byUtf8, concat, sameBytes, textOf, utf8, type Bytes } from './bytes.ts';
import { crc32 } from './crc32.ts';

/** Path to content. */
export type ArchiveFiles = ReadonlyMap<string, Bytes>;

export const ARCHIVE_LIMITS = {
  /** Bytes of the archive, and so of all that is in it: nothing is compressed. */
  archive: 64_000_000,
  files: 13_000,
  /** Bytes of one file. */
  file: 32_000_000,
  /** Folders around a file. */
  depth: 8,
} as const;

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_SIZE = 30;
const CENTRAL_SIZE = 46;
const END_SIZE = 22;

/** Unix, version 2.0: attributes are a Unix mode. */
const MADE_BY = 0x0314;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
const STORED = 0;
/** 1980-01-01 00:00, the first moment that the format knows. */
const TIME = 0;
const DATE = 0x0021;
/** A plain file, rw-r--r--. */
const MODE = (0o100644 << 16) >>> 0;

/** Writes the one archive of these files. Names must be safe and the sizes within the limits. */
export function writeArchive(files: ArchiveFiles): Result<Bytes, string> {
  const names = [...files.keys()].toSorted(byUtf8);
  const problem = nameProblem(names) ?? sizeProblem(files);
  if (problem !== undefined) return err(problem);
  const locals: Uint8Array[] = [];
  const centrals: Uint8Array[] = [];
  let offset = 0;
  for (const path of names) {
    const content = files.get(path) ?? new Uint8Array();
    const entry: Entry = { name: utf8(path), crc: crc32(content), size: content.length, offset };
    const header = localHeader(entry);
    locals.push(header, content);
    centrals.push(centralHeader(entry));
    offset += header.length + content.length;
  }
  const directory = concat(centrals);
  const end = endRecord(names.length, directory.length, offset);
  const bytes = concat([...locals, directory, end]);
  return bytes.length > ARCHIVE_LIMITS.archive ? err(tooLarge(bytes.length)) : ok(bytes);
}

/** The files of an archive in its one form; the error says in one sentence what is not as it must be. */
export function readArchive(bytes: Bytes): Result<ArchiveFiles, string> {
  if (bytes.length > ARCHIVE_LIMITS.archive) return err(tooLarge(bytes.length));
  if (bytes.length < END_SIZE) return err('It is too short to be a ZIP archive.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const endAt = bytes.length - END_SIZE;
  if (view.getUint32(endAt, true) !== END) {
    return err('It does not end as a ZIP archive: something follows, or it is cut off.');
  }
  const count = view.getUint16(endAt + 10, true);
  const directorySize = view.getUint32(endAt + 12, true);
  const directoryAt = view.getUint32(endAt + 16, true);
  if (count > ARCHIVE_LIMITS.files) {
    return err(`It has ${count} files; the limit is ${ARCHIVE_LIMITS.files}.`);
  }
  if (directoryAt + directorySize !== endAt) {
    return err('Its directory does not lie right before its end.');
  }
  if (!sameBytes(bytes.subarray(endAt), endRecord(count, directorySize, directoryAt))) {
    return err('Its end has fields that no bundle has.');
  }
  return readEntries(bytes, view, { count, directoryAt, endAt });
}

interface Directory {
  readonly count: number;
  readonly directoryAt: number;
  readonly endAt: number;
}

/** Walks directory and files side by side: each entry's file must begin where the one before ended. */
function readEntries(
  bytes: Bytes,
  view: DataView,
  { count, directoryAt, endAt }: Directory,
): Result<ArchiveFiles, string> {
  const files = new Map<string, Bytes>();
  let at = directoryAt;
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + CENTRAL_SIZE > endAt || view.getUint32(at, true) !== CENTRAL) {
      return err(`Its directory is broken at entry ${index + 1} of ${count}.`);
    }
    const nameEnd = at + CENTRAL_SIZE + view.getUint16(at + 28, true);
    const path = nameEnd > endAt ? undefined : textOf(bytes.subarray(at + CENTRAL_SIZE, nameEnd));
    if (path === undefined) return err(`The name of entry ${index + 1} is not UTF-8 text.`);
    const name = nameProblem([path]) ?? kindProblem(view, at, path);
    if (name !== undefined) return err(name);
    const size = view.getUint32(at + 24, true);
    if (size > ARCHIVE_LIMITS.file) return err(fileTooLarge(path, size));
    const contentAt = offset + LOCAL_SIZE + (nameEnd - at - CENTRAL_SIZE);
    if (contentAt + size > directoryAt) return err(`${shown(path)} reaches past its place.`);
    const content = bytes.subarray(contentAt, contentAt + size);
    const entry: Entry = { name: utf8(path), crc: crc32(content), size, offset };
    if (!sameBytes(bytes.subarray(offset, contentAt), localHeader(entry))) {
      return err(`${shown(path)} is broken, or its header says something else than the directory.`);
    }
    if (!sameBytes(bytes.subarray(at, nameEnd), centralHeader(entry))) {
      return err(`The directory's entry of ${shown(path)} has fields that no bundle has.`);
    }
    if (files.has(path)) return err(`${shown(path)} is there twice.`);
    files.set(path, content);
    at = nameEnd;
    offset = contentAt + size;
  }
  if (at !== endAt) return err('Its directory has more than its entries.');
  if (offset !== directoryAt) return err('Something lies between its files and its directory.');
  const names = [...files.keys()];
  const order = names.find((name, index) => index > 0 && byUtf8(names[index - 1] ?? '', name) >= 0);
  if (order !== undefined) return err(`${shown(order)} is not at its place in the order of names.`);
  const clash = nameProblem(names);
  return clash === undefined ? ok(files) : err(clash);
}

/** What is special about an entry, for a message that helps more than "has fields that no bundle has". */
function kindProblem(view: DataView, at: number, path: string): string | undefined {
  const flags = view.getUint16(at + 8, true);
  const mode = view.getUint32(at + 38, true) >>> 16;
  if ((flags & 1) !== 0) return `${shown(path)} is encrypted.`;
  if (view.getUint16(at + 10, true) !== STORED) {
    const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    return `${shown(path)} is compressed (${packed} to ${size} bytes); a bundle stores its files as they are.`;
  }
  if ((mode & 0o170000) === 0o120000) return `${shown(path)} is a symbolic link.`;
  if (view.getUint16(at + 30, true) !== 0) return `${shown(path)} has extra fields.`;
  return undefined;
}

/** Names that are unsafe, or that some file system takes for the same. */
function nameProblem(names: readonly string[]): string | undefined {
  const known = new Map<string, string>();
  const folders = new Set<string>();
  for (const name of names) {
    const unsafe = unsafePath(name);
    if (unsafe !== undefined) return `The file name ${shown(name)} is not safe: ${unsafe}.`;
    const parts = name.toLowerCase().split('/');
    if (parts.length > ARCHIVE_LIMITS.depth + 1) {
      return `${shown(name)} lies deeper than ${ARCHIVE_LIMITS.depth} folders.`;
    }
    const folded = parts.join('/');
    const other = known.get(folded);
    if (other === name) return `${shown(name)} is there twice.`;
    if (other !== undefined) return `${shown(name)} differs from ${shown(other)} in case only.`;
    known.set(folded, name);
    for (let depth = 1; depth < parts.length; depth += 1) {
      folders.add(parts.slice(0, depth).join('/'));
    }
  }
  const both = [...known].find(([folded]) => folders.has(folded));
  return both === undefined ? undefined : `${shown(both[1])} is a file and a folder.`;
}

function sizeProblem(files: ArchiveFiles): string | undefined {
  if (files.size > ARCHIVE_LIMITS.files) {
    return `There are ${files.size} files; the limit is ${ARCHIVE_LIMITS.files}.`;
  }
  const large = [...files].find(([, { length }]) => length > ARCHIVE_LIMITS.file);
  return large === undefined ? undefined : fileTooLarge(large[0], large[1].length);
}

function tooLarge(size: number): string {
  return `The archive has ${size} bytes; the limit is ${ARCHIVE_LIMITS.archive}.`;
}

function fileTooLarge(path: string, size: number): string {
  return `${shown(path)} has ${size} bytes; the limit is ${ARCHIVE_LIMITS.file}.`;
}

/** A hostile name, made harmless for a message. */
function shown(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}

// ---------------------------------------------------------------- the headers, byte by byte

interface Entry {
  readonly name: Bytes;
  readonly crc: number;
  readonly size: number;
  /** Where the file's own header begins. */
  readonly offset: number;
}

function localHeader({ name, crc, size }: Entry): Bytes {
  const header = new Fields(LOCAL_SIZE)
    .u32(LOCAL)
    .u16(VERSION, FLAGS, STORED, TIME, DATE)
    .u32(crc, size, size)
    .u16(name.length, 0);
  return concat([header.bytes, name]);
}

function centralHeader({ name, crc, size, offset }: Entry): Bytes {
  const header = new Fields(CENTRAL_SIZE)
    .u32(CENTRAL)
    .u16(MADE_BY, VERSION, FLAGS, STORED, TIME, DATE)
    .u32(crc, size, size)
    .u16(name.length, 0, 0, 0, 0)
    .u32(MODE, offset);
  return concat([header.bytes, name]);
}

function endRecord(count: number, directorySize: number, directoryAt: number): Bytes {
  return new Fields(END_SIZE)
    .u32(END)
    .u16(0, 0, count, count)
    .u32(directorySize, directoryAt)
    .u16(0).bytes;
}

/** Writes little-endian fields one after another. */
class Fields {
  readonly bytes: Bytes;
  readonly #view: DataView;
  #at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u16(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint16(this.#at, value, true);
      this.#at += 2;
    }
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint32(this.#at, value, true);
      this.#at += 4;
    }
    return this;
  }
}
