import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { sha256Hex } from './bytes.ts';
import { optionsOf } from './testing/case.ts';
import { CASES } from './testing/cases.ts';
import {
  FIRST_VECTOR,
  SCHEMAS,
  schemaText,
  vectorEntry,
  vectorFile,
  vectorIndex,
} from './testing/vectors.ts';
import { exampleOf, withExample } from './testing/example.ts';
import { readTrust } from './trust.ts';
import { verifyBundle } from './verify.ts';

/**
 * Bundles for verifiers in other languages, kept as files: `vectors/index.json` says what each is verified
 * with and which code it must get. `BUNDLE_VECTORS=make npx vitest run src/bundle/vectors.test.ts` makes
 * them, the JSON schemas and the example in FORMAT.md anew; `npm run fix` formats the index.
 */
const FOLDER = new URL('vectors/', import.meta.url);
const FORMAT = new URL('FORMAT.md', import.meta.url);
const SCHEMA_FOLDER = new URL('schemas/', import.meta.url);

vi.setConfig({ testTimeout: 60_000 });

/** ECDSA signs with random numbers. */
const RANDOM = /es256/i;

test.runIf(process.env['BUNDLE_VECTORS'] === 'make')('vectors are made', async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const one of CASES) writeFileSync(new URL(vectorFile(one), FOLDER), await one.bundle());
  writeFileSync(new URL('index.json', FOLDER), vectorIndex(CASES));
  mkdirSync(SCHEMA_FOLDER, { recursive: true });
  for (const [name, shape] of Object.entries(SCHEMAS)) {
    writeFileSync(new URL(`${name}.schema.json`, SCHEMA_FOLDER), schemaText(name, shape));
  }
  writeFileSync(FORMAT, withExample(readFileSync(FORMAT, 'utf8'), await example()));
  expect(readdirSync(FOLDER)).toHaveLength(CASES.length + 1);
});

describe('test vectors', () => {
  test('are listed, each in a file of its own', () => {
    expect(json(new URL('index.json', FOLDER))).toEqual(JSON.parse(vectorIndex(CASES)));
    const files = [...CASES.map(vectorFile), 'index.json'];
    expect(readdirSync(FOLDER).toSorted()).toEqual(files.toSorted());
  });

  test.each(CASES.map((one) => [vectorFile(one), one] as const))('%s', async (file, one) => {
    const bytes = readFileSync(new URL(file, FOLDER));
    const { trust } = vectorEntry(one);
    const read = readTrust(JSON.stringify(trust));
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    const verdict = await verifyBundle(bytes, read.value, optionsOf(one));
    expect(verdict.ok ? undefined : verdict.code).toBe(one.code);
    const again = RANDOM.test(one.name) ? bytes : await one.bundle();
    expect(sha256Hex(bytes)).toBe(sha256Hex(again));
  });

  test('the first is the one that every runtime makes', () => {
    const [first] = CASES;
    if (first === undefined) throw new Error('There is no vector');
    const bytes = readFileSync(new URL(vectorFile(first), FOLDER));
    expect(sha256Hex(bytes)).toBe(FIRST_VECTOR);
  });
});

test('the worked example of FORMAT.md is the first of them', async () => {
  const text = readFileSync(FORMAT, 'utf8');
  expect(text).toBe(withExample(text, await example()));
});

async function example(): Promise<string> {
  const [first] = CASES;
  if (first === undefined) throw new Error('There is no vector');
  return exampleOf(await first.bundle(), vectorFile(first));
}

test('the JSON schemas are those of the shapes', () => {
  const names = Object.keys(SCHEMAS).map((name) => `${name}.schema.json`);
  expect(readdirSync(SCHEMA_FOLDER).toSorted()).toEqual(names.toSorted());
  for (const [name, shape] of Object.entries(SCHEMAS)) {
    const schema = json(new URL(`${name}.schema.json`, SCHEMA_FOLDER));
    expect(schema).toEqual(JSON.parse(schemaText(name, shape)));
  }
});

function json(file: URL): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
