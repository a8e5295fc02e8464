/** From what stands in the way of a verdict to single steps past it: fields with other values. */
import type { Expr } from '../cedar/ast.ts';
import type { Json } from '../cedar/json/lossless.ts';
import { fieldsIn, type FieldPath } from '../cedar/words.ts';
import type { Check } from '../decision/check.ts';
import { readConstraints } from '../decision/constraints.ts';
import { plainName } from '../decision/context.ts';
import type { Decision, ToolDecision } from '../decision/decide.ts';
import { mapCheck } from '../decision/map.ts';
import type { DecisionPolicies } from '../decision/policies.ts';
import { changedCheck, editsKey, type Edits } from './change-json.ts';
import { knobFor, type Knob } from './change-knobs.ts';
import type { Samples } from './change-samples.ts';
import { anchorsIn, demandsOf, evaluated, waysTo, type Way } from './change-solve.ts';

/** One thing that keeps one tool from being allowed. */
export interface Obstacle {
  /** A rule's id, or the engine's issue. */
  readonly name: string;
  readonly kind:
    /** A forbid applies or fails. */
    | 'rule'
    /** No permit applies. */
    | 'permit'
    /** The permits' risks are too high. */
    | 'risk'
    /** The engine cannot read something. */
    | 'unreadable';
  readonly toolIndex: number;
  /** What cannot be read: a context field, or a constraint as it was sent. */
  readonly field?: string;
  readonly constraint?: string;
}

export interface StepContext {
  readonly policies: DecisionPolicies;
  readonly check: Check;
  readonly now: number;
  readonly samples: Samples;
}

/** Values kept for one field of one way, walks kept on one way, and steps of one obstacle. */
const MAX_OPTIONS = 4;
const MAX_WALKS = 12;
const MAX_STEPS = 60;
/** Values tried for one obstacle, and for one rule that could refuse. Each costs reading the check anew. */
const OBSTACLE_EFFORT = 1500;
const RULE_EFFORT = 150;

/** What is left to try; it ends a step, so that no rule holds up whoever waits between steps. */
interface Effort {
  left: number;
}

/** Everything in the way of an ALLOW, tool by tool; the rules before the lack of a permit. */
export function obstaclesOf({ tools }: Decision): readonly Obstacle[] {
  return tools.flatMap(({ verdict, findings }, toolIndex) => {
    if (verdict === 'ALLOW') return [];
    return findings.flatMap(({ rule, issue, standing }): readonly Obstacle[] => {
      if (standing === 'permits') return [];
      const name = rule?.id ?? issue?.code ?? '';
      const rest = { name, toolIndex };
      if (rule !== undefined) return [{ ...rest, kind: 'rule' }];
      if (issue?.code === 'NOT_PERMITTED') return [{ ...rest, kind: 'permit' }];
      if (issue?.code === 'RISK_THRESHOLD_EXCEEDED') return [{ ...rest, kind: 'risk' }];
      const { field, constraint } = issue?.details ?? {};
      const said = field === undefined ? {} : { field };
      const stated = constraint === undefined ? {} : { constraint };
      return [{ ...rest, kind: 'unreadable', ...said, ...stated }];
    });
  });
}

/** The steps past an obstacle, the likeliest first. Each changes what one way needs. */
export function nextSteps(
  obstacle: Obstacle,
  decision: Decision,
  at: StepContext,
): readonly Edits[] {
  const tool = decision.tools[obstacle.toolIndex];
  if (tool === undefined) return [];
  const steps = stepsPast(obstacle, tool, at, { left: OBSTACLE_EFFORT });
  return [...distinctEdits(steps).slice(0, MAX_STEPS), ...dropTool(tool, decision, at)];
}

