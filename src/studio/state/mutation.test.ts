import { describe, expect, test } from 'vitest';
import { changeSince } from './mutation.ts';

const before = new Map([
  ['policies/a.cedar', 'permit (principal, action, resource);'],
  ['scenarios/one.json', '{}'],
]);

describe('what became of a working copy', () => {
  test.each([
    ['the same texts', [], 'nothing'],
    ['another scenario', [['scenarios/two.json', '{}']], 'more scenarios'],
    ['a scenario that says something else', [['scenarios/one.json', '{ }']], 'rules'],
    ['a rule that says something else', [['policies/a.cedar', '']], 'rules'],
    ['another file of rules', [['policies/b.cedar', '']], 'rules'],
    [
      'a rule and a scenario',
      [
        ['policies/b.cedar', ''],
        ['scenarios/two.json', '{}'],
      ],
      'rules',
    ],
  ] as const)('%s', (_name, changes, expected) => {
    expect(changeSince(before, new Map([...before, ...changes]))).toBe(expected);
  });

  test('a scenario that is gone', () => {
    const less = new Map([...before].filter(([path]) => !path.startsWith('scenarios/')));
    expect(changeSince(before, less)).toBe('rules');
  });
});
