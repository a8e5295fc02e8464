import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import type { Request } from '../authorize.ts';
import { bareEntity, type Entities, type Entity } from '../entities.ts';
import { Issues, type Path, type ValueIssue } from '../json/issue.ts';
import { UidMap } from '../uid-map.ts';
import { CedarRecord, CedarSet, EntityUid, typeName, type Value } from '../value.ts';
import type { Attributes, EntityType, Schema, Type } from './model.ts';
import { isActionType } from './names.ts';
import { hasType, printType } from './types.ts';

/**
 * Checks that the schema allows a request: its action, the types of principal and resource, the
 * context, and that ids of enumerated types exist. Paths begin with the part of the request.
 * An action that the schema does not declare is checked as if it were `typedAs`.
 */
export function validateRequest(
  schema: Schema,
  request: Request,
  typedAs: EntityUid = request.action,
): Result<Request, readonly ValueIssue[]> {
  const issues = new Issues();
  const checker = new Checker(schema, issues);
  const action = schema.actions.get(typedAs.toString());
  for (const part of ['principal', 'resource'] as const) {
    const uid = request[part];
    if (!checker.declared(uid, `/${part}`) || action === undefined) continue;
    const allowed =
      part === 'principal' ? action.appliesTo?.principals : action.appliesTo?.resources;
    if (allowed?.includes(uid.type) === true) continue;
    const message = `A ${uid.type} cannot be the ${part} of ${typedAs}.`;
    issues.add(`/${part}`, 'TYPE_MISMATCH', message);
  }
  if (action === undefined) {
    issues.add('/action', 'UNDECLARED_ACTION', `The schema declares no action ${typedAs}.`);
  } else {
    checker.attributes(request.context, action.appliesTo?.context.attributes ?? NONE, '/context');
  }
  return issues.list.length === 0 ? ok(request) : err(issues.list);
}

const NONE: Attributes = new Map<string, never>();

/**
 * Checks entities against the schema: that their types are declared, with these attributes, tags,
 * ids and parents, and that actions are as the schema has them. Paths begin with the entity's index.
 */
export function validateEntities(
  schema: Schema,
  entities: Entities,
): Result<Entities, readonly ValueIssue[]> {
  const issues = new Issues();
  const checker = new Checker(schema, issues);
  let index = 0;
  for (const entity of entities) {
    checker.entity(entity, [...entities.ancestors(entity.uid).values()], `/${index}`);
    index += 1;
  }
  return issues.list.length === 0 ? ok(entities) : err(issues.list);
}

/** The actions of a schema as entities, with their groups for parents. */
export function actionEntities(schema: Schema): readonly Entity[] {
  return [...schema.actions.values()].map(({ uid, memberOf }) => bareEntity(uid, memberOf));
}

/** Checks values against a schema and reports to `issues`. */
export class Checker {
  readonly #schema: Schema;
  readonly #issues: Issues;

  constructor(schema: Schema, issues: Issues) {
    this.#schema = schema;
    this.#issues = issues;
  }

