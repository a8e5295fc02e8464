import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Result } from '../base/result.ts';
import { contentHash, packDigest } from '../pack/digest.ts';
import { MIGRATIONS } from './migrations.ts';
import { openStore } from './open.ts';
import type { StoreProblem } from './problem.ts';
import type { NewVersion, Store, StoreEvent, VersionInfo } from './store.ts';

let name: string;
let store: Store;

beforeEach(async () => {
  name = `test-${crypto.randomUUID()}`;
  store = must(await openStore({ name }));
  must(await store.createPack({ id: 'payments', name: 'Payments', files: FILES }));
});

afterEach(async () => {
  store.close();
  await deleteDB(name);
});

const FILES = new Map([
  ['metadata.json', '{"version": "1.0.0"}'],
  ['policies/a.cedar', 'permit (principal, action, resource);'],
]);

function version(number: string, change: Partial<NewVersion> = {}): NewVersion {
  return {
    version: number,
    author: 'm.lindqvist',
    message: 'Why',
    tags: [],
    scenarios: { passed: 3, failed: 0 },
    files: new Map([...FILES, ['metadata.json', `{"version": "${number}"}`]]),
    ...change,
  };
}

function save(number: string, change: Partial<NewVersion> = {}): Promise<VersionInfo> {
  return store.saveVersion('payments', version(number, change)).then(must);
}

async function names(): Promise<readonly string[]> {
  const { versions, problems } = must(await store.listVersions('payments'));
  expect(problems).toEqual([]);
  return versions.map((one) => one.version);
}

function must<T>(result: Result<T, StoreProblem>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

function codeOf(result: Result<unknown, StoreProblem>): string {
  return result.ok ? 'ok' : result.error.code;
}

/** Changes the database past the store. */
async function raw<T>(
  work: (database: Awaited<ReturnType<typeof openDB>>) => Promise<T>,
): Promise<T> {
  const database = await openDB(name);
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

const blobs = () => raw((database) => database.getAllKeys('blobs'));

describe('saving and opening', () => {
  test('gives back the very files, and a small record in the list', async () => {
    const saved = await save('1.0.0', { tags: ['live'] });
    expect(saved).toMatchObject({ version: '1.0.0', tags: ['live'], author: 'm.lindqvist' });
    expect(saved.digest).toBe(packDigest(version('1.0.0').files));
    const opened = must(await store.openVersion('payments', saved.digest));
    expect(opened).toEqual({ version: saved, files: version('1.0.0').files });
  });

  test('lists the newest first, and shares what versions have in common', async () => {
    const first = await save('1.0.0');
    await save('1.1.0', { parent: first.digest });
    await save('1.2.0', { parent: first.digest });
    const list = must(await store.listVersions('payments')).versions;
    expect(list.map(({ createdAt }) => createdAt)).toEqual(
      list.map(({ createdAt }) => createdAt).toSorted((a, b) => b - a),
    );
    // One policy file, and of each version its metadata and its manifest.
    expect(await blobs()).toHaveLength(1 + 3 * 2);
  });

  test.each([
    ['the same contents', version('1.0.0', { version: '1.0.1' }), 'STORE_EXISTS'],
    [
      'the same number',
      version('1.0.0', { files: new Map([...FILES, ['x.json', '1']]) }),
      'STORE_EXISTS',
    ],
    [
      'a parent that is not there',
      version('2.0.0', { parent: `sha256:${'0'.repeat(64)}` }),
      'STORE_MISSING',
    ],
    ['what no record can hold', version('2.0.0', { message: 'x'.repeat(5000) }), 'STORE_CORRUPT'],
    ['a parent that is no digest', version('2.0.0', { parent: 'HEAD' }), 'STORE_CORRUPT'],
  ] as const)('%s is refused, and nothing of it is written', async (_name, wanted, code) => {
    await save('1.0.0');
    const before = await blobs();
    expect(codeOf(await store.saveVersion('payments', wanted))).toBe(code);
    expect(await names()).toEqual(['1.0.0']);
    expect(await blobs()).toEqual(before);
  });

  test('a pack that is not there has none', async () => {
    expect(codeOf(await store.saveVersion('other', version('1.0.0')))).toBe('STORE_MISSING');
    expect(codeOf(await store.openVersion('payments', 'sha256:x'))).toBe('STORE_MISSING');
  });

  test('tags may change, nothing else', async () => {
    const saved = await save('1.0.0');
    must(await store.tagVersion('payments', saved.digest, ['live', 'audited']));
    expect(must(await store.listVersions('payments')).versions).toEqual([
      { ...saved, tags: ['live', 'audited'] },
    ]);
    expect(codeOf(await store.tagVersion('payments', saved.digest, ['']))).toBe('STORE_CORRUPT');
  });
});

describe('no room', () => {
  test.each([1, 2, 3, 4])(
    'a disk that is full at the record number %i refuses the version whole',
    async (number) => {
      const first = await save('1.0.0');
      const before = await blobs();
      const real = IDBObjectStore.prototype.put;
      let calls = 0;
      const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        ...args: Parameters<typeof real>
      ) {
        calls += 1;
        if (calls === number) throw new DOMException('no room', 'QuotaExceededError');
        return real.apply(this, args);
      });
      onTestFinished(() => {
        put.mockRestore();
      });
      const wanted = version('1.1.0', {
        files: new Map([...version('1.1.0').files, ['policies/b.cedar', '// new']]),
      });
      expect(codeOf(await store.saveVersion('payments', wanted))).toBe('STORE_FULL');
      put.mockRestore();
      expect(await names()).toEqual(['1.0.0']);
      expect(await blobs()).toEqual(before);
      expect(must(await store.openVersion('payments', first.digest)).files).toEqual(
        version('1.0.0').files,
      );
      must(await store.saveVersion('payments', wanted));
    },
  );
});

