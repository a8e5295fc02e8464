import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Attributes, Type } from '../cedar/schema/model.ts';
import { printValue } from '../cedar/value.ts';
import { LIMIT_KEYS, LIMITS, PHRASES, WORDS } from './constraint-words.ts';
import { readConstraints, snakeCase } from './constraints.ts';

const NONE: Attributes = new Map();

/** Words, limits as Cedar text, and keys that could not be read. */
function read(texts: readonly string[], declared = NONE) {
  const { words, limits, malformed, unrecognized } = readConstraints(texts, declared);
  const printed = [...limits].map(([key, value]) => `${key} ${printValue(value)}`);
  return { words, limits: printed, malformed: malformed.map(({ key }) => key), unrecognized };
}

function attributes(types: Readonly<Record<string, Type>>): Attributes {
  return new Map(
    Object.entries(types).map(
      ([name, type]) => [name, { type, required: false, span: { start: 0, end: 0 } }] as const,
    ),
  );
}

describe('words', () => {
  test.each([
    'approval_required',
    'approval required',
    'Approval-Required',
    'human approval required',
    'human review required',
    'require_approval: true',
    'require_approval:yes',
    'approval_required: TRUE',
  ])('%s', (text) => {
    expect(read([text])).toEqual({
      words: ['approval_required'],
      limits: [],
      malformed: [],
      unrecognized: [],
    });
  });

  test.each([
    ['require_ticket: true', 'ticket_required'],
    ['rollback_plan_required: true', 'rollback_plan_required'],
    ['mfa_required: true', 'mfa_required'],
    ['production_deployment', 'production_deployment'],
    ['dry-run', 'dry_run'],
    ['read-only', 'read_only'],
    ['sandbox', 'sandbox'],
    ['informational only', 'informational_only'],
    ['no side effects', 'no_side_effects'],
  ])('%s is %s', (text, word) => {
    expect(read([text]).words).toEqual([word]);
    expect(read([text]).unrecognized).toEqual([]);
  });

  test('"false" says nothing, and what is neither is malformed', () => {
    expect(read(['require_approval: false'])).toEqual(read([]));
    expect(read(['require_approval: maybe']).malformed).toEqual(['approval_required']);
  });

  test('unknown words are kept and listed, pairs with their colon', () => {
    const said = read(['Be nice', 'be-nice', 'dry: run', 'approval', '']);
    expect(said.words).toEqual(['be_nice', 'dry:run', 'approval']);
    expect(said.unrecognized).toEqual(said.words);
  });

  test('an inherited name of JavaScript is an unknown word', () => {
    expect(read(['constructor', '__proto__', 'toString: 1']).limits).toEqual([]);
    expect(read(['constructor']).unrecognized).toEqual(['constructor']);
  });
});

