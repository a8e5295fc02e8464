import type { Span } from '../base/span.ts';
import type { Expr, Policy, PrincipalScope } from '../cedar/ast.ts';
import { childrenOf } from '../cedar/intern.ts';
import type { Type } from '../cedar/schema/model.ts';
import { quote } from '../cedar/strings.ts';
import type { EntityUid } from '../cedar/value.ts';
import { AGENT, CALL_TOOL, ROLE, type DecisionPolicies } from '../decision/policies.ts';

/** What to put in the place of a part of a text. */
export interface Splice {
  readonly span: Span;
  readonly text: string;
}

/** Where a policy asks for the principal's role, and what it asks that the context cannot answer. */
export interface RoleQuestions {
  readonly splices: readonly Splice[];
  readonly problems: readonly string[];
}

/** Asks the context, not the principal's parents, for the role: the splices that make a policy's text do so. */
export function rolesOfContext(
  policy: Policy,
  pack: Pick<DecisionPolicies, 'entities' | 'schema'>,
): RoleQuestions {
  return new Questions(pack).of(policy);
}

/** Collects what one policy asks. */
class Questions {
  readonly #pack: Pick<DecisionPolicies, 'entities' | 'schema'>;
  readonly #splices: Splice[] = [];
  readonly #problems: string[] = [];

  constructor(pack: Pick<DecisionPolicies, 'entities' | 'schema'>) {
    this.#pack = pack;
  }

  of({ principal, action, conditions, span }: Policy): RoleQuestions {
    const role = this.#scope(principal);
    if (role !== undefined) {
      const at = conditions[0]?.span.start ?? span.end - 1;
      this.#splices.push({ span: { start: at, end: at }, text: `when { ${role} }\n` });
    }
    if (action.kind === 'equal') this.#tool(action.entity);
    for (const { body } of conditions) this.#expression(body);
    return { splices: this.#splices, problems: this.#problems };
  }

  /** The role that the scope asks for, which then asks for it no more. */
  #scope(scope: PrincipalScope): string | undefined {
    if (scope.kind !== 'in' && scope.kind !== 'is-in') return undefined;
    if (scope.entity.kind !== 'entity') return undefined;
    const rest = scope.kind === 'in' ? 'principal' : `principal is ${scope.entityType.name}`;
    this.#splices.push({ span: scope.span, text: rest });
    return this.#inOneOf([scope.entity.uid]);
  }

  #expression(expr: Expr): void {
    if (expr.kind === 'in') {
      const role = this.#membership(expr.left, expr.right);
      if (role !== undefined) this.#splices.push({ span: expr.span, text: role });
      return;
    }
    if (expr.kind === 'is' && expr.ancestor !== undefined) {
      const role = this.#membership(expr.subject, expr.ancestor);
      if (role === undefined) return;
      const text = `(principal is ${expr.entityType.name} && ${role})`;
      this.#splices.push({ span: expr.span, text });
      return;
    }
    if (expr.kind === 'compare') {
      this.#tool(expr.left);
      this.#tool(expr.right);
    }
    for (const child of childrenOf(expr)) this.#expression(child);
  }

  /** Other engines know no tool that the schema does not declare: for them it is the group's own action. */
  #tool(expr: Expr): void {
    if (expr.kind !== 'entity' || !expr.uid.equals(CALL_TOOL)) return;
    this.#problems.push(`asks whether a tool is ${CALL_TOOL}, as which others know every tool`);
  }

  /** `left in right` asked of the context, if it is about the principal. */
  #membership(left: Expr, right: Expr): string | undefined {
    if (left.kind === 'variable' && left.name === 'principal') {
      const groups = right.kind === 'set' ? right.elements : [right];
      const uids = groups.flatMap((group) => (group.kind === 'entity' ? [group.uid] : []));
      if (uids.length === groups.length) return this.#inOneOf(uids);
      this.#problems.push('asks for a role that it does not name');
      return undefined;
    }
    const agent = left.kind === 'entity' ? left.uid.type === AGENT : left.kind !== 'variable';
    if (agent && (left.kind === 'entity' || mentionsPrincipal(left) || this.#knowsAgents())) {
      this.#problems.push('asks for the role of what may be an agent and is not the principal');
    }
    this.#expression(left);
    this.#expression(right);
    return undefined;
  }

  #inOneOf(uids: readonly EntityUid[]): string {
    const roles = new Set<string>();
    for (const uid of uids) {
      if (uid.type === ROLE) roles.add(uid.id);
      for (const { uid: below } of this.#pack.entities) {
        if (below.type === ROLE && this.#pack.entities.isIn(below, uid)) roles.add(below.id);
      }
    }
    const names = uids.filter(({ type }) => type === AGENT).map((uid) => `principal == ${uid}`);
    const role = roles.size === 0 ? [] : [`(${roleAmong([...roles].toSorted())})`];
    const either = [...names, ...role];
    return either.length < 2 ? (either[0] ?? 'false') : `(${either.join(' || ')})`;
  }

  /** Whether a fact may be an agent. */
  #knowsAgents(): boolean {
    const { actions, entityTypes } = this.#pack.schema;
    const types: Type[] = [];
    for (const { attributes, tags } of entityTypes.values()) {
      types.push({ kind: 'record', attributes });
      if (tags !== undefined) types.push(tags);
    }
    for (const { appliesTo } of actions.values()) {
      if (appliesTo !== undefined) types.push(appliesTo.context);
    }
    return types.some(holdsAgents);
  }
}

/** `actor_role`, and only where that says nothing `user_role`: as a check is mapped. */
function roleAmong(roles: readonly string[]): string {
  const among = (field: string): string => {
    const names = roles.map(quote).join(', ');
    return roles.length === 1
      ? `context.${field} == ${names}`
      : `[${names}].contains(context.${field})`;
  };
  const [actor, user] = [among('actor_role'), among('user_role')];
  return `if context has actor_role && context.actor_role != "" then ${actor} else context has user_role && ${user}`;
}

function mentionsPrincipal(expr: Expr): boolean {
  if (expr.kind === 'variable') return expr.name === 'principal';
  return childrenOf(expr).some(mentionsPrincipal);
}

function holdsAgents(type: Type): boolean {
  switch (type.kind) {
    case 'entity':
      return type.name === AGENT;
    case 'set':
      return holdsAgents(type.element);
    case 'record':
      return [...type.attributes.values()].some((attribute) => holdsAgents(attribute.type));
    case 'bool':
    case 'long':
    case 'string':
    case 'extension':
      return false;
  }
}
