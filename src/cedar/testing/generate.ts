/**
 * Random policy sets, entities and requests for the tests: mostly well typed, so that evaluation gets
 * far, with an ill-typed operand, a missing attribute or an absent entity here and there; integers lie
 * at the edges of their range more often than in the middle. Conditions are generated as trees, which
 * shrink to small ones, and printed.
 */
import fc from 'fast-check';
import type { BuiltinMethod, Expr, Name, PatternPart, VariableName } from '../ast.ts';
import { printExpr } from '../print.ts';
import { quote } from '../strings.ts';
import { EntityUid, type Primitive } from '../value.ts';

/** Plain data, in the form of the official JSON formats. */
export type Data = boolean | number | string | readonly Data[] | { readonly [name: string]: Data };

export interface UidData {
  readonly type: string;
  readonly id: string;
}

export interface EntityData {
  readonly uid: UidData;
  readonly parents: readonly UidData[];
  readonly attrs: { readonly [name: string]: Data };
  readonly tags: { readonly [name: string]: Data };
}

export interface RequestData {
  readonly principal: UidData;
  readonly action: UidData;
  readonly resource: UidData;
  readonly context: { readonly [name: string]: Data };
}

export interface Case {
  /** One policy each. */
  readonly policies: readonly string[];
  readonly entities: readonly EntityData[];
  readonly requests: readonly RequestData[];
}

type Kind =
  | 'bool'
  | 'long'
  | 'string'
  | 'entity'
  | 'set'
  | 'record'
  | 'decimal'
  | 'datetime'
  | 'duration'
  | 'ip';

const NOWHERE = { start: 0, end: 0 };
const TYPES = ['User', 'Team', 'NS::Doc'] as const;
const IDS = ['a', 'b', 'c', 'd', ''] as const;
const ACTIONS = ['read', 'write', 'delete', 'all', 'some'] as const;

/** Attributes of entities and of the context, by what they should hold. */
const ATTRIBUTES: Readonly<Record<Kind, readonly string[]>> = {
  bool: ['flag', 'on'],
  long: ['num', 'n2'],
  string: ['name', 'in some words'],
  entity: ['owner', 'lead'],
  set: ['names', 'nums', 'owners'],
  record: ['rec'],
  decimal: ['dec'],
  datetime: ['when'],
  duration: ['dur'],
  ip: ['addr'],
};

/** As the attributes of a declared type. */
export const DECLARED: ReadonlyMap<string, string> = new Map(
  Object.entries(ATTRIBUTES).flatMap(([kind, names]) => names.map((name) => [name, kind])),
);
const KINDS: readonly Kind[] = [
  'bool',
  'long',
  'string',
  'entity',
  'set',
  'record',
  'decimal',
  'datetime',
  'duration',
  'ip',
];
const EDGES = [
  0n,
  1n,
  -1n,
  2n,
  7n,
  2n ** 31n,
  2n ** 53n - 1n,
  2n ** 53n,
  -(2n ** 53n),
  2n ** 63n - 1n,
  2n ** 63n - 2n,
  -(2n ** 63n),
  -(2n ** 63n) + 1n,
  4_294_967_296n,
] as const;
const STRINGS = [
  '',
  'a',
  'ab',
  'a*b',
  'héllo',
  '😀',
  '\\',
  '"',
  '\n',
  'name',
  'the quick fox',
] as const;
const DECIMALS = [
  '0.0',
  '1.5',
  '-1.5',
  '1.50',
  '922337203685477.5807',
  '-922337203685477.5808',
  '922337203685477.5808',
  '1.23456',
  '1',
  '01.10',
] as const;
const DATETIMES = [
  '2024-02-29',
  '2023-02-29',
  '2024-10-15T11:35:00Z',
  '2024-10-15T11:35:00.123Z',
  '2024-10-15T11:35:00+0130',
  '1969-12-31T23:59:59.999-2359',
  '0000-01-01',
  '9999-12-31T23:59:59.999Z',
  '2024-10-15T24:00:00Z',
  '2024-1-1',
] as const;
const DURATIONS = [
  '1d',
  '-1d2h3m4s5ms',
  '0ms',
  '1h30m',
  '9223372036854775807ms',
  '-9223372036854775808ms',
  '9223372036854775808ms',
  '106751991168d',
  '2h1d',
  '',
] as const;
const IPS = [
  '127.0.0.1',
  '10.0.0.0/8',
  '10.1.2.3',
  '224.0.0.1',
  '::1',
  '::',
  'ff00::1/8',
  '2001:db8::/32',
  '2001:db8::1',
  '256.0.0.1',
  '1.2.3.4/33',
  '::ffff:1.2.3.4',
] as const;

