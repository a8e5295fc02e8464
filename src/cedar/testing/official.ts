/** The official engine as an oracle, and ours asked the same question. */
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { CedarValueJson, EntityJson } from '@cedar-policy/cedar-wasm/nodejs';
import { authorize } from '../authorize.ts';
import { compilePolicies, type PolicySet } from '../compile.ts';
import { buildEntities, type Entities, type Entity } from '../entities.ts';
import { EXTENSION_FUNCTIONS } from '../extensions/functions.ts';
import { Failure, type FailureCode } from '../failure.ts';
import { parsePolicies } from '../parse.ts';
import type { Request } from '../request.ts';
import {
  entityUid,
  recordOf,
  recordOfType,
  setOf,
  type CedarRecord,
  type EntityUid,
  type Value,
} from '../value.ts';
import { DECLARED, type Data, type RequestData, type UidData } from './generate-data.ts';
import type { Case } from './generate.ts';

export interface Answer {
  readonly decision: string;
  readonly reasons: readonly string[];
  /** Erroring policies with the kind of their error, `id kind`. */
  readonly errors: readonly string[];
}

/** The official answer to each request. Policies are called `policy0`, `policy1`, … */
export function officialAnswers(input: Case): readonly Answer[] {
  const staticPolicies = Object.fromEntries(
    input.policies.map((policy, index) => [`policy${index}`, policy]),
  );
  return input.requests.map((request) => {
    const answer = cedar.isAuthorized({
      principal: request.principal,
      action: request.action,
      resource: request.resource,
      context: Object.fromEntries(fields(request.context)),
      policies: { staticPolicies },
      entities: input.entities.map(({ uid, parents, attrs, tags }): EntityJson => ({
        uid,
        parents: [...parents],
        attrs: Object.fromEntries(fields(attrs)),
        tags: Object.fromEntries(fields(tags)),
      })),
    });
    if (answer.type === 'failure') {
      throw new Error(answer.errors.map((error) => error.message).join('\n'));
    }
    const { decision, diagnostics } = answer.response;
    return {
      decision,
      reasons: diagnostics.reason.toSorted(),
      errors: diagnostics.errors
        .map(({ policyId, error }) => `${policyId} ${kindOf(error.message)}`)
        .toSorted(),
    };
  });
}

function fields(data: { readonly [name: string]: Data }): [string, CedarValueJson][] {
  return Object.entries(data).map(([field, value]) => [field, official(value)]);
}

/** The same data, in the toolchain's mutable types. */
function official(value: Data): CedarValueJson {
  if (typeof value !== 'object') return value;
  if (isList(value)) return value.map(official);
  return Object.fromEntries(fields(value));
}

function isList(value: Data): value is readonly Data[] {
  return Array.isArray(value);
}

const KINDS: readonly (readonly [RegExp, FailureCode])[] = [
  [/integer overflow/, 'overflow'],
  [/wrong number of arguments/, 'wrong_arity'],
  [/error while evaluating `\w+` extension function/, 'extension_error'],
  [/type error/, 'type_error'],
  [/does not have the tag/, 'tag_missing'],
  [/does not have the attribute/, 'attribute_missing'],
  [/entity `.*` does not exist/s, 'entity_missing'],
];

/** The kind of error that an official message speaks of. */
function kindOf(message: string): string {
  // The message begins with the policy; a string in it may hold anything, so the last match counts.
  const detail = message.replace(/^error occurred while evaluating policy `[^`]*`: /, '');
  const found = KINDS.find(([words]) => words.test(detail));
  return found?.[1] ?? detail;
}

/** Our answer to each request. */
export function ourAnswers(input: Case): readonly Answer[] {
  const { set, entities, requests } = prepare(input);
  return requests.map((request) => {
    const { decision, reasons, errors } = authorize(set, request, entities);
    return {
      decision,
      reasons: reasons.toSorted(),
      errors: errors.map(({ policyId, code }) => `${policyId} ${code}`).toSorted(),
    };
  });
}

/** The case, compiled for us; every other request and entity has records of a declared type. */
export function prepare(input: Case): {
  readonly set: PolicySet;
  readonly entities: Entities;
  readonly requests: readonly Request[];
} {
  const policies = input.policies.map((source, index) => {
    const parsed = parsePolicies(source);
    const [policy] = parsed.policies;
    if (policy === undefined) throw new Error(`${source}\n${JSON.stringify(parsed.errors)}`);
    return { id: `policy${index}`, policy };
  });
  const set = compilePolicies(policies);
  if (!set.ok) throw new Error(JSON.stringify(set.error));
  const entities = buildEntities(
    input.entities.map(({ uid, parents, attrs, tags }, index): Entity => ({
      uid: name(uid),
      parents: parents.map(name),
      attrs: index % 2 === 0 ? record(attrs) : declaredRecord(attrs),
      tags: record(tags),
    })),
  );
  if (!entities.ok) throw new Error(JSON.stringify(entities.error));
  return { set: set.value, entities: entities.value, requests: input.requests.map(requestOf) };
}

function requestOf({ principal, action, resource, context }: RequestData, index: number): Request {
  return {
    principal: name(principal),
    action: name(action),
    resource: name(resource),
    context: index % 2 === 0 ? declaredRecord(context) : record(context),
  };
}

function name({ type, id }: UidData): EntityUid {
  return entityUid(type, id);
}

type Fields = { readonly [name: string]: Data };

function record(values: Fields): CedarRecord {
  return recordOf(entriesOf(values));
}

function declaredRecord(values: Fields): CedarRecord {
  return recordOfType(DECLARED, entriesOf(values));
}

function entriesOf(values: Fields): readonly (readonly [string, Value])[] {
  return Object.entries(values).map(([field, value]) => [field, valueOf(value)] as const);
}

function valueOf(value: Data): Value {
  if (typeof value !== 'object') return value;
  if (isList(value)) return setOf(value.map(valueOf));
  const { __entity: entity, __extn: extension } = value;
  if (isFields(entity)) return entityUid(text(entity['type']), text(entity['id']));
  if (isFields(extension)) {
    const argument = text(extension['arg']);
    const result = EXTENSION_FUNCTIONS.get(text(extension['fn']))?.call(argument, argument);
    if (result === undefined || result instanceof Failure) throw new Error(JSON.stringify(value));
    return result;
  }
  return record(value);
}

function isFields(value: Data | undefined): value is { readonly [name: string]: Data } {
  return typeof value === 'object' && !Array.isArray(value);
}

function text(value: Data | undefined): string {
  return typeof value === 'string' ? value : '';
}
