import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { parseJson, type Json } from '../cedar/json/lossless.ts';
import { readCheck } from '../decision/check.ts';
import { decide } from '../decision/decide.ts';
import { plainJson } from '../pack/json-file.ts';
import { readPack, type Pack } from '../pack/read.ts';
import { samplesOf } from './change-samples.ts';
import { changeWords } from './change-words.ts';
import { findChange, searchChange, type ChangeAnswer, type ChangedRequest } from './change.ts';

// Whole packs at once, on machines that do other things too.
vi.setConfig({ testTimeout: 120_000 });

/** Every example pack's files, by name. */
const EXAMPLES = Object.entries(
  import.meta.glob<string>('../../policies/**/*', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
).reduce((packs, [path, text]) => {
  const [name = '', ...file] = path.replace('../../policies/', '').split('/');
  const files = packs.get(name) ?? new Map<string, string>();
  return packs.set(name, files.set(file.join('/'), text));
}, new Map<string, Map<string, string>>());

function packOf(files: ReadonlyMap<string, string>): Pack {
  const { pack, problems } = readPack(files);
  if (pack === undefined) throw new Error(JSON.stringify(problems));
  return pack;
}

function example(name: string): Pack {
  return packOf(EXAMPLES.get(name) ?? new Map());
}

/** The guard pack's schema, entities and settings with other policies. */
function packWith(policies: string): Pack {
  const files = [...(EXAMPLES.get('guard') ?? [])].filter(([path]) => !/cedar$|^scen/.test(path));
  const schema = EXAMPLES.get('guard')?.get('schema.cedarschema') ?? '';
  return packOf(
    new Map([...files, ['schema.cedarschema', schema], ['policies/all.cedar', policies]]),
  );
}

const NOW = Date.parse('2026-03-16T10:00:00Z');

function jsonOf(value: unknown): Json {
  const json = parseJson(JSON.stringify(value));
  if (!json.ok) throw new Error(json.error.message);
  return json.value;
}

function ask(pack: Pack, request: unknown, budget?: number): ChangeAnswer {
  const { policies } = pack;
  const samples = samplesOf(pack.scenarios);
  const question = { policies, request: jsonOf(request), now: NOW, samples };
  return findChange(budget === undefined ? question : { ...question, budget });
}

/** Decides a request from its plain data, as a client would send it. */
function verdictOf(pack: Pack, request: unknown, now = NOW): string {
  const check = readCheck(request);
  if (!check.ok) return check.error[0]?.message ?? 'unreadable';
  const decision = decide(pack.policies, check.value, { now, requestId: 'test' });
  return decision.ok ? decision.value.record.verdict : decision.error.message;
}

/** The request with some of the changes, made by hand: not by the code under test. */
function changed(request: unknown, changes: ChangedRequest['changes']): unknown {
  const copy: unknown = structuredClone(request);
  for (const { pointer, to } of changes) {
    const keys = pointer
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    let here = copy as Record<string, unknown>;
    for (const key of keys.slice(0, -1)) here = (here[key] ??= {}) as Record<string, unknown>;
    const last = keys.at(-1) ?? '';
    if (to === undefined) delete here[last];
    else here[last] = to;
  }
  return copy;
}

function properSubsets<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: 2 ** all.length - 1 }, (_, bits) =>
    all.filter((_one, at) => (bits >> at) % 2 === 1),
  );
}

function wordsOf(answer: ChangeAnswer): readonly string[] {
  return answer.kind === 'allowed-if'
    ? answer.proposal.changes.map(({ words }) => words)
    : [answer.kind];
}

const durations: number[] = [];
const tally = { refused: 0, proposed: 0, allowed: 0, refusals: 0 };

