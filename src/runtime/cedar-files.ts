/**
 * Reads what official Cedar's tools read: policies, schemas, entities, requests, links. Everything that
 * is wrong with one text is reported at once, with its place.
 */
import { err, ok, type Result } from '../base/result.ts';
import type { Policy, SlotName } from '../cedar/ast.ts';
import type { Request } from '../cedar/authorize.ts';
import type { NamedPolicy } from '../cedar/compile.ts';
import { buildEntities, type Entities } from '../cedar/entities.ts';
import { readEntities } from '../cedar/json/entities.ts';
import {
  describeJson,
  isJsonArray,
  isJsonObject,
  parseJson,
  type Json,
  type JsonObject,
} from '../cedar/json/lossless.ts';
import { readContext, readEntityUid } from '../cedar/json/value.ts';
import { linkTemplate } from '../cedar/link.ts';
import { ExpressionParser } from '../cedar/parse-expression.ts';
import { parsePolicies } from '../cedar/parse.ts';
import { Reader } from '../cedar/reader.ts';
import type { Schema } from '../cedar/schema/model.ts';
import { readSchemaJson } from '../cedar/schema/read-json.ts';
import { readSchema } from '../cedar/schema/resolve.ts';
import { validateRequest } from '../cedar/schema/validate.ts';
import { EMPTY_RECORD, type EntityUid } from '../cedar/value.ts';
import { problemsAt, problemsIn, type Problem, type Source } from './problem.ts';

export type Read<T> = Result<T, readonly Problem[]>;

/** Policies and templates with their ids. */
export interface PolicyFile {
  readonly policies: readonly NamedPolicy[];
  readonly templates: ReadonlyMap<string, Policy>;
}

/**
 * Reads policies. A policy's id is `policy0`, `policy1`, … by its place in the text; with `named`, as in
 * the official command line, its `@id` where it has one.
 */
export function readPolicies(source: Source, { named }: { named: boolean }): Read<PolicyFile> {
  const { policies, errors } = parsePolicies(source.text);
  if (errors.length > 0) return err(problemsAt(source, errors));
  const all = policies.map((policy, index) => {
    const annotation = named ? policy.annotations.find(({ name }) => name === 'id') : undefined;
    return { id: annotation?.value ?? `policy${index}`, policy };
  });
  const isTemplate = ({ policy }: NamedPolicy): boolean => policy.slots.length > 0;
  const templates = all.filter(isTemplate).map(({ id, policy }) => [id, policy] as const);
  return ok({
    policies: all.filter((policy) => !isTemplate(policy)),
    templates: new Map(templates),
  });
}

export type SchemaFormat = 'cedar' | 'json';

/** Of a schema in the other format than it is said to be in, that alone is told. */
export function readSchemaFile(source: Source, format: SchemaFormat): Read<Schema> {
  const schema = format === 'json' ? readSchemaJson(source.text) : readSchema(source.text);
  if (schema.ok) return schema;
  const seems = seemingFormat(source.text);
  if (seems === undefined || seems === format) return err(problemsAt(source, schema.error));
  const named = { cedar: "Cedar's own syntax", json: 'JSON' };
  const message = `this seems to be a schema in ${named[seems]}, and is read as one in ${named[format]}`;
  return err([{ file: source.name, message }]);
}

/** By how it begins: every schema in JSON with a brace, one in Cedar's own syntax with a word, `@` or a comment. */
function seemingFormat(text: string): SchemaFormat | undefined {
  const [first] = text.trimStart();
  if (first === '{') return 'json';
  return first !== undefined && /[A-Za-z@/]/.test(first) ? 'cedar' : undefined;
}

export function readJson(source: Source): Read<Json> {
  const json = parseJson(source.text);
  return json.ok ? json : err(problemsAt(source, [json.error]));
}

/** Reads entities and the hierarchy over them; with a schema, its actions come along. */
export function readEntityFile(source: Source, schema: Schema | undefined): Read<Entities> {
  const json = readJson(source);
  if (!json.ok) return json;
  const list = readEntities(json.value, schema);
  if (!list.ok) return err(problemsIn(source, list.error));
  const entities = buildEntities(list.value);
  return entities.ok
    ? entities
    : err(entities.error.map(({ message }) => ({ file: source.name, message })));
}

/** Who, what and on what, as the official command line has them. */
export interface RequestParts {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
}

/** Reads `{principal, action, resource, context}`, entities as text or as `{type, id}`. */
export function readRequestFile(
  source: Source,
  schema: Schema | undefined,
  validated: boolean,
): Read<Request> {
  const json = readJson(source);
  if (!json.ok) return json;
  const request = readRequest(json.value, schema, validated);
  return request.ok ? request : err(problemsIn(source, request.error));
}

