import { expect, test } from 'vitest';
import { elementAt } from './element.ts';

test('an element that is there is given, another is a defect', () => {
  expect(elementAt(['a', 'b'], 1)).toBe('b');
  expect(elementAt(new Int32Array([7]), 0)).toBe(7);
  expect(() => elementAt(['a'], 1)).toThrow('No element 1 among 1');
});
