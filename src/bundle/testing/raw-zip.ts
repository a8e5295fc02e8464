import { concat, utf8, type Bytes } from '../bytes.ts';
import { crc32 } from '../crc32.ts';

/** One file of an archive that no bundle is; what is not given is as in a bundle. */
export interface RawEntry {
  readonly name: string;
  readonly content?: Bytes;
  /** In the header before the file, when it differs from the directory's. */
  readonly localName?: string;
  readonly flags?: number;
  readonly method?: number;
  /** What the headers claim. */
  readonly size?: number;
  readonly crc?: number;
  readonly mode?: number;
  readonly extra?: Bytes;
  /** Where the directory says that the file is. */
  readonly offset?: number;
}

/** Writes any ZIP, however wrong. */
export function rawZip(
  entries: readonly RawEntry[],
  { prefix = '', between = '', comment = '', count = entries.length } = {},
): Bytes {
  const locals: Bytes[] = [utf8(prefix)];
  const centrals: Bytes[] = [];
  let at = utf8(prefix).length;
  for (const entry of entries) {
    const { content = new Uint8Array(), flags = 0x0800, method = 0, mode = 0o100644 } = entry;
    const { size = content.length, crc = crc32(content), extra = new Uint8Array() } = entry;
    const common = [u16(20, flags, method, 0, 0x21), u32(crc, content.length, size)];
    const localName = utf8(entry.localName ?? entry.name);
    const name = utf8(entry.name);
    const local = concat([
      u32(0x04034b50),
      ...common,
      u16(localName.length, 0),
      localName,
      content,
    ]);
    locals.push(local);
    centrals.push(
      concat([
        u32(0x02014b50),
        u16(0x0314),
        ...common,
        u16(name.length, extra.length, 0, 0, 0),
        u32((mode << 16) >>> 0, entry.offset ?? at),
        name,
        extra,
      ]),
    );
    at += local.length;
  }
  const directory = concat(centrals);
  const start = at + utf8(between).length;
  const end = [
    u32(0x06054b50),
    u16(0, 0, count, count),
    u32(directory.length, start),
    u16(utf8(comment).length),
    utf8(comment),
  ];
  return concat([...locals, utf8(between), directory, ...end]);
}

function u16(...values: readonly number[]): Bytes {
  return Uint8Array.from(values.flatMap((value) => [value & 255, (value >> 8) & 255]));
}

function u32(...values: readonly number[]): Bytes {
  return Uint8Array.from(
    values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255)),
  );
}
