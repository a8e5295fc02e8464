/** The other engines, each used as its own documentation says, with everything prepared that can be. */
import { createRequire } from 'node:module';
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import type { EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import { ZenEngine } from '@gorules/zen-engine';
import { Environment } from '@marcbachmann/cel-js';
import type * as Casbin from 'casbin';
import { at, plainFacts, type Answer, type Contestant } from './contestants.bench.ts';
import { RULE_KINDS, ruleId, type Standing } from './rules.bench.ts';
import type { BenchRequest, Workload } from './workload.bench.ts';

// Node cannot see the named exports of its CommonJS build.
const { newModelFromString, newEnforcer } = createRequire(import.meta.url)(
  'casbin',
) as typeof Casbin;

/** Official Cedar in wasm, policies parsed ahead. Entities cross into it with each call: it keeps none. */
export function officialWasm(work: Workload): Contestant {
  const id = `bench-${work.rules}-${work.population}`;
  const staticPolicies = Object.fromEntries(
    work.policies.split('\n\n').map((text) => [/@id\("([^"]+)"\)/.exec(text)?.[1] ?? '', text]),
  );
  const parsed = preparsePolicySet(id, { staticPolicies });
  if (parsed.type === 'failure') throw new Error(JSON.stringify(parsed.errors[0]));
  const calls = work.requests.map((request) => ({
    principal: { type: 'Agent', id: request.agent },
    action: { type: 'Action', id: request.plain.tool },
    resource: { type: 'Environment', id: request.plain.environment },
    context: request.context,
    preparsedPolicySetId: id,
    entities: entitiesOf(work, request),
  }));
  const run = (index: number) => statefulIsAuthorized(at(calls, index));
  return {
    name: 'official wasm, preparsed',
    run,
    answer: (index) => {
      const answer = run(index);
      if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
      const { decision, diagnostics } = answer.response;
      if (diagnostics.errors.length > 0) throw new Error(JSON.stringify(diagnostics.errors));
      return { decision, reasons: diagnostics.reason.toSorted() };
    },
  };
}

/** Of the actions only the one asked for: a caller would not send a thousand with each request. */
function entitiesOf(work: Workload, request: BenchRequest): EntityJson[] {
  const agent = {
    uid: { type: 'Agent', id: request.agent },
    attrs: {},
    parents: [{ type: 'Role', id: request.role }],
  };
  const wanted = ({ type, id }: TypeAndId): boolean =>
    type !== 'Action' || id === 'call_tool' || id === request.plain.tool;
  return [...work.entities.filter(({ uid }) => wanted(uid)), agent];
}

/** Expressions in CEL. It knows expressions alone: the rules are found by tool, by hand. */
export function celJs(work: Workload): Contestant {
  const environment = new Environment().registerVariable('r', 'map');
  const all = work.tools.flatMap((tool) =>
    RULE_KINDS.map((kind) => ({
      id: ruleId(tool, kind),
      tool,
      standing: kind.standing,
      holds: environment.parse(kind.cel(tool)),
    })),
  );
  const byTool = new Map(
    work.tools.map((tool) => [
      tool.name,
      work.scope === 'all' ? all : all.filter((rule) => rule.tool === tool),
    ]),
  );
  const requests = work.requests.map((request) => ({
    tool: request.plain.tool,
    context: { r: plainFacts(request) },
  }));
  const run = (index: number) => {
    const { tool, context } = at(requests, index);
    const rules = byTool.get(tool) ?? [];
    return rules.filter(({ holds }) => holds(context) === true);
  };
  return { name: '@marcbachmann/cel-js', run, answer: (index) => answerOf(run(index)) };
}

/** One matcher over all rules: the tool, then the rule's own condition. Cedar's effect is built in. */
export async function casbin(work: Workload): Promise<Contestant> {
  const model = newModelFromString(`
[request_definition]
r = req
[policy_definition]
p = tool, rule, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = ${work.scope === 'all' ? '' : 'r.req.tool == p.tool && '}eval(p.rule)
`);
  const enforcer = await newEnforcer(model);
  await enforcer.addFunction('includes', (list: readonly unknown[], item: unknown) =>
    list.includes(item),
  );
  await enforcer.addFunction('has', (value: unknown) => value !== undefined);
  await enforcer.addPolicies(
    work.tools.flatMap((tool) =>
      RULE_KINDS.map((kind) => [
        tool.name,
        kind.casbin(tool),
        kind.standing === 'permits' ? 'allow' : 'deny',
      ]),
    ),
  );
  const requests = work.requests.map(plainFacts);
  const run = (index: number) => enforcer.enforceSync(at(requests, index));
  return {
    name: 'casbin',
    run,
    answer: (index) => ({ decision: run(index) ? 'allow' : 'deny' }),
  };
}

/** A decision table, one row a rule, which collects all that hold. */
export function zenEngine(work: Workload): Contestant {
  const rules = work.tools.flatMap((tool) =>
    RULE_KINDS.map((kind) => ({
      id: ruleId(tool, kind),
      standing: kind.standing,
      // An empty cell asks nothing.
      tool: work.scope === 'all' ? '' : `'${tool.name}'`,
      rule: kind.zen(tool),
    })),
  );
  const content = {
    hitPolicy: 'collect',
    inputs: [
      { id: 'tool', name: 'tool', field: 'tool' },
      { id: 'rule', name: 'rule' },
    ],
    outputs: [
      { id: 'id', name: 'id', field: 'id' },
      { id: 'standing', name: 'standing', field: 'standing' },
    ],
    rules: rules.map(({ id, standing, tool, rule }) => ({
      _id: id,
      tool,
      rule,
      id: `'${id}'`,
      standing: `'${standing}'`,
    })),
  };
  const graph = {
    nodes: [
      { id: 'in', name: 'in', type: 'inputNode', position: { x: 0, y: 0 } },
      { id: 'table', name: 'table', type: 'decisionTableNode', content, position: { x: 1, y: 0 } },
      { id: 'out', name: 'out', type: 'outputNode', position: { x: 2, y: 0 } },
    ],
    edges: [
      { id: '1', type: 'edge', sourceId: 'in', targetId: 'table' },
      { id: '2', type: 'edge', sourceId: 'table', targetId: 'out' },
    ],
  };
  const decision = new ZenEngine().createDecision(Buffer.from(JSON.stringify(graph)));
  const requests = work.requests.map(plainFacts);
  const run = (index: number) => decision.evaluate(at(requests, index));
  return {
    name: '@gorules/zen-engine',
    async: true,
    run,
    answer: async (index) => {
      const { result } = (await run(index)) as { result: readonly Held[] };
      return answerOf(result);
    },
  };
}

interface Held {
  readonly id: string;
  readonly standing: Standing;
}

function answerOf(held: readonly Held[]): Answer {
  const has = (standing: Standing): boolean => held.some((rule) => rule.standing === standing);
  const verdict = has('denies') || !has('permits') ? 'DENY' : has('defers') ? 'DEFER' : 'ALLOW';
  return {
    verdict,
    decision: verdict === 'ALLOW' ? 'allow' : 'deny',
    satisfied: held.map(({ id }) => id).toSorted(),
  };
}