function pick<T>(values: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...values);
}

const uid: fc.Arbitrary<UidData> = fc.record({ type: pick(TYPES), id: pick(IDS) });
const actionUid: fc.Arbitrary<UidData> = fc.record({
  type: fc.constant('Action'),
  id: pick(ACTIONS),
});

function extension(fn: string, args: readonly string[]): fc.Arbitrary<Data> {
  return pick(args).map((arg) => ({ __extn: { fn, arg } }));
}

const small: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  pick([2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 31]),
);

/** Data of one kind; the valid texts come first in the lists above. */
function data(kind: Kind): fc.Arbitrary<Data> {
  switch (kind) {
    case 'bool':
      return fc.boolean();
    case 'long':
      return small;
    case 'string':
      return pick(STRINGS);
    case 'entity':
      return uid.map((named) => ({ __entity: { ...named } }));
    case 'set':
      return fc.oneof(
        fc.array(pick(STRINGS), { maxLength: 3 }),
        fc.array(small, { maxLength: 3 }),
        fc.array(data('entity'), { maxLength: 3 }),
      );
    case 'record':
      return fc.record({ num: small, name: pick(STRINGS) }, { requiredKeys: [] }).map(compact);
    case 'decimal':
      return extension('decimal', DECIMALS.slice(0, 6));
    case 'datetime':
      return extension('datetime', [...DATETIMES.slice(2, 8), '2024-02-29']);
    case 'duration':
      return extension('duration', DURATIONS.slice(0, 6));
    case 'ip':
      return extension('ip', IPS.slice(0, 9));
  }
}

/** Some of the attributes there are, now and then one of another kind. */
const attributes: fc.Arbitrary<Readonly<Record<string, Data>>> = fc
  .record(
    Object.fromEntries(
      KINDS.flatMap((kind) =>
        ATTRIBUTES[kind].map((name) => [
          name,
          fc.oneof({ arbitrary: data(kind), weight: 9 }, { arbitrary: data('long'), weight: 1 }),
        ]),
      ),
    ),
    { requiredKeys: [] },
  )
  .map(compact);

/** Without the prototype that fast-check may leave off, and without holes. */
function compact(fields: { readonly [name: string]: Data | undefined }): Record<string, Data> {
  const kept: Record<string, Data> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value;
  return kept;
}

/** Entities whose parents come later in the order of types and ids, so that there is no cycle. */
const entities: fc.Arbitrary<readonly EntityData[]> = fc
  .array(
    fc.record({
      uid,
      up: fc.array(uid, { maxLength: 3 }),
      attrs: attributes,
      tags: fc.dictionary(pick(['t1', 't2', 'name']), pick(STRINGS), { maxKeys: 2 }).map(compact),
    }),
    { maxLength: 8 },
  )
  .map((list) => {
    const seen = new Set<string>();
    const actions = ['read', 'write', 'delete'].map((id) => ({
      uid: { type: 'Action', id },
      parents: [{ type: 'Action', id: id === 'read' ? 'all' : 'some' }],
      attrs: {},
      tags: {},
    }));
    const some = {
      uid: { type: 'Action', id: 'some' },
      parents: [{ type: 'Action', id: 'all' }],
      attrs: {},
      tags: {},
    };
    const named = list.flatMap(({ uid: name, up, attrs, tags }) => {
      const key = JSON.stringify(name);
      if (seen.has(key)) return [];
      seen.add(key);
      const parents = up.filter((parent) => rank(parent) > rank(name));
      return [{ uid: name, parents, attrs, tags }];
    });
    return named.concat(actions, some);
  });

function rank({ type, id }: UidData): number {
  return TYPES.findIndex((known) => known === type) * 10 + IDS.findIndex((known) => known === id);
}

const request: fc.Arbitrary<RequestData> = fc.record({
  principal: uid,
  action: actionUid,
  resource: uid,
  context: attributes,
});