describe.each([...EXAMPLES.keys()])('every scenario of %s', (name) => {
  const pack = example(name);
  const samples = samplesOf(pack.scenarios);
  const answers = pack.scenarios.flatMap(({ id, run }) => {
    if (!run.ok) return [];
    const { request, now } = run.value;
    const began = performance.now();
    const answer = findChange({ policies: pack.policies, request, now, samples });
    durations.push(performance.now() - began);
    return [{ id, request: plainJson(request), now, answer }];
  });

  test('that is refused gets a change that allows it, unless time or its tool stands in the way', () => {
    const nothing = answers.flatMap(({ id, answer }) =>
      answer.kind === 'nothing-found' ? [{ id, code: answer.code }] : [],
    );
    const refused = answers.filter(({ answer }) => answer.kind !== 'refused-if').length;
    tally.refused += refused;
    tally.proposed += answers.filter(({ answer }) => answer.kind === 'allowed-if').length;
    for (const { code } of nothing) expect(['TIME', 'FIXED']).toContain(code);
    expect(nothing.length / refused).toBeLessThanOrEqual(0.05);
  });

  test('has proposals that give ALLOW when they are run, and no subset of their fields does', () => {
    for (const { id, request, now, answer } of answers) {
      if (answer.kind !== 'allowed-if') continue;
      const { proposal } = answer;
      const { changes } = proposal;
      expect(verdictOf(pack, proposal.request, now), `at ${id}`).toBe('ALLOW');
      expect(changed(request, changes), `at ${id}`).toEqual(proposal.request);
      expect(changes.length, `at ${id}`).toBeGreaterThan(0);
      for (const some of properSubsets(changes)) {
        expect(verdictOf(pack, changed(request, some), now), `at ${id}`).not.toBe('ALLOW');
      }
      for (const { words, pointer } of changes) {
        expect(words.trim(), `at ${id}`).not.toBe('');
        expect(pointer, `at ${id}`).toMatch(
          /^\/(context\/.|constraints$|side_effects$|tools$|goal$|environment$)/,
        );
      }
    }
  });

  test('that is allowed has refusals near it, each of which refuses when it is run', () => {
    for (const { id, request, now, answer } of answers) {
      if (answer.kind !== 'refused-if') continue;
      tally.allowed += 1;
      tally.refusals += answer.refusals.length;
      expect(answer.refusals.length, `at ${id}`).toBeGreaterThan(0);
      for (const { request: other, verdict, changes, because } of answer.refusals) {
        expect(['DENY', 'DEFER'], `at ${id}`).toContain(verdict);
        expect(verdictOf(pack, other, now), `at ${id}`).toBe(verdict);
        expect(changed(request, changes), `at ${id}`).toEqual(other);
        expect(because.length, `at ${id}`).toBeGreaterThan(0);
      }
    }
  });

  test('is answered the same each time', () => {
    for (const { id, run } of pack.scenarios.slice(0, 10)) {
      if (!run.ok) continue;
      const { request, now } = run.value;
      const again = findChange({ policies: pack.policies, request, now, samples });
      expect(again, `at ${id}`).toEqual(answers.find((answer) => answer.id === id)?.answer);
    }
  });

  test('and every one with facts left out: what is proposed is allowed', () => {
    const runs = pack.scenarios.flatMap(({ run }) => (run.ok ? [run.value] : []));
    const lesser = fc.constantFrom(...runs).chain(({ request, now }) => {
      const body = plainJson(request) as Record<string, unknown>;
      const context = (body['context'] ?? {}) as Record<string, unknown>;
      return fc.subarray(Object.keys(context)).map((kept) => ({
        now,
        request: { ...body, context: Object.fromEntries(kept.map((key) => [key, context[key]])) },
      }));
    });
    fc.assert(
      fc.property(lesser, ({ request, now }) => {
        const answer = findChange({
          policies: pack.policies,
          request: jsonOf(request),
          now,
          samples,
        });
        const allowed = verdictOf(pack, request, now) === 'ALLOW';
        expect(answer.kind === 'refused-if').toBe(allowed);
        const proposed = answer.kind === 'allowed-if' ? [answer.proposal] : [];
        for (const proposal of proposed)
          expect(verdictOf(pack, proposal.request, now)).toBe('ALLOW');
      }),
      { numRuns: 25, seed: 5 },
    );
  }, 60_000);
});

test('nearly all refused scenarios get a proposal', () => {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
  process.stdout.write(
    `changes: ${tally.proposed} of ${tally.refused} refused scenarios have one; ${tally.allowed} allowed ones have ${tally.refusals} near refusals; median ${at(0.5)} ms, p95 ${at(0.95)} ms\n`,
  );
  expect(tally.proposed / tally.refused).toBeGreaterThan(0.95);
});

describe('the headline scenarios', () => {
  test.each([
    [
      'payments',
      'payout-without-approval',
      [
        'change approval status from “pending” to “approved”',
        'give approved at: “2026-03-16T14:00:00Z”',
        'give approved by: “m.lindqvist”',
      ],
    ],
    [
      'payments',
      'payout-by-support',
      ['change actor role from “support_agent” to “payments_operator”'],
    ],
    ['payments', 'operator-over-limit', ['change amount usd from 5000.0001 to 5000.0']],
    [
      'guard',
      'approval-time-unreadable',
      ['change approved at from “last Friday” to “2026-03-16T10:00:00Z”'],
    ],
    ['internal-tools', 'query-without-limit', ['give limit of input: 1']],
    [
      'internal-tools',
      'read-and-write-in-one-check',
      ['give resource scope: “contacts:production”'],
    ],
  ])('%s %s', (name, id, words) => {
    const pack = example(name);
    const run = pack.scenarios.find((scenario) => scenario.id === id)?.run;
    if (run?.ok !== true) throw new Error(`${id} cannot be run`);
    const { request, now } = run.value;
    const answer = findChange({
      policies: pack.policies,
      request,
      now,
      samples: samplesOf(pack.scenarios),
    });
    expect(wordsOf(answer)).toEqual(words);
  });
});