describe('limits', () => {
  test.each([
    ['max_iterations: 5', 'max_iterations 5'],
    ['max_iterations:5', 'max_iterations 5'],
    ['Max-Iterations : 5', 'max_iterations 5'],
    ['max_retries: 0', 'max_retries 0'],
    ['timeout_seconds: 120', 'timeout_seconds 120'],
    ['timeout:300s', 'timeout_seconds 300'],
    ['timeout: 5 minutes', 'timeout_seconds 300'],
    ['max_cost_usd: 2.00', 'max_cost_usd decimal("2.0")'],
    ['max_cost_usd: 2', 'max_cost_usd decimal("2.0")'],
    ['max_cost_usd: $2.50', 'max_cost_usd decimal("2.5")'],
    ['same_tool_limit: 2', 'same_tool_limit 2'],
    ['max_records: 9223372036854775807', 'max_records 9223372036854775807'],
    ['required_role:risk_ops', 'required_role ["risk_ops"]'],
    ['allowed_environment:staging, production', 'allowed_environment ["production", "staging"]'],
    ['allowed_mcp_servers: a,b,,a', 'allowed_mcp_servers ["a", "b"]'],
    ['allowed_change_window: business_hours', 'allowed_change_window "business_hours"'],
    ['business-hours only', 'allowed_change_window "business_hours"'],
  ])('%s', (text, limit) => {
    expect(read([text])).toEqual({ words: [], limits: [limit], malformed: [], unrecognized: [] });
  });

  test.each([
    ['max_iterations: many', 'max_iterations'],
    ['max_iterations: -1', 'max_iterations'],
    ['max_iterations: 1.5', 'max_iterations'],
    ['max_iterations: 5s', 'max_iterations'],
    ['max_iterations:', 'max_iterations'],
    ['max_iterations', 'max_iterations'],
    ['max_records: 9223372036854775808', 'max_records'],
    ['timeout: 5 fortnights', 'timeout_seconds'],
    ['max_cost_usd: 2.00001', 'max_cost_usd'],
    ['max_cost_usd: cheap', 'max_cost_usd'],
    ['required_role: ,', 'required_role'],
    ['allowed_change_window:', 'allowed_change_window'],
  ])('unreadable: %s', (text, key) => {
    const said = readConstraints([text], NONE);
    expect(said.malformed).toEqual([{ key, text, message: expect.any(String) as string }]);
    expect([...said.limits]).toEqual([]);
    expect(said.words).toEqual([]);
  });

  test('said twice, the strictest counts', () => {
    expect(
      read([
        'max_iterations: 5',
        'max_iterations: 3',
        'max_iterations: 9',
        'max_cost_usd: 2.5',
        'max_cost_usd: 1.25',
        'allowed_environment: staging, production',
        'allowed_environment: production, test',
      ]).limits,
    ).toEqual([
      'max_iterations 3',
      'max_cost_usd decimal("1.25")',
      'allowed_environment ["production"]',
    ]);
  });

  test('lists with nothing in common allow nothing', () => {
    expect(read(['required_role: a', 'required_role: b']).limits).toEqual(['required_role []']);
  });

  test('contradicting texts are malformed, equal ones are not', () => {
    const twice = 'allowed_change_window: business_hours';
    expect(read([twice, 'business-hours only']).malformed).toEqual([]);
    expect(read([twice, 'change_window: nights']).malformed).toEqual(['allowed_change_window']);
  });

  test('a readable one stands beside an unreadable one', () => {
    const said = read(['max_retries: 5', 'max_retries: x']);
    expect(said.limits).toEqual(['max_retries 5']);
    expect(said.malformed).toEqual(['max_retries']);
  });

  test('the schema adds limits and types them', () => {
    const declared = attributes({
      max_amount: { kind: 'extension', name: 'decimal' },
      dual_control: { kind: 'bool' },
      not_before: { kind: 'extension', name: 'datetime' },
      grace: { kind: 'extension', name: 'duration' },
      network: { kind: 'extension', name: 'ipaddr' },
      owner: { kind: 'entity', name: 'Agent' },
      max_records: { kind: 'string' },
    });
    const said = read(
      [
        'max_amount: 10',
        'dual_control: yes',
        'not_before: 2026-03-16T10:00:00Z',
        'grace: 5m',
        'network: 10.0.0.0/8',
        'owner: me',
        'max_records: a few',
      ],
      declared,
    );
    expect(said.limits).toEqual([
      'max_amount decimal("10.0")',
      'dual_control true',
      'not_before datetime("2026-03-16T10:00:00.000Z")',
      'grace duration("300000ms")',
      'network ip("10.0.0.0/8")',
      'max_records "a_few"',
    ]);
    expect(said.malformed).toEqual(['owner']);
  });
});

test('what was applied is told in one spelling', () => {
  const { applied } = readConstraints(
    ['human approval required', 'timeout:5m', 'max_cost_usd: 2.00', 'be nice', 'max_retries: x'],
    NONE,
  );
  expect(applied).toEqual(['approval_required', 'timeout_seconds: 300', 'max_cost_usd: 2.0']);
});

test('side effects and words fold case, spaces and hyphens', () => {
  expect(['money movement', 'Money-Movement', ' money_ movement '].map(snakeCase)).toEqual([
    'money_movement',
    'money_movement',
    'money_movement',
  ]);
});

describe('the tables', () => {
  test('are written as the grammar folds them', () => {
    for (const name of [
      ...WORDS.keys(),
      ...PHRASES.keys(),
      ...LIMITS.keys(),
      ...LIMIT_KEYS.keys(),
    ]) {
      expect(snakeCase(name)).toBe(name);
    }
  });

  test('every phrase and key leads to something known, in one step', () => {
    for (const meant of PHRASES.values()) {
      const said = readConstraints([meant], NONE);
      expect([meant, said.unrecognized, said.malformed]).toEqual([meant, [], []]);
    }
    for (const key of LIMIT_KEYS.values()) expect([...LIMITS.keys()]).toContain(key);
  });
});

test('no list of texts makes it fail or lose a word', () => {
  const key = fc.constantFrom(...LIMITS.keys(), ...PHRASES.keys(), ...LIMIT_KEYS.keys());
  const value = fc.oneof(fc.string(), fc.integer().map(String), fc.float().map(String));
  const pair = fc.tuple(key, value).map(([name, said]) => `${name}: ${said}`);
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), pair), { maxLength: 6 }), (texts) => {
      const said = readConstraints(texts, NONE);
      const kept = new Set(said.words);
      expect(said.unrecognized.filter((word) => !kept.has(word))).toEqual([]);
      expect(said.words.length + said.malformed.length).toBeLessThanOrEqual(texts.length);
    }),
  );
});

test('a word that is written as one already stays as it is, by the rule for all others', () => {
  const rule = (text: string): string =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[\s\p{Pd}_]+/gu, '_')
      .replace(/^_|_$/g, '');
  const pieces = fc.constantFrom(
    'a',
    'z9',
    '_',
    '__',
    '-',
    ' ',
    'A',
    'é',
    'ﬁ',
    '\u2014',
    '\n',
    ':',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces).map((some) => some.join('')),
        fc.string(),
      ),
      (text) => {
        expect(snakeCase(text)).toBe(rule(text));
      },
    ),
  );
});
