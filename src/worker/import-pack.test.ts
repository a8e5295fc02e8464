import { strToU8, zipSync, type Zippable } from 'fflate';
import { describe, expect, test } from 'vitest';
import { FILE_LIMITS } from '../pack/files.ts';
import { importArchive, importFolder } from './import-pack.ts';
import { tinyPack } from './tiny-pack.ts';

const files = tinyPack(2);

function entries(folder = '', more: Readonly<Record<string, string | Uint8Array>> = {}) {
  const all = Object.entries({ ...Object.fromEntries(files), ...more });
  return all.map(([path, text]) => ({
    path: `${folder}${path}`,
    content: typeof text === 'string' ? strToU8(text) : text,
  }));
}

function zip(list: ReturnType<typeof entries>): Uint8Array {
  const content: Zippable = {};
  for (const { path, content: bytes } of list) content[path] = bytes;
  return zipSync(content);
}

describe('a pack is taken from a ZIP or a folder', () => {
  test.each([
    ['at the top', ''],
    ['inside of one folder', 'tiny-1.0.0/'],
  ])('%s', (_name, folder) => {
    const list = entries(folder);
    const wanted = { ok: true, value: { name: 'tiny', version: '1.0.0', files } };
    expect(importFolder(list)).toEqual(wanted);
    expect(importArchive(zip(list))).toEqual(wanted);
  });

  test('without what is hidden, and what a Mac adds', () => {
    const more = { '.git/HEAD': 'x', '__MACOSX/._a': new Uint8Array([255]), 'scenarios/.x': 'y' };
    expect(importArchive(zip(entries('', more)))).toMatchObject({ value: { files } });
  });
});

describe('what is no pack is refused whole', () => {
  test.each([
    ['a file that is no archive', 'It is no ZIP archive that can be read.', strToU8('hello')],
    ['an archive that is cut off', 'no ZIP', zip(entries()).slice(0, 300)],
    ['no pack', 'no metadata.json', zip([{ path: 'a.txt', content: strToU8('x') }])],
    ['a bundle', 'It is a bundle', zip(entries('', { 'bundle.json': '{}' }))],
    ['a name that leads out', 'not safe', zip(entries('', { 'a/../../b': 'x' }))],
    ['a file that is no text', 'no text', zip(entries('', { x: new Uint8Array([255]) }))],
    [
      'a rule that is broken',
      'policies/guests.cedar: ',
      zip(entries('', { 'policies/guests.cedar': 'forbid (' })),
    ],
  ])('%s', (_name, message, bytes) => {
    const answer = importArchive(bytes);
    expect(answer).toMatchObject({ ok: false, error: { code: 'IMPORT_REFUSED' } });
    expect(answer.ok ? '' : answer.error.message).toContain(message);
  });

  test('more files than a pack has, before any is read', () => {
    const many = Array.from({ length: FILE_LIMITS.files + 1 }, (_, index) => ({
      path: `f${index}`,
      content: new Uint8Array(),
    }));
    expect(importFolder(many)).toMatchObject({ error: { code: 'IMPORT_REFUSED' } });
    expect(importArchive(zip(many))).toMatchObject({ error: { code: 'IMPORT_REFUSED' } });
  });

  test('an archive that says it is larger than it may be', () => {
    const bytes = zip(entries());
    const view = new DataView(bytes.buffer);
    // The size in the central directory's first entry.
    for (let at = 0; at < bytes.length - 4; at += 1) {
      if (view.getUint32(at, true) === 0x02014b50) {
        view.setUint32(at + 24, 0x7fffffff, true);
        break;
      }
    }
    const answer = importArchive(bytes);
    expect(answer).toMatchObject({
      ok: false,
      error: { message: 'It is too large when unpacked.' },
    });
  });
});
