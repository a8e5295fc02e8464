import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expr } from './ast.ts';
import { childrenOf } from './intern.ts';
import { MAX_DEPTH, MAX_POLICIES, MAX_TEXT } from './limits.ts';
import { parsePolicies } from './parse.ts';
import { policyToJson } from './policy-json.ts';
import { printExpr, printPolicies, printPolicy } from './print.ts';
import { unspanned } from './testing/form.ts';
import { readSchema } from './schema/resolve.ts';
import { condition } from './testing/generate-expression.ts';
import { policyText } from './testing/generate.ts';

/** Every construct of the grammar. */
const EVERYTHING = `// a comment
@id("one") @note @if("x")
permit (principal is A::User in A::Team::"t", action in [Action::"r", A::Action::"w",], resource == D::"d")
when { context.a["b c"].d has e.f && principal has "g h" || !(-context.n + 1 - 2 * 3 <= -9223372036854775808) }
unless { if "x\\n\\u{1F600}" like "a*\\*" then [1, true,].contains(ip("::1")) else {k: 1, "l m": {}} == {} };
forbid (principal == ?principal, action == Action::"x", resource in ?resource)
when { resource is D in [D::"e"] && decimal("1.0").lessThan(context.x) && principal.getTag("t") != 1 };
permit (principal in (U::"x"), action in Action::"g", resource is D,) when { !!!!true >= ----1 < (2 > 3) };
`;

function wrap(expr: string): string {
  return `permit (principal, action, resource) when { ${expr} };`;
}

/** Parses; a span that does not lie in the text is a failure. */
function parse(text: string): ReturnType<typeof parsePolicies> {
  const result = parsePolicies(text);
  const astray = result.errors.filter(
    ({ span }) => span.start < 0 || span.end < span.start || span.end > text.length,
  );
  if (astray.length > 0) throw new Error(JSON.stringify(astray));
  return result;
}