const MAY = '@id("may") permit (principal, action, resource);';

describe('one obstacle', () => {
  test.each<readonly [string, string, Readonly<Record<string, unknown>>, readonly string[]]>([
    [
      'a role that a permit asks for',
      '@id("sre") permit (principal in Role::"sre", action, resource);',
      {},
      ['give actor role: “sre”'],
    ],
    [
      'an environment that a permit asks for',
      '@id("e") permit (principal, action, resource in Environment::"production");',
      {},
      ['give environment: “production”'],
    ],
    [
      'the cheaper of two ways',
      `${MAY} @id("x") forbid (principal, action, resource) when { context.side_effects.contains("delete") }
       unless { context has ticket_id };`,
      { side_effects: ['delete'] },
      ['give ticket id: “example”'],
    ],
    [
      'a branch',
      `${MAY} @id("x") forbid (principal, action, resource)
       unless { if context has tenant_id then context has ticket_id else false };`,
      {},
      ['give tenant id: “example”', 'give ticket id: “example”'],
    ],
    [
      'a pattern',
      `${MAY} @id("x") forbid (principal, action, resource)
       unless { context has resource_scope && context.resource_scope like "crm:*" };`,
      { context: { resource_scope: 'hr:all' } },
      ['change resource scope from “hr:all” to “crm:example”'],
    ],
    [
      'a limit that the caller stated',
      `${MAY} @id("x") forbid (principal, action, resource)
       unless { context.limits has max_records && context.limits.max_records <= 20 };`,
      { constraints: ['approval required'] },
      ['add “max_records: 1” to constraints'],
    ],
    [
      'a moment that lies too far back',
      `${MAY} @id("x") forbid (principal, action, resource)
       when { context has approved_at && context.session.now.durationSince(context.approved_at) > duration("1h") };`,
      { context: { approved_at: '2026-03-16T08:00:00Z' } },
      ['change approved at from “2026-03-16T08:00:00Z” to “2026-03-16T10:00:00Z”'],
    ],
    [
      'two fields that must not be the same',
      `${MAY} @id("x") forbid (principal, action, resource)
       when { context has approved_by && context has agent_name && context.approved_by == context.agent_name };`,
      { context: { approved_by: 'bot', agent_name: 'bot' } },
      ['change approved by from “bot” to “example”'],
    ],
    [
      'a forbid that fails',
      `${MAY} @id("x") forbid (principal, action, resource) when { context.retry_count > 3 };`,
      {},
      ['give retry count: 3'],
    ],
    [
      'too much risk',
      `@id("a") @risk("90") permit (principal, action, resource) when { !(context has ticket_id) }; ${MAY}`,
      {},
      ['give ticket id: “example”'],
    ],
    [
      'a fact that cannot be read',
      MAY,
      { context: { retry_count: 'two' } },
      ['change retry count from “two” to 1'],
    ],
    [
      'a constraint that cannot be read',
      MAY,
      { constraints: ['max_retries: many'] },
      ['add “max_retries: 1” to constraints and take “max_retries: many” out of constraints'],
    ],
    [
      'an empty list of criteria',
      `${MAY} @id("x") forbid (principal, action, resource) when { context.success_criteria.isEmpty() };`,
      {},
      ['add “Say here how anyone can tell that it worked” to success criteria'],
    ],
    [
      'the same tool too often',
      `${MAY} @id("x") forbid (principal, action, resource) when { context.session.same_tool_calls >= 2 };`,
      { context: { recent_tools: ['search', 'mail', 'search', 'search'] } },
      ['give recent tools as [“search”, “mail”]'],
    ],
    [
      'one of two tools',
      `@id("s") permit (principal, action == Action::"search", resource);`,
      { tools: ['search', 'shell'] },
      ['take “shell” out of tools'],
    ],
  ])('%s', (_name, policies, request, words) => {
    const pack = packWith(policies);
    const body = { goal: 'Look into the ticket', tools: ['search'], ...request };
    const answer = ask(pack, body);
    expect(wordsOf(answer)).toEqual(words);
    expect(answer.kind === 'allowed-if' && verdictOf(pack, answer.proposal.request)).toBe('ALLOW');
  });

  test('several rules at once: each asks for something of its own', () => {
    const fields = ['ticket_id', 'approved_by', 'tenant_id', 'resource_scope', 'rollback_plan'];
    const rules = fields.map(
      (field, at) =>
        `@id("r${at}") forbid (principal, action, resource) unless { context has ${field} };`,
    );
    const answer = ask(packWith(`${MAY} ${rules.join('\n')}`), { goal: 'Look', tools: ['search'] });
    expect(answer).toMatchObject({ kind: 'allowed-if', isComplete: true });
    expect(wordsOf(answer)).toHaveLength(fields.length);
  });

  test('keeps the body as it was sent, apart from what changes', () => {
    const pack = packWith(
      `${MAY} @id("x") forbid (principal, action, resource) unless { context has ticket_id };`,
    );
    const body = { tools: ['search'], context: { other: { deep: [1, 2.5] } }, goal: 'Look' };
    const answer = ask(pack, body);
    const request = answer.kind === 'allowed-if' ? answer.proposal.request : undefined;
    expect(request).toEqual({ ...body, context: { ...body.context, ticket_id: 'example' } });
    expect(Object.keys(request as object)).toEqual(['tools', 'context', 'goal']);
    expect(answer).toMatchObject({ proposal: { changes: [{ literal: '"example"' }] } });
  });

  test.each([
    [['/context/ticket_id', undefined, 'x'], 'give ticket id: “x”'],
    [['/context/a/b', 1, 2], 'change b of a from 1 to 2'],
    [['/context/ticket_id', 'x', undefined], 'leave out ticket id'],
    [['/constraints', ['a'], ['a', 'b']], 'add “b” to constraints'],
  ] as const)('words of %j', ([pointer, from, to], words) => {
    expect(changeWords(pointer, from, to)).toBe(words);
  });
});

