import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Result } from '../base/result.ts';
import { MIGRATIONS, type Migration } from './migrations.ts';
import { openStore, type OpenOptions } from './open.ts';
import type { StoreProblem } from './problem.ts';
import type { Store, StoreEvent } from './store.ts';
import { z } from './zod.ts';

let name: string;
let opened: Store[];

beforeEach(() => {
  name = `test-${crypto.randomUUID()}`;
  opened = [];
});

afterEach(async () => {
  for (const store of opened) store.close();
  await deleteDB(name);
});

/** One more tab. */
async function tab(options: OpenOptions = {}): Promise<Store> {
  const store = must(await openStore({ name, ...options }));
  opened.push(store);
  return store;
}

function must<T>(result: Result<T, StoreProblem>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

function codeOf(result: Result<unknown, StoreProblem>): string {
  return result.ok ? 'ok' : result.error.code;
}

async function textsOf(store: Store, packId: string): Promise<Record<string, string>> {
  const { files } = must(await store.readPack(packId));
  return Object.fromEntries(files.map(({ path, text }) => [path, text]));
}

/** What is in the database, past the store. */
async function rawRecord(table: string, key: IDBValidKey): Promise<unknown> {
  const database = await openDB(name);
  const record: unknown = await database.get(table, key);
  database.close();
  return record;
}

async function putRaw(table: string, record: unknown): Promise<void> {
  const database = await openDB(name);
  await database.put(table, record);
  database.close();
}

const PACK = {
  id: 'payments',
  name: 'Payments',
  exampleName: 'payments',
  files: new Map([
    ['policies/b.cedar', 'permit (principal, action, resource);'],
    ['policies/a.cedar', 'forbid (principal, action, resource);'],
  ]),
};

describe('packs', () => {
  test('a pack is read back as written, files sorted by path, after a reload too', async () => {
    const first = await tab();
    must(await first.createPack(PACK));
    first.close();
    const second = await tab();
    expect(must(await second.listPacks())).toMatchObject({
      packs: [{ id: 'payments', name: 'Payments', exampleName: 'payments' }],
      problems: [],
    });
    const { files } = must(await second.readPack('payments'));
    expect(files.map(({ path, revision }) => [path, revision])).toEqual([
      ['policies/a.cedar', 1],
      ['policies/b.cedar', 1],
    ]);
  });

  test('an id in use is refused, and nothing of it is written', async () => {
    const store = await tab();
    must(await store.createPack(PACK));
    const again = { ...PACK, name: 'Other', files: new Map([['x.cedar', 'x']]) };
    expect(codeOf(await store.createPack(again))).toBe('STORE_EXISTS');
    expect(Object.keys(await textsOf(store, 'payments'))).not.toContain('x.cedar');
  });

  test('rename, delete, restore', async () => {
    const store = await tab();
    must(await store.createPack(PACK));
    expect(must(await store.renamePack('payments', 'Payouts')).name).toBe('Payouts');
    const deleted = must(await store.deletePack('payments'));
    expect(must(await store.listPacks()).packs).toEqual([]);
    expect(codeOf(await store.readPack('payments'))).toBe('STORE_MISSING');
    expect(codeOf(await store.writeFile('payments', 'x', 'x', 0))).toBe('STORE_MISSING');
    must(await store.restore(deleted));
    expect(Object.keys(await textsOf(store, 'payments'))).toHaveLength(2);
  });

  test('what was deleted is gone after a purge, and only that', async () => {
    const store = await tab();
    must(await store.createPack(PACK));
    must(await store.createPack({ ...PACK, id: 'other' }));
    const pack = must(await store.deletePack('payments'));
    const file = must(await store.deleteFile('other', 'policies/a.cedar'));
    must(await store.purge(0));
    must(await store.restore(file));
    must(await store.deleteFile('other', 'policies/a.cedar'));
    must(await store.purge(Date.now() + 1000));
    expect(codeOf(await store.restore(pack))).toBe('STORE_MISSING');
    expect(codeOf(await store.restore(file))).toBe('STORE_MISSING');
    expect(Object.keys(await textsOf(store, 'other'))).toEqual(['policies/b.cedar']);
    expect(await rawRecord('files', ['payments', 'policies/a.cedar'])).toBeUndefined();
  });
});

describe('files', () => {
  let store: Store;
  beforeEach(async () => {
    store = await tab();
    must(await store.createPack(PACK));
  });

  test('each write counts the revision up; the same text again does not', async () => {
    expect(must(await store.writeFile('payments', 'policies/a.cedar', 'x', 1)).revision).toBe(2);
    expect(must(await store.writeFile('payments', 'policies/a.cedar', 'x', 1)).revision).toBe(2);
    expect(must(await store.writeFile('payments', 'policies/a.cedar', 'y', 2)).revision).toBe(3);
  });

  test('a new file needs base 0; a base for a file that never was is a conflict', async () => {
    expect(must(await store.writeFile('payments', 'new.cedar', 'x', 0)).revision).toBe(1);
    expect(codeOf(await store.writeFile('payments', 'other.cedar', 'x', 3))).toBe('STORE_CONFLICT');
  });

  test('rename moves the text, and refuses a taken name', async () => {
    const [from, to] = ['policies/a.cedar', 'policies/c.cedar'];
    expect(codeOf(await store.renameFile('payments', from, 'policies/b.cedar'))).toBe(
      'STORE_EXISTS',
    );
    expect(must(await store.renameFile('payments', from, to))).toMatchObject({ path: to });
    expect(await textsOf(store, 'payments')).toEqual({
      [to]: PACK.files.get(from),
      'policies/b.cedar': PACK.files.get('policies/b.cedar'),
    });
    must(await store.renameFile('payments', to, from));
    expect(await textsOf(store, 'payments')).toEqual(Object.fromEntries(PACK.files));
    expect(codeOf(await store.renameFile('payments', 'nowhere', 'x'))).toBe('STORE_MISSING');
  });

  test('delete and restore; restoring over a new file of that name is refused', async () => {
    const deleted = must(await store.deleteFile('payments', 'policies/a.cedar'));
    expect(Object.keys(await textsOf(store, 'payments'))).toEqual(['policies/b.cedar']);
    must(await store.restore(deleted));
    expect(await textsOf(store, 'payments')).toEqual(Object.fromEntries(PACK.files));
    must(await store.deleteFile('payments', 'policies/a.cedar'));
    must(await store.writeFile('payments', 'policies/a.cedar', 'anew', 0));
    expect(codeOf(await store.restore(deleted))).toBe('STORE_EXISTS');
  });

  test('replacing all files can be undone with what it answers', async () => {
    must(await store.writeFile('payments', 'policies/a.cedar', 'edited', 1));
    const example = new Map([
      ['policies/a.cedar', 'as shipped'],
      ['schema.cedarschema', ''],
    ]);
    const { previous, files } = must(await store.replaceAll('payments', example));
    expect(await textsOf(store, 'payments')).toEqual(Object.fromEntries(example));
    expect(files).toEqual(must(await store.readPack('payments')).files);
    must(await store.replaceAll('payments', previous));
    expect(await textsOf(store, 'payments')).toEqual({
      'policies/a.cedar': 'edited',
      'policies/b.cedar': PACK.files.get('policies/b.cedar'),
    });
  });
});

describe('two tabs', () => {
  let mine: Store;
  let theirs: Store;
  beforeEach(async () => {
    mine = await tab();
    must(await mine.createPack(PACK));
    theirs = await tab();
  });

  test('the second writer gets a conflict with the other text, and overwrites nothing', async () => {
    must(await theirs.writeFile('payments', 'policies/a.cedar', 'theirs', 1));
    const result = await mine.writeFile('payments', 'policies/a.cedar', 'mine', 1);
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'STORE_CONFLICT', theirs: { text: 'theirs' }, revision: 2 },
    });
    expect((await textsOf(mine, 'payments'))['policies/a.cedar']).toBe('theirs');
    expect(must(await mine.writeFile('payments', 'policies/a.cedar', 'mine', 2)).revision).toBe(3);
  });

  test('of two simultaneous writes exactly one wins', async () => {
    const results = await Promise.all([
      mine.writeFile('payments', 'policies/a.cedar', 'mine', 1),
      theirs.writeFile('payments', 'policies/a.cedar', 'theirs', 1),
    ]);
    expect(results.map(codeOf).toSorted()).toEqual(['STORE_CONFLICT', 'ok']);
  });

  test('editing a file that was deleted elsewhere is a conflict with nothing', async () => {
    must(await theirs.deleteFile('payments', 'policies/a.cedar'));
    const result = await mine.writeFile('payments', 'policies/a.cedar', 'mine', 1);
    expect(result).toMatchObject({ error: { code: 'STORE_CONFLICT', theirs: undefined } });
  });

  test('a tab hears of the other tab’s commits, and of none of its own', async () => {
    const heard = listen(mine);
    const own = listen(theirs);
    must(await theirs.writeFile('payments', 'policies/a.cedar', 'x', 1));
    must(await theirs.renameFile('payments', 'policies/a.cedar', 'c'));
    must(await theirs.deletePack('payments'));
    expect(codeOf(await theirs.deletePack('payments'))).toBe('STORE_MISSING');
    await vi.waitFor(() => {
      expect(heard).toEqual([
        { kind: 'files', packId: 'payments', paths: ['policies/a.cedar'] },
        { kind: 'files', packId: 'payments', paths: ['policies/a.cedar', 'c'] },
        { kind: 'pack', packId: 'payments', paths: [] },
      ]);
    });
    expect(own).toEqual([]);
  });

  test('noise on the channel is ignored', async () => {
    const heard = listen(mine);
    const channel = new BroadcastChannel(name);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel takes none
    for (const noise of [{ v: 2, kind: 'files' }, 'hello']) channel.postMessage(noise);
    must(await theirs.renamePack('payments', 'x'));
    await vi.waitFor(() => {
      expect(heard).toEqual([{ kind: 'pack', packId: 'payments', paths: [] }]);
    });
    channel.close();
  });
});

