import { describe, expect, test, vi } from 'vitest';
import type { Check } from '../decision/check.ts';
import { explainDecision } from '../decision/decide.ts';
import { readPack, type Pack } from '../pack/read.ts';
import { brokenRules } from './flow-broken.ts';
import { FlowCounter } from './flow-counts.ts';
import { decisionSentence } from './flow-sentence.ts';
import { flowStates, type FlowDecision, type FlowStates } from './flow-states.ts';
import { flowSteps, statesAfter } from './flow-steps.ts';
import { groupsOf } from './flow-groups.ts';
import { flowView } from './flow-view.ts';
import { flowOf } from './flow-of.ts';
import { brokenFlow, type FlowCondition, type FlowGraph } from './flow.ts';

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

function filesOf(name: string, changes: Readonly<Record<string, string>> = {}) {
  return new Map([...(EXAMPLES.get(name) ?? []), ...Object.entries(changes)]);
}

function example(name: string, changes: Readonly<Record<string, string>> = {}): Pack {
  const { pack, problems } = readPack(filesOf(name, changes));
  if (pack === undefined) throw new Error(JSON.stringify(problems));
  return pack;
}

/** The guard pack's schema and settings with other policies. */
function packWith(policies: string): Pack {
  const files = [...filesOf('guard')].filter(([path]) => !path.endsWith('.cedar'));
  const { pack, problems } = readPack(new Map([...files, ['policies/all.cedar', policies]]));
  if (pack === undefined) throw new Error(JSON.stringify(problems));
  return pack;
}

function decisionOf(pack: Pack, check: Check, now: number): FlowDecision {
  const explained = explainDecision(pack.policies, check, { now, requestId: 'test' });
  if (!explained.ok) throw new Error(explained.error.message);
  return { policies: pack.policies, check, explained: explained.value };
}

function scenarioDecision(pack: Pack, id: string): FlowDecision {
  const run = pack.scenarios.find((scenario) => scenario.id === id)?.run;
  if (run?.ok !== true) throw new Error(`${id} cannot be run`);
  return decisionOf(pack, run.value.check, run.value.now);
}

function statesOf(graph: FlowGraph, decision: FlowDecision, tool?: number): FlowStates {
  const states = flowStates(graph, decision, tool);
  if (states === undefined) throw new Error('There is no way to show');
  return states;
}

function conditionsIn(condition: FlowCondition): readonly FlowCondition[] {
  return [condition, ...condition.parts.flatMap(conditionsIn)];
}

const THREE = `
@id("deny-deletes") @issue("NO_DELETE") @severity("CRITICAL") @message("Nothing is deleted here.")
forbid (principal, action, resource) when { context.side_effects.contains("delete") };
@id("ask-first") @verdict("DEFER") @issue("APPROVAL_REQUIRED") @question("Who?")
forbid (principal, action in Action::"call_tool", resource)
when { context.constraints.contains("approval_required") }
unless { context has approved_by && context.approved_by != "" };
@id("may") @risk("30")
permit (principal is Agent, action in Action::"call_tool", resource);
`;

