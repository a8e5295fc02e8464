import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { err, ok, type Result } from '../base/result.ts';
import { createDraftQueue, type DraftQueue, type DraftState } from './draft-queue.ts';
import type { JournalEntry } from './draft-journal.ts';
import type { FileState, StoreProblem } from './problem.ts';

const FULL: StoreProblem = { code: 'STORE_FULL', message: 'full' };

/** A store of one text per path, whose writes are answered when the test says so. */
function fakeStore() {
  const texts = new Map<string, { text: string; revision: number }>();
  const writes: { path: string; text: string; base: number; answer: () => void }[] = [];
  let failWith: StoreProblem | undefined;

  function write(path: string, text: string, base: number): Result<FileState, StoreProblem> {
    if (failWith !== undefined) return err(failWith);
    const stored = texts.get(path);
    const revision = stored?.revision ?? 0;
    if (revision !== base) {
      const theirs = stored === undefined ? undefined : { path, ...stored, updatedAt: 0 };
      return err({ code: 'STORE_CONFLICT', message: '', packId: 'p', path, theirs, revision });
    }
    texts.set(path, { text, revision: revision + 1 });
    return ok({ path, text, revision: revision + 1, updatedAt: 0 });
  }

  return {
    texts,
    writes,
    fail: (problem: StoreProblem | undefined) => {
      failWith = problem;
    },
    writeFile: (_packId: string, path: string, text: string, base: number) =>
      new Promise<Result<FileState, StoreProblem>>((resolve) => {
        writes.push({
          path,
          text,
          base,
          answer: () => {
            resolve(write(path, text, base));
          },
        });
      }),
  };
}

/** What outlives the page. */
function fakeJournal() {
  let left: readonly JournalEntry[] = [];
  let own: readonly JournalEntry[] = [];
  return {
    left: () => left,
    forget: () => {
      left = [];
    },
    keep: (drafts: readonly JournalEntry[]) => {
      own = drafts;
    },
    kept: () => own,
    /** The page goes away, and another one starts. */
    turnPage: () => {
      left = [...left, ...own];
      own = [];
    },
  };
}

let journal: ReturnType<typeof fakeJournal>;
let store: ReturnType<typeof fakeStore>;
let queue: DraftQueue;
let states: DraftState[];

beforeEach(() => {
  vi.useFakeTimers();
  store = fakeStore();
  journal = fakeJournal();
  queue = createDraftQueue(store, { delayMs: 150, retryMs: 1000, journal });
  states = [];
  queue.subscribe((state) => states.push(state));
});

afterEach(() => {
  queue.close();
  vi.useRealTimers();
});

async function answerAll(): Promise<void> {
  for (const write of store.writes.splice(0)) write.answer();
  await vi.advanceTimersByTimeAsync(0);
}

describe('coalescing', () => {
  test('several keystrokes become one write of the newest text', async () => {
    queue.enqueue('p', 'a.cedar', 'x');
    queue.enqueue('p', 'a.cedar', 'xy');
    await vi.advanceTimersByTimeAsync(149);
    expect(store.writes).toHaveLength(0);
    queue.enqueue('p', 'a.cedar', 'xyz');
    await vi.advanceTimersByTimeAsync(1);
    expect(store.writes.map(({ text }) => text)).toEqual(['xyz']);
    await answerAll();
    expect(queue.state()).toEqual({ status: 'saved' });
    expect(states.at(-1)).toEqual({ status: 'saved' });
  });

  test('typing without a pause is saved all the same', async () => {
    for (let key = 1; key <= 20; key += 1) {
      queue.enqueue('p', 'a.cedar', 'x'.repeat(key));
      await vi.advanceTimersByTimeAsync(50);
      await answerAll();
    }
    expect(store.texts.get('a.cedar')?.revision).toBeGreaterThanOrEqual(5);
  });

  test('each file has its own write', async () => {
    queue.enqueue('p', 'a.cedar', 'a');
    queue.enqueue('p', 'b.cedar', 'b');
    await vi.advanceTimersByTimeAsync(150);
    expect(store.writes.map(({ path }) => path)).toEqual(['a.cedar', 'b.cedar']);
  });

  test('what is typed during a write goes after it, on top of its revision', async () => {
    queue.enqueue('p', 'a.cedar', 'one');
    await vi.advanceTimersByTimeAsync(150);
    queue.enqueue('p', 'a.cedar', 'two');
    await vi.advanceTimersByTimeAsync(150);
    expect(store.writes).toHaveLength(1);
    await answerAll();
    expect(queue.draft('p', 'a.cedar')?.text).toBe('two');
    await vi.advanceTimersByTimeAsync(150);
    expect(store.writes).toMatchObject([{ text: 'two', base: 1 }]);
    await answerAll();
    expect(store.texts.get('a.cedar')).toEqual({ text: 'two', revision: 2 });
  });
});

