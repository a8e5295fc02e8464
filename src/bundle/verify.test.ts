import { describe, expect, test } from 'vitest';
import { BUNDLE_CODES, HELP } from './codes.ts';
import { optionsOf, trusting, type Case } from './testing/case.ts';
import { CASES } from './testing/cases.ts';
import { readTrust, type Trust } from './trust.ts';
import { verifyBundle } from './verify.ts';

function trustOf({ trust = trusting('alice') }: Case): Trust {
  const read = readTrust(JSON.stringify(trust));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

describe('verifyBundle', () => {
  test.each(CASES.filter(({ code }) => code === undefined).map((one) => [one.name, one] as const))(
    'accepts a bundle: %s',
    async (_name, one) => {
      const verdict = await verifyBundle(await one.bundle(), trustOf(one), optionsOf(one));
      expect(verdict.ok ? [] : [verdict.code, verdict.message]).toEqual([]);
      expect(new Set(verdict.steps.map(({ state }) => state))).toEqual(new Set(['passed']));
    },
  );

  test.each(
    CASES.flatMap((one) => (one.code === undefined ? [] : [[one.code, one.name, one] as const])),
  )('%s: %s', async (code, _name, one) => {
    const verdict = await verifyBundle(await one.bundle(), trustOf(one), optionsOf(one));
    expect(verdict).toMatchObject({ ok: false, code });
    const failed = verdict.steps.filter(({ state }) => state === 'failed');
    expect(failed).toMatchObject([{ code, help: HELP[code] }]);
  });

  test('every code has a bundle that gets it', () => {
    const seen = new Set(CASES.map(({ code }) => code));
    expect(BUNDLE_CODES.filter((code) => !seen.has(code))).toEqual([]);
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
  });
});
