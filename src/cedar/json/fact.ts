import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import { type Datetime, parseDatetime } from '../extensions/datetime.ts';
import { decimalFromScaled, parseDecimal } from '../extensions/decimal.ts';
import { parseDuration } from '../extensions/duration.ts';
import { parseIpAddr } from '../extensions/ipaddr.ts';
import { checkedLong } from '../long.ts';
import type { Attributes, ExtensionName, Type } from '../schema/model.ts';
import { printType } from '../schema/types.ts';
import { recordOfType, setOf, type Value } from '../value.ts';
import { Issues, type Path, type ValueIssue } from './issue.ts';
import { describeJson, isJsonArray, isJsonObject, type Json, JsonNumber } from './lossless.ts';
import { readEntityUid } from './value.ts';

/**
 * Reads what a client sends as plain JSON, which knows no Cedar, by the type that a schema gives it:
 * integers are Longs, numbers and their texts decimals (exactly, or not at all), ISO 8601 texts
 * datetimes, arrays sets, `{type, id}` entities. `null` is absence, which is the success `undefined`;
 * in a record a member that is not declared is left out, one that is missing though required is not.
 */
export function readFact(
  json: Json,
  type: Type,
  path = '',
): Result<Value | undefined, readonly ValueIssue[]> {
  if (json === null) return ok(undefined);
  const issues = new Issues();
  const value = new FactReader(issues).read(json, type, path);
  return value === undefined ? err(issues.list) : ok(value);
}

/** Reads facts and reports to `issues`. What cannot be read is `undefined`. */
class FactReader {
  readonly #issues: Issues;

  constructor(issues: Issues) {
    this.#issues = issues;
  }

  read(json: Exclude<Json, null>, type: Type, path: Path): Value | undefined {
    switch (type.kind) {
      case 'bool':
        return typeof json === 'boolean' ? json : this.#mismatch(json, type, path);
      case 'string':
        return typeof json === 'string' ? json : this.#mismatch(json, type, path);
      case 'long':
        return this.#long(json, type, path);
      case 'set':
        return isJsonArray(json)
          ? this.#set(json, type.element, path)
          : this.#mismatch(json, type, path);
      case 'record':
        return this.#record(json, type.attributes, type, path);
      case 'entity':
        return this.#entity(json, type, path);
      case 'extension':
        return this.#extension(json, type.name, type, path);
    }
  }

