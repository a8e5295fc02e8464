import { describe, expect, test } from 'vitest';
import { FILE_LIMITS, fileKind, fileProblems, strayFileProblem, unsafePath } from './files.ts';

describe('paths', () => {
  test.each([
    'policies/a.cedar',
    'scenarios/a-b_c.1.json',
    'entities/rôles.json',
    'README.md',
    'tests/decisions.json',
  ])('safe: %s', (path) => {
    expect(unsafePath(path)).toBeUndefined();
  });

  test.each([
    '',
    '/etc/passwd',
    '../a',
    'a/../b',
    'a/./b',
    'a//b',
    'a/',
    'C:/a',
    'a\\b',
    'a\0b',
    'a\nb',
    'a\u202Eb',
    'a\uD800',
    'role\u0302s.json',
    'a /b',
    'a./b',
    ' a',
    'x'.repeat(FILE_LIMITS.path + 1),
  ])('unsafe: %j', (path) => {
    expect(unsafePath(path)).toEqual(expect.any(String));
    expect(fileProblems(new Map([[path, '']])).map(({ code }) => code)).toContain('PATH_UNSAFE');
  });

  test('two names that are one file elsewhere', () => {
    const files = new Map([
      ['policies/a.cedar', ''],
      ['policies/A.cedar', ''],
    ]);
    expect(fileProblems(files)).toMatchObject([{ code: 'PATH_CLASH', path: 'policies/A.cedar' }]);
  });
});

describe('sizes', () => {
  test('of one file', () => {
    const at = (length: number) => fileProblems(new Map([['a', 'x'.repeat(length)]]));
    expect(at(FILE_LIMITS.file)).toEqual([]);
    expect(at(FILE_LIMITS.file + 1)).toMatchObject([{ code: 'FILE_TOO_LARGE', path: 'a' }]);
  });

  test('of all files together', () => {
    const text = 'x'.repeat(FILE_LIMITS.file);
    const files = (count: number) =>
      new Map(Array.from({ length: count }, (_, index) => [`f${index}`, text]));
    const most = FILE_LIMITS.total / FILE_LIMITS.file;
    expect(fileProblems(files(most))).toEqual([]);
    expect(fileProblems(files(most + 1))).toMatchObject([{ code: 'PACK_TOO_LARGE' }]);
  });

  test('of their number', () => {
    const files = (count: number) =>
      new Map(Array.from({ length: count }, (_, index) => [`f${index}`, '']));
    expect(fileProblems(files(FILE_LIMITS.files))).toEqual([]);
    expect(fileProblems(files(FILE_LIMITS.files + 1))).toMatchObject([
      { code: 'PACK_TOO_MANY_FILES' },
    ]);
  });
});

test.each([
  ['metadata.json', 'metadata'],
  ['schema.cedarschema', 'schema'],
  ['stage0.json', 'settings'],
  ['policies/a.cedar', 'policies'],
  ['entities/a.json', 'entities'],
  ['scenarios/a.json', 'scenario'],
  ['policies/deep/a.cedar', 'other'],
  ['a.cedar', 'other'],
  ['README.md', 'other'],
])('%s is %s', (path, kind) => {
  expect(fileKind(path)).toBe(kind);
});

test('a policy that nobody would read is an error, a note beside the pack is not', () => {
  expect(strayFileProblem('policies/deep/a.cedar')?.code).toBe('FILE_NOT_READ');
  expect(strayFileProblem('policies/a.CEDAR')?.code).toBe('FILE_NOT_READ');
  expect(strayFileProblem('a.cedar')?.code).toBe('FILE_NOT_READ');
  expect(strayFileProblem('entities/a.JSON')?.code).toBe('FILE_NOT_READ');
  expect(strayFileProblem('entities/deep/a.json')?.code).toBe('FILE_NOT_READ');
  expect(strayFileProblem('policies/a.cedar')).toBeUndefined();
  expect(strayFileProblem('README.md')).toBeUndefined();
  expect(strayFileProblem('tests/decisions.json')).toBeUndefined();
});