/** The steps after which one rule, by its place in the pack, speaks against an allowed tool. */
export function stepsToRefusal(
  ruleIndex: number,
  tool: ToolDecision,
  at: StepContext,
): readonly Edits[] {
  const compiled = at.policies.policySet.policies[ruleIndex];
  if (compiled === undefined) return [];
  const { effect, policy, id } = compiled;
  // A permit that does not hold, and a forbid that does, would not have allowed it.
  if (tool.satisfied.includes(id) !== (effect === 'permit')) return [];
  const effort = { left: RULE_EFFORT };
  return distinctEdits(stepsTo(demandsOf(policy), effect === 'forbid', tool, at, effort)).slice(
    0,
    3,
  );
}

function stepsPast(
  obstacle: Obstacle,
  tool: ToolDecision,
  at: StepContext,
  effort: Effort,
): readonly Edits[] {
  const { policies } = at.policies.policySet;
  switch (obstacle.kind) {
    case 'rule': {
      const policy = policies.find(({ id }) => id === obstacle.name)?.policy;
      return policy === undefined ? [] : stepsTo(demandsOf(policy), false, tool, at, effort);
    }
    case 'permit':
      return policies
        .filter(({ effect }) => effect === 'permit')
        .flatMap(({ policy }) => stepsTo(demandsOf(policy), true, tool, at, effort));
    case 'risk':
      return at.policies.rules
        .filter(({ id, standing, risk }) => {
          return standing === 'permits' && risk > 0 && tool.satisfied.includes(id);
        })
        .flatMap(({ index }) => {
          const policy = policies[index]?.policy;
          return policy === undefined ? [] : stepsTo(demandsOf(policy), false, tool, at, effort);
        });
    case 'unreadable':
      return stepsToReadable(obstacle, at, tool);
  }
}

/** Whether another time would take an obstacle out of the way. */
export function dependsOnTime(obstacle: Obstacle, decision: Decision, at: StepContext): boolean {
  const tool = decision.tools[obstacle.toolIndex];
  if (tool === undefined) return false;
  const policy = at.policies.policySet.policies.find(({ id }) => id === obstacle.name)?.policy;
  if (policy === undefined) return false;
  const ways = waysTo(all(demandsOf(policy)), false, tool);
  const isTime = ({ root, path: [first, second] }: FieldPath): boolean =>
    root === 'context' && first === 'session' && TIMES.has(second ?? '');
  return ways.some((way) => way.some(({ leaf }) => fieldsIn(leaf).some(isTime)));
}

const TIMES: ReadonlySet<string> = new Set(['now', 'hour', 'minute_of_day', 'weekday']);

// ---------------------------------------------------------------- conditions

function all(demands: readonly Expr[]): Expr {
  return { kind: 'and', operands: demands, span: { start: 0, end: 0 } };
}

/** Changes after which all demands hold (`want`), or one of them no longer does. */
function stepsTo(
  demands: readonly Expr[],
  want: boolean,
  tool: ToolDecision,
  at: StepContext,
  effort: Effort,
): readonly Edits[] {
  const goal = all(demands);
  return waysTo(goal, want, tool)
    .flatMap((way) => stepsOf(way, tool, at, effort))
    .filter((edits) => {
      const after = mappedTool(changedCheck(at.check, edits), tool, at);
      return after !== undefined && evaluated(goal, after) === want;
    });
}

/** A state of the request while a way is walked. */
interface Walk {
  readonly check: Check;
  readonly tool: ToolDecision;
  readonly edits: Edits;
}

/** Every combination of a few values for the fields that a way needs. */
function stepsOf(way: Way, tool: ToolDecision, at: StepContext, effort: Effort): readonly Edits[] {
  let walks: readonly Walk[] = [{ check: at.check, tool, edits: new Map() }];
  for (const [index, need] of way.entries()) {
    walks = walks
      .flatMap((walk): readonly Walk[] => {
        if (evaluated(need.leaf, walk.tool) === need.want) return [walk];
        return settings(need.leaf, need.want, walk, way.slice(0, index), at, effort);
      })
      .slice(0, MAX_WALKS);
    if (walks.length === 0) return [];
  }
  return walks.flatMap(({ edits }) => (edits.size === 0 ? [] : [edits]));
}