describe('flush', () => {
  test('writes at once', () => {
    queue.enqueue('p', 'a.cedar', 'a');
    void queue.flush();
    expect(store.writes).toHaveLength(1);
  });

  test('waits for what was typed during a write', async () => {
    queue.enqueue('p', 'a.cedar', 'one');
    const flushed = queue.flush();
    queue.enqueue('p', 'a.cedar', 'two');
    await answerAll();
    await answerAll();
    expect(await flushed).toEqual({ status: 'saved' });
    expect(store.texts.get('a.cedar')?.text).toBe('two');
  });

  test('ends, and says so, when a write fails', async () => {
    store.fail(FULL);
    queue.enqueue('p', 'a.cedar', 'a');
    const flushed = queue.flush();
    await answerAll();
    expect(await flushed).toMatchObject({ status: 'failed', problem: { code: 'STORE_FULL' } });
  });
});

describe('failure', () => {
  test('keeps the text, says why, and retries ever more slowly until it works', async () => {
    store.fail(FULL);
    queue.enqueue('p', 'a.cedar', 'a');
    await vi.advanceTimersByTimeAsync(150);
    await answerAll();
    expect(queue.state()).toMatchObject({ status: 'failed', problem: FULL });
    expect(queue.draft('p', 'a.cedar')?.text).toBe('a');

    await vi.advanceTimersByTimeAsync(1000);
    expect(store.writes).toHaveLength(1);
    await answerAll();
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.writes).toHaveLength(0);
    store.fail(undefined);
    await vi.advanceTimersByTimeAsync(1000);
    await answerAll();
    expect(queue.state()).toEqual({ status: 'saved' });
    expect(store.texts.get('a.cedar')?.text).toBe('a');
  });

  test('a record of a newer release is not tried again', async () => {
    store.fail({ code: 'STORE_NEWER', message: 'newer' });
    queue.enqueue('p', 'a.cedar', 'a');
    await vi.advanceTimersByTimeAsync(150);
    await answerAll();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(store.writes).toHaveLength(0);
    expect(queue.draft('p', 'a.cedar')?.text).toBe('a');
  });
});

describe('another tab', () => {
  beforeEach(async () => {
    store.texts.set('a.cedar', { text: 'theirs', revision: 4 });
    queue.rebase('p', 'a.cedar', 3);
    queue.enqueue('p', 'a.cedar', 'mine');
    await vi.advanceTimersByTimeAsync(150);
    await answerAll();
  });

  test('its text is not overwritten, and the conflict carries it', async () => {
    await vi.advanceTimersByTimeAsync(120_000);
    await queue.flush();
    expect(store.writes).toHaveLength(0);
    expect(store.texts.get('a.cedar')?.text).toBe('theirs');
    expect(queue.state()).toMatchObject({
      status: 'failed',
      problem: { code: 'STORE_CONFLICT', theirs: { text: 'theirs' }, revision: 4 },
    });
  });

  test('keep mine: rebase on its revision writes over it', async () => {
    queue.rebase('p', 'a.cedar', 4);
    await vi.advanceTimersByTimeAsync(150);
    await answerAll();
    expect(store.texts.get('a.cedar')).toEqual({ text: 'mine', revision: 5 });
    expect(queue.state()).toEqual({ status: 'saved' });
  });

  test('loading the file again decides nothing', async () => {
    queue.loaded('p', 'a.cedar', 4);
    await queue.flush();
    expect(store.texts.get('a.cedar')?.text).toBe('theirs');
    expect(queue.state().status).toBe('failed');
  });

  test('take theirs: discard forgets mine', async () => {
    queue.discard('p', 'a.cedar');
    expect(queue.state()).toEqual({ status: 'saved' });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(store.texts.get('a.cedar')?.text).toBe('theirs');
  });
});

