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
  for (const key of journalKeys()) localStorage.removeItem(key);
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

function journalKeys(): readonly string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith('stage0-studio:drafts:'));
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

test('what was typed in the page’s last moment is there in the next page', async () => {
  const store = await tab();
  must(await store.createPack({ id: 'p', name: 'p', files: new Map([['a', 'old']]) }));
  // A store that never answers again stands for a page that is torn down in the middle of a write.
  const dying = createDraftQueue({ writeFile: () => new Promise(() => undefined) });
  dying.loaded('p', 'a', 1);
  dying.enqueue('p', 'a', 'new');
  void dying.flush();
  dying.close();
  expect(journalKeys()).toHaveLength(1);
  const next = createDraftQueue(store);
  expect(await next.flush()).toEqual({ status: 'saved' });
  next.close();
  expect(await textOf(store, 'a')).toBe('new');
  expect(journalKeys()).toEqual([]);
});

test('a journal that cannot be read harms nobody and is kept', async () => {
  localStorage.setItem('stage0-studio:drafts:x', '[{"v":2}]');
  const queue = createDraftQueue(await tab());
  expect(queue.state()).toEqual({ status: 'saved' });
  queue.close();
  expect(localStorage.getItem('stage0-studio:drafts:x')).toBe('[{"v":2}]');
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