/** The walk with one field of the leaf set so that the leaf, and what was needed before, come out right. */
function settings(
  leaf: Expr,
  want: boolean,
  walk: Walk,
  before: Way,
  at: StepContext,
  effort: Effort,
): readonly Walk[] {
  return fieldsIn(leaf).flatMap((field) => {
    const knob = knobFor(field, { ...at, check: walk.check, tool: walk.tool });
    if (knob === undefined) return [];
    const anchors = anchorsIn(leaf, walk.tool, (expr) => isField(expr, field));
    const found: Walk[] = [];
    for (const option of knob.options(anchors)) {
      if (effort.left <= 0) break;
      effort.left -= 1;
      const next = turned(walk, knob, option, at);
      if (next === undefined || evaluated(leaf, next.tool) !== want) continue;
      // A limit that is stated may be one that an earlier leaf wants; then both must come out right.
      if (before.some((need) => evaluated(need.leaf, next.tool) !== need.want)) continue;
      found.push(next);
      if (found.length >= MAX_OPTIONS) break;
    }
    return found;
  });
}

function turned(
  walk: Walk,
  knob: Knob,
  option: Json | undefined,
  at: StepContext,
): Walk | undefined {
  const check = changedCheck(walk.check, new Map([[knob.pointer, option]]));
  const tool = mappedTool(check, walk.tool, at);
  if (tool === undefined) return undefined;
  return { check, tool, edits: new Map([...walk.edits, [knob.pointer, option]]) };
}

/** The same tool in a changed check: its request and entities, not yet decided. */
function mappedTool(check: Check, tool: ToolDecision, at: StepContext): ToolDecision | undefined {
  const mapped = mapCheck(at.policies, check, at.now);
  const same = mapped.ok ? mapped.value.tools.find((one) => one.tool === tool.tool) : undefined;
  return same === undefined
    ? undefined
    : { ...tool, request: same.request, entities: same.entities };
}

function isField(expr: Expr, { root, path }: FieldPath): boolean {
  if (expr.kind === 'variable') return expr.name === root && path.length === 0;
  if (expr.kind !== 'attribute' || path.length === 0) return false;
  const above = { root, path: path.slice(0, -1) };
  return expr.name.text === path.at(-1) && isField(expr.subject, above);
}

// ---------------------------------------------------------------- the rest

/** A fact or a constraint that cannot be read: said in a form that can be, or not at all. */
function stepsToReadable(
  { field, constraint }: Obstacle,
  at: StepContext,
  tool: ToolDecision,
): readonly Edits[] {
  if (field !== undefined) {
    const knob = knobFor({ root: 'context', path: [field] }, { ...at, tool });
    const pointer = `/context/${field}`;
    const said = (knob?.options([]) ?? at.samples.get(pointer) ?? []).slice(0, 2 * MAX_OPTIONS);
    return [...said, undefined].map((option) => new Map([[knob?.pointer ?? pointer, option]]));
  }
  if (constraint === undefined) return [];
  const { check, policies } = at;
  const left = check.constraints.filter(
    (text) => readConstraints([text], policies.limits).malformed.length === 0,
  );
  const keys = readConstraints(check.constraints, policies.limits).malformed.map(({ key }) => key);
  const limits = keys.flatMap((key) => {
    const bare = { ...at, check: { ...check, constraints: left }, tool };
    return (
      knobFor({ root: 'context', path: ['limits', key] }, bare)
        ?.options([])
        .slice(0, MAX_OPTIONS) ?? []
    );
  });
  return [...limits, left].map((option) => new Map([['/constraints', option]]));
}

/** Of several tools, the others without this one. */
function dropTool(
  { tool }: ToolDecision,
  { tools }: Decision,
  { check }: StepContext,
): readonly Edits[] {
  if (tools.length < 2) return [];
  return [new Map([['/tools', check.tools.filter((name) => plainName(name) !== tool)]])];
}

function distinctEdits(list: readonly Edits[]): readonly Edits[] {
  return [...new Map(list.map((edits) => [editsKey(edits), edits])).values()].toSorted(
    (a, b) => a.size - b.size,
  );
}
