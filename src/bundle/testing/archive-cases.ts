import { concat, utf8, type Bytes } from '../bytes.ts';
import { ARCHIVE_LIMITS } from '../archive.ts';
import type { Case } from './case.ts';
import { forge, forgedFiles } from './forge.ts';
import { rawZip, type RawEntry } from './raw-zip.ts';

const END_SIZE = 22;

/** Archives that no reader may believe. */
export const ARCHIVE_CASES: readonly Case[] = [
  raw('no bytes at all', () => new Uint8Array()),
  raw('no archive', () => utf8('{"not": "a bundle, but long enough to be looked into"}')),
  changed('cut off by one byte', (bytes) => bytes.slice(0, -1)),
  changed('cut off in the directory', (bytes) => bytes.slice(0, -300)),
  changed('cut off in the middle', (bytes) => bytes.slice(0, bytes.length / 2)),
  changed('something follows', (bytes) => concat([bytes, utf8('x')])),
  changed('something comes before', (bytes) => concat([utf8('#!/bin/sh\n'), bytes])),
  changed('another archive follows', (bytes) => concat([bytes, bytes])),
  changed('two directories', (bytes) => {
    const directory = bytes.slice(directoryOf(bytes), -END_SIZE);
    return concat([bytes.slice(0, -END_SIZE), directory, bytes.slice(-END_SIZE)]);
  }),
  changed('two directories, the second with its own end', (bytes) => {
    return concat([bytes, bytes.slice(directoryOf(bytes))]);
  }),
  changed('says that it has a file less', (bytes) => {
    const copy = bytes.slice();
    const view = new DataView(copy.buffer);
    for (const at of [8, 10]) {
      const place = copy.length - END_SIZE + at;
      view.setUint16(place, view.getUint16(place, true) - 1, true);
    }
    return copy;
  }),
  files('a comment', (entries) => rawZip(entries, { comment: 'hello' })),
  files('more files than it says', (entries) => rawZip(entries, { count: entries.length - 1 })),
  files('something between files and directory', (entries) => rawZip(entries, { between: 'x' })),
  files('something before the first file', (entries) => rawZip(entries, { prefix: 'MZ' })),
  files('out of order', (entries) => rawZip(entries.toReversed())),
  extra('a name that climbs out', { name: '../outside.cedar' }),
  extra('a name that climbs out further in', { name: 'policies/../../outside.cedar' }),
  extra('an absolute name', { name: '/etc/passwd' }),
  extra('a drive', { name: 'C:/windows.cedar' }),
  extra('a backslash', { name: 'policies\\door.cedar' }),
  extra('a name with a control character', { name: 'policies/\u0000.cedar' }),
  extra('an empty name', { name: '' }),
  extra('a folder', { name: 'policies/' }),
  extra('a name not in form NFC', { name: 'policies/tu\u0308r.cedar' }),
  extra('a name too long', { name: `policies/${'x'.repeat(200)}.cedar` }),
  extra('a name too deep', { name: `${'a/'.repeat(ARCHIVE_LIMITS.depth + 1)}b.cedar` }),
  extra('a name twice', { name: 'policies/door.cedar', content: utf8('// nothing') }),
  extra('names that differ in case only', { name: 'policies/DOOR.cedar' }),
  extra('a file where a folder is', { name: 'policies' }),
  extra('a symbolic link', { name: 'link', content: utf8('/etc/passwd'), mode: 0o120777 }),
  extra('a device', { name: 'device', mode: 0o060644 }),
  extra('an executable', { name: 'run', mode: 0o100755 }),
  extra('an encrypted file', { name: 'secret', flags: 0x0801 }),
  extra('a compressed file', { name: 'packed', method: 8, content: DEFLATED(), size: 100_000 }),
  extra('a bomb: a few bytes that claim to be four billion', {
    name: 'bomb',
    method: 8,
    content: DEFLATED(),
    size: 0xffff_fffe,
  }),
  extra('a stored file that claims to be larger than the archive', { name: 'large', size: 9999 }),
  extra('a file larger than a file may be', { name: 'larger', size: ARCHIVE_LIMITS.file + 1 }),
  extra('a size in extra fields (ZIP64)', {
    name: 'zip64',
    extra: Uint8Array.from([1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  }),
  extra('another name in the header than in the directory', {
    name: 'policies/zzz.cedar',
    localName: 'policies/yyy.cedar',
  }),
  extra('two entries for the same bytes', { name: 'zzz', offset: 0 }),
  extra('a wrong checksum', { name: 'zzz', content: utf8('abc'), crc: 1 }),
  extra('a name that is not UTF-8', { name: 'zzz', flags: 0 }),
];

/** Zeros, compressed a thousandfold. */
function DEFLATED(): Bytes {
  return Uint8Array.from([0xed, 0xc1, 0x01, 0x01, 0, 0, 0, 0x80, 0x90, 0xfe, 0xaf, 0xee, 0x08]);
}

function raw(name: string, bundle: () => Bytes): Case {
  return { name, code: 'E_ARCHIVE', bundle: async () => bundle() };
}

/** A good bundle's bytes, changed. */
function changed(name: string, change: (bytes: Bytes) => Bytes): Case {
  return { name, code: 'E_ARCHIVE', bundle: async () => change(await forge()) };
}

/** A good bundle's files, archived otherwise. */
function files(name: string, archive: (entries: readonly RawEntry[]) => Bytes): Case {
  return { name, code: 'E_ARCHIVE', bundle: async () => archive(await goodEntries()) };
}

/** A good bundle with one entry more. */
function extra(name: string, entry: RawEntry): Case {
  return files(name, (entries) => {
    const all = [...entries, entry];
    return rawZip(all.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  });
}

async function goodEntries(): Promise<readonly RawEntry[]> {
  const good = [...(await forgedFiles())].map(([name, content]) => ({ name, content }));
  return good.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function directoryOf(bytes: Bytes): number {
  return new DataView(bytes.buffer).getUint32(bytes.length - END_SIZE + 16, true);
}
