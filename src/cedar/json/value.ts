import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import { EXTENSION_FUNCTIONS } from '../extensions/functions.ts';
import { Failure } from '../failure.ts';
import { checkedLong } from '../long.ts';
import type { Attributes, ExtensionName, RecordType, Type } from '../schema/model.ts';
import { isTypeName } from '../schema/names.ts';
import { hasType, printType } from '../schema/types.ts';
import {
  CedarRecord,
  entityUid,
  type EntityUid,
  recordOf,
  recordOfType,
  setOf,
  typeName,
  type Value,
} from '../value.ts';
import { Issues, type Path, type ValueIssue } from './issue.ts';
import {
  describeJson,
  isJsonArray,
  isJsonObject,
  type Json,
  JsonNumber,
  type JsonObject,
} from './lossless.ts';

/**
 * Reads a Cedar value from JSON in the official format. With a type, `__entity` and `__extn` may be
 * left out where the type says what stands there; without, they are the only way to write an entity
 * or an extension value. `path` is the RFC 6901 pointer of `json` in its document. As in official
 * Cedar, an object that resembles an escape without being one is a record.
 */
export function readValue(
  json: Json,
  type: Type | undefined,
  path = '',
): Result<Value, readonly ValueIssue[]> {
  const issues = new Issues();
  const value = new ValueReader(issues).read(json, type, path);
  return value === undefined ? err(issues.list) : ok(value);
}

/** Reads `{type, id}` or `{__entity: {type, id}}`. */
export function readEntityUid(json: Json, path = ''): Result<EntityUid, readonly ValueIssue[]> {
  const issues = new Issues();
  const uid = new ValueReader(issues).entityUid(json, path);
  return uid === undefined ? err(issues.list) : ok(uid);
}

/** Reads the context of a request, by the type that its action gives it. */
export function readContext(
  json: Json,
  type: RecordType | undefined,
  path = '/context',
): Result<CedarRecord, readonly ValueIssue[]> {
  const context = readValue(json, type, path);
  if (!context.ok) return context;
  if (context.value instanceof CedarRecord) return ok(context.value);
  const message = `Expected a record, found ${typeName(context.value)}.`;
  return err([{ path, code: 'TYPE_MISMATCH', message }]);
}

/** What the arguments of a function have to be, where a value of an extension type is expected. */
const ARGUMENTS: ReadonlyMap<string, readonly ExtensionName[]> = new Map([
  ['offset', ['datetime', 'duration']],
  ['durationSince', ['datetime', 'datetime']],
  ['toDate', ['datetime']],
  ['toTime', ['datetime']],
]);

const CONSTRUCTORS: Readonly<Record<ExtensionName, string>> = {
  datetime: 'datetime',
  decimal: 'decimal',
  duration: 'duration',
  ipaddr: 'ip',
};

/** Reads values and reports to `issues`. What cannot be read is `undefined`. */
export class ValueReader {
  readonly #issues: Issues;

  constructor(issues: Issues) {
    this.#issues = issues;
  }

  read(json: Json, type: Type | undefined, path: Path): Value | undefined {
    if (json === null) return this.#issues.add(path, 'NULL_VALUE', 'Cedar has no null.');
    switch (type?.kind) {
      case 'entity': {
        const uid = this.entityUid(json, path);
        return uid && this.#typed(uid, type, path);
      }
      case 'extension': {
        const value = this.#extension(json, type.name, path);
        return value === undefined ? undefined : this.#typed(value, type, path);
      }
      case 'set':
        return isJsonArray(json)
          ? this.#set(json, type.element, path)
          : this.#mismatch(json, type, path);
      case 'record':
        return isJsonObject(json)
          ? this.#record(json, type.attributes, path)
          : this.#mismatch(json, type, path);
      case 'bool':
      case 'long':
      case 'string': {
        const value = this.#untyped(json, path);
        return value === undefined ? undefined : this.#typed(value, type, path);
      }
      case undefined:
        return this.#untyped(json, path);
    }
  }

  entityUid(json: Json, path: Path): EntityUid | undefined {
    if (isJsonObject(json)) {
      if (typeof json.get('__expr') === 'string') return this.#exprEscape(path);
      const named = typeAndId(json.get('__entity')) ?? typeAndId(json);
      if (named !== undefined) return this.#uid(named, path);
    }
    const found = describeJson(json);
    const message = `Expected an entity {"type", "id"}, found ${found}.`;
    return this.#issues.add(path, 'BAD_ENTITY_UID', message);
  }

  /** Reads attributes by their types; what is missing or not declared is an issue. */
  attributes(json: JsonObject, declared: Attributes, path: Path): [string, Value][] | undefined {
    const entries: [string, Value][] = [];
    let complete = true;
    for (const [name, attribute] of declared) {
      const member = json.get(name);
      if (member !== undefined) {
        const value = this.read(member, attribute.type, { parent: path, key: name });
        if (value === undefined) complete = false;
        else entries.push([name, value]);
      } else if (attribute.required) {
        complete = false;
        this.#issues.add(path, 'MISSING_ATTRIBUTE', `The attribute "${name}" is missing.`);
      }
    }
    for (const name of json.keys()) {
      if (declared.has(name)) continue;
      complete = false;
      const message = `No attribute "${name}" is declared here.`;
      this.#issues.add({ parent: path, key: name }, 'UNEXPECTED_ATTRIBUTE', message);
    }
    return complete ? entries : undefined;
  }

  /** Reads every member of an object as a value of `type`, or by its own form. */
  members(json: JsonObject, type: Type | undefined, path: Path): [string, Value][] | undefined {
    const entries: [string, Value][] = [];
    for (const [name, member] of json) {
      const value = this.read(member, type, { parent: path, key: name });
      if (value !== undefined) entries.push([name, value]);
    }
    return entries.length === json.size ? entries : undefined;
  }

