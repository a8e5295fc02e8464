/**
 * The pack's entities with one agent in its role, as a check names them.
 *
 * A pack serves few agents in few roles. To layer one on the hierarchy and to climb from there took a
 * tenth of a check, so the pairs that were asked for are kept: entities never change, and what is above
 * an agent does not depend on who asks. Names come from clients and must not fill the memory: long ones
 * are not kept, and when there are too many all are forgotten. Nor is an agent kept that the pack itself
 * names, since another role for it may mean a hierarchy built anew, as large as the pack's.
 */
import { err, ok, type Result } from '../base/result.ts';
import { bareEntity, buildEntities, type Entities, type Entity } from '../cedar/entities.ts';
import { UidSet } from '../cedar/uid-map.ts';
import type { EntityUid } from '../cedar/value.ts';

/** The entities with this agent in this role. The error says what about the pack cannot be right. */
export type People = (agent: EntityUid, role: EntityUid | undefined) => Result<Entities, string>;

const MOST_KEPT = 256;
const LONGEST_KEPT = 200;

/** People of a pack with these entities. */
export function peopleOf(entities: Entities): People {
  const named = namedOnly(entities);
  const kept = new Map<string | undefined, Map<string, Result<Entities, string>>>();
  let count = 0;
  return (agent, role) => {
    const known = kept.get(role?.id)?.get(agent.id);
    if (known !== undefined) return known;
    const people = withAgent(entities, agent, role);
    if (agent.id.length > LONGEST_KEPT || (role?.id.length ?? 0) > LONGEST_KEPT) return people;
    if (entities.get(agent) !== undefined || named.has(agent)) return people;
    if (count === MOST_KEPT) {
      kept.clear();
      count = 0;
    }
    const agents = kept.get(role?.id) ?? new Map<string, Result<Entities, string>>();
    kept.set(role?.id, agents.set(agent.id, people));
    count += 1;
    return people;
  };
}

/** Those that are somebody's parent and nothing else. */
function namedOnly(entities: Entities): UidSet {
  const named = new UidSet();
  for (const { parents } of entities) {
    for (const parent of parents) if (entities.get(parent) === undefined) named.add(parent);
  }
  return named;
}

/** What the pack declares about the agent stays true. */
function withAgent(
  entities: Entities,
  agent: EntityUid,
  role: EntityUid | undefined,
): Result<Entities, string> {
  const parents = role === undefined ? [] : [role];
  const declared = entities.get(agent);
  if (declared === undefined) return layered(entities, bareEntity(agent, parents));
  if (parents.every((parent) => declared.parents.some((known) => known.equals(parent)))) {
    return ok(entities);
  }
  const both: Entity = { ...declared, parents: [...declared.parents, ...parents] };
  const others = [...entities].filter(({ uid }) => !uid.equals(agent));
  return firstProblem(buildEntities([...others, both]));
}

/** The entities and one more. */
export function layered(entities: Entities, entity: Entity): Result<Entities, string> {
  return joined(entities, [entity]);
}

/** The entities and others that are there for one check. */
export function joined(entities: Entities, more: readonly Entity[]): Result<Entities, string> {
  return firstProblem(entities.with(more));
}

function firstProblem(
  result: Result<Entities, readonly { readonly message: string }[]>,
): Result<Entities, string> {
  return result.ok ? result : err(result.error[0]?.message ?? 'the entities do not fit');
}
