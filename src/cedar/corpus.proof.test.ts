import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, test } from 'vitest';
import { parsePolicies } from './parse.ts';
import { runConformance } from './testing/conformance.ts';
import { sameForm, unspanned } from './testing/form.ts';
import { policyToJson } from './policy-json.ts';
import { printPolicy } from './print.ts';

const folder = process.env['CEDAR_CORPUS'];
const archives = ['corpus.tar.gz', 'handwritten.tar.gz'] as const;
const present = folder !== undefined && archives.every((name) => existsSync(join(folder, name)));
if (!present) {
  const why = folder === undefined ? 'CEDAR_CORPUS is not set' : `${folder} does not hold it`;
  process.stdout.write(`official corpus: skipped, ${why}\n`);
}

function unpack(archive: (typeof archives)[number]): ReadonlyMap<string, string> {
  return untar(gunzipSync(readFileSync(join(folder ?? '', archive))));
}

function readFrom(files: ReadonlyMap<string, string>): (path: string) => string {
  return (path) => {
    const text = files.get(path);
    if (text === undefined) throw new Error(`no file ${path}`);
    return text;
  };
}

/** Reads the plain files of an uncompressed tar archive (ustar), by path. */
function untar(bytes: Uint8Array): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const text = new TextDecoder();
  const field = (at: number, length: number): string =>
    text.decode(bytes.subarray(at, at + length)).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= bytes.length;) {
    const name = field(at, 100);
    if (name === '') break;
    const size = Number.parseInt(field(at + 124, 12).trim(), 8);
    const type = field(at + 156, 1);
    const prefix = field(at + 345, 155);
    const path = (prefix === '' ? name : `${prefix}/${name}`).replace(/^\.\//, '');
    if (type === '0' || type === '') {
      files.set(path, text.decode(bytes.subarray(at + 512, at + 512 + size)));
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

describe.runIf(present)('the official corpus', () => {
  test.each([
    ['corpus.tar.gz', /^corpus-tests\/[0-9a-f]+\.json$/, false],
    ['handwritten.tar.gz', /^tests\/.*\.json$/, true],
  ] as const)(
    '%s: decisions, reasons, errors',
    (archive, tests, withSchema) => {
      const files = unpack(archive);
      let requests = 0;
      const disagreements: string[] = [];
      for (const name of files.keys()) {
        if (!tests.test(name)) continue;
        const result = runConformance(name, readFrom(files), withSchema);
        requests += result.requests;
        disagreements.push(...result.disagreements);
      }
      process.stdout.write(`${archive}: compared ${requests} requests\n`);
      expect(disagreements).toEqual([]);
      expect(requests).toBeGreaterThan(archive === 'corpus.tar.gz' ? 30_000 : 20);
    },
    120_000,
  );

  test('every policy has the official JSON form, and survives printing', () => {
    let policies = 0;
    const different: string[] = [];
    for (const [name, text] of unpack('corpus.tar.gz')) {
      if (!name.endsWith('.cedar')) continue;
      const [policy] = parsePolicies(text).policies;
      const official = cedar.policyToJson(text);
      if (policy === undefined || official.type === 'failure') throw new Error(name);
      const [printed] = parsePolicies(printPolicy(policy)).policies;
      if (!isDeepStrictEqual(sameForm(policyToJson(policy)), sameForm(official.json)))
        different.push(name);
      if (!isDeepStrictEqual(unspanned(printed), unspanned(policy)))
        different.push(`${name} printed`);
      policies++;
    }
    process.stdout.write(`official JSON form: compared ${policies} policies\n`);
    expect(different).toEqual([]);
    expect(policies).toBeGreaterThan(4000);
  }, 120_000);
});
