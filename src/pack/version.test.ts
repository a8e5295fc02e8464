import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions, isVersion, raiseVersion, withVersion } from './version.ts';

const ORDER = [
  '0.9.9',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.2.0',
  '1.10.0',
  '2.0.0',
];
const version = fc.constantFrom(...ORDER);

describe('order', () => {
  test('is the one of semver.org', () => {
    expect(ORDER.toReversed().toSorted(compareVersions)).toEqual(ORDER);
    expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
    expect(compareVersions('nonsense', '0.0.0')).toBeLessThan(0);
    expect(compareVersions('nonsense', 'other')).toBe(0);
  });

  test('is antisymmetric', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
      }),
    );
  });
});

describe('raising', () => {
  test.each([
    ['1.4.2', 'major', '2.0.0'],
    ['1.4.2', 'minor', '1.5.0'],
    ['1.4.2', 'patch', '1.4.3'],
    ['1.5.0-rc.1', 'minor', '1.5.0'],
    ['1.5.0-rc.1', 'patch', '1.5.0'],
    ['1.5.0-rc.1', 'major', '2.0.0'],
    ['1.5.1-rc.1', 'minor', '1.6.0'],
    ['2.0.0-rc.1', 'major', '2.0.0'],
    ['none', 'patch', '1.0.0'],
  ] as const)('%s by a %s is %s', (from, bump, to) => {
    expect(raiseVersion(from, bump)).toBe(to);
  });

  test('always comes after', () => {
    fc.assert(
      fc.property(version, fc.constantFrom('major', 'minor', 'patch'), (from, bump) => {
        const to = raiseVersion(from, bump);
        expect(isVersion(to)).toBe(true);
        expect(compareVersions(to, from)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('withVersion', () => {
  const metadata = '{\n  "policy_store": {"name": "x",  "version":"1.0.0"} // not JSON';
  const good = metadata.replace(' // not JSON', '\n}');
  const files = new Map([
    ['metadata.json', good],
    ['stage0.json', '{}'],
  ]);

  test('changes the version and not a character more', () => {
    const changed = withVersion(files, '1.1.0');
    expect(changed).toEqual({
      ok: true,
      value: new Map([
        ['metadata.json', good.replace('1.0.0', '1.1.0')],
        ['stage0.json', '{}'],
      ]),
    });
  });

  test.each([
    ['no version', files, 'latest', 'VERSION_INVALID'],
    ['no metadata', new Map<string, string>(), '1.0.0', 'METADATA_UNREADABLE'],
    ['no JSON', new Map([['metadata.json', metadata]]), '1.0.0', 'METADATA_UNREADABLE'],
    ['no version in it', new Map([['metadata.json', '{}']]), '1.0.0', 'METADATA_UNREADABLE'],
    ['a list', new Map([['metadata.json', '[]']]), '1.0.0', 'METADATA_UNREADABLE'],
  ] as const)('%s is refused', (_name, given, wanted, code) => {
    expect(withVersion(given, wanted)).toMatchObject({ ok: false, error: { code } });
  });
});
