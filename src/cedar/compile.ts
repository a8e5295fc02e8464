/** Policies to a set that can be asked: conditions compiled, shared and numbered; scopes indexed. */
import { elementAt } from '../base/element.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Span } from '../base/span.ts';
import type { Condition, Effect, Expr, Policy } from './ast.ts';
import { ClosureCompiler } from './closures.ts';
import { Frame } from './frame.ts';
import { Interner, type Node } from './intern.ts';
import { MAX_POLICIES } from './limits.ts';
import { SharedCondition } from './program.ts';
import { ScopeIndex, type Found } from './scope-index.ts';

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
  /** The rules in question, found anew for each request. */
  readonly found: Found;
  /** Indexes of the satisfied policies, gathered anew for each request. */
  readonly gathered: number[];
}

/** Compiles policies to closures and indexes them by scope. Ids must be unique. */
export function compilePolicies(
  list: readonly NamedPolicy[],
): Result<PolicySet, readonly CompileProblem[]> {
  const problems = check(list);
  if (problems.length > 0) return err(problems);
  const interner = new Interner();
  // Only when all are interned is it known which expressions are shared.
  const interned = list.map(({ policy }) =>
    policy.conditions.flatMap((condition) => partsOf(condition, interner)),
  );
  const compiler = new ClosureCompiler();
  const conditions = new Map<Node, SharedCondition>();
  const index = new ScopeIndex();
  const policies: CompiledPolicy[] = [];
  for (const [number, { id, policy }] of list.entries()) {
    const annotations = new Map(policy.annotations.map(({ name, value }) => [name, value]));
    const compiled = { id, policy, effect: policy.effect, annotations };
    const tests = elementAt(interned, number).map(({ node, want }) => {
      const condition = conditions.get(node) ?? new SharedCondition(compiler.compile(node));
      conditions.set(node, condition);
      return { condition, want };
    });
    policies.push(compiled);
    index.add({ index: number, policy: compiled, tests });
  }
  return ok({ policies, index, frame: new Frame(), found: { leaves: [], count: 0 }, gathered: [] });
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

/**
 * A condition as tests that must all hold: `when { a && b }` is a, then b; `unless { a || b }` is not
 * a, then not b. What is the same in many policies is often such a part.
 */
function partsOf(
  { kind, body }: Condition,
  interner: Interner,
): readonly { readonly node: Node; readonly want: boolean }[] {
  const want = kind === 'when';
  const splits = want ? 'and' : 'or';
  const parts = (expr: Expr): readonly Expr[] =>
    expr.kind === splits ? expr.operands.flatMap(parts) : [expr];
  return parts(body).map((expr) => ({ node: interner.intern(expr), want }));
}
