/**
 * A pack in the vocabulary of Amazon Bedrock AgentCore (and so of Verified Permissions): the principal is an
 * `AgentCore::OAuthUser` whose claims are tags, a tool is `AgentCore::Action::"Target___tool"`, the resource is
 * the gateway, and all facts are in `context.input`.
 *
 * Much of a pack has no counterpart there. What cannot be said is replaced by what denies more, never less: in
 * a forbid by what makes it apply, in a permit by what keeps it from applying. Every such place is listed.
 */
import type { Condition, Expr, Policy, PrincipalScope, ResourceScope } from '../cedar/ast.ts';
import { printExpr, printPolicies } from '../cedar/print.ts';
import { AGENT, CALL_TOOL, ENVIRONMENT, PLAN, ROLE } from '../decision/policies.ts';
import type { Pack } from '../pack/read.ts';
import { toolsUnder, translate, type Vocabulary } from './agentcore-expression.ts';
import { agentCoreSchema, unsayable } from './agentcore-schema.ts';
import { entity, equalTo, hasRole, NOWHERE, uidOf } from './agentcore-terms.ts';

export interface AgentCoreOptions {
  /** The target of the gateway that offers the tools. */
  readonly target: string;
  /** The gateway's ARN. */
  readonly gateway: string;
  /** The environment that the gateway stands in, as the pack names it. */
  readonly environment: string;
  /** The tag that holds the caller's role. */
  readonly roleTag: string;
}

/** Something that is not there as it is here. */
export interface AgentCoreNote {
  /** `stricter`: it denies more than the pack; `left-out`: the policy can never apply there; `meaning`: what to know. */
  readonly kind: 'stricter' | 'left-out' | 'meaning';
  /** The policy's id; absent when it concerns the whole pack. */
  readonly policy?: string;
  readonly text: string;
}

export interface AgentCoreExport {
  readonly policies: string;
  readonly schema: string;
  readonly notes: readonly AgentCoreNote[];
}

/** Writes a pack for AgentCore, with a list of everything that has no counterpart there. */
export function exportForAgentCore({ policies }: Pack, options: AgentCoreOptions): AgentCoreExport {
  const { policySet, schema, entities, settings } = policies;
  const notes: AgentCoreNote[] = [...GENERAL];
  const vocabulary: Vocabulary = {
    schema,
    entities,
    options,
    unsayable: unsayable(schema),
    environment: uidOf(ENVIRONMENT, options.environment),
  };
  for (const [name, why] of vocabulary.unsayable) {
    notes.push({ kind: 'meaning', text: `context.${name} is not there: ${why}.` });
  }
  for (const tool of toolsUnder(vocabulary, CALL_TOOL)) {
    if (/^[\w-]+$/.test(tool.id)) continue;
    const text = `The tool ${tool.id} has a name that a gateway may not accept; its action is "${options.target}___${tool.id}".`;
    notes.push({ kind: 'meaning', text });
  }
  notes.push({
    kind: 'meaning',
    text: `Risks are not summed up: nothing is denied for reaching ${settings.risk.threshold}.`,
  });
  const written: Policy[] = [];
  for (const { id, policy } of policySet.policies) {
    const note = (kind: AgentCoreNote['kind'], text: string): void => {
      notes.push({ kind, policy: id, text });
    };
    const translated = translatePolicy(policy, vocabulary, note);
    if (translated !== undefined) written.push(translated);
  }
  return { policies: printPolicies(written), schema: agentCoreSchema(schema, vocabulary), notes };
}

const GENERAL: readonly AgentCoreNote[] = [
  {
    kind: 'meaning',
    text: 'There is no DEFER: a forbid with @verdict("DEFER") denies. Annotations stay in the text and mean nothing there.',
  },
  {
    kind: 'meaning',
    text: 'A policy that fails is skipped there, a forbid too; here a forbid that fails denies.',
  },
  {
    kind: 'meaning',
    text: `Checks without a tool (${PLAN}) and tools that the schema does not declare do not exist there.`,
  },
  {
    kind: 'meaning',
    text: 'Facts are arguments of the tool: each must be in the input schema of the tool, and whoever calls fills them in.',
  },
];

type Note = (kind: AgentCoreNote['kind'], text: string) => void;

