import { err, ok, type Result } from '../base/result.ts';
import type { Span } from '../base/span.ts';
import type { Condition, Effect, Expr, Policy } from './ast.ts';
import { ClosureCompiler } from './closures.ts';
import { NO_ENTITIES } from './entities.ts';
import { Frame, type Evaluate } from './frame.ts';
import { Interner, type Node } from './intern.ts';
import { MAX_POLICIES } from './limits.ts';
import { ScopeIndex } from './scope-index.ts';
import { EMPTY_RECORD, EntityUid } from './value.ts';

export interface NamedPolicy {
  readonly id: string;
  readonly policy: Policy;
}

export interface CompiledPolicy {
  readonly id: string;
  readonly effect: Effect;
  readonly annotations: ReadonlyMap<string, string>;
  readonly policy: Policy;
  /** What has to hold, in order: each test must come to `want`. */
  readonly tests: readonly Test[];
}

export interface Test {
  readonly evaluate: Evaluate;
  readonly want: boolean;
}

export interface CompileProblem {
  readonly code: 'duplicate_id' | 'template_not_linked' | 'too_many_policies';
  readonly message: string;
  readonly policyId: string;
  readonly span: Span;
}

export class PolicySet {
  readonly policies: readonly CompiledPolicy[];
  readonly index: ScopeIndex;
  readonly frame: Frame;

  constructor(policies: readonly CompiledPolicy[], index: ScopeIndex, frame: Frame) {
    this.policies = policies;
    this.index = index;
    this.frame = frame;
  }
}

const NOBODY = new EntityUid('Nobody', '');

/** Compiles policies to closures and indexes them by scope. Ids must be unique. */
export function compilePolicies(
  list: readonly NamedPolicy[],
): Result<PolicySet, readonly CompileProblem[]> {
  const problems = check(list);
  if (problems.length > 0) return err(problems);
  const interner = new Interner();
  const index = new ScopeIndex();
  // All expressions are known before the first is compiled: what is shared is known only then.
  const interned = list.map(({ policy }, number) => {
    index.add(policy, number);
    return policy.conditions.flatMap((condition) => conjuncts(condition, interner));
  });
  const compiler = new ClosureCompiler();
  const policies = list.map(({ id, policy }, number) => ({
    id,
    effect: policy.effect,
    annotations: new Map(policy.annotations.map(({ name, value }) => [name, value])),
    policy,
    tests: (interned[number] ?? []).map(({ node, want }) => ({
      evaluate: compiler.compile(node),
      want,
    })),
  }));
  const request = { principal: NOBODY, action: NOBODY, resource: NOBODY, context: EMPTY_RECORD };
  return ok(new PolicySet(policies, index, new Frame(request, NO_ENTITIES, compiler.shared)));
}

function check(list: readonly NamedPolicy[]): readonly CompileProblem[] {
  const problems: CompileProblem[] = [];
  const ids = new Set<string>();
  for (const { id, policy } of list) {
    const report = (code: CompileProblem['code'], message: string): void => {
      problems.push({ code, message, policyId: id, span: policy.span });
    };
    if (ids.size >= MAX_POLICIES) {
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

/**
 * A condition as tests that must all hold: `when { a && b }` is a, then b; `unless { a || b }` is not
 * a, then not b. What is the same in many policies is often such a part.
 */
function conjuncts(
  condition: Condition,
  interner: Interner,
): readonly { readonly node: Node; readonly want: boolean }[] {
  const want = condition.kind === 'when';
  const kind = want ? 'and' : 'or';
  const parts = (expr: Expr): readonly Expr[] =>
    expr.kind === kind ? expr.operands.flatMap(parts) : [expr];
  return parts(condition.body).map((expr) => ({ node: interner.intern(expr), want }));
}