describe('the model', () => {
  test('has the three tiers, the ladder and the verdicts', () => {
    const graph = flowOf(packWith(THREE));
    expect(graph.rules).toMatchObject([
      {
        id: 'rule:deny-deletes',
        tier: 'deny',
        verdict: 'DENY',
        issue: 'NO_DELETE',
        severity: 'CRITICAL',
        scopeId: 'scope:everything',
        text: 'Denies everything when side effects include delete.',
      },
      {
        id: 'rule:ask-first',
        tier: 'defer',
        verdict: 'DEFER',
        severity: 'MEDIUM',
        question: 'Who?',
        action: 'any tool that belongs to the group call tool',
        clauses: [{ kind: 'when' }, { kind: 'unless', condition: { kind: 'and' } }],
      },
      { id: 'rule:may', tier: 'permit', verdict: 'ALLOW', risk: 30, clauses: [] },
    ]);
    expect(graph.nodes.map(({ id }) => id)).toEqual([
      'check',
      'engine',
      'scope:everything',
      'scope:any tool that belongs to the group call tool',
      'scope:any tool that belongs to the group call tool, any agent of type Agent',
      'rule:deny-deletes',
      'rule:ask-first',
      'rule:may',
      'ladder:deny',
      'ladder:permit',
      'ladder:defer',
      'ladder:risk',
      'verdict:DENY',
      'verdict:DEFER',
      'verdict:ALLOW',
    ]);
    expect(graph.edges.filter(({ from }) => from.startsWith('rule:')).map(({ id }) => id)).toEqual([
      'rule:deny-deletes says ladder:deny',
      'rule:ask-first says ladder:defer',
      'rule:ask-first fails ladder:deny',
      'rule:may says ladder:permit',
      'rule:may risk ladder:risk',
    ]);
    expect(graph.notes).toEqual([]);
  });

  test('opens into the condition tree of every construct', () => {
    const graph = flowOf(
      packWith(`@id("x") permit (principal, action, resource) when {
        if context has approved_by then !(context.goal like "a*" || context.goal == "b")
        else context.side_effects.isEmpty() && principal in Role::"sre"
      };`),
    );
    const [clause] = graph.rules[0]?.clauses ?? [];
    if (clause === undefined) throw new Error('no clause');
    expect(conditionsIn(clause.condition).map(({ id, kind, text }) => [id, kind, text])).toEqual([
      ['rule:x/0/', 'if', expect.stringContaining('otherwise')],
      ['rule:x/0/0.', 'leaf', 'approved by is given'],
      ['rule:x/0/1.', 'not', 'not (goal starts with “a” or goal is b)'],
      ['rule:x/0/1.0.', 'or', 'goal starts with “a” or goal is b'],
      ['rule:x/0/1.0.0.', 'leaf', 'goal starts with “a”'],
      ['rule:x/0/1.0.1.', 'leaf', 'goal is b'],
      ['rule:x/0/2.', 'and', 'side effects are empty and the agent belongs to the role sre'],
      ['rule:x/0/2.0.', 'leaf', 'side effects are empty'],
      ['rule:x/0/2.1.', 'leaf', 'the agent belongs to the role sre'],
    ]);
  });

  test.each([
    ['', ['PACK_EMPTY']],
    ['@id("x") forbid (principal, action, resource);', ['NO_PERMITS']],
    ['@id("x") permit (principal, action, resource);', ['NO_FORBIDS']],
  ])('of %j says what it lacks', (policies, codes) => {
    expect(flowOf(packWith(policies)).notes.map(({ code }) => code)).toEqual(codes);
  });

  test('of a pack that never compiled says so', () => {
    const { rules, notes } = brokenFlow(2);
    expect(rules).toEqual([]);
    expect(notes).toMatchObject([{ code: 'PACK_BROKEN' }]);
    expect(notes[0]?.message).toContain('2 problems');
  });

  test('keeps the ids of all others when one rule is edited, moved or added', () => {
    const before = flowOf(packWith(THREE));
    const edited = THREE.replace('context.approved_by != ""', 'context.approved_by != "nobody"');
    const added = `@id("new") forbid (principal, action, resource) when { false };\n${edited}`;
    const after = new Set(flowOf(packWith(added)).nodes.map(({ id }) => id));
    expect(before.nodes.filter(({ id }) => !after.has(id))).toEqual([]);
    const conditions = (graph: FlowGraph, id: string): readonly string[] =>
      (graph.rules.find(({ ruleId }) => ruleId === id)?.clauses ?? []).flatMap(({ condition }) =>
        conditionsIn(condition).map((one) => one.id),
      );
    expect(conditions(flowOf(packWith(added)), 'deny-deletes')).toEqual(
      conditions(before, 'deny-deletes'),
    );
  });

  test('every edge joins two nodes and every id is its own', () => {
    for (const name of EXAMPLES.keys()) {
      const { nodes, edges } = flowOf(example(name));
      const ids = new Set(nodes.map(({ id }) => id));
      expect(ids.size).toBe(nodes.length);
      expect(new Set(edges.map(({ id }) => id)).size).toBe(edges.length);
      for (const { from, to } of edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
    }
  });
});

describe('a broken pack', () => {
  test('shows which rules of the last good graph are broken', () => {
    const graph = flowOf(example('payments'));
    const path = 'policies/approval.cedar';
    const text = filesOf('payments').get(path) ?? '';
    const at = text.indexOf('context.approval_status == "rejected"');
    const changed = `${text.slice(0, at)}context..${text.slice(at)}`;
    const { pack, problems } = readPack(filesOf('payments', { [path]: changed }));
    expect(pack).toBeUndefined();
    const broken = brokenRules(graph, filesOf('payments', { [path]: changed }), problems);
    expect([...broken.keys()]).toEqual(['rule:rejected-means-no']);
  });

  test('also where the rule parses and says something wrong', () => {
    const graph = flowOf(example('payments'));
    const path = 'policies/approval.cedar';
    const changed = (filesOf('payments').get(path) ?? '').replace('@risk("60")', '@risk("600")');
    const files = filesOf('payments', { [path]: changed });
    const broken = brokenRules(graph, files, readPack(files).problems);
    expect([...broken]).toEqual([['rule:rejected-means-no', expect.stringContaining('600')]]);
  });
});

describe('what is shown', () => {
  const graph = flowOf(example('payments'));
  const ruleIds = (view: { readonly nodes: readonly { readonly id: string }[] }): string[] =>
    view.nodes.map(({ id }) => id).filter((id) => id.startsWith('rule:'));

  test('everything, unless something is asked for', () => {
    const view = flowView(graph);
    expect(view).toMatchObject({ isCollapsed: false, matching: graph.rules.length });
    const ids = (nodes: readonly { readonly id: string }[]) => nodes.map(({ id }) => id).toSorted();
    expect(ids(view.nodes)).toEqual(ids(graph.nodes));
    expect(view.edges.map(({ of: _of, ...edge }) => edge)).toEqual(graph.edges);
  });

  test('in reading order: what leads to the rules, the rules tier by tier, what they lead to', () => {
    const kinds = flowView(graph).nodes.map((node) =>
      node.kind === 'rule' ? `rule ${node.tier}` : node.kind,
    );
    const order = [
      'check',
      'engine',
      'scope',
      'rule deny',
      'rule permit',
      'rule defer',
      'ladder',
      'verdict',
    ];
    expect([...new Set(kinds)]).toEqual(order);
    expect(kinds).toEqual(kinds.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
  });

  test('only some rules', () => {
    const view = flowView(graph, { rules: new Set(['rule:rejected-means-no']) });
    expect(ruleIds(view)).toEqual(['rule:rejected-means-no']);
    expect(view.nodes.filter(({ kind }) => kind === 'scope')).toHaveLength(1);
  });

  test('a filter leaves rules with all its words, and the scopes that lead to them', () => {
    const view = flowView(graph, { text: 'payout APPROVAL_TIMESTAMP' });
    expect(ruleIds(view)).toEqual(['rule:payout-approval-has-a-time']);
    expect(view.nodes.filter(({ kind }) => kind === 'scope')).toHaveLength(1);
    expect(view.matching).toBe(1);
    expect(ruleIds(flowView(graph, { text: 'no such words' }))).toEqual([]);
  });

  test('verdicts', () => {
    const view = flowView(graph, { verdicts: new Set(['ALLOW'] as const) });
    expect(ruleIds(view)).toEqual(
      graph.rules.filter(({ tier }) => tier === 'permit').map(({ id }) => id),
    );
  });

  test('a focus keeps what leads there and what follows', () => {
    const view = flowView(graph, { focus: 'rule:rejected-means-no' });
    expect(ruleIds(view)).toEqual(['rule:rejected-means-no']);
    expect(view.nodes.map(({ id }) => id)).toContain('verdict:DENY');
    expect(flowView(graph, { focus: 'nothing' }).nodes).toEqual(flowView(graph).nodes);
  });

  test.each(['file', 'action', 'issue', 'verdict'] as const)(
    'groups by %s hold all rules once',
    (by) => {
      const groups = groupsOf(graph.rules, by);
      const members = groups.flatMap((group) => group.ruleIds);
      expect(members.toSorted()).toEqual(graph.rules.map(({ id }) => id).toSorted());
      for (const { tier, ruleIds: inside } of groups) {
        const tiers = graph.rules.filter(({ id }) => inside.includes(id)).map((rule) => rule.tier);
        expect(new Set(tiers)).toEqual(new Set([tier]));
      }
    },
  );

  test('past the limit rules collapse into groups, and an open group shows its rules', () => {
    const many = Array.from(
      { length: 400 },
      (_, at) =>
        `@id("r${at}") @issue("I_${at % 7}") forbid (principal, action == Action::"t${at % 90}", resource);`,
    );
    const large = flowOf(packWith(`${THREE}${many.join('\n')}`));
    const view = flowView(large, { group: 'issue' });
    expect(view.isCollapsed).toBe(true);
    expect(view.nodes.length).toBeLessThan(40);
    expect(view.nodes.filter(({ kind }) => kind === 'group').map(({ id }) => id)).toContain(
      'group:issue:deny:I_3',
    );
    const ids = new Set(view.nodes.map(({ id }) => id));
    for (const { from, to } of view.edges)
      expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
    const opened = flowView(large, {
      group: 'issue',
      toggled: new Set(['group:issue:deny:I_3']),
    });
    expect(ruleIds(opened)).toHaveLength(57);
    const at = opened.nodes.findIndex(({ id }) => id === 'group:issue:deny:I_3');
    expect(opened.nodes[at]).toMatchObject({ kind: 'group', isOpen: true });
    expect(opened.nodes[at + 1]).toMatchObject({ kind: 'rule', issue: 'I_3' });
    expect(flowView(large, { group: 'action', limit: 60 }).grouping).toBe('file');
    expect(flowView(large, { limit: 403 }).isCollapsed).toBe(false);
    // Edges that a group joins still name every edge that they stand for.
    const joined = view.edges.flatMap((edge) => edge.of);
    expect(joined.toSorted()).toEqual(
      large.edges
        .filter(({ from, to }) => from !== 'check' || ids.has(to))
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  test('a group of few rules is open, and is closed when asked', () => {
    const open = flowView(graph, { group: 'verdict' });
    expect(ruleIds(open)).toHaveLength(graph.rules.length);
    expect(open.nodes.filter(({ kind }) => kind === 'group')).toHaveLength(3);
    const closed = flowView(graph, {
      group: 'verdict',
      toggled: new Set(['group:verdict:deny:DENY']),
    });
    const denies = graph.rules.filter(({ tier }) => tier === 'deny').length;
    expect(ruleIds(closed)).toHaveLength(graph.rules.length - denies);
    expect(closed.edges.find(({ from }) => from === 'group:verdict:deny:DENY')?.of).toHaveLength(
      denies,
    );
  });
});

describe('one decision', () => {
  test('without approval: deferred, by which rules, over which conditions', () => {
    const pack = example('payments');
    const graph = flowOf(pack);
    const states = statesOf(graph, scenarioDecision(pack, 'payout-without-approval'));
    expect(states).toMatchObject({ verdict: 'DEFER', endedAt: 'defer', tool: 'payments_api' });
    expect(states.nodes.get('rule:payout-needs-approval')).toMatchObject({
      state: 'true',
      isDecisive: true,
      why: 'It applies: approval status is not approved.',
    });
    expect(states.nodes.get('rule:approval-is-recent')).toMatchObject({
      state: 'false',
      isDecisive: false,
      why: 'It does not apply: approved at is not given.',
    });
    expect(states.nodes.get('rule:small-refunds')).toBeUndefined();
    const clause = graph.rules.find(({ ruleId }) => ruleId === 'payout-needs-approval')?.clauses[0];
    const leaves = (clause?.condition.parts ?? []).map(({ id }) => states.nodes.get(id));
    expect(leaves.map((leaf) => [leaf?.state, leaf?.isDecisive])).toEqual([
      ['true', false],
      ['false', true],
      ['not-reached', false],
      ['not-reached', false],
    ]);
    expect(leaves[1]?.inputs).toEqual([
      {
        field: { root: 'context', path: ['approval_status'] },
        text: 'context.approval_status',
        value: '"pending"',
        pointer: '/context/approval_status',
      },
    ]);
    expect(states.edges.get('ladder:defer decides verdict:DEFER')).toEqual({
      state: 'true',
      isDecisive: true,
    });
    expect(states.edges.get('ladder:risk decides verdict:ALLOW')?.state).toBe('not-reached');
    expect(states.nodes.get('ladder:permit')).toMatchObject({
      state: 'false',
      why: 'Permitted by operators-may-pay, payouts-carry-risk.',
    });
  });

  test('a forbid that fails denies, also one that would only have deferred', () => {
    const pack = packWith(`
      @id("broken") @verdict("DEFER") forbid (principal, action, resource) when { context.approved_by == "x" };
      @id("open") permit (principal, action, resource) when { context.approved_by like "x" };
      @id("may") permit (principal, action, resource);`);
    const graph = flowOf(pack);
    const run = example('guard').scenarios[0]?.run;
    if (run?.ok !== true) throw new Error('no scenario');
    const check = { ...run.value.check, context: new Map() };
    const states = statesOf(graph, decisionOf(pack, check, run.value.now));
    expect(states).toMatchObject({ verdict: 'DENY', endedAt: 'deny' });
    expect(states.nodes.get('rule:broken')).toMatchObject({ state: 'error', isDecisive: true });
    expect(states.nodes.get('rule:broken')?.error).toContain('approved_by');
    expect(states.nodes.get('rule:open')).toMatchObject({ state: 'error', isDecisive: false });
    expect(states.edges.get('rule:broken fails ladder:deny')).toEqual({
      state: 'true',
      isDecisive: true,
    });
    expect(states.edges.get('rule:broken says ladder:defer')?.isDecisive).toBe(false);
  });

  test('a risk that is too high, and facts that cannot be read', () => {
    const guard = example('guard');
    const graph = flowOf(guard);
    const risky = statesOf(graph, scenarioDecision(guard, 'risky-sum'));
    expect(risky).toMatchObject({ verdict: 'DENY', endedAt: 'risk' });
    expect(risky.nodes.get('ladder:risk')).toMatchObject({ state: 'true', isDecisive: true });
    expect(risky.edges.get('ladder:risk decides verdict:DENY')?.isDecisive).toBe(true);
    const unread = statesOf(graph, scenarioDecision(guard, 'counter-as-text'));
    expect(unread.nodes.get('engine')).toMatchObject({ state: 'true', isDecisive: true });
    expect(unread.edges.get('engine says ladder:defer')).toEqual({
      state: 'true',
      isDecisive: true,
    });
  });
});

describe.each([...EXAMPLES.keys()])('every scenario of %s', (name) => {
  const pack = example(name);
  const graph = flowOf(pack);
  const decisions = pack.scenarios.flatMap(({ id, run }) =>
    run.ok ? [{ id, decision: decisionOf(pack, run.value.check, run.value.now) }] : [],
  );

  test('has states that agree with its record', () => {
    for (const { id, decision } of decisions) {
      for (const [index, tool] of decision.explained.tools.entries()) {
        const states = statesOf(graph, decision, index);
        const inState = (state: string): readonly string[] =>
          graph.rules
            .filter((rule) => states.nodes.get(rule.id)?.state === state)
            .map((rule) => rule.ruleId);
        expect(inState('true'), `at ${id}`).toEqual(tool.satisfied);
        expect(inState('error'), `at ${id}`).toEqual(tool.errors.map(({ policyId }) => policyId));
        expect(states.nodes.get(`verdict:${tool.verdict}`), `at ${id}`).toMatchObject({
          state: 'true',
        });
        const decided = [...states.edges].filter(([, { isDecisive }]) => isDecisive);
        const ends = decided.filter(([edge]) => edge.includes(' decides '));
        expect(
          ends.map(([edge]) => edge.split(' ').at(-1)),
          `at ${id}`,
        ).toEqual([`verdict:${tool.verdict}`]);
        // The way that decided leads from the check to the verdict without a gap.
        const reached = new Set(['check']);
        for (let size = -1; size !== reached.size;) {
          size = reached.size;
          for (const [edge] of decided) {
            const { from = '', to = '' } = graph.edges.find((one) => one.id === edge) ?? {};
            if (reached.has(from) || from === 'ladder:deny') reached.add(to);
          }
        }
        expect(reached.has(`verdict:${tool.verdict}`), `at ${id}`).toBe(true);
        for (const [node, { state }] of states.nodes) {
          expect(['true', 'false', 'error', 'not-reached'], `at ${node}`).toContain(state);
        }
      }
    }
  });

  test('has leaves that say what their text says', () => {
    for (const { id, decision } of decisions) {
      const states = statesOf(graph, decision);
      for (const rule of graph.rules) {
        const whole = states.nodes.get(rule.id);
        expect(whole?.why, `${id} ${rule.id}`).toBeTruthy();
        for (const clause of rule.clauses) {
          const visit = (node: FlowCondition): void => {
            const state = states.nodes.get(node.id)?.state;
            expect(state, `at ${node.id}`).toBeDefined();
            const inner = node.parts.map((part) => states.nodes.get(part.id)?.state);
            const alone = state === 'true' || state === 'false' ? state : undefined;
            const expected = {
              and: inner.every((one) => one === 'true'),
              or: inner.some((one) => one === 'true'),
              not: inner[0] === 'false',
              if: inner[0] === 'true' ? inner[1] === 'true' : inner[2] === 'true',
              leaf: state === 'true',
            }[node.kind];
            expect(alone ?? String(expected), `at ${node.id}`).toBe(String(expected));
            node.parts.forEach(visit);
          };
          visit(clause.condition);
        }
      }
    }
  });

  test('steps forward to exactly its states, and every step settles something new', () => {
    for (const { decision } of decisions) {
      const states = statesOf(graph, decision);
      const steps = flowSteps(graph, states);
      const after = statesAfter(steps, states, steps.length);
      // A scope is settled anew for each rule that has it.
      const others = [...states.nodes].filter(([node]) => !node.startsWith('scope:'));
      expect(others.filter(([node, { state }]) => after.get(node) !== state)).toEqual([]);
      expect(steps.at(-1)?.id).toBe(`verdict:${states.verdict}`);
      const settled = steps.map((step) => step.id).filter((step) => !step.startsWith('scope:'));
      expect(new Set(settled).size).toBe(settled.length);
      expect(statesAfter(steps, states, 0).get('check')).toBe('not-reached');
      expect(statesAfter(steps, states, 1).get('check')).toBe('true');
      for (const { text } of steps) expect(text.trim()).not.toBe('');
    }
  });

  test('has a sentence that begins with its verdict', () => {
    const words = { ALLOW: 'Allowed', DEFER: 'Deferred', DENY: 'Denied' };
    for (const { id, decision } of decisions) {
      const { verdict } = decision.explained.record;
      const sentence = decisionSentence(decision.explained, pack.policies);
      expect(sentence.text.startsWith(words[verdict]), `${id}: ${sentence.text}`).toBe(true);
      expect(sentence.text, `at ${id}`).toMatch(/: .+\.$/);
      expect(decisionSentence(decision.explained, pack.policies)).toEqual(sentence);
    }
  });

  test('counts: every rule fires somewhere, and edges carry what nodes passed', () => {
    const counter = new FlowCounter(graph);
    for (const { decision } of decisions) counter.add(decision);
    const counts = counter.counts();
    expect(counts.checks).toBe(decisions.length);
    const fired = new Set(
      decisions.flatMap(({ decision }) =>
        decision.explained.tools.flatMap(({ satisfied }) => satisfied),
      ),
    );
    expect(counts.neverTrue).toEqual(
      graph.rules.filter(({ ruleId }) => !fired.has(ruleId)).map(({ id }) => id),
    );
    for (const { id, tier } of graph.rules) {
      expect(counts.edges.get(`${id} says ladder:${tier}`)).toBe(counts.nodes.get(id)?.true ?? 0);
    }
    const verdicts = ['ALLOW', 'DEFER', 'DENY'].map(
      (verdict) => counts.nodes.get(`verdict:${verdict}`)?.true ?? 0,
    );
    expect(verdicts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(
      decisions.length,
    );
  });
});

describe('the sentence', () => {
  test('says that the engine failed, and there is no way to show', () => {
    const pack = example('guard');
    const clock = (): never => {
      throw new Error('broken');
    };
    const broken = { ...pack, policies: { ...pack.policies, clock } };
    const decision = scenarioDecision(broken, 'risky-sum');
    expect(flowStates(flowOf(pack), decision)).toBeUndefined();
    expect(decisionSentence(decision.explained, pack.policies)).toMatchObject({
      text: 'Denied: the engine failed on this check; nothing was decided.',
      verdict: 'DENY',
      ruleIds: [],
    });
  });

  test.each([
    [
      'payments',
      'payout-without-approval',
      'Deferred: this payout needs an approval. And one more reason.',
    ],
    [
      'payments',
      'approved-payout',
      'Allowed: operators-may-pay, payouts-carry-risk permit it and nothing forbids it.',
    ],
    ['payments', 'payout-rejected', 'Denied: a person rejected this payment.'],
    ['internal-tools', 'unknown-tool', 'Denied: no rule permits this.'],
    ['guard', 'risky-sum', expect.stringMatching(/^Denied: its risk of \d+ is past the \d+ that/)],
  ])('%s %s', (name, id, expected) => {
    const pack = example(name);
    const { explained } = scenarioDecision(pack, id);
    expect(decisionSentence(explained, pack.policies).text).toEqual(expected);
  });
});
