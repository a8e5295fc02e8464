import { expect, test, vi } from 'vitest';
import { kept } from './kept.ts';

test('a text that comes again is made once, and so is the empty one', () => {
  const make = vi.fn<(text: string) => string>((text) => text.slice(1));
  const once = kept(make);
  for (const text of ['ab', 'ab', '', '', 'a', 'a']) expect(once(text)).toBe(text.slice(1));
  expect(make).toHaveBeenCalledTimes(3);
});

test('texts that are long or many are made anew and do not fill the memory', () => {
  const make = vi.fn<(text: string) => string>((text) => text.toUpperCase());
  const once = kept(make);
  const long = 'x'.repeat(501);
  expect(once(long)).toBe(once(long));
  expect(make).toHaveBeenCalledTimes(2);
  for (let i = 0; i < 5000; i += 1) expect(once(`t${i}`)).toBe(`T${i}`);
  make.mockClear();
  // The first of so many was forgotten, the last is known.
  once('t0');
  once('t4999');
  expect(make).toHaveBeenCalledTimes(1);
});
