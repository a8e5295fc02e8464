/** Policies to a set that can be asked: conditions compiled, shared and numbered; scopes indexed. */
import { elementAt } from '../base/element.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Span } from '../base/span.ts';
import type { Effect, Policy } from './ast.ts';
import { ClosureCompiler } from './closures.ts';
import { Frame } from './frame.ts';
import { Interner } from './intern.ts';
import { MAX_POLICIES } from './limits.ts';
import { FAILS, HOLDS, type Gathered } from './program.ts';
import { Found, ScopeIndex } from './scope-index.ts';

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
  const problems = check(list);
  if (problems.length > 0) return err(problems);
  const interner = new Interner();
  // Only when all are interned is it known which expressions are shared.
  const interned = list.map(({ policy: { action, conditions } }) => {
    const only = action.kind === 'equal' ? action.entity.uid.toString() : '';
    return conditions.map(({ kind, body }) => ({ kind, node: interner.intern(body, only) }));
  });
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
  }
  return ok({
    policies,
    index,
    frame: new Frame(),
    found: new Found(),
    satisfied: { rules: [], count: 0 },
  });
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
