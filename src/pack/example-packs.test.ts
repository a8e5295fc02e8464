/**
 * The packs in `policies/` are what people see first and copy from, so they are held to more than being
 * valid: the official validator passes them, every rule is seen both to speak and to keep silent, and no
 * rule fails on a request that leaves something out.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as official from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, test } from 'vitest';
import { readCheck, type Check } from '../decision/check.ts';
import { decide, type Decision } from '../decision/decide.ts';
import { z } from '../decision/zod.ts';
import { readPack, type Pack } from './read.ts';

const POLICIES = fileURLToPath(new URL('../../policies', import.meta.url));
/** The packs' files, by pack and path. */
const FILES = new Map(readdirSync(POLICIES).map((name) => [name, packFiles(name)]));
const Uid = z.object({ type: z.string(), id: z.string() });
const Entities = z.array(
  z.object({ uid: Uid, attrs: z.record(z.string(), z.never()), parents: z.array(Uid) }),
);
const ClientBody = z.object({
  id: z.string(),
  body: z.unknown(),
  expected: z.string().default('ALLOW|DENY|DEFER'),
});

const PACKS = [...FILES.keys()].toSorted();
const packs = new Map([...FILES].map(([name, files]) => [name, readPack(files)]));

/** Bodies of real clients. They are not part of the repository; see the last suite. */
const CLIENT_BODIES = new URL('../../../shared/stage0/scenarios.json', import.meta.url);

test('there are five', () => {
  expect(PACKS).toEqual([
    'coding-agent',
    'guard',
    'internal-tools',
    'payments',
    'production-changes',
  ]);
});

