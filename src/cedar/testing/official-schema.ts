/**
 * Official Cedar as the oracle of schemas: it and ours have to accept the same schemas, entities and
 * requests, and to understand the same by a schema.
 */
import * as official from '@cedar-policy/cedar-wasm/nodejs';
import { buildEntities } from '../entities.ts';
import { readEntities } from '../json/entities.ts';
import { jsonFromUnknown } from '../json/from-unknown.ts';
import { isJsonObject, type Json } from '../json/lossless.ts';
import { readContext, readEntityUid } from '../json/value.ts';
import type { Attributes, Schema, Type } from '../schema/model.ts';
import { readSchemaJson } from '../schema/read-json.ts';
import { readSchema } from '../schema/resolve.ts';
import { validateEntities, validateRequest } from '../schema/validate.ts';
import { entityUid } from '../value.ts';

export type Plain = { [key: string]: unknown };
type OfficialSchema = official.SchemaJson<string>;

/** What a schema says, all names resolved, in one canonical form. */
function ours(schema: Schema): Plain {
  const entities: Plain = {};
  for (const [name, type] of schema.entityTypes) {
    entities[name] = {
      memberOf: type.memberOf.toSorted(),
      attributes: attributesOf(type.attributes),
      tags: type.tags === undefined ? null : typeOf(type.tags),
      enum: type.enumIds ?? null,
    };
  }
  const actions: Plain = {};
  for (const [name, action] of schema.actions) {
    actions[name] = {
      memberOf: action.memberOf.map(String).toSorted(),
      principals: (action.appliesTo?.principals ?? []).toSorted(),
      resources: (action.appliesTo?.resources ?? []).toSorted(),
      context: attributesOf(action.appliesTo?.context.attributes ?? new Map()),
    };
  }
  return { entities, actions };
}

function attributesOf(attributes: Attributes): Plain {
  return Object.fromEntries(
    [...attributes].map(([name, { type, required }]) => [name, [typeOf(type), required]]),
  );
}

function typeOf(type: Type): unknown {
  if (type.kind === 'set') return { set: typeOf(type.element) };
  if (type.kind === 'record') return attributesOf(type.attributes);
  if (type.kind === 'entity') return { entity: type.name };
  return type.kind === 'extension' ? type.name : type.kind;
}

const BUILTINS: ReadonlyMap<string, string> = new Map([
  ['Long', 'long'],
  ['String', 'string'],
  ['Boolean', 'bool'],
  ['Bool', 'bool'],
]);

/** The same of the official schema with resolved names, its common types put in. */
function theirs(schema: OfficialSchema): Plain {
  const qualify = (namespace: string, name: string) =>
    namespace === '' ? name : `${namespace}::${name}`;
  const commons = new Map<string, Plain>();
  for (const [namespace, { commonTypes = {} }] of Object.entries(schema)) {
    for (const [name, type] of Object.entries(commonTypes)) {
      commons.set(qualify(namespace, name), type as unknown as Plain);
    }
  }
  const typeIn = (type: Plain): unknown => {
    const kind = String(type['type']);
    if (kind === 'Set') return { set: typeIn(type['element'] as Plain) };
    if (kind === 'Record') return attributesIn(type['attributes'] as Record<string, Plain>);
    if (kind === 'Entity') return { entity: type['name'] };
    if (kind === 'Extension') return type['name'];
    const common = commons.get(kind);
    const name = kind.replace('__cedar::', '');
    return common === undefined ? (BUILTINS.get(name) ?? name) : typeIn(common);
  };
  const attributesIn = (attributes: Record<string, Plain>): Plain =>
    Object.fromEntries(
      Object.entries(attributes).map(([name, type]) => [
        name,
        [typeIn(type), type['required'] !== false],
      ]),
    );
  const unique = (names: readonly string[] = []) => [...new Set(names)].toSorted();
  const entities: Plain = {};
  const actions: Plain = {};
  for (const [namespace, definition] of Object.entries(schema)) {
    for (const [name, type] of Object.entries(definition.entityTypes)) {
      const isEnum = 'enum' in type;
      const shape = isEnum ? undefined : type.shape;
      entities[qualify(namespace, name)] = {
        memberOf: isEnum ? [] : unique(type.memberOfTypes),
        attributes: shape === undefined ? {} : typeIn(shape),
        tags: isEnum || type.tags === undefined ? null : typeIn(type.tags as unknown as Plain),
        enum: isEnum ? [...new Set(type.enum)] : null,
      };
    }
    for (const [id, action] of Object.entries(definition.actions)) {
      const applies = action.appliesTo;
      const context = applies?.context as unknown as Plain | undefined;
      actions[entityUid(qualify(namespace, 'Action'), id).toString()] = {
        memberOf: (action.memberOf ?? [])
          .map((one) => entityUid(one.type ?? '', one.id).toString())
          .toSorted(),
        principals: unique(applies?.principalTypes),
        resources: unique(applies?.resourceTypes),
        context: context === undefined ? {} : typeIn(context),
      };
    }
  }
  return { entities, actions };
}