test('the rules of a version come without its scenarios, and are checked like all of it', async () => {
  const files = new Map([...FILES, ['scenarios/a.json', '{}'] as const]);
  const saved = await save('1.0.0', { files });
  const rules = must(await store.openRules('payments', saved.digest));
  expect(rules).toEqual({ version: saved, files: FILES });
  expect(must(await store.openVersion('payments', saved.digest)).files).toEqual(files);
  const hash = contentHash(FILES.get('policies/a.cedar') ?? '');
  await raw((database) => database.put('blobs', { v: 1, hash, text: 'permit all' }));
  store.close();
  store = must(await openStore({ name }));
  expect(codeOf(await store.openRules('payments', saved.digest))).toBe('STORE_CORRUPT');
});

describe('damage', () => {
  test('a content that is not what its hash says refuses the version whole, and its record stays', async () => {
    const saved = await save('1.0.0');
    const [hash] = await blobs();
    await raw((database) => database.put('blobs', { v: 1, hash, text: 'permit all' }));
    const opened = await store.openVersion('payments', saved.digest);
    expect(opened).toMatchObject({ ok: false, error: { code: 'STORE_CORRUPT', field: 'text' } });
    expect(await names()).toEqual(['1.0.0']);
  });

  test('a content that is gone too; saving it again mends it', async () => {
    const saved = await save('1.0.0');
    await raw((database) => database.clear('blobs'));
    expect(codeOf(await store.openVersion('payments', saved.digest))).toBe('STORE_CORRUPT');
    await save('1.1.0', { files: new Map([...version('1.0.0').files, ['x.json', '1']]) });
    expect(codeOf(await store.openVersion('payments', saved.digest))).toBe('STORE_CORRUPT');
  });

  test('a record of a newer release is listed as a problem and left alone', async () => {
    const saved = await save('1.0.0');
    const record = { v: 2, packId: 'payments', digest: saved.digest };
    await raw((database) => database.put('versions', record));
    const { versions, problems } = must(await store.listVersions('payments'));
    expect(versions).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['STORE_NEWER']);
    expect(codeOf(await store.deleteVersion('payments', saved.digest))).toBe('STORE_NEWER');
  });
});

