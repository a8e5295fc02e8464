import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Result } from '../base/result.ts';
import { openStore } from './open.ts';
import type { StoreProblem } from './problem.ts';
import type { SigningKey, Store } from './store.ts';

let name: string;
let store: Store;

beforeEach(async () => {
  name = `test-${crypto.randomUUID()}`;
  store = must(await openStore({ name }));
});

afterEach(async () => {
  store.close();
  await deleteDB(name);
});

function must<T>(result: Result<T, StoreProblem>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

async function newKey(extractable = false): Promise<[SigningKey, CryptoKey]> {
  const pair = await crypto.subtle.generateKey('Ed25519', extractable, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new TypeError('no pair');
  const { x = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const key: SigningKey = {
    // Any 32 bytes: the store does not look into the thumbprint.
    keyid: x,
    label: 'release team',
    createdAt: Date.now(),
    jwk: { kty: 'OKP', crv: 'Ed25519', x },
    privateKey: pair.privateKey,
    backedUp: false,
  };
  return [key, pair.publicKey];
}

test('a key survives a reload, signs, and cannot be read out', async () => {
  const [key, publicKey] = await newKey();
  must(await store.saveKey(key));
  store.close();
  store = must(await openStore({ name }));
  const { keys, problems } = must(await store.listKeys());
  expect(problems).toEqual([]);
  expect(keys).toMatchObject([{ keyid: key.keyid, label: 'release team', jwk: key.jwk }]);
  const privateKey = keys[0]?.privateKey ?? publicKey;
  const bytes = new TextEncoder().encode('a bundle');
  const signature = await crypto.subtle.sign('Ed25519', privateKey, bytes);
  expect(await crypto.subtle.verify('Ed25519', publicKey, signature, bytes)).toBe(true);
  await expect(crypto.subtle.exportKey('pkcs8', privateKey)).rejects.toThrow(/not extractable/);
});

test('a key that could be read out is not kept', async () => {
  const [key] = await newKey(true);
  expect(await store.saveKey(key)).toMatchObject({
    ok: false,
    error: { code: 'STORE_CORRUPT', field: 'privateKey' },
  });
  expect(must(await store.listKeys()).keys).toEqual([]);
});

test('the same key again is refused, and a deleted one is gone', async () => {
  const [key] = await newKey();
  must(await store.saveKey(key));
  expect(await store.saveKey({ ...key, label: 'other' })).toMatchObject({
    ok: false,
    error: { code: 'STORE_EXISTS' },
  });
  must(await store.deleteKey(key.keyid));
  expect(must(await store.listKeys())).toEqual({ keys: [], problems: [] });
});

test('a record that cannot be read is named and kept, the others are there', async () => {
  const [key] = await newKey();
  must(await store.saveKey(key));
  const database = await openDB(name);
  await database.put('keys', { v: 1, keyid: 'broken' });
  database.close();
  const { keys, problems } = must(await store.listKeys());
  expect(keys).toHaveLength(1);
  expect(problems).toMatchObject([
    { code: 'STORE_CORRUPT', record: { store: 'keys', key: 'broken' } },
  ]);
});