/** Fails unless both are the same data. `expect` says it better, but takes most of the time here. */
function agree(a: unknown, b: unknown, about: unknown): void {
  if (canonical(a) !== canonical(b)) {
    const show = (value: unknown): string => JSON.stringify(value, undefined, 1);
    throw new Error(`We: ${show(a)}\nOfficial Cedar: ${show(b)}\nAbout: ${show(about)}`);
  }
}

/** The same text for the same data, whatever the order of fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([x], [y]) => (x < y ? -1 : 1)))
      : part,
  );
}

/** Compares one schema, and its JSON form too if wanted; says whether it was accepted. */
export function compareSchema(text: string, inJson = true): boolean {
  const result = readSchema(text);
  const answer = official.checkParseSchema(text);
  agree(result.ok, answer.type === 'success', [text, answer, result.ok || result.error]);
  if (!result.ok) return false;
  const resolved = official.schemaToJsonWithResolvedTypes(text);
  agree(ours(result.value), resolved.type === 'success' && theirs(resolved.json), text);
  if (!inJson) return true;
  const json = official.schemaToJson(text);
  const fromJson = readSchemaJson(JSON.stringify(json.type === 'success' ? json.json : undefined));
  agree(fromJson.ok && ours(fromJson.value), ours(result.value), text);
  return true;
}

export function compareEntities(schema: Schema, text: string, entities: unknown): boolean {
  const json = jsonFromUnknown(entities);
  const read = json.ok ? readEntities(json.value, schema) : json;
  const built = read.ok ? buildEntities(read.value) : read;
  const answer = official.checkParseEntities({
    entities: entities as official.Entities,
    schema: text,
  });
  const about = [text, entities, answer, built.ok || built.error];
  agree(built.ok, answer.type === 'success', about);
  const valid = built.ok && validateEntities(schema, built.value).ok;
  agree(valid, built.ok, about);
  return valid;
}

export interface Call {
  readonly principal: { type: string; id: string };
  readonly action: { type: string; id: string };
  readonly resource: { type: string; id: string };
  readonly context: unknown;
}

/** Whether we let the request pass. `context` is plain JSON. */
export function accepts(schema: Schema, call: Call): boolean {
  const json = jsonFromUnknown(call);
  if (!json.ok || !isJsonObject(json.value)) return false;
  const [principal, action, resource] = ['principal', 'action', 'resource'].map((part) =>
    readEntityUid((json.value as ReadonlyMap<string, Json>).get(part) ?? null),
  );
  if (principal?.ok !== true || action?.ok !== true || resource?.ok !== true) return false;
  const declared = schema.actions.get(action.value.toString());
  if (declared?.appliesTo === undefined) return false;
  const context = readContext(json.value.get('context') ?? null, declared.appliesTo.context);
  if (!context.ok) return false;
  const request = {
    principal: principal.value,
    action: action.value,
    resource: resource.value,
    context: context.value,
  };
  return validateRequest(schema, request).ok;
}

export function compareRequest(schema: Schema, text: string, call: Call): boolean {
  const answer = official.isAuthorized({
    ...call,
    context: call.context as official.Context,
    schema: text,
    validateRequest: true,
    policies: { staticPolicies: '' },
    entities: [],
  });
  const ok = accepts(schema, call);
  agree(ok, answer.type === 'success', [call, answer]);
  return ok;
}
