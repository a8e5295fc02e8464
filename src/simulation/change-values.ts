/**
 * Which values are worth trying for a field, so that a condition comes out otherwise: those that the
 * condition itself compares with and their neighbours, then those that the pack's scenarios use, then
 * anything of the type. All are only tried; what counts is what the engine then decides.
 */
import { assertNever } from '../base/assert.ts';
import { datetimeFromMillis, Datetime } from '../cedar/extensions/datetime.ts';
import { Decimal, decimalFromScaled } from '../cedar/extensions/decimal.ts';
import { Duration } from '../cedar/extensions/duration.ts';
import { IpAddr } from '../cedar/extensions/ipaddr.ts';
import { JsonNumber, type Json } from '../cedar/json/lossless.ts';
import { addLongs, subtractLongs, type Long } from '../cedar/long.ts';
import type { Type } from '../cedar/schema/model.ts';
import {
  CedarRecord,
  CedarSet,
  EMPTY_RECORD,
  EntityUid,
  isLong,
  printValue,
  setOf,
  type Value,
} from '../cedar/value.ts';

/** What a field is weighed against. */
export interface Anchors {
  /** Values that the condition holds beside the field itself. */
  readonly values: readonly Value[];
  /** The field's value now. */
  readonly current: Value | undefined;
  /** Epoch milliseconds of the decision. */
  readonly now: number;
}

/** Values to try for a field of `type`, the likeliest first, each once. */
export function valuesNear(type: Type, anchors: Anchors): readonly Value[] {
  return distinct(near(type, anchors)).filter(
    (value) => anchors.current === undefined || printValue(value) !== printValue(anchors.current),
  );
}

function near(type: Type, { values, current, now }: Anchors): readonly Value[] {
  switch (type.kind) {
    case 'bool':
      return [true, false];
    case 'long':
      // One is what is counted first; nothing at all and less often mean something else.
      return [...values.filter(isLong).flatMap(beside), 1, 0];
    case 'string':
      return values.flatMap((value) => textsIn(value));
    case 'set':
      return setsNear(values, current instanceof CedarSet ? current : setOf([]));
    case 'extension':
      switch (type.name) {
        case 'decimal':
          return values.flatMap((value) => (value instanceof Decimal ? besideDecimal(value) : []));
        case 'datetime':
          return momentsNear(values, now);
        case 'duration':
          return values.flatMap((value) =>
            value instanceof Duration
              ? beside(value.millis).map((millis) => new Duration(millis))
              : [],
          );
        case 'ipaddr':
          return values.filter((value) => value instanceof IpAddr);
        default:
          return assertNever(type);
      }
    case 'entity':
      return values.filter((value) => value instanceof EntityUid);
    case 'record':
      return [
        ...values.filter((value) => value instanceof CedarRecord),
        ...([...type.attributes.values()].some(({ required }) => required) ? [] : [EMPTY_RECORD]),
      ];
  }
}

function beside(value: Long): readonly Long[] {
  return [value, subtractLongs(value, 1), addLongs(value, 1)].filter((one) => one !== undefined);
}

/** A cent beside, which is what amounts are counted in. */
function besideDecimal({ scaled }: Decimal): readonly Decimal[] {
  return [scaled, subtractLongs(scaled, 100), addLongs(scaled, 100)].flatMap((one) =>
    one === undefined ? [] : [decimalFromScaled(one)],
  );
}

const SECOND = 1000;

function momentsNear(values: readonly Value[], now: number): readonly Datetime[] {
  const moments = values.flatMap((value) => (value instanceof Datetime ? [value.millis] : []));
  const spans = values.flatMap((value) => (value instanceof Duration ? [value.millis] : []));
  const exact = [now, ...moments];
  const apart = exact.flatMap((moment) =>
    spans.flatMap((span) => [subtractLongs(moment, span), addLongs(moment, span)]),
  );
  const marks = [...exact, ...apart].filter((millis) => millis !== undefined);
  const beforeAndAfter = marks.flatMap((moment) => [
    moment,
    subtractLongs(moment, SECOND),
    addLongs(moment, SECOND),
  ]);
  return beforeAndAfter.flatMap((millis) =>
    millis === undefined ? [] : [datetimeFromMillis(millis)],
  );
}

function setsNear(values: readonly Value[], current: CedarSet): readonly CedarSet[] {
  const without = (gone: CedarSet): CedarSet => setOf([...current].filter((one) => !gone.has(one)));
  const within = (kept: CedarSet): CedarSet => setOf([...current].filter((one) => kept.has(one)));
  return values.flatMap((value) => {
    if (!(value instanceof CedarSet)) return [setOf([...current, value]), without(setOf([value]))];
    const each = [...value].map((one) => setOf([...current, one]));
    return [...each, without(value), within(value), value, setOf([...current, ...value])];
  });
}

/** The texts of a value: itself, or its elements. */
function textsIn(value: Value): readonly string[] {
  if (typeof value === 'string') return [value];
  return value instanceof CedarSet ? [...value].filter((one) => typeof one === 'string') : [];
}

/** A value of a type, for a field that only has to be given; `undefined` where none is plain to say. */
export function someValue(type: Type, now: number): Value | undefined {
  switch (type.kind) {
    case 'bool':
      return true;
    case 'long':
      return 1;
    case 'string':
      return 'example';
    case 'set':
      return type.element.kind === 'string' ? setOf(['example']) : undefined;
    case 'extension':
      if (type.name === 'datetime') return datetimeFromMillis(now);
      return type.name === 'decimal' ? decimalFromScaled(10_000) : undefined;
    case 'entity':
    case 'record':
      return undefined;
  }
}

/** A value as a client would send it; `undefined` where JSON has no plain form for it. */
export function jsonOf(value: Value): Json | undefined {
  if (typeof value !== 'object') return value;
  if (value instanceof Decimal) return new JsonNumber(value.toString());
  if (value instanceof Datetime) return value.toIso()?.replace('.000Z', 'Z');
  if (value instanceof Duration || value instanceof IpAddr) return value.toString();
  if (value instanceof CedarSet) {
    const members = [...value].map(jsonOf);
    return members.every((member) => member !== undefined) ? members : undefined;
  }
  if (value instanceof EntityUid) {
    return new Map([
      ['type', value.type],
      ['id', value.id],
    ]);
  }
  const members = [...value.entries()].flatMap(([name, member]) => {
    const json = jsonOf(member);
    return json === undefined ? [] : [[name, json] as const];
  });
  return members.length === value.size ? new Map(members) : undefined;
}

function distinct(values: readonly Value[]): readonly Value[] {
  return [...new Map(values.map((value) => [printValue(value), value])).values()];
}
