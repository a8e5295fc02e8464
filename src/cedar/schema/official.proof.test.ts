import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEntities } from '../json/entities.ts';
import { isJsonArray, isJsonObject, parseJson } from '../json/lossless.ts';
import {
  calls,
  entityLists,
  SCHEMA,
  anySchemaText,
  spoiltSchemaText,
} from '../testing/generate-schema.ts';
import {
  accepts,
  compareEntities,
  compareRequest,
  compareSchema,
  type Call,
  type Plain,
} from '../testing/official-schema.ts';
import type { Schema } from './model.ts';
import { readSchema } from './resolve.ts';

/*
 * Official Cedar (wasm) as oracle: it and this room have to accept the same schemas, entities and
 * requests, and to understand the same by a schema.
 */

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

describe('generated', () => {
  test('schemas mean the same, or are refused by both', { timeout: 120_000 }, () => {
    let accepted = 0;
    fc.assert(
      fc.property(anySchemaText, (text) => {
        if (compareSchema(text)) accepted += 1;
      }),
      { numRuns: 400 },
    );
    expect(accepted).toBeGreaterThan(30);
  });

  test('schemas with a token more, less or swapped are read alike', { timeout: 120_000 }, () => {
    let compared = 0;
    fc.assert(
      fc.property(spoiltSchemaText, (text) => {
        compareSchema(text);
        compared += 1;
      }),
      { numRuns: 400 },
    );
    expect(compared).toBeGreaterThanOrEqual(400);
  });

  const known = readSchema(SCHEMA);

  test('entities are read alike', { timeout: 120_000 }, () => {
    if (!known.ok) throw new Error(JSON.stringify(known.error));
    let accepted = 0;
    fc.assert(
      fc.property(entityLists, (entities) => {
        if (compareEntities(known.value, SCHEMA, entities)) accepted += 1;
      }),
      { numRuns: 800 },
    );
    expect(accepted).toBeGreaterThan(30);
  });

  test('requests are validated alike', { timeout: 120_000 }, () => {
    if (!known.ok) throw new Error(JSON.stringify(known.error));
    let accepted = 0;
    fc.assert(
      fc.property(calls, (call) => {
        if (compareRequest(known.value, SCHEMA, call)) accepted += 1;
      }),
      { numRuns: 400 },
    );
    expect(accepted).toBeGreaterThan(30);
  });
});

const folder = process.env['CEDAR_CORPUS'];

describe.skipIf(folder === undefined)(
  'the official data (skipped unless CEDAR_CORPUS names its folder)',
  () => {
    const corpus = () => untar(gunzipSync(readFileSync(join(folder ?? '', 'corpus.tar.gz'))));
    const handwritten = () =>
      untar(gunzipSync(readFileSync(join(folder ?? '', 'handwritten.tar.gz'))));

    test('every schema of the corpus means the same', { timeout: 600_000 }, () => {
      let count = 0;
      for (const [path, text] of corpus()) {
        if (!path.endsWith('.cedarschema')) continue;
        // Each tenth in JSON as well: the oracle is slow, and both forms are resolved by one code.
        expect([path, compareSchema(text, count % 10 === 0)]).toEqual([path, true]);
        count += 1;
      }
      say(`official corpus: ${count} schemas compared, each tenth in JSON as well`);
      expect(count).toBeGreaterThan(0);
    });

    test(
      'entities and requests of the corpus pass, spoilt ones as official Cedar says',
      { timeout: 600_000 },
      () => {
        const files = corpus();
        const count = { entities: 0, spoilt: 0, refused: 0, requests: 0 };
        for (const [path, schemaText] of files) {
          if (!path.endsWith('.cedarschema')) continue;
          const schema = readSchema(schemaText);
          if (!schema.ok) throw new Error(path);
          const base = path.replace('.cedarschema', '');
          const entities = files.get(`${base}.entities.json`) ?? '';
          const plain = JSON.parse(entities) as Plain[];
          const json = parseJson(entities);
          expect([path, json.ok && readEntities(json.value, schema.value).ok]).toEqual([
            path,
            true,
          ]);
          count.entities += 1;
          count.requests += checkRequests(schema.value, files.get(`${base}.json`) ?? '');
          // Integers past 2^53 reach the oracle rounded: with those, only the lossless reading counts.
          if (/\d{16}/.test(entities)) continue;
          if (!compareEntities(schema.value, schemaText, spoil(plain, count.spoilt)))
            count.refused += 1;
          count.spoilt += 1;
        }
        say(
          `official corpus: ${count.entities} entity files and ${count.requests} requests read and validated; ` +
            `${count.spoilt} spoilt entity files compared, ${count.refused} of them refused by both`,
        );
        expect(count.requests).toBeGreaterThan(0);
      },
    );

    test('the handwritten tests are read by their schema', () => {
      const files = handwritten();
      const count = { files: 0, requests: 0 };
      for (const [path, text] of files) {
        if (!path.startsWith('tests/') || !path.endsWith('.json')) continue;
        const { schema: schemaPath, entities: entitiesPath } = JSON.parse(text) as Record<
          string,
          string
        >;
        const schemaText = files.get(schemaPath ?? '') ?? '';
        const schema = readSchema(schemaText);
        if (!schema.ok) throw new Error(path);
        const entities: unknown = JSON.parse(files.get(entitiesPath ?? '') ?? '');
        expect([path, compareEntities(schema.value, schemaText, entities)]).toEqual([path, true]);
        count.requests += checkRequests(schema.value, text);
        count.files += 1;
      }
      say(`official handwritten tests: ${count.files} files, ${count.requests} requests`);
      expect(count.requests).toBeGreaterThan(0);
    });
  },
);

/** Validates all requests of one test file, which are all valid; says how many there were. */
function checkRequests(schema: Schema, text: string): number {
  const json = parseJson(text);
  const requests = json.ok && isJsonObject(json.value) ? json.value.get('requests') : undefined;
  if (requests === undefined || !isJsonArray(requests)) return 0;
  for (const request of requests) {
    const plain = Object.fromEntries(isJsonObject(request) ? request : []) as unknown as Call;
    expect(accepts(schema, plain)).toBe(true);
  }
  return requests.length;
}

/** Makes one thing wrong, or at least different, about a list of entities; which, depends on `seed`. */
function spoil(entities: readonly Plain[], seed: number): unknown {
  const at = seed % Math.max(entities.length, 1);
  return entities.map((entity, index) => {
    if (index !== at) return entity;
    const attrs = entity['attrs'] as Plain;
    const [first] = Object.keys(attrs);
    const other = entities[(at + 1) % entities.length];
    switch (seed % 5) {
      case 0:
        return { ...entity, attrs: { ...attrs, [first ?? 'new']: 'spoilt' } };
      case 1:
        return { ...entity, attrs: Object.fromEntries(Object.entries(attrs).slice(1)) };
      case 2:
        return { ...entity, parents: [other?.['uid']] };
      case 3:
        return { ...entity, attrs: { ...attrs, [first ?? 'new']: other?.['uid'] } };
      default:
        return { ...entity, tags: { spoilt: 1 } };
    }
  });
}

/** The text files of a tar archive. */
function untar(bytes: Uint8Array): ReadonlyMap<string, string> {
  const decoder = new TextDecoder();
  const text = (start: number, length: number) =>
    decoder.decode(bytes.subarray(start, start + length)).replace(/\0.*$/s, '');
  const files = new Map<string, string>();
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0;) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const isFile = ['0', ''].includes(text(at + 156, 1));
    if (isFile) files.set(text(at, 100), decoder.decode(bytes.subarray(at + 512, at + 512 + size)));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
