import { kept } from '../base/kept.ts';
import { err, ok, type Result } from '../base/result.ts';
import { parseDatetime } from '../cedar/extensions/datetime.ts';
import { Decimal, parseDecimal } from '../cedar/extensions/decimal.ts';
import { parseDuration } from '../cedar/extensions/duration.ts';
import { parseIpAddr } from '../cedar/extensions/ipaddr.ts';
import { checkedLong } from '../cedar/long.ts';
import type { Attributes, ExtensionName, Type } from '../cedar/schema/model.ts';
import { CedarSet, isLong, printValue, setOf, valuesEqual, type Value } from '../cedar/value.ts';
import { LIMIT_KEYS, LIMITS, NO, PHRASES, SECONDS, WORDS, YES } from './constraint-words.ts';
import { normalForm } from './normal-form.ts';

/**
 * Reads the constraint strings of a check:
 *
 *     "human approval required"   a phrase      → word approval_required
 *     "require_ticket: true"      key and value → word ticket_required
 *     "timeout: 5m"               key and value → limit timeout_seconds = 300
 *     "business-hours only"       a phrase      → limit allowed_change_window = "business_hours"
 *     "be nice"                   unknown       → word be_nice, listed as unrecognized
 *     "max_retries: many"         unreadable    → malformed, which defers: a limit that was meant
 *                                                 and got lost must not pass as no limit
 *
 * A limit said twice counts in its strictest form.
 */
export interface Constraints {
  /** Every word once, recognised or not, in the order given: `context.constraints` of the policies. */
  readonly words: readonly string[];
  /** By limit key: `context.limits` of the policies. */
  readonly limits: ReadonlyMap<string, Value>;
  /** What was understood, in one spelling: words, and limits as `key: value`. */
  readonly applied: readonly string[];
  /** Words that nothing here knows. They are no guardrail. */
  readonly unrecognized: readonly string[];
  readonly malformed: readonly MalformedConstraint[];
}

export interface MalformedConstraint {
  readonly key: string;
  /** The constraint as the client wrote it. */
  readonly text: string;
  readonly message: string;
}

/** `money movement`, `Money-Movement` and `money_movement` are one word. */
export const snakeCase = kept((text: string): string =>
  normalForm(text, 'NFKC')
    .toLowerCase()
    .replace(/[\s\p{Pd}_]+/gu, '_')
    .replace(/^_|_$/g, ''),
);

/** Reads all constraint strings. `declared`: the limits that the pack's schema types. Never fails. */
export function readConstraints(texts: readonly string[], declared: Attributes): Constraints {
  const words = new Set<string>();
  const limits = new Map<string, Value>();
  const applied = new Map<string, string>();
  const unrecognized = new Set<string>();
  const malformed: MalformedConstraint[] = [];

  for (const text of texts) {
    const said = readOne(text, declared);
    switch (said.kind) {
      case 'nothing':
        break;
      case 'word':
        words.add(said.word);
        applied.set(said.word, said.word);
        break;
      case 'unknown':
        words.add(said.word);
        unrecognized.add(said.word);
        break;
      case 'malformed':
        malformed.push({ key: said.key, text, message: said.message });
        break;
      case 'limit': {
        const before = limits.get(said.key);
        const value = before === undefined ? said.value : strictest(before, said.value);
        if (value === undefined) {
          const message = `${said.key} is said twice, and differently.`;
          malformed.push({ key: said.key, text, message });
          break;
        }
        limits.set(said.key, value);
        applied.set(said.key, `${said.key}: ${plainText(value)}`);
        break;
      }
    }
  }
  return {
    words: [...words],
    limits,
    applied: [...applied.values()],
    unrecognized: [...unrecognized],
    malformed,
  };
}

type Said =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'unknown'; readonly word: string }
  | { readonly kind: 'limit'; readonly key: string; readonly value: Value }
  | { readonly kind: 'malformed'; readonly key: string; readonly message: string };

function readOne(text: string, declared: Attributes): Said {
  const colon = text.indexOf(':');
  return colon < 0
    ? readPhrase(snakeCase(text), declared)
    : readPair(snakeCase(text.slice(0, colon)), text.slice(colon + 1).trim(), declared);
}

function readPhrase(phrase: string, declared: Attributes): Said {
  if (phrase === '') return { kind: 'nothing' };
  const meant = PHRASES.get(phrase) ?? phrase;
  if (meant.includes(':')) return readOne(meant, declared);
  if (WORDS.has(meant)) return { kind: 'word', word: meant };
  const key = LIMIT_KEYS.get(phrase) ?? phrase;
  if (limitType(key, declared) !== undefined) {
    return { kind: 'malformed', key, message: `${key} needs a value, as in "${key}: …".` };
  }
  return { kind: 'unknown', word: phrase };
}

