/**
 * From what the official toolchain says to what is shown: its offsets count UTF-8 bytes, it repeats
 * itself for every kind of request, it calls policies by made-up names and errors by none.
 */
import type { Span } from '../../base/span.ts';

/** What the official validator complains of; `official` is anything that has no name here. */
export type OfficialCode =
  | 'bad-literal'
  | 'bidi-characters'
  | 'confusable-characters'
  | 'empty-set'
  | 'hierarchy'
  | 'impossible-policy'
  | 'incompatible-types'
  | 'literal-needed'
  | 'mixed-scripts'
  | 'no-applicable-action'
  | 'official'
  | 'optional-attribute'
  | 'optional-tag'
  | 'schema'
  | 'syntax'
  | 'too-deep'
  | 'unexpected-type'
  | 'unknown-action'
  | 'unknown-attribute'
  | 'unknown-entity-id'
  | 'unknown-entity-type'
  | 'wrong-arity';

/** One error or warning of the official toolchain. */
export interface OfficialProblem {
  readonly path: string;
  /** In UTF-16 code units of that file's text; absent when the problem has no place. */
  readonly span?: Span;
  readonly severity: 'error' | 'warning';
  readonly code: OfficialCode;
  readonly message: string;
  /** What the toolchain suggests. */
  readonly help?: string;
}

/** The part of the toolchain's errors that is read here. */
export interface OfficialError {
  readonly message: string;
  readonly help?: string | null;
  readonly severity?: 'advice' | 'warning' | 'error' | null;
  readonly sourceLocations?: readonly {
    readonly start: number;
    readonly end: number;
    readonly label?: string | null;
  }[];
}

/** Longer ones spell out whole record types. */
const LONGEST_MESSAGE = 400;

/** The first that fits names the problem. */
const CODES: readonly (readonly [RegExp, OfficialCode])[] = [
  [/^unrecognized entity type/, 'unknown-entity-type'],
  [/^unrecognized action/, 'unknown-action'],
  [/^unable to find an applicable action/, 'no-applicable-action'],
  [/^unexpected type/, 'unexpected-type'],
  [/are not compatible$/, 'incompatible-types'],
  [/^unable to guarantee safety of access to tag/, 'optional-tag'],
  [/^unable to guarantee safety of access/, 'optional-attribute'],
  [/^attribute .* not found$/s, 'unknown-attribute'],
  [/^empty set literals/, 'empty-set'],
  [/^extension constructors may not/, 'literal-needed'],
  [/^error during extension function argument/, 'bad-literal'],
  [/^wrong number of arguments/, 'wrong-arity'],
  [/^policy is impossible/, 'impossible-policy'],
  [/contains mixed scripts$/, 'mixed-scripts'],
  [/contains BIDI control/, 'bidi-characters'],
  [/confusable|contains the character/, 'confusable-characters'],
  [/entity .* (?:is not|not) .*(?:enum|declared|exist)/, 'unknown-entity-id'],
  [/hierarchy/, 'hierarchy'],
];

/** What the toolchain was given: a file's text, or the part of it that starts at `from`. */
export interface Piece {
  readonly path: string;
  readonly text: string;
  readonly from: number;
}

/** A problem in a piece of text. `otherwise` is its code when its message has no name here. */
export function officialProblem(
  error: OfficialError,
  { path, text, from }: Piece,
  otherwise: OfficialCode = 'official',
): OfficialProblem {
  const message = clean(error.message);
  const place = error.sourceLocations?.[0];
  const expected = place?.label ?? undefined;
  const help = [expected, error.help ?? undefined].flatMap((hint) =>
    hint === undefined || hint === '' ? [] : sentence(clean(hint)),
  );
  const span = place === undefined ? undefined : spanOf(place, text, from);
  return {
    path,
    ...(span === undefined ? {} : { span }),
    severity: error.severity === 'warning' || error.severity === 'advice' ? 'warning' : 'error',
    code: CODES.find(([pattern]) => pattern.test(message))?.[1] ?? otherwise,
    message: sentence(cut(message)),
    ...(help.length === 0 ? {} : { help: cut(help.join(' ')) }),
  };
}

/**
 * Says once what was said of one place for several kinds of request, and sorts by place. The toolchain
 * gives them in no order of its own, so the first in the alphabet speaks for all.
 */
export function gathered(problems: readonly OfficialProblem[]): readonly OfficialProblem[] {
  const groups = new Map<string, OfficialProblem[]>();
  for (const problem of problems) {
    const { code, span, message } = problem;
    const about = message.replaceAll(FOR_ACTION, '');
    const key = JSON.stringify([code, span?.start, span?.end, about]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [problem]);
    else group.push(problem);
  }
  const once = [...groups.values()].flatMap((group) => {
    const [first] = group.toSorted((a, b) => (a.message < b.message ? -1 : 1));
    if (first === undefined) return [];
    if (group.length === 1) return [first];
    const more = group.length === 2 ? 'one more action' : `${group.length - 1} more actions`;
    return [{ ...first, message: first.message.replace(/\.$/, `, and for ${more}.`) }];
  });
  return once.toSorted(
    (a, b) => (a.span?.start ?? -1) - (b.span?.start ?? -1) || (a.message < b.message ? -1 : 1),
  );
}

const FOR_ACTION = / for (?:\w+::)*Action::"(?:[^"\\]|\\.)*"/g;

function clean(message: string): string {
  return message
    .replaceAll(/for policy `[^`]*`, /g, '')
    .replaceAll(/^failed to parse (?:policy with id `[^`]*` from string|schema from string): /g, '')
    .replaceAll(/^(?:cannot parse input policies|error parsing schema): /g, '')
    .replaceAll('<__cedar::internal::Any>', '')
    .replaceAll('__cedar::internal::AnyEntity', 'an entity')
    .replaceAll('__cedar::internal::OpenRecord{}', 'a record')
    .replaceAll('__cedar::internal::', '');
}

function cut(text: string): string {
  return text.length <= LONGEST_MESSAGE ? text : `${text.slice(0, LONGEST_MESSAGE)}…`;
}

function sentence(text: string): string {
  const whole = /[.!?…]$/.test(text) ? text : `${text}.`;
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}`;
}

function spanOf(place: Span, text: string, from: number): Span {
  const start = utf16Offset(text, place.start);
  const end = Math.max(start, utf16Offset(text, place.end));
  return { start: from + start, end: from + end };
}

/** Where the UTF-8 byte `bytes` of a text stands, in UTF-16 code units; past its end: the end. */
export function utf16Offset(text: string, bytes: number): number {
  let at = 0;
  let passed = 0;
  while (passed < bytes && at < text.length) {
    const point = text.codePointAt(at) ?? 0;
    passed += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    at += point > 0xffff ? 2 : 1;
  }
  return at;
}