describe.each(PACKS)('%s', (name) => {
  test('reads without a single problem', () => {
    expect(packs.get(name)?.problems).toEqual([]);
    expect(packOf(name).name).toBe(name);
  });

  test('passes the official validator in strict mode', () => {
    const schema = textOf(name, 'schema.cedarschema');
    const answer = official.validate({
      schema,
      policies: { staticPolicies: [...policyTexts(name).values()].join('\n') },
      validationSettings: { mode: 'strict' },
    });
    expect(answer).toMatchObject({
      type: 'success',
      validationErrors: [],
      validationWarnings: [],
      otherWarnings: [],
    });
    const refused = [...filesOf(name)].filter(
      ([path, text]) =>
        path.startsWith('entities/') &&
        official.checkParseEntities({ entities: Entities.parse(JSON.parse(text)), schema }).type !==
          'success',
    );
    expect(refused).toEqual([]);
  });

  test('is written the way the official formatter writes', () => {
    for (const [path, policyText] of policyTexts(name)) {
      const answer = official.formatPolicies({ policyText, lineWidth: 100, indentWidth: 2 });
      expect({ path, ...answer }).toMatchObject({ path, formatted_policy: policyText });
    }
  });

  test('has rules that say what to do', () => {
    const silent = packOf(name).rules.filter(({ id, effect, verdict, annotations }) => {
      const says = (annotation: string, pattern: RegExp): boolean =>
        pattern.test(annotations.get(annotation) ?? '');
      const named = /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id);
      const told = says('issue', /^[A-Z][A-Z0-9_]+$/) && says('message', /^[A-Z].{20,200}\.$/);
      const asked = says('question', /^[A-Z].+\?$/);
      return !(named && (told || effect === 'permit') && asked === (verdict === 'DEFER'));
    });
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  test('has scenarios for every verdict, each with its reason', () => {
    const { scenarios } = packOf(name);
    expect(scenarios.length).toBeGreaterThanOrEqual(12);
    const verdicts = new Set(scenarios.map((scenario) => scenario.expect?.verdict));
    expect(verdicts).toEqual(new Set(['ALLOW', 'DEFER', 'DENY']));
    expect(new Set(scenarios.map((scenario) => scenario.name)).size).toBe(scenarios.length);
    const unexplained = scenarios.filter(
      (scenario) =>
        !/[.?]$/.test(scenario.description) ||
        scenario.tags.length === 0 ||
        (scenario.expect?.verdict !== 'ALLOW' && scenario.expect?.issues.length === 0),
    );
    expect(unexplained.map(({ id }) => id)).toEqual([]);
  });

  test.each(packOf(name).scenarios)('$id: $expect.verdict', ({ expect: expected, run }) => {
    if (!run.ok) throw new Error(run.error[0]?.message);
    const { record } = decided(name, run.value.check, run.value.now);
    const codes = new Set(record.issues.map(({ code }) => code));
    const missing = expected?.issues.filter((code) => !codes.has(code));
    expect({ verdict: record.verdict, missing }).toEqual({
      verdict: expected?.verdict,
      missing: [],
    });
  });

  test('sees every rule speak in one scenario and keep silent in another', () => {
    const decisions = runnable(name).map(({ check, now }) => decided(name, check, now));
    const spoke = decisions.map(({ tools }) => new Set(tools.flatMap((tool) => tool.satisfied)));
    const ids = packOf(name).rules.map(({ id }) => id);
    expect(ids.filter((id) => !spoke.some((spoken) => spoken.has(id)))).toEqual([]);
    expect(ids.filter((id) => spoke.every((spoken) => spoken.has(id)))).toEqual([]);
  });

  // A rule that fails denies, and nobody who reads it would guess why. A permit that only adds risk or
  // advice must not let through what no other permit does.
  test('neither fails nor permits by accident when a request leaves something out', () => {
    const { rules } = packOf(name);
    const permits = new Set(rules.flatMap(({ id, effect }) => (effect === 'permit' ? id : [])));
    const notices = new Set(
      rules.flatMap(({ id, annotations }) =>
        annotations.has('risk') || annotations.has('issue') ? id : [],
      ),
    );
    const failures = variations(name).flatMap(({ check, now }) => {
      const { record, tools } = decided(name, check, now);
      const accidental = tools.filter(({ satisfied }) => {
        const permitting = satisfied.filter((id) => permits.has(id));
        return permitting.length > 0 && permitting.every((id) => notices.has(id));
      });
      const failed = tools.some(({ errors }) => errors.length > 0) || record.decision === 'ERROR';
      return failed || accidental.length > 0 ? [record] : [];
    });
    expect(failures).toEqual([]);
  });
});

describe('the headlines', () => {
  test('a payout without approval waits and asks both questions', () => {
    const record = headline('payments', 'payout-without-approval', 'Payout without approval');
    expect(record.verdict).toBe('DEFER');
    expect(record.issues.map(({ code }) => code)).toEqual([
      'APPROVAL_REQUIRED',
      'APPROVAL_TIMESTAMP_MISSING',
    ]);
    expect(record.defer_questions).toEqual([
      'Who approved this payout?',
      'Is approval still valid?',
    ]);
  });

  test('a production delete with the wrong role is refused for both reasons', () => {
    const record = headline(
      'production-changes',
      'production-delete-wrong-role',
      'Production delete with the wrong role',
    );
    expect(record.verdict).toBe('DENY');
    expect(record.issues.map(({ code }) => code).toSorted()).toEqual([
      'DESTRUCTIVE_ACTION_REQUIRES_APPROVAL',
      'ROLE_NOT_AUTHORIZED',
    ]);
  });
});

/** The guard pack answers what existing clients send, at any hour of the week. */
describe.skipIf(!existsSync(CLIENT_BODIES))('bodies of real clients', () => {
  const hours = ['2026-03-16T10:00:00Z', '2026-03-14T03:00:00Z', '2026-11-23T23:30:00Z'];
  test.each(clientBodies())('$id: $expected', ({ body, expected }) => {
    const check = readCheck(body);
    if (!check.ok) throw new Error(check.error[0]?.message);
    const verdicts = hours.map(
      (hour) => decided('guard', check.value, Date.parse(hour)).record.verdict,
    );
    for (const verdict of verdicts) expect(expected.split('|')).toContain(verdict);
  });
});

// ---------------------------------------------------------------- packs

function packFiles(name: string): ReadonlyMap<string, string> {
  const folder = join(POLICIES, name);
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
  return new Map(
    paths.map((path) => [relative(folder, path).replaceAll(sep, '/'), readFileSync(path, 'utf8')]),
  );
}

function filesOf(name: string): ReadonlyMap<string, string> {
  return FILES.get(name) ?? new Map();
}

function textOf(name: string, path: string): string {
  return filesOf(name).get(path) ?? '';
}

function policyTexts(name: string): ReadonlyMap<string, string> {
  return new Map([...filesOf(name)].filter(([path]) => path.endsWith('.cedar')));
}

function packOf(name: string): Pack {
  const reading = packs.get(name);
  if (reading?.pack === undefined) throw new Error(JSON.stringify(reading?.problems));
  return reading.pack;
}

// ---------------------------------------------------------------- checks

interface Runnable {
  readonly check: Check;
  readonly now: number;
}

function runnable(name: string): readonly Runnable[] {
  return packOf(name).scenarios.flatMap(({ run }) => (run.ok ? [run.value] : []));
}

/** Every scenario as it is, and once more without each of its facts, constraints and side effects. */
function variations(name: string): readonly Runnable[] {
  return runnable(name).flatMap((whole) =>
    lesser(whole.check).map((check) => ({ check, now: whole.now })),
  );
}

function lesser(check: Check): readonly Check[] {
  const facts = [...check.context.keys()].map((fact): Partial<Check> => ({
    context: new Map([...check.context].filter(([key]) => key !== fact)),
  }));
  const constraints = check.constraints.map((constraint): Partial<Check> => ({
    constraints: check.constraints.filter((other) => other !== constraint),
  }));
  const changes = [{}, { side_effects: [] }, { tools: [] }, ...facts, ...constraints];
  return changes.map((change) => Object.assign({}, check, change));
}

function decided(name: string, check: Check, now: number): Decision {
  const decision = decide(packOf(name).policies, check, { now, requestId: 'test' });
  if (!decision.ok) throw new Error(decision.error.message);
  return decision.value;
}

function headline(name: string, id: string, title: string): Decision['record'] {
  const scenario = packOf(name).scenarios.find((candidate) => candidate.id === id);
  expect(scenario?.name).toBe(title);
  if (scenario?.run.ok !== true) throw new Error(`${id} cannot be run`);
  return decided(name, scenario.run.value.check, scenario.run.value.now).record;
}

type ClientBody = z.output<typeof ClientBody>;

/** A body without an expected verdict must only be decided. */
function clientBodies(): readonly ClientBody[] {
  if (!existsSync(CLIENT_BODIES)) return [];
  return z.array(ClientBody).parse(JSON.parse(readFileSync(CLIENT_BODIES, 'utf8')));
}
