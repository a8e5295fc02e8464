/**
 * Random expressions: mostly well typed, so that evaluation gets far, with an ill-typed operand, a missing
 * attribute or an absent entity here and there; integers lie at the edges of their range more often than in
 * the middle. They are generated as trees, which shrink to small ones.
 */
import fc from 'fast-check';
import type { BuiltinMethod, Expr, Name, PatternPart, VariableName } from '../ast.ts';
import { EntityUid, type Primitive } from '../value.ts';
import {
  actionUid,
  ATTRIBUTES,
  DATETIMES,
  DECIMALS,
  DURATIONS,
  IPS,
  KINDS,
  pick,
  STRINGS,
  TYPES,
  uid,
  type Kind,
} from './generate-data.ts';

const NOWHERE = { start: 0, end: 0 };
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
