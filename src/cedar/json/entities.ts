import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import type { Entity } from '../entities.ts';
import type { Attributes, Schema } from '../schema/model.ts';
import { isActionType } from '../schema/names.ts';
import { actionEntities, Checker } from '../schema/validate.ts';
import { UidMap } from '../uid-map.ts';
import {
  type CedarRecord,
  EMPTY_RECORD,
  type EntityUid,
  recordOf,
  recordOfType,
  type Value,
} from '../value.ts';
import { Issues, type Path, type ValueIssue } from './issue.ts';
import { describeJson, isJsonArray, isJsonObject, type Json, type JsonObject } from './lossless.ts';
import { ValueReader } from './value.ts';

/**
 * Reads the official entities format: a list of `{uid, attrs, parents, tags?}`. With a schema, values
 * are read by their declared types, every entity has to be as the schema says, and the schema's
 * actions come along. Duplicates and cycles are for `buildEntities` to find.
 */
export function readEntities(
  json: Json,
  schema: Schema | undefined,
): Result<readonly Entity[], readonly ValueIssue[]> {
  const issues = new Issues();
  if (!isJsonArray(json)) {
    issues.add('', 'SHAPE', `Expected a list of entities, found ${describeJson(json)}.`);
    return err(issues.list);
  }
  const reader = new EntityReader(schema, issues);
  const entities: Entity[] = [];
  for (const [index, element] of json.entries()) {
    const entity = reader.entity(element, `/${index}`);
    if (entity !== undefined) entities.push(entity);
  }
  if (issues.list.length > 0) return err(issues.list);
  if (schema === undefined) return ok(entities);
  const listed = uidMap(entities);
  const checker = new Checker(schema, issues);
  for (const [index, entity] of entities.entries()) {
    const ancestors = isActionType(entity.uid.type) ? ancestorsAmong(entity, listed) : [];
    checker.entity(entity, ancestors, `/${index}`);
  }
  if (issues.list.length > 0) return err(issues.list);
  const actions = actionEntities(schema).filter((action) => !listed.has(action.uid));
  return ok([...entities, ...actions]);
}

const NO_MEMBERS: JsonObject = new Map<string, Json>();

function uidMap(entities: readonly Entity[]): UidMap<Entity> {
  const map = new UidMap<Entity>();
  for (const entity of entities) map.set(entity.uid, entity);
  return map;
}

function ancestorsAmong(entity: Entity, listed: UidMap<Entity>): readonly EntityUid[] {
  const ancestors = new UidMap<EntityUid>();
  const queue = [...entity.parents];
  for (let uid = queue.pop(); uid !== undefined; uid = queue.pop()) {
    if (ancestors.has(uid)) continue;
    ancestors.set(uid, uid);
    for (const parent of listed.get(uid)?.parents ?? []) queue.push(parent);
  }
  return [...ancestors.values()];
}

class EntityReader {
  readonly #schema: Schema | undefined;
  readonly #issues: Issues;
  readonly #values: ValueReader;

  constructor(schema: Schema | undefined, issues: Issues) {
    this.#schema = schema;
    this.#issues = issues;
    this.#values = new ValueReader(issues);
  }

  entity(json: Json, path: Path): Entity | undefined {
    if (!isJsonObject(json)) {
      const message = `Expected an entity {"uid", "attrs", "parents"}, found ${describeJson(json)}.`;
      return this.#issues.add(path, 'SHAPE', message);
    }
    const uid = this.#uid(json, path);
    const attrs = this.#object(json, 'attrs', path);
    const parents = this.#parents(json, path);
    const tags = json.has('tags') ? this.#object(json, 'tags', path) : NO_MEMBERS;
    if (uid === undefined || attrs === undefined || parents === undefined || tags === undefined) {
      return undefined;
    }
    this.#checkActionParents(uid, parents, path);
    const type = this.#schema?.entityTypes.get(uid.type);
    const attrsPath = { parent: path, key: 'attrs' };
    const attrEntries =
      type === undefined
        ? this.#values.members(attrs, undefined, attrsPath)
        : this.#values.attributes(attrs, type.attributes, attrsPath);
    const tagEntries = this.#values.members(tags, type?.tags, { parent: path, key: 'tags' });
    if (attrEntries === undefined || tagEntries === undefined) return undefined;
    return { uid, parents, attrs: record(attrEntries, type?.attributes), tags: record(tagEntries) };
  }

  #uid(json: JsonObject, path: Path): EntityUid | undefined {
    const uid = json.get('uid');
    return uid === undefined
      ? this.#missing('uid', path)
      : this.#values.entityUid(uid, { parent: path, key: 'uid' });
  }

  #object(json: JsonObject, key: 'attrs' | 'tags', path: Path): JsonObject | undefined {
    const object = json.get(key);
    if (object === undefined) return this.#missing(key, path);
    if (isJsonObject(object)) return object;
    const message = `Expected an object, found ${describeJson(object)}.`;
    return this.#issues.add({ parent: path, key }, 'SHAPE', message);
  }

  #parents(json: JsonObject, path: Path): readonly EntityUid[] | undefined {
    const list = json.get('parents');
    if (list === undefined) return this.#missing('parents', path);
    const place = { parent: path, key: 'parents' };
    if (!isJsonArray(list)) {
      const message = `Expected a list of entities, found ${describeJson(list)}.`;
      return this.#issues.add(place, 'SHAPE', message);
    }
    const parents: EntityUid[] = [];
    for (const [key, element] of list.entries()) {
      const uid = this.#values.entityUid(element, { parent: place, key });
      if (uid !== undefined) parents.push(uid);
    }
    return parents.length === list.length ? parents : undefined;
  }

  #checkActionParents(uid: EntityUid, parents: readonly EntityUid[], path: Path): void {
    if (!isActionType(uid.type)) return;
    const place = { parent: path, key: 'parents' };
    for (const [key, parent] of parents.entries()) {
      if (isActionType(parent.type)) continue;
      const message = `An action can only be in an action, not in ${parent}.`;
      this.#issues.add({ parent: place, key }, 'PARENT_NOT_ALLOWED', message);
    }
  }

  #missing(key: string, path: Path): undefined {
    return this.#issues.add(path, 'SHAPE', `The entity has no "${key}".`);
  }
}

function record(entries: readonly [string, Value][], declared?: Attributes): CedarRecord {
  if (entries.length === 0) return EMPTY_RECORD;
  return declared === undefined ? recordOf(entries) : recordOfType(declared, entries);
}