function translatePolicy(policy: Policy, vocabulary: Vocabulary, note: Note): Policy | undefined {
  const { options } = vocabulary;
  const stricter = (what: string, why: string): void =>
    note('stricter', `${what} is taken for what denies: ${why}.`);
  const forbids = policy.effect === 'forbid';
  const principal = principalOf(policy.principal, vocabulary);
  if (principal === undefined && !forbids) {
    note('left-out', 'It permits a principal that is not an agent in a role.');
    return undefined;
  }
  if (principal === undefined) stricter('its principal', 'it is not an agent in a role');
  const action = actionOf(policy, vocabulary);
  if (action === undefined) {
    note('left-out', 'No tool that is declared is among its actions.');
    return undefined;
  }
  const place = resourceHolds(policy.resource, vocabulary);
  if (place === false || (place === undefined && !forbids)) {
    const where = options.environment;
    note('left-out', `Its resource is not the environment ${where}, in which the gateway stands.`);
    return undefined;
  }
  if (place === undefined) stricter('its resource', 'it is not an environment');
  const conditions = policy.conditions.map(({ kind, body, span }): Condition => {
    const toward = forbids === (kind === 'when');
    const gap = (expr: Expr, why: string): void => stricter(`\`${printExpr(expr)}\``, why);
    return { kind, span, body: translate(body, toward, vocabulary, gap) };
  });
  const role: Condition[] =
    principal?.role === undefined ? [] : [{ kind: 'when', body: principal.role, span: NOWHERE }];
  return {
    ...policy,
    principal: {
      kind: 'is',
      entityType: { name: 'AgentCore::OAuthUser', span: NOWHERE },
      span: NOWHERE,
    },
    action,
    resource: equalTo('AgentCore::Gateway', options.gateway),
    conditions: [...role, ...conditions],
  };
}

/** What is asked of the principal's role; `undefined` when it is asked for something else. */
function principalOf(
  scope: PrincipalScope,
  vocabulary: Vocabulary,
): { readonly role?: Expr } | undefined {
  switch (scope.kind) {
    case 'any':
      return {};
    case 'is':
      return scope.entityType.name === AGENT ? {} : undefined;
    case 'equal':
      return undefined;
    case 'in':
    case 'is-in': {
      if (scope.kind === 'is-in' && scope.entityType.name !== AGENT) return undefined;
      if (scope.entity.kind !== 'entity' || scope.entity.uid.type !== ROLE) return undefined;
      return { role: hasRole(scope.entity.uid, vocabulary) };
    }
  }
}

function actionOf({ action }: Policy, vocabulary: Vocabulary): Policy['action'] | undefined {
  switch (action.kind) {
    case 'any':
      return action;
    case 'equal':
    case 'in':
    case 'in-any': {
      const named = action.kind === 'in-any' ? action.entities : [action.entity];
      if (named.some(({ uid }) => uid.toString() === CALL_TOOL.toString())) {
        return { kind: 'in', entity: entity('AgentCore::Action', 'CallTool'), span: NOWHERE };
      }
      const tools = named.flatMap(({ uid }) =>
        action.kind === 'equal' ? [uid] : toolsUnder(vocabulary, uid),
      );
      const declared = new Map(
        toolsUnder(vocabulary, CALL_TOOL).map((uid) => [uid.toString(), uid]),
      );
      const ids = [...new Set(tools.map(String))].flatMap((text) => declared.get(text)?.id ?? []);
      if (ids.length === 0) return undefined;
      const entities = ids.map((id) =>
        entity('AgentCore::Action', `${vocabulary.options.target}___${id}`),
      );
      return { kind: 'in-any', entities, span: NOWHERE };
    }
  }
}

/** Whether the gateway's environment is among the resources; `undefined` when they are no environments. */
function resourceHolds(scope: ResourceScope, vocabulary: Vocabulary): boolean | undefined {
  const { entities, environment } = vocabulary;
  switch (scope.kind) {
    case 'any':
      return true;
    case 'is':
      return scope.entityType.name === ENVIRONMENT ? true : undefined;
    case 'equal':
    case 'in':
    case 'is-in': {
      if (scope.entity.kind !== 'entity' || scope.entity.uid.type !== ENVIRONMENT) return undefined;
      const same = scope.entity.uid.toString() === environment.toString();
      if (scope.kind === 'equal') return same;
      return same || entities.isIn(environment, scope.entity.uid);
    }
  }
}
