import { createHash, createHmac } from 'node:crypto';
import { canonicalJson, type CanonicalJson } from '../../base/canonical-json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { replaceAt, type Pointer } from './pointer.ts';

/** A call as a model proposes it. */
export interface ToolCall {
  readonly tool: string;
  /** An object of JSON data; absent is `{}`. */
  readonly arguments?: unknown;
  /**
   * Names this call and no other one, ever: of a thread and a call in it, say. A host that asks about the
   * same call anew after a restart gets the same pending approval then, so that it cannot be approved twice.
   */
  readonly id?: string;
}

/** Arguments as data that nobody can change any more. */
export type Arguments = Readonly<Record<string, CanonicalJson>>;

/** What is checked, and nothing else is what runs. */
export interface CheckedCall {
  readonly tool: string;
  readonly id: string | undefined;
  readonly arguments: Arguments;
  /** The arguments without what is secret: what leaves the gate. */
  readonly masked: Arguments;
  /** `sha256:<hex>` of tool and arguments. */
  readonly hash: string;
}

const LIMITS = { depth: 64, values: 100_000, characters: 1_000_000 };

/**
 * Takes a call as it is at this moment. What is no JSON is refused rather than turned into something that
 * the tool did not mean: dates, maps, functions, `NaN`, half of a surrogate pair.
 */
export function takeCall(
  call: ToolCall,
  secret: readonly Pointer[],
  key: Uint8Array,
): Result<CheckedCall, string> {
  const taken = takeData(call.arguments ?? {});
  if (!taken.ok) return taken;
  const args = taken.value;
  if (!isObject(args)) return err('The arguments must be an object.');
  const { tool, id } = call;
  return ok({
    tool,
    id,
    arguments: args,
    masked: objectOr(replaceAt(args, secret, mask)),
    hash: hashCall(tool, replaceAt(args, secret, keyed(key))),
  });
}

/** Data as it is at this moment, frozen; the error says what is no JSON in it. */
export function takeData(value: unknown): Result<CanonicalJson, string> {
  return new Taker().take(value, 0);
}

/** A copy for the tool, which may do with it what it wants. */
export function copyOf(args: Arguments): Record<string, unknown> {
  return structuredClone(args);
}

const MASKED = '[masked]';

/** What takes the place of a secret: text stays text, so that a schema that requires it is content. */
function mask(value: CanonicalJson): CanonicalJson | undefined {
  return typeof value === 'string' ? MASKED : undefined;
}

/** A short secret could be guessed from a plain hash in a log; from this only by who has the key. */
function keyed(key: Uint8Array): (value: CanonicalJson) => CanonicalJson {
  return (value) => createHmac('sha256', key).update(canonicalJson(value)).digest('hex');
}

function hashCall(tool: string, args: CanonicalJson): string {
  const text = canonicalJson({ arguments: args, tool });
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function isObject(value: CanonicalJson | undefined): value is Arguments {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOr(value: CanonicalJson | undefined): Arguments {
  return isObject(value) ? value : {};
}

/** Reads every member once: what a getter or a proxy says the second time must not matter. */
class Taker {
  #values = 0;
  #characters = 0;

  take(value: unknown, depth: number): Result<CanonicalJson, string> {
    this.#values += 1;
    if (this.#values > LIMITS.values) return err('There are too many values.');
    if (depth > LIMITS.depth) return err('The nesting is too deep.');
    switch (typeof value) {
      case 'boolean':
        return ok(value);
      case 'number':
        // `+ 0` makes -0 an ordinary zero, which is what JSON would make of it.
        return Number.isFinite(value) ? ok(value + 0) : err('A number is not finite.');
      case 'string':
        return this.#text(value);
      case 'object':
        if (value === null) return ok(null);
        return Array.isArray(value) ? this.#list(value, depth) : this.#members(value, depth);
      case 'bigint':
      case 'function':
      case 'symbol':
      case 'undefined':
      default:
        return err(`There is a ${typeof value}, which is no JSON.`);
    }
  }

  #text(text: string): Result<string, string> {
    this.#characters += text.length;
    if (this.#characters > LIMITS.characters) return err('The texts are too long.');
    return text.isWellFormed() ? ok(text) : err('A text is not well-formed Unicode.');
  }

  #list(list: readonly unknown[], depth: number): Result<CanonicalJson, string> {
    const taken: CanonicalJson[] = [];
    for (const element of list) {
      const one = this.take(element, depth + 1);
      if (!one.ok) return one;
      taken.push(one.value);
    }
    return ok(Object.freeze(taken));
  }

  #members(object: object, depth: number): Result<CanonicalJson, string> {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype !== null && prototype !== Object.prototype) {
      return err('There is an instance of a class, which is no JSON.');
    }
    const taken: [string, CanonicalJson][] = [];
    for (const [name, value] of Object.entries(object)) {
      if (value === undefined) continue;
      const key = this.#text(name);
      if (!key.ok) return key;
      const one = this.take(value, depth + 1);
      if (!one.ok) return one;
      taken.push([name, one.value]);
    }
    return ok(Object.freeze(Object.fromEntries(taken)));
  }
}
