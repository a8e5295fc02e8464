/*
 * Our reasoning about types against the official validator: where we claim an error it must see one, where
 * we say that a rule can never apply it must say so too, and of what it refuses we should miss nothing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as official from '@cedar-policy/cedar-wasm/nodejs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePolicies } from '../../cedar/parse.ts';
import { readSchema } from '../../cedar/schema/resolve.ts';
import { SCHEMA } from '../testing/pack.ts';
import { checkPolicy } from './check-policy.ts';
import { Hierarchy } from './hierarchy.ts';

interface Opinion {
  readonly errors: boolean;
  readonly never: boolean;
}

function theirOpinion(schema: string, policy: string): Opinion | undefined {
  const answer = official.validate({ schema, policies: { staticPolicies: { policy } } });
  if (answer.type === 'failure') return undefined;
  const never = answer.validationWarnings.some(({ error }) => /impossible/.test(error.message));
  return { errors: answer.validationErrors.length > 0, never };
}

/** `official` is asked about the same text of one policy. */
function compare(schema: string, hierarchy: Hierarchy, text: string): Opinion | undefined {
  const { policies, errors } = parsePolicies(text);
  const [policy] = policies;
  if (errors.length > 0 || policy === undefined || policies.length > 1) return undefined;
  const theirs = theirOpinion(schema, text);
  if (theirs === undefined) return undefined;
  const { findings, outcome } = checkPolicy(hierarchy, policy);
  const ours = { errors: findings.length > 0, never: outcome === 'never' };
  // Of a refused policy the validator may or may not say that it never applies.
  expect({
    text,
    finding: findings[0]?.message,
    ...ours,
    never: theirs.errors || ours.never,
  }).toEqual({
    text,
    finding: findings[0]?.message,
    errors: theirs.errors,
    never: theirs.errors || theirs.never,
  });
  return theirs;
}

function hierarchyOf(schema: string): Hierarchy {
  const read = readSchema(schema);
  if (!read.ok) throw new Error(read.error[0]?.message);
  return new Hierarchy(read.value);
}

const PACKS = new URL('../../../policies', import.meta.url).pathname;

describe.each(readdirSync(PACKS))('pack %s', (pack) => {
  const schema = readFileSync(join(PACKS, pack, 'schema.cedarschema'), 'utf8');
  const hierarchy = hierarchyOf(schema);
  const rules = readdirSync(join(PACKS, pack, 'policies')).flatMap((name) => {
    const text = readFileSync(join(PACKS, pack, 'policies', name), 'utf8');
    return parsePolicies(text).policies.map(({ span }) => text.slice(span.start, span.end));
  });

  test('as they are', { timeout: 60_000 }, () => {
    for (const rule of rules) compare(schema, hierarchy, rule);
    expect(rules.length).toBeGreaterThan(5);
  });

  test('with names and guards spoilt', { timeout: 120_000 }, () => {
    let refused = 0;
    for (const rule of rules.slice(0, 25)) {
      const spoilt = [
        rule.replace(/context has \w+ &&/, 'true &&'),
        rule.replace(/context\.(\w+)/, 'context.$1x'),
        rule.replace(/==/, '<'),
        rule.replace(/&&/, '||'),
        rule.replace(/Action::"[^"]*"/, 'Action::"none"'),
      ];
      for (const text of spoilt)
        if (compare(schema, hierarchy, text)?.errors === true) refused += 1;
    }
    expect(refused).toBeGreaterThan(0);
  });
});

/** Expressions over the schema of the tests, right and wrong ones. */
const expressions = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      'true',
      'false',
      '1',
      '"a"',
      '[1]',
      '["a"]',
      '{a: 1}',
      'principal',
      'action',
      'resource',
      'context',
      'context.goal',
      'context.limits',
      'context.limits.max_records',
      'context.approved_by',
      'context.record_count',
      'context.amount_usd',
      'context.owner',
      'context.constraints',
      'context.mfa_verified',
      'context.session.now',
      'principal.team',
      'principal.clearance',
      'context.owner.team',
      'Role::"r"',
      'Agent::"a"',
      'Action::"payout"',
      'Action::"move_money"',
      'decimal("1.0")',
      'duration("1h")',
      'datetime("2026-01-01")',
      'context has approved_by',
      'context has limits.max_records',
      'context has record_count',
      'context has owner',
      'context has nothing',
      'principal has clearance',
      'principal is Agent',
      'principal is Role',
      'context has owner.team',
      'principal.hasTag("a")',
      'principal.getTag("a")',
      'context.owner has clearance',
      'context has mfa_verified',
      'context has amount_usd',
    ),
    fc
      .tuple(
        tie('any'),
        fc.constantFrom('&&', '&&', '&&', '||', '||', '==', '!=', '<', '>=', '+', 'in'),
        tie('any'),
      )
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    fc
      .tuple(tie('any'), tie('any'), tie('any'))
      .map(([a, b, c]) => `(if ${a} then ${b} else ${c})`),
    tie('any').map((a) => `!(${a})`),
    fc
      .tuple(
        tie('any'),
        fc.constantFrom('contains', 'containsAny', 'lessThan', 'durationSince', 'getTag'),
        tie('any'),
      )
      .map(([a, method, b]) => `(${a}).${method}(${b})`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `[${a}, ${b}]`),
  ),
})).any;

const scopes = fc.constantFrom(
  'principal, action, resource',
  'principal, action == Action::"payout", resource',
  'principal in Role::"r", action in Action::"move_money", resource',
  'principal is Agent in Role::"r", action, resource == Environment::"e"',
  'principal is Role, action, resource',
  'principal, action in [Action::"plan", Action::"refund"], resource',
);

test('generated conditions', { timeout: 300_000 }, () => {
  const hierarchy = hierarchyOf(SCHEMA);
  let clean = 0;
  fc.assert(
    fc.property(scopes, expressions, expressions, (scope, when, unless) => {
      const text = `permit (${scope}) when { ${when} } unless { ${unless} };`;
      if (compare(SCHEMA, hierarchy, text)?.errors === false) clean += 1;
    }),
    { numRuns: 400 },
  );
  expect(clean).toBeGreaterThan(20);
});

const folder = process.env['CEDAR_CORPUS'];
const archive = join(folder ?? '', 'corpus.tar.gz');

test.skipIf(folder === undefined || !existsSync(archive))(
  'the official corpus (skipped unless CEDAR_CORPUS names its folder)',
  { timeout: 600_000 },
  () => {
    const files = untar(gunzipSync(readFileSync(archive)));
    let compared = 0;
    for (const [path, text] of files) {
      const schema = files.get(`${path}schema`);
      const read = schema === undefined ? undefined : readSchema(schema);
      if (!path.endsWith('.cedar') || schema === undefined || read?.ok !== true) continue;
      if (compare(schema, new Hierarchy(read.value), text) !== undefined) compared += 1;
    }
    expect(compared).toBeGreaterThan(1000);
  },
);

/** The files of a tar archive: blocks of 512 bytes, a header before each file. */
function untar(bytes: Buffer): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0;) {
    const field = (from: number, length: number) =>
      bytes.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(field(124, 12), 8) || 0;
    if (field(156, 1) === '0')
      files.set(field(0, 100), bytes.toString('utf8', at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
