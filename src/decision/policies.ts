import type { PolicySet } from '../cedar/compile.ts';
import type { Entities } from '../cedar/entities.ts';
import type {
  ActionType,
  Attribute,
  Attributes,
  RecordType,
  Schema,
} from '../cedar/schema/model.ts';
import { entityUid, type EntityUid } from '../cedar/value.ts';
import { peopleOf, type People } from './people.ts';
import { readRules, type Rule } from './rules.ts';
import { clockOf, type Clock } from './session.ts';
import type { Settings } from './settings.ts';

/** Everything that decides: one version of a pack, compiled. */
export interface DecisionParts {
  readonly name: string;
  /** Semantic version; with the name it is the record's `policy_version`. */
  readonly version: string;
  /** `sha256:<hex>` of what this was read from. */
  readonly digest: string;
  readonly policySet: PolicySet;
  readonly schema: Schema;
  /** The pack's entities and its actions with their groups. */
  readonly entities: Entities;
  readonly settings: Settings;
}

/** The parts, and what is worth computing once for all checks. Made by `decisionPolicies`. */
export interface DecisionPolicies extends DecisionParts {
  readonly rules: readonly Rule[];
  readonly clock: Clock;
  readonly people: People;
  /** The actions of the schema that a tool's name can name, by their id. */
  readonly actions: ReadonlyMap<string, ActionType>;
  /** The limits that constraint strings may set, as the schema types them in `context.limits`. */
  readonly limits: Attributes;
}

export const AGENT = 'Agent';
export const ROLE = 'Role';
export const ENVIRONMENT = 'Environment';
/** The action of a check that proposes no tool. */
export const PLAN = entityUid('Action', 'plan');
/** The group of all tools, and the action whose context types the tools that the schema does not know. */
export const CALL_TOOL = entityUid('Action', 'call_tool');

/** Prepares compiled parts for deciding. The settings must have been read by `Settings`. */
export function decisionPolicies(parts: DecisionParts): DecisionPolicies {
  return {
    ...parts,
    rules: readRules(parts.policySet),
    clock: clockOf(parts.settings.timeZone),
    people: peopleOf(parts.entities),
    actions: namedActions(parts.schema),
    limits: declaredLimits(parts.schema),
  };
}

/** The context that the schema gives an action; absent when no request may name it. */
export function contextOf(schema: Schema, action: EntityUid): RecordType | undefined {
  return schema.actions.get(action.toString())?.appliesTo?.context;
}

function namedActions(schema: Schema): ReadonlyMap<string, ActionType> {
  const actions = new Map<string, ActionType>();
  for (const action of schema.actions.values()) {
    if (action.uid.type === PLAN.type) actions.set(action.uid.id, action);
  }
  return actions;
}

/**
 * All actions' limits in one: constraint strings belong to a check, not to one of its tools. An action
 * sees those that its own context declares.
 */
function declaredLimits(schema: Schema): Attributes {
  const limits = new Map<string, Attribute>();
  for (const { appliesTo } of schema.actions.values()) {
    const type = appliesTo?.context.attributes.get('limits')?.type;
    if (type?.kind !== 'record') continue;
    for (const [key, attribute] of type.attributes) limits.set(key, limits.get(key) ?? attribute);
  }
  return limits;
}