describe('when there is nothing to find', () => {
  test('because it only waits', () => {
    const pack =
      packWith(`${MAY} @id("night") @verdict("DEFER") forbid (principal, action, resource)
      when { context.session.hour < 22 };`);
    expect(ask(pack, { goal: 'Look' })).toMatchObject({
      kind: 'nothing-found',
      code: 'TIME',
      blockers: ['night'],
    });
  });

  test('because no field decides it', () => {
    expect(ask(packWith(''), { goal: 'Look' })).toMatchObject({
      code: 'FIXED',
      blockers: ['NOT_PERMITTED'],
    });
    const never = '@id("never") forbid (principal, action, resource);';
    expect(ask(packWith(`${MAY} ${never}`), { goal: 'Look' })).toMatchObject({
      code: 'FIXED',
      blockers: ['never'],
    });
  });

  test('because two rules ask for opposites', () => {
    const pack = packWith(`${MAY}
      @id("a") forbid (principal, action, resource) when { context has ticket_id };
      @id("b") forbid (principal, action, resource) unless { context has ticket_id };`);
    expect(ask(pack, { goal: 'Look' })).toMatchObject({ code: 'NOT_FOUND', blockers: ['b'] });
  });

  test('because the budget is too small', () => {
    const fields = ['ticket_id', 'approved_by', 'tenant_id', 'resource_scope'];
    const rules = fields.map(
      (field, at) =>
        `@id("r${at}") forbid (principal, action, resource) unless { context has ${field} };`,
    );
    const pack = packWith(`${MAY} ${rules.join('\n')}`);
    const answer = ask(pack, { goal: 'Look' }, 3);
    expect(answer).toMatchObject({ kind: 'nothing-found', code: 'BUDGET' });
    expect(answer.decisions).toBeLessThanOrEqual(4);
  });

  test.each([[{ tools: [] }], [{ goal: 'Look', policy_pack_version: 'guard@9.9.9' }], [null]])(
    'because %j is not decided at all',
    (request) => {
      expect(ask(packWith(MAY), request)).toMatchObject({ code: 'NOT_DECIDED' });
    },
  );

  test('near an ALLOW, no refusals', () => {
    expect(ask(packWith(MAY), { goal: 'Look', tools: ['search'] })).toMatchObject({
      kind: 'refused-if',
      refusals: [],
    });
  });
});

test('the search goes step by step and can be left', () => {
  const pack = example('payments');
  const run = pack.scenarios.find(({ id }) => id === 'payout-without-approval')?.run;
  if (run?.ok !== true) throw new Error('cannot be run');
  const { request, now } = run.value;
  const search = searchChange({ policies: pack.policies, request, now });
  const first = search.next();
  expect(first.done).toBe(false);
  expect(first.value).toEqual({ done: 1, total: 1500 });
  const second = search.next();
  expect((second.value as { done: number }).done).toBeGreaterThan(1);
  search.return({ kind: 'refused-if', refusals: [], decisions: 0 });
  expect(search.next().done).toBe(true);
});