/** A place in a JSON document, as an RFC 6901 pointer, and what is wrong there. */
interface Issue {
  readonly path: string;
  readonly message: string;
}

/** Reads a request from JSON; a missing context is an empty one. */
export function readRequest(
  json: Json,
  schema: Schema | undefined,
  validated: boolean,
): Result<Request, readonly Issue[]> {
  if (!isJsonObject(json)) {
    const message = `Expected {"principal", "action", "resource", "context"}, found ${describeJson(json)}.`;
    return err([{ path: '', message }]);
  }
  const principal = readUid(json, 'principal');
  const action = readUid(json, 'action');
  const resource = readUid(json, 'resource');
  if (!principal.ok || !action.ok || !resource.ok) {
    return err([principal, action, resource].flatMap((uid) => (uid.ok ? [] : uid.error)));
  }
  const parts = { principal: principal.value, action: action.value, resource: resource.value };
  return completeRequest(parts, json.get('context'), schema, validated);
}

/** Puts a request together and, if asked, checks it against the schema. */
export function completeRequest(
  parts: RequestParts,
  contextJson: Json | undefined,
  schema: Schema | undefined,
  validated: boolean,
): Result<Request, readonly Issue[]> {
  const type = schema?.actions.get(parts.action.toString())?.appliesTo?.context;
  const context = contextJson === undefined ? ok(EMPTY_RECORD) : readContext(contextJson, type);
  if (!context.ok) return context;
  const request = { ...parts, context: context.value };
  return validated && schema !== undefined ? validateRequest(schema, request) : ok(request);
}

function readUid(json: JsonObject, field: keyof RequestParts): Result<EntityUid, readonly Issue[]> {
  const value = json.get(field);
  const path = `/${field}`;
  if (value === undefined) return err([{ path: '', message: `The request has no "${field}".` }]);
  if (typeof value !== 'string') return readEntityUid(value, path);
  const uid = parseUid(value);
  return uid.ok ? uid : err([{ path, message: uid.error }]);
}

/** Reads an entity's name as Cedar writes it: `User::"alice"`. */
export function parseUid(text: string): Result<EntityUid, string> {
  const reader = new Reader(text);
  const expr = new ExpressionParser(reader).expression();
  const whole = expr?.span.start === 0 && expr.span.end === text.length;
  if (expr?.kind === 'entity' && whole && reader.issues.length === 0) return ok(expr.uid);
  return err(`${JSON.stringify(text)} is not the name of an entity, such as User::"alice"`);
}

/** Reads the official list of links, `[{template_id, link_id, args}]`, and fills the templates. */
export function readLinks(
  source: Source,
  templates: PolicyFile['templates'],
): Read<readonly NamedPolicy[]> {
  const json = readJson(source);
  if (!json.ok) return json;
  if (!isJsonArray(json.value)) {
    const message = `Expected a list of links, found ${describeJson(json.value)}.`;
    return err(problemsIn(source, [{ path: '', message }]));
  }
  const issues: Issue[] = [];
  const linked = json.value.flatMap((link, index) => {
    const result = readLink(link, templates);
    if (result.ok) return [result.value];
    issues.push({ path: `/${index}`, message: result.error });
    return [];
  });
  return issues.length > 0 ? err(problemsIn(source, issues)) : ok(linked);
}

function readLink(link: Json, templates: PolicyFile['templates']): Result<NamedPolicy, string> {
  const field = (name: string): Json | undefined =>
    isJsonObject(link) ? link.get(name) : undefined;
  const [templateId, id, args] = [field('template_id'), field('link_id'), field('args')];
  if (typeof templateId !== 'string' || typeof id !== 'string' || !isObject(args)) {
    return err('A link has a "template_id", a "link_id" and "args".');
  }
  const template = templates.get(templateId);
  if (template === undefined) return err(`There is no template ${JSON.stringify(templateId)}.`);
  const values = new Map<SlotName, EntityUid>();
  for (const [slot, value] of args) {
    const uid = typeof value === 'string' ? parseUid(value) : err('It has to be text.');
    if (!uid.ok) return err(`${slot}: ${uid.error}`);
    if (slot !== '?principal' && slot !== '?resource') return err(`${slot} is no slot.`);
    values.set(slot, uid.value);
  }
  const policy = linkTemplate(template, values);
  return policy.ok
    ? ok({ id, policy: policy.value })
    : err(policy.error.map(({ message }) => message).join('; '));
}

function isObject(json: Json | undefined): json is JsonObject {
  return json !== undefined && isJsonObject(json);
}
