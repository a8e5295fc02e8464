import { deleteDB } from 'idb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Result } from '../base/result.ts';
import { createDraftQueue } from './draft-queue.ts';
import { openStore } from './open.ts';
import type { StoreProblem } from './problem.ts';
import type { Store } from './store.ts';

let name: string;
const opened: Store[] = [];

beforeEach(() => {
  name = `test-${crypto.randomUUID()}`;
});

afterEach(async () => {
  for (const store of opened.splice(0)) store.close();
  await deleteDB(name);
});

async function tab(): Promise<Store> {
  const store = must(await openStore({ name }));
  opened.push(store);
  return store;
}

function must<T>(result: Result<T, StoreProblem>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

async function textOf(store: Store, path: string): Promise<string | undefined> {
  const { files } = must(await store.readPack('p'));
  return files.find((file) => file.path === path)?.text;
}

test('what was typed 200 ms before a crash is there afterwards', async () => {
  const store = await tab();
  must(await store.createPack({ id: 'p', name: 'p', files: new Map([['a', 'old']]) }));
  const queue = createDraftQueue(store);
  queue.rebase('p', 'a', 1);
  queue.enqueue('p', 'a', 'new');
  await new Promise((resolve) => {
    setTimeout(resolve, 200);
  });
  // A crash: nothing is flushed, the connection is just gone.
  queue.close();
  store.close();
  expect(await textOf(await tab(), 'a')).toBe('new');
});

test('a flush as the page goes away is enough, even when nobody waits for it', async () => {
  const store = await tab();
  must(await store.createPack({ id: 'p', name: 'p', files: new Map([['a', 'old']]) }));
  const queue = createDraftQueue(store);
  queue.rebase('p', 'a', 1);
  queue.enqueue('p', 'a', 'new');
  void queue.flush();
  queue.close();
  expect(await textOf(await tab(), 'a')).toBe('new');
});

test('two tabs on one file: the later one learns of the conflict and can keep its text', async () => {
  const store = await tab();
  must(await store.createPack({ id: 'p', name: 'p', files: new Map([['a', 'old']]) }));
  const mine = createDraftQueue(store);
  const theirs = createDraftQueue(await tab());
  for (const queue of [mine, theirs]) queue.rebase('p', 'a', 1);
  theirs.enqueue('p', 'a', 'theirs');
  expect(await theirs.flush()).toEqual({ status: 'saved' });
  mine.enqueue('p', 'a', 'mine');
  const state = await mine.flush();
  expect(state).toMatchObject({
    status: 'failed',
    problem: { code: 'STORE_CONFLICT', theirs: { text: 'theirs' } },
  });
  expect(await textOf(store, 'a')).toBe('theirs');
  mine.rebase('p', 'a', 2);
  expect(await mine.flush()).toEqual({ status: 'saved' });
  expect(await textOf(store, 'a')).toBe('mine');
  for (const queue of [mine, theirs]) queue.close();
});
