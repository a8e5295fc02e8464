import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import type { Json, JsonIssue, JsonIssueCode, JsonLimits } from './lossless.ts';
import { JSON_LIMITS } from '../limits.ts';
import { JsonNumber } from './lossless.ts';
import { type Path, renderPath } from './issue.ts';

/**
 * Takes a plain JavaScript value, as `JSON.parse` or zod hand it out, over into `Json`. Members that
 * are `undefined` are absent. An integer past 2^53 has been rounded before it came here, so it becomes
 * a `JsonNumber`, which no reader takes for an exact Long. Functions, symbols, dates and other
 * instances are refused, and so is what is deeper or larger than `limits`, cycles among it.
 */
export function jsonFromUnknown(
  value: unknown,
  limits: JsonLimits = JSON_LIMITS,
): Result<Json, JsonIssue> {
  const reader = new Reader(limits);
  const json = reader.read(value, '', 0);
  return reader.issue === undefined ? ok(json) : err(reader.issue);
}

class Reader {
  readonly #limits: JsonLimits;
  #count = 0;
  #length = 0;
  issue: JsonIssue | undefined;

  constructor(limits: JsonLimits) {
    this.#limits = limits;
  }

  /** The value as Json; `null` with `issue` set when it is none. */
  read(value: unknown, path: Path, depth: number): Json {
    this.#count += 1;
    if (this.#count > this.#limits.count) {
      return this.#fail('JSON_TOO_MANY', `There are more than ${this.#limits.count} values.`, path);
    }
    switch (typeof value) {
      case 'boolean':
      case 'bigint':
        return value;
      case 'string':
        return this.#string(value, path);
      case 'number':
        return this.#number(value, path);
      case 'object':
        return value === null ? null : this.#compound(value, path, depth);
      case 'function':
      case 'symbol':
      case 'undefined':
      default:
        return this.#fail('JSON_NOT_DATA', `A value of type ${typeof value} is not JSON.`, path);
    }
  }

  #string(value: string, path: Path): Json {
    this.#length += value.length;
    if (this.#length > this.#limits.length) {
      const message = `The texts have more than ${this.#limits.length} characters.`;
      return this.#fail('JSON_TOO_LARGE', message, path);
    }
    if (value.isWellFormed()) return value;
    return this.#fail('JSON_UNPAIRED_SURROGATE', 'Half a surrogate pair is no text.', path);
  }

  #number(value: number, path: Path): Json {
    // `+ 0` makes -0 an ordinary zero.
    if (Number.isSafeInteger(value)) return value + 0;
    if (Number.isFinite(value)) return new JsonNumber(String(value));
    return this.#fail('JSON_NOT_DATA', `${value} is not JSON.`, path);
  }

  #compound(value: object, path: Path, depth: number): Json {
    if (value instanceof JsonNumber) return value;
    if (depth >= this.#limits.depth) {
      return this.#fail('JSON_TOO_DEEP', `Nesting is deeper than ${this.#limits.depth}.`, path);
    }
    if (Array.isArray(value)) return this.#array(value, path, depth);
    if (value instanceof Map) return this.#object([...value], path, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || prototype === Object.prototype) {
      return this.#object(Object.entries(value), path, depth);
    }
    return this.#fail('JSON_NOT_DATA', 'An instance of a class is not JSON.', path);
  }

  #array(values: readonly unknown[], path: Path, depth: number): Json {
    const elements: Json[] = [];
    for (let index = 0; index < values.length && this.issue === undefined; index += 1) {
      elements.push(this.read(values[index], { parent: path, key: index }, depth + 1));
    }
    return elements;
  }

  #object(entries: readonly (readonly unknown[])[], path: Path, depth: number): Json {
    const members = new Map<string, Json>();
    for (const [key, value] of entries) {
      if (value === undefined) continue;
      if (typeof key !== 'string') {
        return this.#fail('JSON_NOT_DATA', 'A member is named by something else than text.', path);
      }
      this.#string(key, path);
      members.set(key, this.read(value, { parent: path, key }, depth + 1));
      if (this.issue !== undefined) return null;
    }
    return members;
  }

  #fail(code: JsonIssueCode, message: string, path: Path): null {
    // The first fault is the one to report: what follows is read no further.
    this.issue ??= { code, message, path: renderPath(path), span: { start: 0, end: 0 } };
    return null;
  }
}
