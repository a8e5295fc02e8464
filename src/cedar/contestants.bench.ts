/**
 * Who decides the bench's requests. A contestant prepares everything that can be prepared, then decides
 * request after request; `answer` says what it came to, to be compared before anything is measured.
 */
import { authorize, type Request } from './authorize.ts';
import { compilePolicies, type PolicySet } from './compile.ts';
import { bareEntity, buildEntities, type Entities } from './entities.ts';
import { readEntities } from './json/entities.ts';
import { jsonFromUnknown } from './json/from-unknown.ts';
import { readContext } from './json/value.ts';
import { parsePolicies } from './parse.ts';
import { RULE_KINDS, ruleId, type PlainRequest, type Standing } from './rules.bench.ts';
import type { Schema } from './schema/model.ts';
import { readSchema } from './schema/resolve.ts';
import { entityUid } from './value.ts';
import type { BenchRequest, Workload } from './workload.bench.ts';

/** What a request came to, as far as a contestant can tell. */
export interface Answer {
  readonly decision: 'allow' | 'deny';
  readonly verdict?: 'ALLOW' | 'DENY' | 'DEFER';
  /** Ids of the rules that determine the decision, sorted. */
  readonly reasons?: readonly string[];
  /** Ids of all rules that hold, sorted. */
  readonly satisfied?: readonly string[];
}

export interface Contestant {
  readonly name: string;
  /** What is measured: decides the request with this number. */
  readonly run: (index: number) => unknown;
  readonly answer: (index: number) => Answer | Promise<Answer>;
  /** Whether `run` gives a promise, which is then waited for. */
  readonly async?: true;
}

/** A value that the bench made itself, so that anything else is a defect of the bench. */
export function must<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: unknown },
): T {
  if (result.ok) return result.value;
  throw new Error(`The bench's own input is refused: ${JSON.stringify(result.error)}`);
}

export interface Prepared {
  readonly set: PolicySet;
  readonly schema: Schema;
  readonly entities: Entities;
  readonly cases: readonly { readonly request: Request; readonly entities: Entities }[];
}

const READ_LIMITS = { length: 50_000_000, depth: 50, count: 5_000_000 };

/** Our engine, with everything read that a request brings. */
export function prepare(work: Workload): Prepared {
  const { policies, errors } = parsePolicies(work.policies);
  if (errors.length > 0) throw new Error(JSON.stringify(errors[0]));
  const named = policies.map((policy, index) => ({
    id: policy.annotations.find(({ name }) => name === 'id')?.value ?? `policy${index}`,
    policy,
  }));
  const set = must(compilePolicies(named));
  const schema = must(readSchema(work.schema));
  const listed = must(readEntities(must(jsonFromUnknown(work.entities, READ_LIMITS)), schema));
  const base = must(buildEntities(listed));
  const cases = work.requests.map(({ agent, role, plain, context }) => {
    const principal = entityUid('Agent', agent);
    const action = entityUid('Action', plain.tool);
    const type = schema.actions.get(action.toString())?.appliesTo?.context;
    return {
      request: {
        principal,
        action,
        resource: entityUid('Environment', plain.environment),
        context: must(readContext(must(jsonFromUnknown(context, READ_LIMITS)), type)),
      },
      entities: must(base.with([bareEntity(principal, [entityUid('Role', role)])])),
    };
  });
  return { set, schema, entities: base, cases };
}

/** Plain Cedar: decision and determining policies. */
export function ours({ set, cases }: Prepared): Contestant {
  const run = (index: number) => {
    const { request, entities } = at(cases, index);
    return authorize(set, request, entities);
  };
  return {
    name: 'ours, decision',
    run,
    answer: (index) => {
      const { decision, reasons } = run(index);
      return { decision, reasons: reasons.toSorted() };
    },
  };
}

interface HandRule {
  readonly id: string;
  readonly standing: Standing;
  readonly holds: (request: PlainRequest) => boolean;
}

/**
 * The limit: each rule a function of its own, found by tool. It says which rules hold, as ours does, and
 * checks nothing that TypeScript proves.
 */
export function byHand(work: Workload): Contestant {
  const byTool = new Map<string, readonly HandRule[]>();
  const all = work.tools.flatMap((tool) =>
    RULE_KINDS.map((kind) => ({
      id: ruleId(tool, kind),
      tool,
      standing: kind.standing,
      holds: kind.byHand(tool),
    })),
  );
  for (const tool of work.tools) {
    byTool.set(tool.name, work.scope === 'all' ? all : all.filter((rule) => rule.tool === tool));
  }
  const run = (index: number) => decideByHand(byTool, at(work.requests, index).plain);
  return {
    name: 'by hand in TypeScript',
    run,
    answer: (index) => {
      const { verdict, satisfied } = run(index);
      return {
        verdict,
        decision: verdict === 'ALLOW' ? 'allow' : 'deny',
        satisfied: satisfied.toSorted(),
      };
    },
  };
}

function decideByHand(byTool: ReadonlyMap<string, readonly HandRule[]>, request: PlainRequest) {
  const satisfied: string[] = [];
  let permitted = false;
  let denied = false;
  let deferred = false;
  for (const rule of byTool.get(request.tool) ?? []) {
    if (!rule.holds(request)) continue;
    satisfied.push(rule.id);
    if (rule.standing === 'permits') permitted = true;
    else if (rule.standing === 'denies') denied = true;
    else deferred = true;
  }
  const verdict: Answer['verdict'] & string =
    denied || !permitted ? 'DENY' : deferred ? 'DEFER' : 'ALLOW';
  return { verdict, satisfied };
}

export function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`There is nothing at ${index}`);
  return found;
}

/** How the requests' roles look to engines that know no hierarchy, and dates and sets as plain data. */
export function plainFacts({ plain }: BenchRequest): Readonly<Record<string, unknown>> {
  return { ...plain, roles: [...plain.roles], sideEffects: [...plain.sideEffects] };
}