test('a file that another tab deleted is not brought back unasked', async () => {
  queue.loaded('p', 'a.cedar', 3);
  queue.enqueue('p', 'a.cedar', 'mine');
  const flushed = queue.flush();
  await answerAll();
  expect(await flushed).toMatchObject({ problem: { code: 'STORE_CONFLICT', theirs: undefined } });
  await queue.flush();
  expect(store.texts.has('a.cedar')).toBe(false);
});

test('a draft begun anew while a discarded one is being written goes on top of that write', async () => {
  queue.enqueue('p', 'a.cedar', 'old');
  await vi.advanceTimersByTimeAsync(150);
  queue.discard('p', 'a.cedar');
  queue.enqueue('p', 'a.cedar', 'new');
  await vi.advanceTimersByTimeAsync(150);
  await answerAll();
  await vi.advanceTimersByTimeAsync(150);
  await answerAll();
  expect(store.texts.get('a.cedar')).toEqual({ text: 'new', revision: 2 });
  expect(queue.state()).toEqual({ status: 'saved' });
});

test('hears each stored file', async () => {
  const stored: [string, number][] = [];
  queue.onStored((_packId, file) => stored.push([file.path, file.revision]));
  queue.enqueue('p', 'a.cedar', 'a');
  await vi.advanceTimersByTimeAsync(150);
  await answerAll();
  expect(stored).toEqual([['a.cedar', 1]]);
});

describe('a page that goes away', () => {
  async function turnPage(): Promise<void> {
    queue.close();
    journal.turnPage();
    queue = createDraftQueue(store, { delayMs: 150, retryMs: 1000, journal });
    await vi.advanceTimersByTimeAsync(150);
    await answerAll();
    await vi.advanceTimersByTimeAsync(150);
    await answerAll();
  }

  beforeEach(() => {
    store.texts.set('a.cedar', { text: 'old', revision: 3 });
    queue.loaded('p', 'a.cedar', 3);
  });

  test('leaves its drafts to the next one, even when no write of them arrived', async () => {
    queue.enqueue('p', 'a.cedar', 'new');
    void queue.flush();
    store.writes.length = 0;
    await turnPage();
    expect(store.texts.get('a.cedar')).toEqual({ text: 'new', revision: 4 });
    expect(queue.state()).toEqual({ status: 'saved' });
    expect(journal.left()).toEqual([]);
    expect(journal.kept()).toEqual([]);
  });

  test('does not make its own half-heard write a conflict', async () => {
    queue.enqueue('p', 'a.cedar', 'new');
    void queue.flush();
    queue.enqueue('p', 'a.cedar', 'newer');
    void queue.flush();
    // The write of "new" arrives; its answer does not.
    store.texts.set('a.cedar', { text: 'new', revision: 4 });
    store.writes.length = 0;
    await turnPage();
    expect(store.texts.get('a.cedar')).toEqual({ text: 'newer', revision: 5 });
    expect(queue.state()).toEqual({ status: 'saved' });
  });

  test('still cannot overwrite what another tab wrote meanwhile', async () => {
    queue.enqueue('p', 'a.cedar', 'mine');
    void queue.flush();
    store.writes.length = 0;
    store.texts.set('a.cedar', { text: 'theirs', revision: 4 });
    await turnPage();
    expect(store.texts.get('a.cedar')?.text).toBe('theirs');
    expect(queue.state()).toMatchObject({ status: 'failed', problem: { code: 'STORE_CONFLICT' } });
    expect(journal.kept()).toMatchObject([{ text: 'mine' }]);
    queue.discard('p', 'a.cedar');
    expect(journal.kept()).toEqual([]);
  });

  test('leaves drafts of a pack that is deleted by then to nobody', async () => {
    queue.enqueue('p', 'a.cedar', 'mine');
    void queue.flush();
    store.writes.length = 0;
    store.fail({ code: 'STORE_MISSING', message: '' });
    await turnPage();
    expect(queue.state()).toEqual({ status: 'saved' });
    expect(journal.kept()).toEqual([]);
  });

  test('leaves nothing behind when all was stored', async () => {
    queue.enqueue('p', 'a.cedar', 'new');
    const flushed = queue.flush();
    await answerAll();
    await flushed;
    expect(journal.kept()).toEqual([]);
  });
});