// Expressions.

function literal(value: Primitive): Expr {
  return { kind: 'literal', value, span: NOWHERE };
}

function nameOf(text: string): Name {
  return { text, span: NOWHERE };
}

function variable(of: VariableName): Expr {
  return { kind: 'variable', name: of, span: NOWHERE };
}

function call(fn: string, style: 'function' | 'method', args: readonly Expr[]): Expr {
  return { kind: 'extension', function: fn, style, args, nameSpan: NOWHERE, span: NOWHERE };
}

function constructed(fn: string, texts: readonly string[]): fc.Arbitrary<Expr> {
  return pick(texts).map((text) => call(fn, 'function', [literal(text)]));
}

function method(of: BuiltinMethod, subject: Expr, args: readonly Expr[]): Expr {
  return { kind: 'method', method: of, subject, args, nameSpan: NOWHERE, span: NOWHERE };
}

const entityLiteral: fc.Arbitrary<Expr> = fc
  .oneof({ arbitrary: uid, weight: 4 }, { arbitrary: actionUid, weight: 1 })
  .map(({ type, id }) => ({ kind: 'entity', uid: new EntityUid(type, id), span: NOWHERE }));

const entityVariable: fc.Arbitrary<Expr> = pick(['principal', 'action', 'resource'] as const).map(
  variable,
);

/** What has attributes. */
const holder: fc.Arbitrary<Expr> = fc.oneof(
  { arbitrary: fc.constant(variable('context')), weight: 5 },
  { arbitrary: entityVariable, weight: 3 },
  { arbitrary: entityLiteral, weight: 1 },
);

function attribute(kind: Kind): fc.Arbitrary<Expr> {
  return fc
    .tuple(holder, pick(ATTRIBUTES[kind]))
    .map(([subject, text]) => ({ kind: 'attribute', subject, name: nameOf(text), span: NOWHERE }));
}

function leaf(kind: Kind): fc.Arbitrary<Expr> {
  switch (kind) {
    case 'bool':
      return fc.boolean().map(literal);
    case 'long':
      return fc.oneof(
        fc.integer({ min: -3, max: 3 }).map(literal),
        pick(EDGES).map((edge) =>
          literal(Number.isSafeInteger(Number(edge)) ? Number(edge) : edge),
        ),
      );
    case 'string':
      return pick(STRINGS).map(literal);
    case 'entity':
      return fc.oneof(entityLiteral, entityVariable);
    case 'set':
      return fc.constant({ kind: 'set', elements: [], span: NOWHERE });
    case 'record':
      return fc.constantFrom<Expr>(variable('context'), {
        kind: 'record',
        entries: [],
        span: NOWHERE,
      });
    case 'decimal':
      return constructed('decimal', DECIMALS);
    case 'datetime':
      return constructed('datetime', DATETIMES);
    case 'duration':
      return constructed('duration', DURATIONS);
    case 'ip':
      return constructed('ip', IPS);
  }
}

/** An expression of this kind, mostly: one operand in sixteen is of any kind. */
function expression(kind: Kind, depth: number): fc.Arbitrary<Expr> {
  const simple = fc.oneof(
    { arbitrary: leaf(kind), weight: 2 },
    { arbitrary: attribute(kind), weight: 2 },
  );
  if (depth === 0) return simple;
  return fc.oneof(
    { withCrossShrink: true },
    { arbitrary: simple, weight: 3 },
    { arbitrary: operation(kind, depth - 1), weight: kind === 'bool' ? 12 : 4 },
    { arbitrary: pick(KINDS).chain((other) => expression(other, 0)), weight: 1 },
  );
}

const pattern: fc.Arbitrary<readonly PatternPart[]> = fc
  .array(fc.oneof(fc.constant('*' as const), pick(['a', 'b', 'he', '*', '\\', '😀', 'quick'])), {
    maxLength: 4,
  })
  .map((parts) => {
    // As the parser has it: text in one piece between wildcards.
    const joined: PatternPart[] = [];
    for (const part of parts) {
      const last = joined.at(-1);
      if (part === '*') joined.push('*');
      else if (last === undefined || last === '*') joined.push({ text: part });
      else joined[joined.length - 1] = { text: last.text + part };
    }
    return joined;
  });