  #long(json: Json, type: Type, path: Path): Value | undefined {
    if (typeof json === 'number') return json;
    const exact =
      typeof json === 'bigint' ? json : json instanceof JsonNumber ? wholeOf(json) : undefined;
    if (exact === undefined) return this.#mismatch(json, type, path);
    const long = checkedLong(exact);
    if (long !== undefined) return long;
    return this.#issues.add(path, 'LONG_RANGE', `${exact} is outside the 64-bit range.`);
  }

  #set(json: readonly Json[], element: Type, path: Path): Value | undefined {
    const values: Value[] = [];
    for (const [key, member] of json.entries()) {
      const place = { parent: path, key };
      const value =
        member === null
          ? this.#issues.add(place, 'NULL_VALUE', 'A set has no place for null.')
          : this.read(member, element, place);
      if (value !== undefined) values.push(value);
    }
    return values.length === json.length ? setOf(values) : undefined;
  }

  #record(json: Json, declared: Attributes, type: Type, path: Path): Value | undefined {
    if (!isJsonObject(json)) return this.#mismatch(json, type, path);
    const entries: [string, Value][] = [];
    let complete = true;
    for (const [name, attribute] of declared) {
      const member = json.get(name) ?? null;
      if (member !== null) {
        const value = this.read(member, attribute.type, { parent: path, key: name });
        if (value === undefined) complete = false;
        else entries.push([name, value]);
      } else if (attribute.required) {
        complete = false;
        this.#issues.add(path, 'MISSING_ATTRIBUTE', `"${name}" is missing.`);
      }
    }
    return complete ? recordOfType(declared, entries) : undefined;
  }

  #entity(json: Json, type: Type & { readonly kind: 'entity' }, path: Path): Value | undefined {
    const isPlain = isJsonObject(json) && !json.has('__entity') && !json.has('__expr');
    const uid = isPlain ? readEntityUid(json) : undefined;
    return uid?.ok === true && uid.value.type === type.name
      ? uid.value
      : this.#mismatch(json, type, path);
  }

  #extension(json: Json, name: ExtensionName, type: Type, path: Path): Value | undefined {
    if (name === 'decimal' && typeof json !== 'string') return this.#decimal(json, type, path);
    if (typeof json !== 'string') return this.#mismatch(json, type, path);
    const parsed = PARSERS[name](json);
    if (parsed.ok) return parsed.value;
    return this.#issues.add(path, 'BAD_EXTENSION_VALUE', `Not a ${name}: ${parsed.error}.`);
  }

  #decimal(json: Json, type: Type, path: Path): Value | undefined {
    const number =
      typeof json === 'number' || typeof json === 'bigint' ? new JsonNumber(`${json}`) : json;
    if (!(number instanceof JsonNumber)) return this.#mismatch(json, type, path);
    // With so few digits the rounding of numbers stays below half of the last place.
    if (USUAL_DECIMAL.test(number.text)) {
      return decimalFromScaled(Math.round(Number(number.text) * 10_000) + 0);
    }
    const scaled = scaledOf(number, 4);
    const long = scaled === undefined ? undefined : checkedLong(scaled);
    if (long !== undefined) return decimalFromScaled(long);
    const message = `${number.text} is no decimal: at most four places, and ±922337203685477.5807.`;
    return this.#issues.add(path, 'BAD_EXTENSION_VALUE', message);
  }

  #mismatch(json: Json, type: Type, path: Path): undefined {
    const message = `Expected ${printType(type)}, found ${describeJson(json)}.`;
    return this.#issues.add(path, 'TYPE_MISMATCH', message);
  }
}

const USUAL_DECIMAL = /^-?[0-9]{1,10}(?:\.[0-9]{1,4})?$/;

const PARSERS = {
  datetime: parseIsoDatetime,
  decimal: parseDecimal,
  duration: parseDuration,
  ipaddr: parseIpAddr,
} as const;

const ISO =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?(?:[Zz]|([+-][0-9]{2}):?([0-9]{2})))?$/;

/**
 * Reads a moment in ISO 8601 as clients write it: a date alone (midnight UTC), or date and time with
 * `Z` or an offset, with or without seconds and their fraction. What is finer than Cedar's
 * milliseconds is cut off. A time without offset names no moment and is refused.
 */
export function parseIsoDatetime(text: string): Result<Datetime, string> {
  const exact = parseDatetime(text);
  if (exact.ok) return exact;
  const match = ISO.exec(text);
  if (match === null)
    return err(`${JSON.stringify(text.slice(0, 40))} is not ISO 8601 with an offset`);
  const [, date = '', time, seconds = '00', fraction = '', hours, minutes = ''] = match;
  if (time === undefined) return parseDatetime(date);
  const offset = hours === undefined ? 'Z' : `${hours}${minutes}`;
  const millis = fraction.padEnd(3, '0').slice(0, 3);
  return parseDatetime(`${date}T${time}:${seconds}.${millis}${offset}`);
}

/** The integer that a number such as `2.0` is, unless it is past 2^53, where it may have been rounded. */
function wholeOf(number: JsonNumber): bigint | undefined {
  const whole = scaledOf(number, 0);
  return whole !== undefined && Number.isSafeInteger(Number(whole)) ? whole : undefined;
}

/** The number times 10^places if that is an integer of at most 40 digits: exact, from its text. */
function scaledOf(number: JsonNumber, places: number): bigint | undefined {
  const [mantissa = '', exponent = '0'] = number.text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = `${whole}${fraction}`.replace(/^-/, '').replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return 0n;
  const zeros = digits.length - significant.length;
  const shift = Number(exponent) - fraction.length + zeros + places;
  if (shift < 0 || significant.length + shift > 40) return undefined;
  const magnitude = BigInt(significant.padEnd(significant.length + shift, '0'));
  return whole.startsWith('-') ? -magnitude : magnitude;
}
