import { Datetime } from '../extensions/datetime.ts';
import { Decimal } from '../extensions/decimal.ts';
import { Duration } from '../extensions/duration.ts';
import { IpAddr } from '../extensions/ipaddr.ts';
import { CedarRecord, CedarSet, EntityUid, isLong, type Value } from '../value.ts';
import type { ExtensionName, RecordType, Type } from './model.ts';

const EXTENSION_CLASSES = {
  datetime: Datetime,
  decimal: Decimal,
  duration: Duration,
  ipaddr: IpAddr,
} as const satisfies Readonly<Record<ExtensionName, unknown>>;

/** Whether `value` is of `type`. Records are closed: an attribute that is not declared is wrong. */
export function hasType(value: Value, type: Type): boolean {
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean';
    case 'long':
      return isLong(value);
    case 'string':
      return typeof value === 'string';
    case 'entity':
      return value instanceof EntityUid && value.type === type.name;
    case 'extension':
      return value instanceof EXTENSION_CLASSES[type.name];
    case 'set':
      return value instanceof CedarSet && allOf(value, type.element);
    case 'record':
      return value instanceof CedarRecord && fits(value, type);
  }
}

function allOf(set: CedarSet, type: Type): boolean {
  for (const element of set) if (!hasType(element, type)) return false;
  return true;
}

function fits(record: CedarRecord, { attributes }: RecordType): boolean {
  let declared = 0;
  for (const [name, attribute] of attributes) {
    const value = record.get(name);
    if (value === undefined) {
      if (attribute.required) return false;
    } else {
      declared += 1;
      if (!hasType(value, attribute.type)) return false;
    }
  }
  return declared === record.size;
}

/** A type as the Cedar schema syntax writes it; records only by their attributes' names. */
export function printType(type: Type): string {
  switch (type.kind) {
    case 'bool':
      return 'Bool';
    case 'long':
      return 'Long';
    case 'string':
      return 'String';
    case 'entity':
    case 'extension':
      return type.name;
    case 'set':
      return `Set<${printType(type.element)}>`;
    case 'record':
      return `{${[...type.attributes.keys()].join(', ')}}`;
  }
}
