import { expect, test } from 'vitest';
import type { PackFiles } from '../pack/files.ts';
import { suggestBump } from './bump.ts';
import { diffPacks } from './diff.ts';
import { flipsInSlices } from './flips.ts';
import { finish } from '../base/slices.ts';
import { changed, edited, examplePacks, packOf } from './testing/examples.ts';

const PAYMENTS =
  examplePacks(
    import.meta.glob<string>('../../policies/payments/**/*', {
      query: '?raw',
      import: 'default',
      eager: true,
    }),
  ).get('payments') ?? new Map<string, string>();
const HOURS = 'policies/hours.cedar';

function suggest(after: PackFiles) {
  const [from, to] = [packOf(PAYMENTS), packOf(after)];
  return suggestBump(from, diffPacks(from, to), finish(flipsInSlices(from, to)));
}

const [major, minor, patch] = packOf(PAYMENTS).version.split('.').map(Number);
const NEXT = {
  major: `${(major ?? 0) + 1}.0.0`,
  minor: `${major}.${(minor ?? 0) + 1}.0`,
  patch: `${major}.${minor}.${(patch ?? 0) + 1}`,
};

test('only text and scenarios: patch', () => {
  const worded = edited(PAYMENTS, HOURS, (text) =>
    text.replace('@message("Payouts', '@message("All'),
  );
  const after = changed(worded, { 'scenarios/payout-without-approval.json': undefined });
  expect(suggest(after)).toMatchObject({
    bump: 'patch',
    version: NEXT.patch,
    newlyAllowed: [],
    mayAllow: [],
  });
});

test('a new ALLOW anywhere: minor, and flagged', () => {
  const after = edited(PAYMENTS, HOURS, (text) => text.replace('< 1020', '< 1439'));
  const suggestion = suggest(after);
  expect(suggestion).toMatchObject({ bump: 'minor', version: NEXT.minor });
  expect(suggestion.newlyAllowed.length).toBeGreaterThan(0);
  expect(suggestion.mayAllow).toEqual(['payouts-in-business-hours']);
  expect(suggestion.reasons[0]).toContain(suggestion.newlyAllowed[0]);
});

test('a rule that decides otherwise without a flip: minor, and what it may allow is named', () => {
  const after = edited(
    PAYMENTS,
    'policies/permits.cedar',
    (text) => `${text}\n@id("new-permit")\npermit (principal in Role::"nobody", action, resource);`,
  );
  expect(suggest(after)).toMatchObject({
    bump: 'minor',
    newlyAllowed: [],
    mayAllow: ['new-permit'],
  });
});

test.each([
  ['a field of another type', 'recipient_count?: Long', 'recipient_count?: decimal'],
  ['a field that is gone', 'run_id?: String', 'run?: String'],
  ['a field that must be sent', '  run_id?: String,', '  run_id?: String,\n  why: String,'],
] as const)('%s: major', (_name, from, to) => {
  const schema = edited(PAYMENTS, 'schema.cedarschema', (text) => text.replace(from, to));
  const after = edited(schema, 'policies/notifications.cedar', () => '');
  const without = edited(after, 'policies/stated.cedar', (text) =>
    text
      .replaceAll('context has recipient_count &&', '')
      .replaceAll('recipient_count', 'retry_count'),
  );
  expect(suggest(without)).toMatchObject({ bump: 'major', version: NEXT.major });
});

test('a field that need not be sent any more is no break', () => {
  const after = edited(PAYMENTS, 'schema.cedarschema', (text) =>
    text.replace('  run_id?: String,', '  run_id?: String,\n  why?: String,'),
  );
  expect(suggest(after).bump).toBe('minor');
});

test('a higher threshold may allow', () => {
  const raised = edited(PAYMENTS, 'stage0.json', (text) => text.replace('85', '90'));
  expect(suggest(raised).mayAllow).toEqual(['settings']);
  const lowered = edited(PAYMENTS, 'stage0.json', (text) => text.replace('85', '80'));
  expect(suggest(lowered).mayAllow).toEqual([]);
});