function operation(kind: Kind, depth: number): fc.Arbitrary<Expr> {
  const of = (operand: Kind): fc.Arbitrary<Expr> => expression(operand, depth);
  const span = NOWHERE;
  const branch: fc.Arbitrary<Expr> = fc
    .tuple(of('bool'), of(kind), of(kind))
    .map(([condition, consequent, alternative]) => ({
      kind: 'if',
      condition,
      consequent,
      alternative,
      span,
    }));
  switch (kind) {
    case 'bool':
      return fc.oneof({ arbitrary: branch, weight: 1 }, ...booleans(of));
    case 'long':
      return fc.oneof(
        branch,
        of('long').map((operand): Expr => ({ kind: 'negate', operand, span })),
        fc
          .tuple(pick(['+', '-', '*'] as const), of('long'), of('long'))
          .map(([operator, left, right]): Expr => ({
            kind: 'arithmetic',
            operator,
            left,
            right,
            span,
          })),
        fc
          .tuple(
            pick(['toMilliseconds', 'toSeconds', 'toMinutes', 'toHours', 'toDays']),
            of('duration'),
          )
          .map(([fn, subject]) => call(fn, 'method', [subject])),
      );
    case 'string':
      return fc.oneof(
        branch,
        fc
          .tuple(of('entity'), pick(['t1', 't2', 'name', 'gone']))
          .map(([subject, tag]) => method('getTag', subject, [literal(tag)])),
      );
    case 'entity':
      return branch;
    case 'set':
      return fc.oneof(
        branch,
        pick(['string', 'long', 'entity', 'bool'] as const)
          .chain((element) => fc.array(of(element), { maxLength: 3 }))
          .map((elements): Expr => ({ kind: 'set', elements, span })),
      );
    case 'record':
      return fc
        .record({ num: of('long'), name: of('string'), rec: of('record') }, { requiredKeys: [] })
        .map((fields): Expr => ({
          kind: 'record',
          entries: Object.entries(fields).map(([field, value]) => ({ name: nameOf(field), value })),
          span,
        }));
    case 'decimal':
    case 'ip':
      return branch;
    case 'datetime':
      return fc.oneof(
        branch,
        fc.tuple(of('datetime'), of('duration')).map((args) => call('offset', 'method', args)),
        of('datetime').map((subject) => call('toDate', 'method', [subject])),
      );
    case 'duration':
      return fc.oneof(
        branch,
        fc
          .tuple(of('datetime'), of('datetime'))
          .map((args) => call('durationSince', 'method', args)),
        of('datetime').map((subject) => call('toTime', 'method', [subject])),
      );
  }
}

