import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SchemaIssueCode } from './model.ts';
import { SCHEMA_LIMITS } from '../limits.ts';
import { parseSchema } from './parse.ts';
import { readSchema } from './resolve.ts';

/** Each issue as its code and the text that its span covers. */
function issuesOf(text: string): readonly string[] {
  return parseSchema(text).issues.map(
    ({ code, span }) => `${code} ${text.slice(span.start, span.end)}`,
  );
}

describe('what is wrong with a schema', () => {
  const cases: readonly [text: string, ...issues: string[]][] = [
    ['entity A = {,};', 'UNEXPECTED_TOKEN ,'],
    ['entity A in [A,];', 'UNEXPECTED_TOKEN ]'],
    ['entity A in [A;', 'UNEXPECTED_TOKEN ;'],
    ['entity A in N::;', 'UNEXPECTED_TOKEN ;'],
    ['entity A in 5;', 'UNEXPECTED_TOKEN 5'],
    ['entity A enum [];', 'UNEXPECTED_TOKEN ]'],
    ['entity A enum "a";', 'UNEXPECTED_TOKEN "a"'],
    ['entity A tags;', 'UNEXPECTED_TOKEN ;'],
    ['entity A tags Set<A;', 'UNEXPECTED_TOKEN ;'],
    ['entity A tags Set "<" A>;', 'UNEXPECTED_TOKEN "<"'],
    ['entity A = "x";', 'UNEXPECTED_TOKEN "x"'],
    ['entity 1;', 'UNEXPECTED_TOKEN 1'],
    ['entity A, 1;', 'UNEXPECTED_TOKEN 1'],
    ['entity if;', 'RESERVED_NAME if'],
    ['entity A = { in: Long, has: Long };', 'RESERVED_NAME in', 'RESERVED_NAME has'],
    ['type A;', 'UNEXPECTED_TOKEN ;'],
    ['type "A" = Long;', 'UNEXPECTED_TOKEN "A"'],
    ['type A = ;', 'UNEXPECTED_TOKEN ;'],
    ['type A = __cedar::Set<Long>;', 'UNEXPECTED_TOKEN <'],
    ['action a in [];', 'UNEXPECTED_TOKEN ]'],
    ['action a in N::b;', 'UNEXPECTED_TOKEN ;'],
    ['action a in N::5;', 'UNEXPECTED_TOKEN 5'],
    ['action a in 5;', 'UNEXPECTED_TOKEN 5'],
    ['action a in "N"::"b";', 'UNEXPECTED_TOKEN ::'],
    ['action 5;', 'UNEXPECTED_TOKEN 5'],
    ['action a appliesTo {};', 'UNEXPECTED_TOKEN }'],
    ['action a appliesTo principal: A;', 'UNEXPECTED_TOKEN principal'],
    ['action a appliesTo { principal A };', 'UNEXPECTED_TOKEN A'],
    ['action a appliesTo { principal: 5 };', 'UNEXPECTED_TOKEN 5'],
    ['action a appliesTo { context: 5 };', 'UNEXPECTED_TOKEN 5'],
    ['action a appliesTo { principal: A, resource: A context: {} };', 'UNEXPECTED_TOKEN context'],
    ['action a appliesTo { principal: [], resource: A };', 'APPLIES_TO_INCOMPLETE principal'],
    ['action a appliesTo { resource: A };', 'APPLIES_TO_INCOMPLETE { resource: A }'],
    ['action a appliesTo { principal: A };', 'APPLIES_TO_INCOMPLETE { principal: A }'],
    [
      'action a appliesTo { principal: A, principal: A, resource: A, context: {}, context: C };',
      'APPLIES_TO_DUPLICATE principal',
      'APPLIES_TO_DUPLICATE context',
    ],
    ['action a attributes { x: Long };', 'UNEXPECTED_TOKEN x'],
    ['action a attributes;', 'UNEXPECTED_TOKEN ;'],
    ['@doc() entity A;', 'UNEXPECTED_TOKEN )'],
    ['@doc("x" entity A;', 'UNEXPECTED_TOKEN entity'],
    ['@5 entity A;', 'UNEXPECTED_TOKEN 5'],
    ['@doc @doc("x") entity A;', 'DUPLICATE_ANNOTATION @doc("x")'],
    ['@doc', 'UNEXPECTED_TOKEN '],
    ['namespace { entity A; }', 'UNEXPECTED_TOKEN {', 'UNEXPECTED_TOKEN }'],
    ['namespace N entity A;', 'UNEXPECTED_TOKEN entity'],
    ['namespace N { namespace M { } }', 'UNEXPECTED_TOKEN namespace'],
    ['namespace N { entity A; };', 'UNEXPECTED_TOKEN ;'],
    ['namespace N { entity A;', 'UNEXPECTED_TOKEN '],
    ['}', 'UNEXPECTED_TOKEN }'],
    ['entity A', 'UNEXPECTED_TOKEN '],
    ['entity A; é😀# entity B;', 'UNEXPECTED_CHARACTER é😀#'],
    ['entity A = { "\\x80\\q\r": Long };', 'BAD_ESCAPE \\', 'BAD_ESCAPE \\', 'BAD_ESCAPE \r'],
    [
      'entity A = { "\\u{d800}\\u{110000}\\u{1234567}\\u{}": Long };',
      ...['\\u{d800}', '\\u{110000}', '\\u{1234567}', '\\'].map((one) => `BAD_ESCAPE ${one}`),
    ],
    ['entity A = { "b: Long };', 'UNTERMINATED_STRING "b: Long };', 'UNEXPECTED_TOKEN '],
  ];
  test.each(cases)('%s', (text, ...issues) => {
    expect(issuesOf(text)).toEqual(issues);
  });

  test('a mistake is one issue, and the next one is still found', () => {
    const text = `
entity A = { x: , y: Long z: Long, 5: Long };
entity B = { open: { deep: Long
entity C in;
namespace N {
  entity D = { a: { b 1 } };
  entity E ! F;
  entity "G";
}
type T = "unclosed;
action a b;
entity H;`;
    expect(issuesOf(text)).toEqual([
      'UNEXPECTED_TOKEN ,',
      'UNEXPECTED_TOKEN z',
      'UNEXPECTED_TOKEN 5',
      'UNEXPECTED_TOKEN entity',
      'UNEXPECTED_TOKEN ;',
      'UNEXPECTED_TOKEN 1',
      'UNEXPECTED_CHARACTER !',
      'UNEXPECTED_TOKEN F',
      'UNEXPECTED_TOKEN "G"',
      'UNTERMINATED_STRING "unclosed;',
      'UNEXPECTED_TOKEN b',
    ]);
    const names = parseSchema(text).namespaces.flatMap(({ declarations }) =>
      declarations.flatMap((declaration) => declaration.names.map((name) => name.text)),
    );
    expect(names).toContain('H');
  });

  test('limits: size, depth, number of issues', () => {
    const codes = (text: string): readonly SchemaIssueCode[] =>
      parseSchema(text).issues.map((issue) => issue.code);
    expect(codes(' '.repeat(SCHEMA_LIMITS.length + 1))).toEqual(['TOO_LARGE']);
    const nested = (depth: number) => `type A = ${'Set<'.repeat(depth)}Long${'>'.repeat(depth)};`;
    expect(codes(nested(SCHEMA_LIMITS.depth))).toEqual([]);
    expect(codes(nested(SCHEMA_LIMITS.depth + 1))).toEqual(['TOO_DEEP']);
    const records = (depth: number) => `type A = ${'{a:'.repeat(depth)}Long${'}'.repeat(depth)};`;
    expect(codes(records(SCHEMA_LIMITS.depth))).toEqual([]);
    expect(codes(records(SCHEMA_LIMITS.depth + 1))).toEqual(['TOO_DEEP']);
    expect(codes('{a:'.repeat(50_000)).length).toBeGreaterThan(0);
    expect(codes('entity;\n'.repeat(1000)).length).toBe(SCHEMA_LIMITS.issues);
  });
});

