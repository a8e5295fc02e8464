/** Policies to a set that can be asked: conditions compiled, shared and numbered; scopes indexed. */
import { elementAt } from '../base/element.ts';
import { err, ok, type Result } from '../base/result.ts';
import { finish, type Slices } from '../base/slices.ts';
import type { Span } from '../base/span.ts';
import type { Condition, Effect, Policy } from './ast.ts';
import { ClosureCompiler } from './closures.ts';
import { Frame } from './frame.ts';
import { Interner, type Node } from './intern.ts';
import { MAX_POLICIES } from './limits.ts';
import { FAILS, HOLDS, type Gathered } from './program.ts';
import { Found, ScopeIndex } from './scope-index.ts';
import type { EntityUid } from './value.ts';

export interface NamedPolicy {
  readonly id: string;
  readonly policy: Policy;
}

export interface CompiledPolicy extends NamedPolicy {
  readonly effect: Effect;
  readonly annotations: ReadonlyMap<string, string>;
}

export interface CompileProblem {
  readonly code: 'duplicate_id' | 'template_not_linked' | 'too_many_policies';
  readonly message: string;
  readonly policyId: string;
  readonly span: Span;
}

export interface PolicySet {
  /** In the order given. */
  readonly policies: readonly CompiledPolicy[];
  readonly index: ScopeIndex;
  /** Where the conditions find the request at hand. */
  readonly frame: Frame;
  /** The rules in question and those of them that hold, found anew for each request. */
  readonly found: Found;
  readonly satisfied: Gathered;
}

/** Compiles policies to closures and indexes them by scope. Ids must be unique. */
export function compilePolicies(
  list: readonly NamedPolicy[],
): Result<PolicySet, readonly CompileProblem[]> {
  return finish(compileInSlices(list));
}

/** The same, a policy in each slice. */
export function* compileInSlices(
  list: readonly NamedPolicy[],
): Slices<Result<PolicySet, readonly CompileProblem[]>> {
  const problems = check(list);
  if (problems.length > 0) return err(problems);
  // Only when all are interned is it known which expressions are shared.
  const interned = yield* intern(list);
  const compiler = new ClosureCompiler();
  const index = new ScopeIndex();
  const policies: CompiledPolicy[] = [];
  for (const [number, { id, policy }] of list.entries()) {
    const annotations = new Map(policy.annotations.map(({ name, value }) => [name, value]));
    const compiled = { id, policy, effect: policy.effect, annotations };
    const first = elementAt(interned, number).reduceRight(
      (next, { kind, node }) =>
        kind === 'when' ? compiler.steps(node, next, FAILS) : compiler.steps(node, FAILS, next),
      HOLDS,
    );
    policies.push(compiled);
    index.add({ index: number, policy: compiled, first });
    yield;
  }
  return ok({
    policies,
    index,
    frame: new Frame(),
    found: new Found(),
    satisfied: { rules: [], count: 0 },
  });
}

interface InternedCondition {
  readonly kind: Condition['kind'];
  readonly node: Node;
}

/** The conditions of each policy. Policies for one action are gone through together. */
function* intern(list: readonly NamedPolicy[]): Slices<readonly (readonly InternedCondition[])[]> {
  const interner = new Interner();
  const actions = new Map<string, number[]>();
  for (const [number, { policy }] of list.entries()) {
    const action = policy.action.kind === 'equal' ? idOf(policy.action.entity.uid) : '';
    const numbers = actions.get(action);
    if (numbers === undefined) actions.set(action, [number]);
    else numbers.push(number);
  }
  const interned: (readonly InternedCondition[])[] = list.map(() => []);
  for (const [action, numbers] of actions) {
    for (const number of numbers) {
      interned[number] = elementAt(list, number).policy.conditions.map(({ kind, body }) => ({
        kind,
        node: interner.intern(body, action),
      }));
      yield;
    }
  }
  return interned;
}

/** A type's name has no space in it, so no two actions have the same. */
function idOf({ type, id }: EntityUid): string {
  return `${type} ${id}`;
}

function check(list: readonly NamedPolicy[]): readonly CompileProblem[] {
  const problems: CompileProblem[] = [];
  const ids = new Set<string>();
  for (const [number, { id, policy }] of list.entries()) {
    const report = (code: CompileProblem['code'], message: string): void => {
      problems.push({ code, message, policyId: id, span: policy.span });
    };
    if (number >= MAX_POLICIES) {
      report('too_many_policies', `a policy set has at most ${MAX_POLICIES} policies`);
      break;
    }
    if (ids.has(id)) report('duplicate_id', `there is more than one policy \`${id}\``);
    ids.add(id);
    if (policy.slots.length > 0) {
      report('template_not_linked', `\`${id}\` is a template: its slots have to be filled first`);
    }
  }
  return problems;
}
