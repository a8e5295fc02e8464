/**
 * The arguments of a tool as Cedar sees them: `context.input`.
 *
 * A caller sends them as the tool itself gets them. Cedar's MCP schema generator writes types for them that
 * plain JSON has no values of: an `enum` of texts is an entity type, `anyOf` a record of `typeChoice0`,
 * `typeChoice1` …, of which one is there, an object with any members an entity with tags. Here the one
 * becomes the other. What does not fit is left as it is, so that reading it fails and is noticed.
 */
import { ok, type Result } from '../base/result.ts';
import type { Entity } from '../cedar/entities.ts';
import { readFact } from '../cedar/json/fact.ts';
import type { ValueIssue } from '../cedar/json/issue.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../cedar/json/lossless.ts';
import type { Attributes, EntityType, Schema, Type } from '../cedar/schema/model.ts';
import { entityUid, recordOf, type Value } from '../cedar/value.ts';
import { factText } from './task-hash.ts';

export interface Input {
  readonly value: Value | undefined;
  /** Objects with any members: entities that are there for this check alone. */
  readonly entities: readonly Entity[];
}

/** Reads arguments by the type that the schema gives them. */
export function readInput(
  json: Exclude<Json, null>,
  type: Type,
  schema: Schema,
): Result<Input, readonly ValueIssue[]> {
  const shaper = new Shaper(schema);
  const value = readFact(shaper.shape(json, type, 'input'), type, '/input');
  return value.ok ? ok({ value: value.value, entities: shaper.entities }) : value;
}

class Shaper {
  readonly #schema: Schema;
  readonly entities: Entity[] = [];

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  shape(json: Json, type: Type, path: string): Json {
    switch (type.kind) {
      case 'set':
        return isJsonArray(json)
          ? json.map((element, at) => this.shape(element, type.element, `${path}/${at}`))
          : json;
      case 'record':
        if (isChoice(type.attributes)) return this.#choice(json, type.attributes, path);
        return isJsonObject(json) ? this.#members(json, type.attributes, path) : json;
      case 'entity':
        return this.#entity(json, this.#schema.entityTypes.get(type.name), path);
      case 'extension':
        return type.name === 'duration' && typeof json === 'string' ? cedarDuration(json) : json;
      case 'bool':
      case 'long':
      case 'string':
        return json;
    }
  }

  #members(json: JsonObject, declared: Attributes, path: string): JsonObject {
    const shaped = new Map<string, Json>();
    for (const [name, { type }] of declared) {
      const member = json.get(name);
      if (member !== undefined) shaped.set(name, this.shape(member, type, `${path}/${name}`));
    }
    return shaped;
  }

  /** The first alternative that fits, as JSON Schema's validators go about it. */
  #choice(json: Json, choices: Attributes, path: string): Json {
    for (const [name, { type }] of choices) {
      const before = this.entities.length;
      const shaped = this.shape(json, type, path);
      const read = readFact(shaped, type);
      if (read.ok && read.value !== undefined) return new Map([[name, shaped]]);
      this.entities.length = before;
    }
    return json;
  }

  #entity(json: Json, type: EntityType | undefined, path: string): Json {
    if (type === undefined) return json;
    if (type.enumIds !== undefined) {
      const known = typeof json === 'string' && type.enumIds.includes(json);
      return known ? named(type, json) : json;
    }
    // The generator's own types for what Cedar has none for.
    if (type.name === 'Null') return json === null ? named(type, 'null') : json;
    if (type.name === 'Unknown') return json === null ? null : named(type, factText(json));
    return type.tags === undefined || !isJsonObject(json)
      ? json
      : this.#tagged(json, type, type.tags, path);
  }

  #tagged(json: JsonObject, type: EntityType, tags: Type, path: string): Json {
    const known: [string, Value][] = [];
    const others: [string, Value][] = [];
    for (const [name, member] of json) {
      const declared = type.attributes.get(name);
      const shaped = this.shape(member, declared?.type ?? tags, `${path}/${name}`);
      const read = readFact(shaped, declared?.type ?? tags);
      if (!read.ok) return json;
      if (read.value !== undefined)
        (declared === undefined ? others : known).push([name, read.value]);
    }
    for (const [name, { required }] of type.attributes) {
      if (required && !known.some(([there]) => there === name)) return json;
    }
    const uid = entityUid(type.name, path);
    this.entities.push({ uid, parents: [], attrs: recordOf(known), tags: recordOf(others) });
    return named(type, path);
  }
}

function isChoice(attributes: Attributes): boolean {
  return (
    attributes.size > 0 && [...attributes.keys()].every((name) => /^typeChoice\d+$/u.test(name))
  );
}

function named({ name }: EntityType, id: string): Json {
  return new Map([
    ['type', name],
    ['id', id],
  ]);
}

const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/u;

/** `PT1H30M` in Cedar's words; any other text as it is. */
function cedarDuration(text: string): string {
  const match = ISO.exec(text);
  if (match === null) return text;
  const units = ['d', 'h', 'm', 's'].flatMap((unit, at) => {
    const count = match[at + 1];
    return count === undefined ? [] : [`${count}${unit}`];
  });
  return units.length === 0 ? text : units.join('');
}
