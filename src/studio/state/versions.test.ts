import { describe, expect, test } from 'vitest';
import { changedFiles } from './changed-files.ts';
import { freeVersion } from './versions.ts';

describe('the version to suggest', () => {
  test.each([
    ['1.2.0', [], '1.2.0'],
    ['1.2.0', ['1.2.0', '1.3.0'], '1.4.0'],
    ['1.2.3', ['1.2.3'], '1.2.4'],
    ['2.0.0', ['2.0.0'], '3.0.0'],
    ['1.0.0-rc.1', ['1.0.0-rc.1'], '1.0.0-rc.1'],
  ])('%s, with %j taken, is %s', (suggested, taken, free) => {
    expect(freeVersion(suggested, taken)).toBe(free);
  });
});

test('files that differ are those changed, added and removed, by path', () => {
  const before = new Map([
    ['b', '1'],
    ['same', '1'],
    ['gone', '1'],
  ]);
  const after = new Map([
    ['b', '2'],
    ['same', '1'],
    ['a', '1'],
  ]);
  expect(changedFiles(before, after)).toEqual(['a', 'b', 'gone']);
});
