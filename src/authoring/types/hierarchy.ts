/** What the schema says about who can be inside of what, closed over all steps. Computed once a schema. */
import type { ActionType, RecordType, Schema } from '../../cedar/schema/model.ts';
import type { EntityUid } from '../../cedar/value.ts';

/** One kind of request that the schema admits. */
export interface RequestEnvironment {
  readonly principal: string;
  readonly action: ActionType;
  readonly resource: string;
  readonly context: RecordType;
}

export class Hierarchy {
  readonly schema: Schema;
  /** Every action with every principal and resource type that it applies to. */
  readonly environments: readonly RequestEnvironment[];
  /** Entity types of actions: `Action`, one a namespace. */
  readonly actionTypes: ReadonlySet<string>;
  readonly #ancestorTypes = new Map<string, ReadonlySet<string>>();
  readonly #ancestorActions = new Map<string, ReadonlySet<string>>();

  constructor(schema: Schema) {
    this.schema = schema;
    this.environments = [...schema.actions.values()].flatMap(environmentsOf);
    this.actionTypes = new Set([...schema.actions.values()].map(({ uid }) => uid.type));
  }

  /** Whether the schema knows entities of this type. */
  hasType(name: string): boolean {
    return this.schema.entityTypes.has(name) || this.actionTypes.has(name);
  }

  /** Whether an entity of type `inner` can be in one of type `outer`, or be it. */
  canBeIn(inner: string, outer: string): boolean {
    if (inner === outer) return true;
    if (this.actionTypes.has(inner)) return this.#actionTypeIn(inner, outer);
    return this.ancestorTypes(inner).has(outer);
  }

  /** The types that entities of this type can be in, over any number of steps. */
  ancestorTypes(name: string): ReadonlySet<string> {
    let known = this.#ancestorTypes.get(name);
    if (known === undefined) {
      known = closure(name, (each) => this.schema.entityTypes.get(each)?.memberOf ?? []);
      this.#ancestorTypes.set(name, known);
    }
    return known;
  }

  /** Cedar texts of the groups that an action is in, over any number of steps. */
  ancestorActions(action: EntityUid): ReadonlySet<string> {
    const key = action.toString();
    let known = this.#ancestorActions.get(key);
    if (known === undefined) {
      known = closure(key, (each) => this.schema.actions.get(each)?.memberOf.map(String) ?? []);
      this.#ancestorActions.set(key, known);
    }
    return known;
  }

  /** Whether `action` is `group` or in it. */
  actionIn(action: EntityUid, group: EntityUid): boolean {
    return action.equals(group) || this.ancestorActions(action).has(group.toString());
  }

  #actionTypeIn(inner: string, outer: string): boolean {
    for (const { uid } of this.schema.actions.values()) {
      if (uid.type !== inner) continue;
      for (const group of this.ancestorActions(uid)) {
        if (this.schema.actions.get(group)?.uid.type === outer) return true;
      }
    }
    return false;
  }
}

function environmentsOf(action: ActionType): readonly RequestEnvironment[] {
  const { appliesTo } = action;
  if (appliesTo === undefined) return [];
  const { principals, resources, context } = appliesTo;
  return principals.flatMap((principal) =>
    resources.map((resource) => ({ principal, action, resource, context })),
  );
}

/** Everything reachable from `start` by one step or more. */
function closure(start: string, next: (name: string) => readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...next(start)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...next(name));
  }
  return seen;
}