function booleans(of: (kind: Kind) => fc.Arbitrary<Expr>): readonly fc.Arbitrary<Expr>[] {
  const span = NOWHERE;
  const ordered = pick(['long', 'long', 'datetime', 'duration'] as const);
  return [
    of('bool').map((operand) => ({ kind: 'not', operand, span })),
    fc
      .tuple(pick(['and', 'or'] as const), fc.array(of('bool'), { minLength: 2, maxLength: 4 }))
      .map(([kind, operands]) => ({ kind, operands, span })),
    fc
      .tuple(pick(['<', '<=', '>', '>='] as const), ordered)
      .chain(([operator, operand]) =>
        fc
          .tuple(of(operand), of(operand))
          .map(([left, right]): Expr => ({ kind: 'compare', operator, left, right, span })),
      ),
    fc
      .tuple(pick(['==', '!='] as const), pick(KINDS))
      .chain(([operator, operand]) =>
        fc
          .tuple(of(operand), of(operand))
          .map(([left, right]): Expr => ({ kind: 'compare', operator, left, right, span })),
      ),
    fc
      .tuple(of('entity'), fc.oneof(of('entity'), of('set')))
      .map(([left, right]) => ({ kind: 'in', left, right, span })),
    fc.tuple(of('entity'), pick([...TYPES, 'Action'])).map(([subject, type]) => ({
      kind: 'is',
      subject,
      entityType: { name: type, span },
      span,
    })),
    fc.tuple(of('entity'), pick(TYPES), of('entity')).map(([subject, type, ancestor]) => ({
      kind: 'is',
      subject,
      entityType: { name: type, span },
      ancestor,
      span,
    })),
    fc
      .tuple(
        holder,
        pick(KINDS).chain((kind) => pick(ATTRIBUTES[kind])),
      )
      .map(([subject, text]) => ({ kind: 'has', subject, path: [nameOf(text)], span })),
    fc
      .tuple(
        holder,
        fc.array(pick(['rec', 'owner', 'num', 'flag', 'lead']), { minLength: 2, maxLength: 3 }),
      )
      .map(([subject, path]) => ({ kind: 'has', subject, path: path.map(nameOf), span })),
    fc.tuple(of('string'), pattern).map(([subject, parts]) => ({
      kind: 'like',
      subject,
      pattern: parts,
      span,
    })),
    fc
      .tuple(of('set'), pick(['string', 'long', 'entity'] as const).chain(of))
      .map(([subject, argument]) => method('contains', subject, [argument])),
    fc
      .tuple(pick(['containsAll', 'containsAny'] as const), of('set'), of('set'))
      .map(([fn, subject, argument]) => method(fn, subject, [argument])),
    of('set').map((subject) => method('isEmpty', subject, [])),
    fc
      .tuple(of('entity'), of('string'))
      .map(([subject, argument]) => method('hasTag', subject, [argument])),
    fc
      .tuple(
        pick(['lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual']),
        of('decimal'),
        of('decimal'),
      )
      .map(([fn, a, b]) => call(fn, 'method', [a, b])),
    fc
      .tuple(pick(['isIpv4', 'isIpv6', 'isLoopback', 'isMulticast']), of('ip'))
      .map(([fn, subject]) => call(fn, 'method', [subject])),
    fc.tuple(of('ip'), of('ip')).map((args) => call('isInRange', 'method', args)),
    // The number of arguments is checked when the call is evaluated.
    of('decimal').map((subject) => call('lessThan', 'method', [subject])),
  ];
}

/** Any boolean expression, as a tree without places. */
export const condition: fc.Arbitrary<Expr> = expression('bool', 3);

function scopeText(of: string, entity: fc.Arbitrary<UidData>): fc.Arbitrary<string> {
  const text = entity.map(({ type, id }) => `${type}::${quote(id)}`);
  return fc.oneof(
    { arbitrary: fc.constant(of), weight: 4 },
    { arbitrary: text.map((named) => `${of} == ${named}`), weight: 1 },
    { arbitrary: text.map((named) => `${of} in ${named}`), weight: 2 },
    { arbitrary: pick(TYPES).map((type) => `${of} is ${type}`), weight: 2 },
    {
      arbitrary: fc.tuple(pick(TYPES), text).map(([type, named]) => `${of} is ${type} in ${named}`),
      weight: 1,
    },
  );
}

const actionText: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constant('action'), weight: 3 },
  { arbitrary: pick(ACTIONS).map((id) => `action == Action::"${id}"`), weight: 2 },
  { arbitrary: pick(ACTIONS).map((id) => `action in Action::"${id}"`), weight: 2 },
  {
    arbitrary: fc
      .array(pick(ACTIONS), { maxLength: 3 })
      .map((ids) => `action in [${ids.map((id) => `Action::"${id}"`).join(', ')}]`),
    weight: 2,
  },
);

/** The text of one policy. */
export const policyText: fc.Arbitrary<string> = fc
  .tuple(
    pick(['permit', 'permit', 'permit', 'forbid']),
    scopeText('principal', uid),
    actionText,
    scopeText('resource', uid),
    fc.array(fc.tuple(pick(['when', 'unless']), condition), { maxLength: 2 }),
    fc.array(pick(['@id("x")', '@note', '@if("é\\n")']), { maxLength: 1 }),
  )
  .map(([effect, principal, action, resource, conditions, annotations]) => {
    const clauses = conditions.map(([kind, body]) => ` ${kind} { ${printExpr(body)} }`).join('');
    return `${annotations.join(' ')} ${effect} (${principal}, ${action}, ${resource})${clauses};`;
  });

/** A policy set of 1 to `most` policies with entities and requests. */
export function cases(most = 30, requests = 4): fc.Arbitrary<Case> {
  return fc.record({
    policies: fc.array(policyText, { minLength: 1, maxLength: most, size: 'max' }),
    entities,
    requests: fc.array(request, { minLength: 1, maxLength: requests }),
  });
}