  #untyped(json: Exclude<Json, null>, path: Path): Value | undefined {
    if (isJsonArray(json)) return this.#set(json, undefined, path);
    if (isJsonObject(json)) return this.#object(json, path);
    if (json instanceof JsonNumber) {
      const message = /[.e]/i.test(json.text)
        ? `Cedar has no number ${json.text}; a decimal is written as text.`
        : `${json.text} has been rounded: it is past what a JavaScript number can hold.`;
      return this.#issues.add(path, 'TYPE_MISMATCH', message);
    }
    if (typeof json !== 'bigint') return json;
    const long = checkedLong(json);
    return long ?? this.#issues.add(path, 'LONG_RANGE', `${json} is outside the 64-bit range.`);
  }

  #object(json: JsonObject, path: Path): Value | undefined {
    if (typeof json.get('__expr') === 'string') return this.#exprEscape(path);
    const named = typeAndId(json.get('__entity'));
    if (named !== undefined) return this.#uid(named, path);
    const call = functionAndArguments(json.get('__extn'));
    if (call !== undefined) {
      return this.#call(call, [], { parent: path, key: '__extn' });
    }
    const entries = this.members(json, undefined, path);
    return entries && recordOf(entries);
  }

  #record(json: JsonObject, declared: Attributes, path: Path): Value | undefined {
    const entries = this.attributes(json, declared, path);
    return entries && recordOfType(declared, entries);
  }

  #set(json: readonly Json[], element: Type | undefined, path: Path): Value | undefined {
    const values: Value[] = [];
    for (const [key, member] of json.entries()) {
      const value = this.read(member, element, { parent: path, key });
      if (value !== undefined) values.push(value);
    }
    return values.length === json.length ? setOf(values) : undefined;
  }

  /** A value of an extension type in any of its forms: call, call without escape, or its text alone. */
  #extension(json: Exclude<Json, null>, name: ExtensionName, path: Path): Value | undefined {
    if (isJsonObject(json)) {
      if (typeof json.get('__expr') === 'string') return this.#exprEscape(path);
      const escaped = functionAndArguments(json.get('__extn'));
      const call = escaped ?? functionAndArguments(json);
      if (call !== undefined) {
        const place = escaped === undefined ? path : { parent: path, key: '__extn' };
        return this.#call(call, ARGUMENTS.get(call.name) ?? [], place);
      }
    }
    const argument = this.#untyped(json, path);
    if (argument === undefined) return undefined;
    return this.#apply(CONSTRUCTORS[name], [argument], path);
  }

  #call(call: Call, types: readonly ExtensionName[], path: Path): Value | undefined {
    const values: Value[] = [];
    for (const [index, argument] of call.arguments.entries()) {
      const name = types[index];
      const place = { parent: path, key: call.several ? index : 'arg' };
      const type = name && ({ kind: 'extension', name } as const);
      const value = this.read(argument, type, place);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return this.#apply(call.name, values, path);
  }

  #apply(name: string, values: readonly Value[], path: Path): Value | undefined {
    const definition = EXTENSION_FUNCTIONS.get(name);
    if (definition === undefined) {
      const message = `There is no extension function "${name}".`;
      return this.#issues.add(path, 'BAD_EXTENSION_VALUE', message);
    }
    const [first, second = first] = values;
    if (values.length !== definition.arity || first === undefined || second === undefined) {
      const message = `"${name}" takes ${definition.arity} arguments, not ${values.length}.`;
      return this.#issues.add(path, 'BAD_EXTENSION_VALUE', message);
    }
    const result = definition.call(first, second);
    if (!(result instanceof Failure)) return result;
    return this.#issues.add(path, 'BAD_EXTENSION_VALUE', `In "${name}": ${result.message}.`);
  }

  #uid(named: { readonly type: string; readonly id: string }, path: Path): EntityUid | undefined {
    if (isTypeName(named.type)) return entityUid(named.type, named.id);
    const message = `${JSON.stringify(named.type)} cannot be the name of an entity type.`;
    return this.#issues.add(path, 'BAD_ENTITY_UID', message);
  }

  #exprEscape(path: Path): undefined {
    const message = '"__expr" is no longer supported; write "__entity" or "__extn".';
    return this.#issues.add(path, 'EXPR_ESCAPE', message);
  }

  #typed(value: Value, type: Type, path: Path): Value | undefined {
    if (hasType(value, type)) return value;
    const message = `Expected ${printType(type)}, found ${typeName(value)}.`;
    return this.#issues.add(path, 'TYPE_MISMATCH', message);
  }

  #mismatch(json: Json, type: Type, path: Path): undefined {
    const message = `Expected ${printType(type)}, found ${describeJson(json)}.`;
    return this.#issues.add(path, 'TYPE_MISMATCH', message);
  }
}

function typeAndId(
  json: Json | undefined,
): { readonly type: string; readonly id: string } | undefined {
  if (json === undefined || !isJsonObject(json)) return undefined;
  const type = json.get('type');
  const id = json.get('id');
  return typeof type === 'string' && typeof id === 'string' ? { type, id } : undefined;
}

interface Call {
  readonly name: string;
  readonly arguments: readonly Json[];
  readonly several: boolean;
}

function functionAndArguments(json: Json | undefined): Call | undefined {
  if (json === undefined || !isJsonObject(json)) return undefined;
  const name = json.get('fn');
  if (typeof name !== 'string') return undefined;
  const argument = json.get('arg');
  if (argument !== undefined) return { name, arguments: [argument], several: false };
  const list = json.get('args');
  return list !== undefined && isJsonArray(list)
    ? { name, arguments: list, several: true }
    : undefined;
}