describe('releases', () => {
  /** A next release's step: every pack gets a note. */
  const nextStep: Migration = {
    name: 'notes',
    run: async (_database, upgrade) => {
      const packs = upgrade.objectStore('packs');
      for (let cursor = await packs.openCursor(); cursor !== null;) {
        await cursor.update({ ...(cursor.value as object), note: '' });
        cursor = await cursor.continue();
      }
    },
  };
  const next = { migrations: [...MIGRATIONS, nextStep] };

  test('a database of an older release is migrated, its records kept', async () => {
    const old = await tab();
    must(await old.createPack(PACK));
    old.close();
    const newer = await tab(next);
    expect(await rawRecord('packs', 'payments')).toMatchObject({ name: 'Payments', note: '' });
    newer.close();
    expect(await rawRecord('files', ['payments', 'policies/a.cedar'])).toMatchObject({
      text: PACK.files.get('policies/a.cedar'),
    });
  });

  test('a migration that fails leaves the older database as it was', async () => {
    const old = await tab();
    must(await old.createPack(PACK));
    old.close();
    const failing: Migration = {
      name: 'fails half way',
      run: async (database, upgrade) => {
        await upgrade.objectStore('packs').clear();
        database.deleteObjectStore('files');
        throw new Error('no such step');
      },
    };
    const result = await openStore({ name, migrations: [...MIGRATIONS, failing] });
    expect(result).toMatchObject({ ok: false, error: { code: 'STORE_FAILED' } });
    expect(await textsOf(await tab(), 'payments')).toEqual(Object.fromEntries(PACK.files));
  });

  test('a database of a newer release is refused and left as it is', async () => {
    (await tab(next)).close();
    await putRaw('packs', { v: 2, id: 'future' });
    expect(codeOf(await openStore({ name }))).toBe('STORE_NEWER');
    const database = await openDB(name);
    expect(database.version).toBe(next.migrations.length);
    expect(await database.getAll('packs')).toEqual([{ v: 2, id: 'future' }]);
    database.close();
  });

  test('an open tab makes way for a newer release and says so', async () => {
    const old = await tab();
    const heard = listen(old);
    await tab(next);
    expect(heard).toMatchObject([{ kind: 'closed', problem: { code: 'STORE_NEWER' } }]);
    expect(codeOf(await old.listPacks())).toBe('STORE_NEWER');
  });

  test('a tab that does not make way blocks the newer release, which says so', async () => {
    const stubborn = await openDB(name, MIGRATIONS.length);
    expect(codeOf(await openStore({ name, ...next }))).toBe('STORE_BLOCKED');
    stubborn.close();
  });

  test('a record of a newer release is reported and never overwritten', async () => {
    const store = await tab();
    must(await store.createPack(PACK));
    const future = { v: 2, packId: 'payments', path: 'policies/a.cedar', lines: ['x'] };
    await putRaw('files', future);
    const { files, problems } = must(await store.readPack('payments'));
    expect(files.map(({ path }) => path)).toEqual(['policies/b.cedar']);
    expect(problems).toMatchObject([
      { code: 'STORE_NEWER', record: { store: 'files', key: 'payments / policies/a.cedar' } },
    ]);
    const attempts = [
      await store.writeFile('payments', 'policies/a.cedar', 'x', 1),
      await store.deleteFile('payments', 'policies/a.cedar'),
      await store.renameFile('payments', 'policies/b.cedar', 'policies/a.cedar'),
      await store.replaceAll('payments', new Map()),
    ];
    expect(attempts.map(codeOf)).toEqual(attempts.map(() => 'STORE_NEWER'));
    must(await store.deletePack('payments'));
    must(await store.purge(Date.now() + 1000));
    expect(await rawRecord('files', ['payments', 'policies/a.cedar'])).toEqual(future);
    expect(await rawRecord('files', ['payments', 'policies/b.cedar'])).toBeDefined();
  });
});