test('every word of the grammar but the reserved ones is a name, too', () => {
  const words =
    'namespace entity type Set appliesTo principal action resource context attributes tags Long String Bool enum'.split(
      ' ',
    );
  for (const word of words) {
    const text = `@${word} entity ${word} = { ${word}: Long }; action ${word} in x; action x; type T = ${word}::${word};`;
    expect([word, issuesOf(text)]).toEqual([word, []]);
  }
});

test('space is what Unicode calls so, and comments end with the line', () => {
  expect(issuesOf('entity\u00a0A\u0085;// x\rentity\u2003B;// end')).toEqual([]);
  expect(issuesOf('\ufeffentity A;')).toEqual(['UNEXPECTED_CHARACTER \ufeff']);
});

test('spans cover declarations, names and types exactly', () => {
  const text = '@doc("d") entity A, B in [C] = { @x "k"?: Set<N :: C> } tags Long;';
  const [unnamed] = parseSchema(text).namespaces;
  const entity = unnamed?.declarations[0];
  if (entity?.kind !== 'entity' || entity.shape?.kind !== 'record') throw new Error('no entity');
  const [attribute] = entity.shape.attributes;
  const shown = [
    entity,
    ...entity.names,
    ...entity.memberOf,
    entity.shape,
    attribute,
    attribute?.name,
    attribute?.type,
    entity.tags,
  ];
  expect(shown.map((one) => text.slice(one?.span.start, one?.span.end))).toEqual([
    text,
    'A',
    'B',
    'C',
    '{ @x "k"?: Set<N :: C> }',
    '@x "k"?: Set<N :: C>',
    '"k"',
    'Set<N :: C>',
    'Long',
  ]);
});

test('escapes in strings are those of Rust', () => {
  const parsed = parseSchema(String.raw`entity A enum ["\n\r\t\0\\\'\"\x41\u{1F600}\u{0_41}"];`);
  const [entity] = parsed.namespaces[0]?.declarations ?? [];
  expect(entity?.kind === 'entity' && entity.enumIds?.[0]?.text).toBe('\n\r\t\0\\\'"A😀A');
});

describe('no text makes the reader throw or hang', () => {
  test('random characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(readSchema(text).ok && parseSchema(text).issues.length > 0).toBe(false);
      }),
    );
  });

  test('random tokens', () => {
    const tokens =
      'entity action type namespace in tags enum appliesTo principal resource context Set A B N :: : ; , { } [ ] < > = ? @ ( ) "s" "x // \\ 7'.split(
        ' ',
      );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...tokens), { maxLength: 60 }),
        fc.constantFrom(' ', '\n'),
        (all, space) => {
          const text = all.join(space);
          const result = readSchema(text);
          for (const { span } of result.ok ? [] : result.error) {
            expect(span.start).toBeLessThanOrEqual(span.end);
            expect(span.end).toBeLessThanOrEqual(text.length);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
