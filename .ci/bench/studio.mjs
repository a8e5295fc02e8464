/** The built studio in Chromium, as suites measure it, and the packs that they put into its store. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { CHROMIUM_ARGS, findChromium } from '../chromium.mjs';
import { ROOT } from '../process.mjs';

/** The pack is open, compiled and run. */
export const READY = '[data-pending="false"]:not([data-revision="0"])';

/** @typedef {ReadonlyMap<string, string>} Files */

/**
 * Serves a build and opens it; the example packs are there.
 *
 * @param {string} outDir the folder of the built studio
 */
export async function openStudio(outDir) {
  const server = await preview({
    root: ROOT,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 4193, strictPort: false, host: '127.0.0.1' },
  });
  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: CHROMIUM_ARGS,
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(server.resolvedUrls?.local[0] ?? '');
  await page.locator(READY).waitFor();
  return {
    page,
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

/**
 * The guard pack, its rules and scenarios repeated under other ids until there are enough of them.
 *
 * @param {{ rules: number; scenarios: number }} size
 * @returns {readonly (readonly [string, string])[]} path and text of each file
 */
export function largePack(size) {
  const folder = join(ROOT, 'policies/guard');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) =>
    path.replaceAll('\\', '/'),
  );
  const files = paths
    .filter((path) => /\.(?:json|cedar|cedarschema)$/u.test(path))
    .map((path) => /** @type {const} */ ([path, readFileSync(join(folder, path), 'utf8')]));
  const policies = files.filter(([path]) => path.endsWith('.cedar'));
  const scenarios = files.filter(([path]) => path.startsWith('scenarios/'));
  const rest = files.filter(([path]) => !path.endsWith('.cedar') && !path.startsWith('scenarios/'));
  let rules = 0;
  const manyPolicies = [];
  for (let copy = 0; rules < size.rules; copy += 1) {
    for (const [path, text] of policies) {
      if (rules >= size.rules) break;
      rules += text.match(/^@id\(/gmu)?.length ?? 0;
      const renamed = text.replaceAll(/^@id\("/gmu, copy === 0 ? '@id("' : `@id("copy-${copy}-`);
      manyPolicies.push(
        /** @type {const} */ ([
          path.replace('.cedar', copy === 0 ? '.cedar' : `-${copy}.cedar`),
          renamed,
        ]),
      );
    }
  }
  const manyScenarios = Array.from({ length: size.scenarios }, (_, index) => {
    const [path = '', text = ''] = scenarios[index % scenarios.length] ?? [];
    const copy = Math.floor(index / scenarios.length);
    return /** @type {const} */ ([
      path.replace('.json', copy === 0 ? '.json' : `-${copy}.json`),
      text,
    ]);
  });
  return [...rest, ...manyPolicies, ...manyScenarios];
}

/**
 * Puts a pack into the store of a page that has the studio open.
 *
 * @param {{ id: string, files: readonly (readonly [string, string])[] }} pack
 */
export async function storePack({ id, files }) {
  /** @type {IDBDatabase} */
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open('stage0-studio');
    opening.addEventListener('success', () => resolve(opening.result));
    opening.addEventListener('error', () => reject(new Error('no database')));
  });
  const transaction = database.transaction(['packs', 'files'], 'readwrite');
  const now = Date.now();
  transaction.objectStore('packs').put({ v: 1, id, name: id, createdAt: now });
  for (const [path, text] of files) {
    transaction
      .objectStore('files')
      .put({ v: 1, packId: id, path, text, revision: 1, updatedAt: now });
  }
  await new Promise((resolve) => {
    transaction.addEventListener('complete', resolve);
  });
  database.close();
}

/**
 * Puts versions of a pack into the store of a page that has the studio open, the oldest first.
 *
 * @param {import('playwright').Page} page
 * @param {string} packId
 * @param {readonly { version: string; files: Files }[]} versions
 */
export async function storeVersions(page, packId, versions) {
  /** @type {Map<string, string>} */
  const hashes = new Map();
  const hash = (/** @type {string} */ text) => {
    const known = hashes.get(text) ?? createHash('sha256').update(text).digest('hex');
    hashes.set(text, known);
    return known;
  };
  /** @type {Map<string, string>} */
  const blobs = new Map();
  const records = versions.map(({ version, files }, index) => {
    const entries = [...files]
      .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([path, text]) => [path, hash(text)]);
    for (const text of files.values()) blobs.set(hash(text), text);
    const manifest = JSON.stringify(entries);
    blobs.set(hash(manifest), manifest);
    return {
      v: 1,
      packId,
      digest: `sha256:${hash(manifest)}`,
      version,
      author: 'bench',
      message: `The state number ${index}`,
      createdAt: 1_700_000_000_000 + index * 60_000,
      tags: [],
      scenarios: { passed: 1, failed: 0 },
    };
  });
  const list = [...blobs].map(([hashed, text]) => ({ v: 1, hash: hashed, text }));
  for (let at = 0; at < list.length; at += 2000) {
    await page.evaluate(putAll, { table: 'blobs', records: list.slice(at, at + 2000) });
  }
  await page.evaluate(putAll, { table: 'versions', records });
}

/** @param {{ table: string; records: readonly object[] }} what */
async function putAll({ table, records }) {
  /** @type {IDBDatabase} */
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open('stage0-studio');
    opening.addEventListener('success', () => resolve(opening.result));
    opening.addEventListener('error', () => reject(new Error('no database')));
  });
  const transaction = database.transaction([table], 'readwrite');
  for (const record of records) transaction.objectStore(table).put(record);
  await new Promise((resolve) => {
    transaction.addEventListener('complete', resolve);
  });
  database.close();
}

/**
 * @param {readonly number[]} values
 * @param {number} share
 */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