describe('damage', () => {
  const damaged = { v: 1, packId: 'payments', path: 'policies/a.cedar', text: 7, revision: 1 };

  test('a damaged record is named with its field, and kept', async () => {
    const store = await tab();
    must(await store.createPack(PACK));
    await putRaw('files', damaged);
    await putRaw('packs', { v: 1, id: 'broken', name: 'x', createdAt: 1, colour: 'red' });
    const { problems } = must(await store.readPack('payments'));
    expect(problems).toMatchObject([
      { code: 'STORE_CORRUPT', record: { key: 'payments / policies/a.cedar' }, field: 'text' },
    ]);
    expect(must(await store.listPacks())).toMatchObject({
      packs: [{ id: 'payments' }],
      problems: [{ code: 'STORE_CORRUPT', record: { key: 'broken' }, field: 'colour' }],
    });
    expect(codeOf(await store.writeFile('payments', 'policies/a.cedar', 'x', 1))).toBe(
      'STORE_CORRUPT',
    );
    expect(await rawRecord('files', ['payments', 'policies/a.cedar'])).toEqual(damaged);
  });

  test('a reset puts a damaged record aside and repairs the pack', async () => {
    const store = await tab();
    must(await store.createPack(PACK));
    await putRaw('files', damaged);
    must(await store.replaceAll('payments', PACK.files));
    expect(await textsOf(store, 'payments')).toEqual(Object.fromEntries(PACK.files));
    expect(await rawRecord('quarantine', 1)).toMatchObject({ record: damaged });
  });
});

