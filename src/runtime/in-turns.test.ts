import { afterEach, expect, test, vi } from 'vitest';
import { inTurns } from './in-turns.ts';

afterEach(() => vi.restoreAllMocks());

test('long work lets what waits have its turn, and short work does not stop for anybody', async () => {
  let clock = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  const seen: string[] = [];
  function* work(name: string, cost: number) {
    for (let n = 0; n < 4; n += 1) {
      seen.push(`${name} ${n}`);
      clock += cost;
      yield;
    }
    return name;
  }
  const other = (): void => void setImmediate(() => seen.push('other'));
  other();
  expect(await inTurns(work('short', 0.5))).toBe('short');
  expect(seen).toEqual(['short 0', 'short 1', 'short 2', 'short 3', 'other']);
  seen.length = 0;
  other();
  expect(await inTurns(work('long', 1))).toBe('long');
  expect(seen).toEqual(['long 0', 'long 1', 'other', 'long 2', 'long 3']);
});

test('what fails in a slice is for who waits for the work', async () => {
  // oxlint-disable-next-line require-yield -- It does not come that far.
  function* broken(): Generator<unknown, never, void> {
    throw new Error('broken');
  }
  await expect(inTurns(broken())).rejects.toThrow('broken');
});
