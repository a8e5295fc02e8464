import {
  buildEntities,
  type Entities,
  type EntitiesProblem,
  type Entity,
} from '../cedar/entities.ts';
import { readEntities } from '../cedar/json/entities.ts';
import type { Schema } from '../cedar/schema/model.ts';
import { actionEntities } from '../cedar/schema/validate.ts';
import { UidMap } from '../cedar/uid-map.ts';
import type { EntityUid } from '../cedar/value.ts';
import { readJsonFile } from './json-file.ts';
import { placeInJson } from './json-place.ts';
import { problem, type PackProblem, type Reading } from './problem.ts';

/** One entity and where it stands. */
interface Placed {
  readonly entity: Entity;
  readonly path: string;
  readonly text: string;
  readonly pointer: string;
}

/**
 * Reads all `entities/*.json` as one hierarchy, with the schema's actions in it. Without a schema the
 * files are only looked over, so that a broken schema does not hide what is wrong with them.
 */
export function readEntityFiles(
  files: readonly (readonly [string, string])[],
  schema: Schema | undefined,
): Reading<Entities> {
  const problems: PackProblem[] = [];
  const placed: Placed[] = [];
  for (const [path, text] of files) {
    const file = readFile(path, text, schema);
    problems.push(...file.problems);
    placed.push(...(file.value ?? []));
  }

  const known = new UidMap<Placed>();
  for (const one of placed) {
    const { uid } = one.entity;
    const other = known.get(uid);
    if (other === undefined) known.set(uid, one);
    else {
      const message = `${uid} stands in ${other.path} already.`;
      problems.push(at(one, 'ENTITY_DUPLICATE', message));
    }
  }

  const actions = schema === undefined ? [] : actionEntities(schema);
  const unique = [...known.values()].map(({ entity }) => entity);
  const entities = buildEntities([...actions, ...unique]);
  if (!entities.ok) problems.push(...entities.error.map((error) => hierarchyProblem(error, known)));
  return entities.ok && schema !== undefined ? { value: entities.value, problems } : { problems };
}

function readFile(
  path: string,
  text: string,
  schema: Schema | undefined,
): Reading<readonly Placed[]> {
  const json = readJsonFile(path, text);
  if (!json.ok) return { problems: json.error };
  const entities = readEntities(json.value, schema);
  if (!entities.ok) {
    return {
      problems: entities.error.map(({ code, message, path: pointer }) =>
        problem(path, code, message, { pointer, span: placeInJson(text, pointer) }),
      ),
    };
  }
  // With a schema its actions come after the file's own entities; they are added once, for all files.
  const own = Array.isArray(json.value) ? entities.value.slice(0, json.value.length) : [];
  const placed = own.map((entity, index) => ({ entity, path, text, pointer: `/${index}/uid` }));
  return { value: placed, problems: [] };
}

function hierarchyProblem(error: EntitiesProblem, known: UidMap<Placed>): PackProblem {
  const uid: EntityUid | undefined = 'cycle' in error ? error.cycle[0] : error.uid;
  const place = uid && known.get(uid);
  const message = `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`;
  const code = error.code === 'entity_cycle' ? 'ENTITY_CYCLE' : 'ENTITY_DUPLICATE';
  return place === undefined ? problem('entities', code, message) : at(place, code, message);
}

function at({ path, text, pointer }: Placed, code: string, message: string): PackProblem {
  return problem(path, code, message, { pointer, span: placeInJson(text, pointer) });
}