describe('no room, no store', () => {
  test('a full disk is told, and leaves everything as it was', async () => {
    const store = await tab();
    must(await store.createPack(PACK));
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError');
    });
    onTestFinished(() => {
      put.mockRestore();
    });
    expect(codeOf(await store.writeFile('payments', 'policies/a.cedar', 'x', 1))).toBe(
      'STORE_FULL',
    );
    expect(codeOf(await store.replaceAll('payments', new Map()))).toBe('STORE_FULL');
    expect(codeOf(await store.createPack({ ...PACK, id: 'other' }))).toBe('STORE_FULL');
    put.mockRestore();
    expect(await textsOf(store, 'payments')).toEqual(Object.fromEntries(PACK.files));
    must(await store.writeFile('payments', 'policies/a.cedar', 'x', 1));
  });

  test('a disk that is full half way through undoes the first half', async () => {
    const store = await tab();
    must(await store.createPack(PACK));
    const real = IDBObjectStore.prototype.put;
    let calls = 0;
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...args: Parameters<typeof real>
    ) {
      calls += 1;
      if (calls === 2) throw new DOMException('no room', 'QuotaExceededError');
      return real.apply(this, args);
    });
    onTestFinished(() => {
      put.mockRestore();
    });
    expect(codeOf(await store.renameFile('payments', 'policies/a.cedar', 'c'))).toBe('STORE_FULL');
    expect(await textsOf(store, 'payments')).toEqual(Object.fromEntries(PACK.files));
  });

  test.each([
    ['no IndexedDB at all', () => undefined],
    [
      'IndexedDB that may not be touched',
      () => {
        throw new DOMException('denied', 'SecurityError');
      },
    ],
  ])('%s', async (_what, get) => {
    const spy = vi.spyOn(globalThis, 'indexedDB', 'get').mockImplementation(get as never);
    const result = await openStore({ name });
    spy.mockRestore();
    expect(codeOf(result)).toBe('STORE_UNAVAILABLE');
  });

  test('a closed store answers, too', async () => {
    const store = await tab();
    store.close();
    expect(codeOf(await store.listPacks())).toBe('STORE_UNAVAILABLE');
    expect(codeOf(await store.writeUi('theme', 'dark'))).toBe('STORE_UNAVAILABLE');
  });
});

describe('settings', () => {
  const theme = z.enum(['light', 'dark']);

  test('are read back; unset is undefined; a value of another shape is told and kept', async () => {
    const store = await tab();
    expect(must(await store.readUi('theme', theme))).toBeUndefined();
    must(await store.writeUi('theme', 'dark'));
    expect(must(await store.readUi('theme', theme))).toBe('dark');
    must(await store.writeUi('theme', 'sepia'));
    expect(await store.readUi('theme', theme)).toMatchObject({
      error: { code: 'STORE_CORRUPT', record: { store: 'ui', key: 'theme' } },
    });
    expect(await rawRecord('ui', 'theme')).toMatchObject({ value: 'sepia' });
  });

  test('of a newer release are left alone', async () => {
    const store = await tab();
    await putRaw('ui', { v: 9, key: 'layout', panes: [] });
    expect(codeOf(await store.readUi('layout', z.unknown()))).toBe('STORE_NEWER');
    expect(codeOf(await store.writeUi('layout', {}))).toBe('STORE_NEWER');
  });
});

function listen(store: Store): StoreEvent[] {
  const heard: StoreEvent[] = [];
  store.subscribe((event) => heard.push(event));
  return heard;
}
