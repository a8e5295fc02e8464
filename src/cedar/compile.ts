/** Policies to a set that can be asked: conditions compiled, shared and numbered; scopes indexed. */
import { err, ok, type Result } from '../base/result.ts';
import type { Span } from '../base/span.ts';
import type { Condition, Effect, Expr, Policy } from './ast.ts';
import { ClosureCompiler } from './closures.ts';
import { Frame } from './frame.ts';
import { Interner, type Node } from './intern.ts';
import { MAX_POLICIES } from './limits.ts';
import { Program, type Test } from './program.ts';
import { ScopeIndex } from './scope-index.ts';

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
  readonly program: Program;
}

/** Compiles policies to closures and indexes them by scope. Ids must be unique. */
export function compilePolicies(
  list: readonly NamedPolicy[],
): Result<PolicySet, readonly CompileProblem[]> {
  const problems = check(list);
  if (problems.length > 0) return err(problems);
  const interner = new Interner();
  const index = new ScopeIndex();
  const numbers = new Map<Node, number>();
  const tests = list.map(({ policy }, number) => {
    index.add(policy, number);
    return policy.conditions.flatMap((condition) => testsOf(condition, interner, numbers));
  });
  // Only now is it known which expressions are shared.
  const compiler = new ClosureCompiler();
  const evaluates = [...numbers.keys()].map((node) => compiler.compile(node));
  const policies = list.map(({ id, policy }) => ({
    id,
    policy,
    effect: policy.effect,
    annotations: new Map(policy.annotations.map(({ name, value }) => [name, value])),
  }));
  return ok({ policies, index, program: new Program(evaluates, tests, new Frame()) });
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
function testsOf(
  { kind, body }: Condition,
  interner: Interner,
  numbers: Map<Node, number>,
): readonly Test[] {
  const want = kind === 'when';
  const splits = want ? 'and' : 'or';
  const parts = (expr: Expr): readonly Expr[] =>
    expr.kind === splits ? expr.operands.flatMap(parts) : [expr];
  return parts(body).map((expr) => {
    const node = interner.intern(expr);
    const expression = numbers.get(node) ?? numbers.size;
    numbers.set(node, expression);
    return { expression, want };
  });
}
