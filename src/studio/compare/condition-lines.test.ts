import { expect, test } from 'vitest';
import type { PolicyTrace, TraceNode } from '../../worker/trace-api.ts';
import { conditionLines } from './condition-lines.ts';

const text = 'when { a.b == 1 && c };';

function leaf(part: string, value: string): TraceNode {
  const start = text.indexOf(part);
  const span = { start, end: start + part.length };
  const words = `${part} in words`;
  return { span, kind: 'compare', outcome: 'value', value, words, children: [] };
}

function trace(first: string, second: string): PolicyTrace {
  const children = [leaf('a.b == 1', first), leaf('c', second)];
  const body = { span: { start: 7, end: 20 }, kind: 'and', outcome: 'value', children } as const;
  return {
    id: 'r',
    path: 'policies/r.cedar',
    span: { start: 0, end: text.length },
    effect: 'forbid',
    verdict: 'DENY',
    text,
    outcome: 'satisfied',
    scope: { principal: true, action: true, resource: true },
    conditions: [{ kind: 'when', outcome: 'true', body: { ...body, value: 'true' } }],
  };
}

test('parts that came out differently are marked, and parts that were edited', () => {
  const edit = { start: text.indexOf('1'), end: text.indexOf('1') + 1 };
  const lines = conditionLines(trace('true', 'true'), [edit], trace('false', 'true'));
  expect(lines.map(({ key: _key, ...line }) => line)).toEqual([
    { depth: 0, text: 'when', outcome: 'true', isChanged: false, isTurned: false },
    { depth: 1, text: 'all of', outcome: 'true', isChanged: false, isTurned: false },
    {
      depth: 2,
      text: 'a.b == 1 in words',
      code: 'a.b == 1',
      outcome: 'true',
      isChanged: true,
      isTurned: true,
    },
    { depth: 2, text: 'c in words', code: 'c', outcome: 'true', isChanged: false, isTurned: false },
  ]);
});

test('of a rule that only one side has nothing is marked', () => {
  const lines = conditionLines(trace('true', 'true'), [], undefined);
  expect(lines.some(({ isTurned, isChanged }) => isTurned || isChanged)).toBe(false);
});