describe('hostile text', () => {
  test('no prefix, suffix or text with a piece cut out stops the parser', () => {
    expect(parse(EVERYTHING).policies).toHaveLength(2);
    for (let at = 0; at <= EVERYTHING.length; at++) {
      parse(EVERYTHING.slice(0, at));
      parse(EVERYTHING.slice(at));
      for (const size of [1, 2, 5, 9]) parse(EVERYTHING.slice(0, at) + EVERYTHING.slice(at + size));
    }
  });

  test('no character in any place stops the parser', () => {
    expect(parse(EVERYTHING).errors.map(({ code }) => code)).toEqual(['chained_comparison']);
    for (const piece of [
      '"',
      '\\',
      ';',
      ')',
      '}',
      ']',
      ',',
      '::',
      'é',
      '😀',
      '\ud800',
      '?x',
      '/',
      ' in ',
    ]) {
      for (let at = 0; at <= EVERYTHING.length; at += 3) {
        parse(EVERYTHING.slice(0, at) + piece + EVERYTHING.slice(at));
      }
    }
  });

  test('mutated policies and random text neither throw nor hang', () => {
    const mutated = fc
      .tuple(policyText, fc.array(fc.tuple(fc.nat(), fc.nat(6), fc.string({ maxLength: 3 }))))
      .map(([text, edits]) =>
        edits.reduce(
          (edited, [at, size, piece]) =>
            edited.slice(0, at % (edited.length + 1)) +
            piece +
            edited.slice((at % (edited.length + 1)) + size),
          text,
        ),
      );
    const random = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(fc.oneof(mutated, random), (text) => {
        for (const policy of parse(text).policies) {
          expect(parse(printPolicy(policy)).errors).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  test.each([
    ['parentheses', '('.repeat(100_000)],
    ['closed parentheses', `${'('.repeat(5000)}1${')'.repeat(5000)}`],
    ['sets', '['.repeat(100_000)],
    ['records', '{a:'.repeat(100_000)],
    ['conditionals', 'if '.repeat(100_000)],
    ['calls', 'ip('.repeat(100_000)],
    ['sums', `1${'+1'.repeat(10_000)}`],
    ['members', `context${'.a'.repeat(10_000)}`],
    ['indexes', `context${'["a"]'.repeat(10_000)}`],
    ['methods', `context${'.isEmpty()'.repeat(10_000)}`],
    ['elses', `${'if true then 1 else '.repeat(10_000)}1`],
    ['comparisons', `${'1 == ('.repeat(500)}1${')'.repeat(500)}`],
    ['unaries', `${'!('.repeat(500)}true${')'.repeat(500)}`],
  ])('too deep: %s', (_, expr) => {
    const { policies, errors } = parse(wrap(expr));
    expect(policies).toEqual([]);
    expect(errors.map(({ code }) => code)).toContain('too_deep');
  });

  test('what is as deep as the limit can be printed, translated and compared', () => {
    const depth = MAX_DEPTH - 1;
    const { policies, errors } = parse(wrap(`${'!('.repeat(depth)}true${')'.repeat(depth)}`));
    expect(errors).toEqual([]);
    expect(printPolicies(policies)).toContain('!(!(');
    expect(policies.map(policyToJson)).toHaveLength(1);
    expect(parse(wrap(`context${'.a'.repeat(depth)}`)).errors).toEqual([]);
  });

  test('chains of ten thousand operands are read', () => {
    const { policies, errors } = parse(
      wrap(`${'true && '.repeat(10_000)}true || ${'false || '.repeat(10_000)}true`),
    );
    expect(errors).toEqual([]);
    expect(parse(printPolicies(policies)).policies.map(unspanned)).toEqual(policies.map(unspanned));
  });

  test('halves of surrogate pairs, which no other engine can read, are refused', () => {
    const codes = (text: string): readonly string[] => parse(text).errors.map(({ code }) => code);
    expect(codes('permit (principal == U::"\ud800", action, resource);')).toEqual([
      'invalid_character',
    ]);
    expect(codes(wrap('"a" like "*\udc00"'))).toEqual(['invalid_character']);
    expect(codes(`// \ud800\n${wrap('"\ud83d\ude00" == "x"')}`)).toEqual([]);
    const schema = readSchema('entity E enum ["\ud800"];');
    expect(!schema.ok && schema.error.map(({ code }) => code)).toEqual(['UNEXPECTED_CHARACTER']);
  });

  test('strings that nothing closes are searched for once', () => {
    const { errors } = parse(`\\"\\\n`.repeat(200_000));
    expect(errors.map(({ code }) => code)).toContain('invalid_character');
    expect(parse('@a '.repeat(200_000)).errors).toHaveLength(100);
  });

  test('texts, policies and errors past their limits are refused', () => {
    expect(parsePolicies(' '.repeat(MAX_TEXT + 1)).errors.map(({ code }) => code)).toEqual([
      'text_too_large',
    ]);
    const errors = parse('nothing; '.repeat(1000)).errors.map(({ code }) => code);
    expect(errors.at(-1)).toBe('too_many_issues');
    expect(errors.length).toBeLessThan(110);
    const many = parse('permit(principal,action,resource);'.repeat(MAX_POLICIES + 1));
    expect(many.policies).toHaveLength(MAX_POLICIES);
    expect(many.errors.map(({ code }) => code)).toEqual(['too_many_policies']);
  });
});

describe('spans', () => {
  test('every expression is exactly the text of its span', () => {
    fc.assert(
      fc.property(condition, (tree) => {
        const text = wrap(`( ${printExpr(tree)} )`);
        const [policy] = parse(text).policies;
        const visit = (expr: Expr): void => {
          const piece = text.slice(expr.span.start, expr.span.end);
          const [again] = parse(wrap(piece)).policies;
          expect([piece, unspanned(again?.conditions[0]?.body)]).toEqual([piece, unspanned(expr)]);
          expect(piece).toBe(piece.trim());
          for (const child of childrenOf(expr)) visit(child);
        };
        expect(policy).toBeDefined();
        for (const { body } of policy?.conditions ?? []) visit(body);
      }),
      { numRuns: 200 },
    );
  });

  test('policies, scopes, conditions and annotations too', () => {
    const { policies, errors } = parse(EVERYTHING.split('permit (principal in (')[0] ?? '');
    expect(errors).toEqual([]);
    const [first, second] = policies;
    const at = (span: { start: number; end: number } | undefined): string =>
      EVERYTHING.slice(span?.start, span?.end);
    expect(at(first?.span)).toMatch(
      /^@id\("one"\)[^]*\{\} == \{\} \};$|^@id\("one"\)[^]*== \{\} \};$/,
    );
    expect(first?.annotations.map(({ span }) => at(span))).toEqual([
      '@id("one")',
      '@note',
      '@if("x")',
    ]);
    expect(first?.annotations.map(({ valueSpan }) => valueSpan && at(valueSpan))).toEqual([
      '"one"',
      undefined,
      '"x"',
    ]);
    expect(at(first?.principal.span)).toBe('principal is A::User in A::Team::"t"');
    expect(at(first?.action.span)).toBe('action in [Action::"r", A::Action::"w",]');
    expect(at(first?.resource.span)).toBe('resource == D::"d"');
    expect(at(second?.principal.span)).toBe('principal == ?principal');
    expect(at(second?.conditions[0]?.span)).toMatch(/^when \{.*\}$/);
    expect(second?.slots).toEqual(['?principal', '?resource']);
  });
});

describe('printing', () => {
  test('what is printed reads back as the same tree', () => {
    fc.assert(
      fc.property(condition, (tree) => {
        const [policy] = parse(wrap(printExpr(tree))).policies;
        const [again] = parse(printPolicy(policy ?? never())).policies;
        expect(unspanned(again)).toEqual(unspanned(policy));
      }),
      { numRuns: 300 },
    );
  });
});

function never(): never {
  throw new Error('the printed text does not parse');
}
