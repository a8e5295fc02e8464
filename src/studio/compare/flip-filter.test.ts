import { describe, expect, test } from 'vitest';
import type { ComparedRow } from '../../worker/compare-api.ts';
import { choicesOf, everything, filtered } from './flip-filter.ts';

function row(id: string, change: Partial<ComparedRow>): ComparedRow {
  return {
    id,
    key: `both ${id}`,
    path: `scenarios/${id}.json`,
    name: `Case ${id}`,
    tags: [],
    standsIn: 'both',
    from: 'DENY',
    to: 'ALLOW',
    issuesGone: [],
    issuesNew: [],
    risk: [0, 0],
    because: '',
    rules: [],
    ...change,
  };
}

const rows = [
  row('a', { issuesGone: ['APPROVAL'], rules: ['asks'], tags: ['money'] }),
  row('b', { from: 'DEFER', issuesNew: ['LATE'], rules: ['asks', 'hours'] }),
  row('c', { to: 'DEFER', name: 'Payout at night' }),
];

describe('flips are narrowed', () => {
  test.each([
    [{}, 'abc'],
    [{ turn: ' ALLOW' }, 'ab'],
    [{ turn: 'DENY ALLOW' }, 'a'],
    [{ issue: 'APPROVAL' }, 'a'],
    [{ issue: 'LATE' }, 'b'],
    [{ rule: 'asks' }, 'ab'],
    [{ tag: 'money' }, 'a'],
    [{ text: 'night PAYOUT' }, 'c'],
    [{ rule: 'asks', turn: ' DEFER' }, ''],
  ])('by %j to %s', (change, ids) => {
    const left = filtered(rows, { ...everything, ...change });
    expect(left.map(({ id }) => id).join('')).toBe(ids);
  });

  test('to what occurs among them', () => {
    expect(choicesOf(rows)).toEqual({
      turns: ['DEFER ALLOW', 'DENY ALLOW', 'DENY DEFER'],
      issues: ['APPROVAL', 'LATE'],
      rules: ['asks', 'hours'],
      tags: ['money'],
    });
  });
});
