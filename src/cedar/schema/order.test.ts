import { expect, test } from 'vitest';
import { orderByDependency } from './order.ts';

const order = (edges: Record<string, string[]>) =>
  orderByDependency(new Map(Object.entries(edges)));

test('dependencies come first, also those that are no key', () => {
  expect(order({ a: ['b', 'c'], b: ['c'], d: [] })).toEqual({
    order: ['c', 'b', 'a', 'd'],
    cycles: [],
  });
});

test('cycles are named', () => {
  const { cycles } = order({ a: ['b'], b: ['c'], c: ['b', 'a', 'c'] });
  expect(cycles).toEqual([['b', 'c'], ['a', 'b', 'c'], ['c']]);
});

test('a chain of any length is no recursion', () => {
  const edges = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, index) => [`${index}`, [`${index + 1}`]]),
  );
  expect(order(edges).order).toHaveLength(20_001);
});
