/**
 * Types of a piece of a policy that does not parse as a whole: the piece is parsed by itself, in the scope
 * that its policy has so far.
 */
import type { Expr } from '../../cedar/ast.ts';
import { parsePolicies } from '../../cedar/parse.ts';
import { checkPolicy } from './check-policy.ts';
import type { Hierarchy, RequestEnvironment } from './hierarchy.ts';
import type { Inferred } from './inferred.ts';

const ANY = '(principal, action, resource)';

export interface Fragment {
  readonly expr: Expr;
  readonly types: readonly Inferred[];
}

/** The expression `text` in the scope `scope` (with its parentheses); `undefined` when it does not parse. */
export function checkFragment(
  hierarchy: Hierarchy,
  text: string,
  scope: string = ANY,
): Fragment | undefined {
  for (const around of [scope, ANY]) {
    const [policy] = parsePolicies(`permit ${around} when { ${text} };`).policies;
    const expr = policy?.conditions[0]?.body;
    if (policy === undefined || expr === undefined) continue;
    const { typesOf, environments } = checkPolicy(hierarchy, policy);
    if (environments.length > 0) return { expr, types: typesOf(expr) };
  }
  return undefined;
}

/** The kinds of request that a scope admits; all of them when it says nothing that can be read. */
export function environmentsOf(
  hierarchy: Hierarchy,
  scope: string = ANY,
): readonly RequestEnvironment[] {
  const [policy] = parsePolicies(`permit ${scope};`).policies;
  const environments = policy === undefined ? [] : checkPolicy(hierarchy, policy).environments;
  return environments.length > 0 ? environments : hierarchy.environments;
}
