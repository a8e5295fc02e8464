/**
 * Every function, method and operator of the policy language as its author needs to know it: what it
 * takes, what it gives, and what it is for. Checker, completion, hover and signature help read it here.
 */
import type { ExtensionName } from '../../cedar/schema/model.ts';
import { BOOL, extensionType, LONG, STRING, type Inferred } from './inferred.ts';

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly doc: string;
}

export interface Callable {
  readonly name: string;
  readonly style: 'function' | 'method';
  readonly parameters: readonly Parameter[];
  readonly returns: string;
  readonly doc: string;
}

/** A function or method of an extension type, with the types that the checker holds it to. */
export interface ExtensionCallable extends Callable {
  /** Of a method the subject is the first. */
  readonly takes: readonly Inferred[];
  readonly gives: Inferred;
}

const DECIMAL = extensionType('decimal');
const IP = extensionType('ipaddr');
const DATETIME = extensionType('datetime');
const DURATION = extensionType('duration');

function constructor(
  name: string,
  of: ExtensionName,
  example: string,
  doc: string,
): ExtensionCallable {
  const text = { name: 'text', type: 'String', doc: `A literal such as ${example}.` };
  return {
    name,
    style: 'function',
    parameters: [text],
    returns: of,
    doc,
    takes: [STRING],
    gives: extensionType(of),
  };
}

function method(
  subject: Inferred,
  name: string,
  gives: Inferred,
  doc: string,
  parameter?: Parameter & { readonly takes: Inferred },
): ExtensionCallable {
  return {
    name,
    style: 'method',
    parameters: parameter === undefined ? [] : [parameter],
    returns: gives.kind === 'extension' ? gives.name : gives.kind === 'long' ? 'Long' : 'Bool',
    doc,
    takes: parameter === undefined ? [subject] : [subject, parameter.takes],
    gives,
  };
}

const other = { name: 'other', type: 'decimal', doc: 'What to compare with.', takes: DECIMAL };
const range = { name: 'range', type: 'ipaddr', doc: 'An address or a CIDR range.', takes: IP };
const by = { name: 'by', type: 'duration', doc: 'How far; negative goes back.', takes: DURATION };
const since = { name: 'earlier', type: 'datetime', doc: 'The earlier moment.', takes: DATETIME };

const EXTENSIONS: readonly ExtensionCallable[] = [
  constructor('decimal', 'decimal', '"12.50"', 'An exact number with one to four decimals.'),
  constructor('ip', 'ipaddr', '"10.0.0.0/8"', 'An IPv4 or IPv6 address or range.'),
  constructor('datetime', 'datetime', '"2026-03-16T10:00:00Z"', 'A moment, ISO 8601.'),
  constructor(
    'duration',
    'duration',
    '"1d2h30m"',
    'A span of time: d, h, m, s, ms, in this order.',
  ),
  method(DECIMAL, 'lessThan', BOOL, 'Whether this decimal is smaller.', other),
  method(DECIMAL, 'lessThanOrEqual', BOOL, 'Whether this decimal is smaller or equal.', other),
  method(DECIMAL, 'greaterThan', BOOL, 'Whether this decimal is larger.', other),
  method(DECIMAL, 'greaterThanOrEqual', BOOL, 'Whether this decimal is larger or equal.', other),
  method(IP, 'isIpv4', BOOL, 'Whether this is an IPv4 address.'),
  method(IP, 'isIpv6', BOOL, 'Whether this is an IPv6 address.'),
  method(IP, 'isLoopback', BOOL, 'Whether this is a loopback address.'),
  method(IP, 'isMulticast', BOOL, 'Whether this is a multicast address.'),
  method(IP, 'isInRange', BOOL, 'Whether this address or range lies inside another.', range),
  method(DATETIME, 'offset', DATETIME, 'This moment moved by a duration.', by),
  method(
    DATETIME,
    'durationSince',
    DURATION,
    'The time from an earlier moment to this one.',
    since,
  ),
  method(DATETIME, 'toDate', DATETIME, 'Midnight (UTC) of this day.'),
  method(DATETIME, 'toTime', DURATION, 'The time since midnight (UTC).'),
  method(DURATION, 'toMilliseconds', LONG, 'Whole milliseconds.'),
  method(DURATION, 'toSeconds', LONG, 'Whole seconds, cut towards zero.'),
  method(DURATION, 'toMinutes', LONG, 'Whole minutes, cut towards zero.'),
  method(DURATION, 'toHours', LONG, 'Whole hours, cut towards zero.'),
  method(DURATION, 'toDays', LONG, 'Whole days, cut towards zero.'),
];

export const EXTENSION_CALLABLES: ReadonlyMap<string, ExtensionCallable> = new Map(
  EXTENSIONS.map((callable) => [callable.name, callable]),
);

function builtin(
  name: string,
  returns: string,
  doc: string,
  ...parameters: Parameter[]
): readonly [string, Callable] {
  return [name, { name, style: 'method', parameters, returns, doc }];
}

const element = { name: 'element', type: 'the element type', doc: 'What to look for.' };
const elements = { name: 'others', type: 'Set', doc: 'A set of the same element type.' };
const tag = { name: 'tag', type: 'String', doc: 'The name of the tag.' };

/** Methods of sets and of entities. */
const BUILTIN_METHODS: ReadonlyMap<string, Callable> = new Map([
  builtin('contains', 'Bool', 'Whether the set holds this element.', element),
  builtin('containsAll', 'Bool', 'Whether the set holds every element of the other.', elements),
  builtin('containsAny', 'Bool', 'Whether the sets share an element.', elements),
  builtin('isEmpty', 'Bool', 'Whether the set holds nothing.'),
  builtin('hasTag', 'Bool', 'Whether the entity has this tag.', tag),
  builtin('getTag', 'the tag type', 'The value of a tag; ask `hasTag` before.', tag),
]);

const SET_METHODS: readonly string[] = ['contains', 'containsAll', 'containsAny', 'isEmpty'];
const ENTITY_METHODS: readonly string[] = ['hasTag', 'getTag'];

/** A function or method by its name. */
export function callableNamed(name: string): Callable | undefined {
  return EXTENSION_CALLABLES.get(name) ?? BUILTIN_METHODS.get(name);
}

/** Methods that a value of this type has. */
export function methodsOf(type: Inferred): readonly Callable[] {
  const names = type.kind === 'set' ? SET_METHODS : type.kind === 'entity' ? ENTITY_METHODS : [];
  const builtins = names.flatMap((name) => BUILTIN_METHODS.get(name) ?? []);
  if (type.kind !== 'extension') return builtins;
  return EXTENSIONS.filter(({ style, takes }) => {
    const [subject] = takes;
    return style === 'method' && subject?.kind === 'extension' && subject.name === type.name;
  });
}

/** `lessThan(other: decimal): Bool`. */
export function signatureText({ name, parameters, returns }: Callable): string {
  const list = parameters.map((parameter) => `${parameter.name}: ${parameter.type}`).join(', ');
  return `${name}(${list}): ${returns}`;
}