  /** One entity; `ancestors` are what is above it according to all entities given. */
  entity(entity: Entity, ancestors: readonly EntityUid[], path: Path): void {
    const { uid, attrs, tags, parents } = entity;
    if (isActionType(uid.type)) {
      this.#action(entity, ancestors, path);
      return;
    }
    const type = this.#schema.entityTypes.get(uid.type);
    if (type === undefined) {
      this.declared(uid, path);
      return;
    }
    this.#enumId(uid, { parent: path, key: 'uid' });
    this.attributes(attrs, type.attributes, { parent: path, key: 'attrs' });
    this.#tags(tags, type, { parent: path, key: 'tags' });
    const parentsPath = { parent: path, key: 'parents' };
    for (const [key, parent] of parents.entries()) {
      const place = { parent: parentsPath, key };
      this.#enumId(parent, place);
      if (this.#mayBeIn(type, parent.type)) continue;
      const message = `A ${uid.type} cannot be in a ${parent.type}.`;
      this.#issues.add(place, 'PARENT_NOT_ALLOWED', message);
    }
  }

  /** Whether an entity's type is declared, and its id, if the type lists them. */
  declared(uid: EntityUid, path: Path): boolean {
    if (this.#schema.entityTypes.has(uid.type)) return this.#enumId(uid, path);
    this.#issues.add(path, 'UNDECLARED_TYPE', `The schema declares no entity type ${uid.type}.`);
    return false;
  }

  attributes(record: CedarRecord, declared: Attributes, path: Path): void {
    for (const [name, { required }] of declared) {
      if (!required || record.has(name)) continue;
      this.#issues.add(path, 'MISSING_ATTRIBUTE', `The attribute "${name}" is missing.`);
    }
    for (const [name, value] of record.entries()) {
      const place = { parent: path, key: name };
      const attribute = declared.get(name);
      if (attribute !== undefined) this.#value(value, attribute.type, place);
      else
        this.#issues.add(place, 'UNEXPECTED_ATTRIBUTE', `No attribute "${name}" is declared here.`);
    }
  }

  #tags(tags: CedarRecord, type: EntityType, path: Path): void {
    for (const [name, value] of tags.entries()) {
      const place = { parent: path, key: name };
      if (type.tags !== undefined) this.#value(value, type.tags, place);
      else this.#issues.add(place, 'TAGS_NOT_ALLOWED', `A ${type.name} can have no tags.`);
    }
  }

  #value(value: Value, type: Type, path: Path): void {
    if (value instanceof CedarRecord && type.kind === 'record') {
      this.attributes(value, type.attributes, path);
    } else if (value instanceof CedarSet && type.kind === 'set') {
      for (const element of value) this.#value(element, type.element, path);
    } else if (!hasType(value, type)) {
      const message = `Expected ${printType(type)}, found ${typeName(value)}.`;
      this.#issues.add(path, 'TYPE_MISMATCH', message);
    } else if (value instanceof EntityUid) {
      if (isActionType(value.type)) this.#declaredAction(value, path);
      else this.#enumId(value, path);
    }
  }

  #enumId(uid: EntityUid, path: Path): boolean {
    const ids = this.#schema.entityTypes.get(uid.type)?.enumIds;
    if (ids === undefined || ids.includes(uid.id)) return true;
    this.#issues.add(path, 'ENUM_ID', `${uid.type} has no entity ${JSON.stringify(uid.id)}.`);
    return false;
  }

  #declaredAction(uid: EntityUid, path: Path): boolean {
    if (this.#schema.actions.has(uid.toString())) return true;
    this.#issues.add(path, 'UNDECLARED_ACTION', `The schema declares no action ${uid}.`);
    return false;
  }

  #action(entity: Entity, ancestors: readonly EntityUid[], path: Path): void {
    const { uid, attrs, tags } = entity;
    if (!this.#declaredAction(uid, path)) return;
    const groups = this.#groupsOf(uid);
    const same = groups.size === ancestors.length && ancestors.every((one) => groups.has(one));
    if (same && attrs.size === 0 && tags.size === 0) return;
    const message = `The action ${uid} is not as the schema declares it: no attributes, no tags, in ${
      groups.size === 0 ? 'nothing' : [...groups.values()].join(', ')
    }.`;
    this.#issues.add(path, 'ACTION_MISMATCH', message);
  }

  /** All groups that an action is in. */
  #groupsOf(uid: EntityUid): UidMap<EntityUid> {
    const groups = new UidMap<EntityUid>();
    const queue = [uid];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const parent of this.#schema.actions.get(next.toString())?.memberOf ?? []) {
        if (groups.has(parent)) continue;
        groups.set(parent, parent);
        queue.push(parent);
      }
    }
    return groups;
  }

  /** Whether an entity of this type may be in one of `ancestor`, directly or through others. */
  #mayBeIn(type: EntityType, ancestor: string): boolean {
    const seen = new Set(type.memberOf);
    for (const name of seen) {
      if (name === ancestor) return true;
      for (const parent of this.#schema.entityTypes.get(name)?.memberOf ?? []) seen.add(parent);
    }
    return false;
  }
}