function readPair(name: string, written: string, declared: Attributes): Said {
  const key = LIMIT_KEYS.get(name) ?? name;
  const type = limitType(key, declared);
  if (type !== undefined) {
    const value = readLimit(key, written, type);
    return value.ok
      ? { kind: 'limit', key, value: value.value }
      : { kind: 'malformed', key, message: `${key}: ${value.error}` };
  }
  const meant = PHRASES.get(name) ?? name;
  const answer = snakeCase(written);
  if (WORDS.has(meant) || meant.includes(':')) {
    if (YES.has(answer)) return readPhrase(meant, declared);
    if (NO.has(answer)) return { kind: 'nothing' };
    const message = `${meant} is either true or false, not "${written}".`;
    return { kind: 'malformed', key: meant, message };
  }
  // The colon stays in the word, so that no unknown pair can be mistaken for a known phrase.
  return { kind: 'unknown', word: `${name}:${answer}` };
}

function limitType(key: string, declared: Attributes): Type | undefined {
  return declared.get(key)?.type ?? LIMITS.get(key);
}

/** Reads a limit's value as its type; the error continues "<key>: ". */
function readLimit(key: string, written: string, type: Type): Result<Value, string> {
  switch (type.kind) {
    case 'long':
      return readCount(written, key.endsWith('_seconds'));
    case 'string':
      return written === '' ? err('a value is missing.') : ok(snakeCase(written));
    case 'bool': {
      const answer = snakeCase(written);
      if (YES.has(answer)) return ok(true);
      return NO.has(answer) ? ok(false) : err(`"${written}" is neither true nor false.`);
    }
    case 'set': {
      if (type.element.kind !== 'string') return err('the schema asks for what no text can say.');
      const names = written.split(',').map((name) => normalForm(name, 'NFC').trim());
      const some = names.filter((name) => name !== '');
      return some.length === 0 ? err('names are missing.') : ok(setOf(some));
    }
    case 'extension':
      return readExtension(written, type.name);
    case 'record':
    case 'entity':
      return err('the schema asks for what no text can say.');
  }
}

function readExtension(written: string, name: ExtensionName): Result<Value, string> {
  switch (name) {
    case 'decimal':
      return readDecimal(written);
    case 'datetime':
      return parseDatetime(written);
    case 'duration':
      return parseDuration(written);
    case 'ipaddr':
      return parseIpAddr(written);
  }
}

const COUNT = /^(?<digits>[0-9]{1,19})\s*(?<unit>[a-z]*)$/;

function readCount(written: string, inSeconds: boolean): Result<Value, string> {
  const groups = COUNT.exec(written.toLowerCase())?.groups;
  const unit = groups?.['unit'] ?? '';
  const scale = inSeconds ? SECONDS.get(unit) : unit === '' ? 1 : undefined;
  if (groups === undefined || scale === undefined) {
    return err(`"${written}" is not a whole number${inSeconds ? ' of seconds' : ''}.`);
  }
  const count = checkedLong(BigInt(groups['digits'] ?? '') * BigInt(scale));
  return count === undefined ? err(`"${written}" is too large.`) : ok(count);
}

const AMOUNT = /^\$?\s*(?<amount>[0-9]{1,15}(?:\.[0-9]+)?)\s*(?:usd)?$/;

function readDecimal(written: string): Result<Value, string> {
  const amount = AMOUNT.exec(written.toLowerCase())?.groups?.['amount'];
  if (amount === undefined) return err(`"${written}" is not an amount.`);
  return parseDecimal(amount.includes('.') ? amount : `${amount}.0`);
}

/** Of two values of one limit the one that allows less; `undefined` when neither is inside the other. */
function strictest(a: Value, b: Value): Value | undefined {
  if (isLong(a) && isLong(b)) return a < b ? a : b;
  if (a instanceof Decimal && b instanceof Decimal) return a.scaled < b.scaled ? a : b;
  if (a instanceof CedarSet && b instanceof CedarSet) {
    return setOf([...a].filter((value) => b.has(value)));
  }
  return valuesEqual(a, b) ? a : undefined;
}

function plainText(value: Value): string {
  if (value instanceof CedarSet) return [...value].map(plainText).join(', ');
  if (value instanceof Decimal) return value.toString();
  return typeof value === 'string' ? value : printValue(value);
}