describe('deleting', () => {
  test('a version that others were made from is in use; the last one goes, and comes back', async () => {
    const first = await save('1.0.0');
    const second = await save('1.1.0', { parent: first.digest });
    expect(await store.deleteVersion('payments', first.digest)).toMatchObject({
      ok: false,
      error: { code: 'STORE_IN_USE', by: [second.digest] },
    });
    const deleted = must(await store.deleteVersion('payments', second.digest));
    expect(await names()).toEqual(['1.0.0']);
    expect(codeOf(await store.openVersion('payments', second.digest))).toBe('STORE_MISSING');
    must(await store.restore(deleted));
    expect((await names()).toSorted()).toEqual(['1.0.0', '1.1.0']);
  });

  test('a number that was taken meanwhile keeps the deletion', async () => {
    const first = await save('1.0.0');
    const deleted = must(await store.deleteVersion('payments', first.digest));
    await save('1.0.0', { files: new Map([['other', 'x']]) });
    expect(codeOf(await store.restore(deleted))).toBe('STORE_EXISTS');
  });

  test('a purge removes contents that no version has, and only those', async () => {
    const first = await save('1.0.0');
    const second = await save('1.1.0');
    must(await store.deleteVersion('payments', second.digest));
    must(await store.purge(0));
    expect(await blobs()).toHaveLength(5);
    must(await store.purge(Date.now() + 1000));
    expect(await blobs()).toHaveLength(3);
    expect(must(await store.openVersion('payments', first.digest)).files).toEqual(
      version('1.0.0').files,
    );
    must(await store.deletePack('payments'));
    must(await store.purge(Date.now() + 1000));
    expect(await blobs()).toEqual([]);
  });

  test('a purge that meets a record it cannot read removes no content', async () => {
    await save('1.0.0');
    const second = await save('1.1.0');
    await raw((database) => database.put('versions', { v: 2, packId: 'x', digest: 'y' }));
    must(await store.deleteVersion('payments', second.digest));
    must(await store.purge(Date.now() + 1000));
    expect(await blobs()).toHaveLength(5);
  });
});

test('a database from before versions is migrated, and its packs stay', async () => {
  const old = `test-${crypto.randomUUID()}`;
  const before = must(await openStore({ name: old, migrations: MIGRATIONS.slice(0, 1) }));
  must(await before.createPack({ id: 'p', name: 'P', files: FILES }));
  before.close();
  const after = must(await openStore({ name: old }));
  expect(must(await after.readPack('p')).files).toHaveLength(FILES.size);
  must(await after.saveVersion('p', version('1.0.0')));
  after.close();
  await deleteDB(old);
});

test('the other tab hears of it', async () => {
  const heard: StoreEvent[] = [];
  const other = must(await openStore({ name }));
  const told = new Promise<void>((resolve) => {
    other.subscribe((event) => {
      heard.push(event);
      resolve();
    });
  });
  await save('1.0.0');
  await told;
  expect(heard).toEqual([{ kind: 'versions', packId: 'payments', paths: [] }]);
  other.close();
});

test('many versions of a pack of a hundred files list whole, open alone, and share their texts', async () => {
  const files = new Map(
    Array.from({ length: 100 }, (_, index): [string, string] => [
      `policies/p${index}.cedar`,
      `@id("rule-${index}") permit (principal, action, resource);`,
    ]),
  );
  const count = 60;
  const saved: VersionInfo[] = [];
  for (let index = 0; index < count; index++) {
    files.set(`policies/p${index}.cedar`, `// ${index}`);
    saved.push(await save(`1.${index}.0`, { files }));
  }
  expect(must(await store.listVersions('payments')).versions).toHaveLength(count);
  const first = must(await store.openVersion('payments', saved[0]?.digest ?? ''));
  expect(first.files.get('policies/p0.cedar')).toBe('// 0');
  expect(first.files.get('policies/p1.cedar')).toContain('rule-1');
  // A hundred texts at first, then one new text and one manifest a version.
  expect(await blobs()).toHaveLength(100 + (count - 1) + count);
});
