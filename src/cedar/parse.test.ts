import { describe, expect, test } from 'vitest';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { parsePolicies } from './parse.ts';
import { policyToJson } from './policy-json.ts';
import { printPolicies } from './print.ts';
import { sameForm, unspanned } from './testing/form.ts';

function when(expr: string): string {
  return `permit (principal, action, resource) when { ${expr} };`;
}

function scope(principal: string, action = 'action', resource = 'resource'): string {
  return `permit (${principal}, ${action}, ${resource});`;
}

function officially(text: string): ReturnType<typeof cedar.policyToJson> {
  const policy = cedar.policyToJson(text);
  return policy.type === 'success' ? policy : cedar.templateToJson(text);
}

/** Codes and what they stand under. */
function issues(text: string): readonly string[] {
  return parsePolicies(text).errors.map(
    ({ code, span }) => `${code} ${text.slice(span.start, span.end)}`,
  );
}

describe('what Cedar accepts has the official JSON form', () => {
  test.each(
    [
      '-1',
      '- 1 == -(1)',
      '--1',
      '-context.a',
      '!!!!true',
      '----1',
      '-9223372036854775808',
      '--9223372036854775808',
      '9223372036854775807',
      '0123 == 00',
      '!true.foo',
      '-1.foo',
      '-1["foo"]',
      '5.a',
      '-true',
      'context has a.b.c',
      'context has "a b"',
      'context has principal.action',
      'context["if"]',
      'context["a" ] [ "b"] . c',
      'principal is A::B in [resource]',
      'principal is A in 1 + 2',
      'principal is principal',
      'decimal(1, "2",)',
      'ip()',
      'decimal ("1.0").lessThan(context.x)',
      'context.isIpv4(1, 2, 3)',
      'context.contains.isIpv4',
      'context.contains (1,)',
      'duration("1d").toDays()',
      'context.isEmpty() && context.getTag("a") == context.hasTag("b")',
      'A :: B :: "x" == principal::"y"',
      '"a" like "b*\\*c" || "a" like "**a\\\\*\\x41" || "😀" like "😀*"',
      '"\\u{41}\\x41\\\'\\0\\n\\r\\t\\\\\\"\\u{00_41}\\u{1F600}"',
      '"a\nb"',
      '[1, 2,] == {a: 1, "b c": {}, permit: [],}',
      '1 + 2 - 3 * 4 * (5 + 6) - (7 - 8)',
      'if true then 1 else if false then 2 else 3 == 4',
      '(if true then 1 else 2) == 3',
      '1 == 1 && 2 == 2 && (3==3 || false || true) || (true && (true && true))',
      'a::"\\u{0}" in [a::"😀"] // comment\n',
      '1 // a\r + 2 // b\n + 3 // c\r\n + 4 //\n // d \r',
      'context.__a has __a',
      '1 != 2 && 1 < 2 && 1 <= 2 && 1 > 2 && 1 >= 2',
    ].map((expr) => [expr]),
  )('%s', (expr) => {
    const text = when(expr);
    const { policies, errors } = parsePolicies(text);
    const official = cedar.policyToJson(text);
    expect(errors).toEqual([]);
    if (official.type === 'failure') throw new Error(official.errors[0]?.message);
    expect(policies.map((policy) => sameForm(policyToJson(policy)))).toEqual([official.json]);
    const printed = parsePolicies(printPolicies(policies));
    expect(printed.policies.map(unspanned)).toEqual(policies.map(unspanned));
  });

  test.each(
    [
      scope('principal == (User::"a")'),
      scope('principal is A in ?principal', 'action', 'resource is B::C in ?resource'),
      scope('principal == ?principal', 'action in []', 'resource in ?resource,'),
      scope('principal in A::"x"', 'action in [Action::"x",]', 'resource == ((D::"e"))'),
      scope('principal is A', 'action in [Action::"x", A::Action::"y"]', 'resource is B in C::"d"'),
      scope('principal', 'action == A::Action::"x"'),
      scope('principal', 'action in Action::"x"', `resource == A::"${'x'.repeat(90)}"`),
      '@a @if("x\\n") @permit("\\u{41}") @__cedar("b") forbid(principal,action,resource);',
      'permit(principal,action,resource)\u0085when\u00a0{\u2003true } unless\u000b{ false }\n// end\r;',
    ].map((text) => [text]),
  )('%s', (text) => {
    const { policies, errors } = parsePolicies(text);
    const official = officially(text);
    expect(errors).toEqual([]);
    if (official.type === 'failure') throw new Error(official.errors[0]?.message);
    expect(policies.map((policy) => sameForm(policyToJson(policy)))).toEqual([official.json]);
    const printed = parsePolicies(printPolicies(policies));
    expect(printed.policies.map(unspanned)).toEqual(policies.map(unspanned));
  });
});

describe('what official Cedar refuses is refused, and the place named', () => {
  test.each([
    [when('!!!!!true'), ['too_many_unary_operators !!!!!']],
    [when('-----1'), ['too_many_unary_operators -----']],
    [when('9223372036854775808'), ['integer_out_of_range 9223372036854775808']],
    [when('-(9223372036854775808)'), ['integer_out_of_range 9223372036854775808']],
    [when('-9223372036854775809'), ['integer_out_of_range -9223372036854775809']],
    [when('-(9'.concat('9'.repeat(30), ')')), [`integer_out_of_range ${'9'.repeat(31)}`]],
    [when('a'), ['unknown_variable a']],
    [when('A::b'), ['unknown_variable A::b']],
    [when('ip.a'), ['unknown_variable ip']],
    [when('context has "a".b'), ['unexpected_token .']],
    [when('context has if'), ['reserved_identifier if']],
    [when('context.in == context.then'), ['reserved_identifier in', 'reserved_identifier then']],
    [when('context has (a)'), ['unexpected_token (']],
    [when('context has a::b'), ['unexpected_token ::']],
    [when('{if: 1}'), ['reserved_identifier if']],
    [when('{"a": 1, a: 2}'), ['duplicate_key a']],
    [when('{1: 1}'), ['unexpected_token 1']],
    [when('{a 1}'), ['unexpected_token 1']],
    [when('{a: 1 b: 2}'), ['unexpected_token b']],
    [when('{a: }'), ['unexpected_token }']],
    [when('context.__cedar'), ['reserved_identifier __cedar']],
    [when('A::__cedar::B::"x"'), ['reserved_identifier __cedar']],
    [when('1 == 1 == 1'), ['chained_comparison ==']],
    [when('principal is A in resource in action'), ['chained_comparison in']],
    [when('context.foo(1)'), ['unknown_method foo']],
    [when('context.decimal("1")'), ['unknown_method decimal']],
    [when('context.contains()'), ['wrong_arity contains']],
    [when('context.isEmpty(1)'), ['wrong_arity isEmpty']],
    [when('foo("1")'), ['unknown_function foo']],
    [when('A::decimal("1")'), ['unknown_function A::decimal']],
    [when('lessThan("a", "b")'), ['unknown_function lessThan']],
    [when('contains(1)'), ['unknown_function contains']],
    [when('principal()'), ['unknown_function principal']],
    [when('context["a"](1)'), ['unexpected_token (']],
    [when('context[1]'), ['unexpected_token 1']],
    [when('context["a"'), ['unexpected_token }']],
    [when('context.'), ['unexpected_token }']],
    [when('A::'), ['unexpected_token }']],
    [when('A::"x"::B'), ['unexpected_token ::']],
    [when('"x"::"y"'), ['unexpected_token ::']],
    [when('principal is A::"x"'), ['unexpected_token A']],
    [when('principal is "A"'), ['unexpected_token "A"']],
    [when('"a" like context.a'), ['unexpected_token context']],
    [when('"a" like "b\\q"'), ['invalid_escape \\q']],
    [when('"\\*" == "\\u{d800}"'), ['invalid_escape \\*', 'invalid_escape \\u{d800}']],
    [
      when('"\\u{110000}\\x80\\u{0000041}\\u{}\\u0"'),
      [
        'invalid_escape \\u{110000}',
        'invalid_escape \\x80',
        'invalid_escape \\u{0000041}',
        'invalid_escape \\u{}',
        'invalid_escape \\u',
      ],
    ],
    [when('"\\u{41" == "\\x4"'), ['invalid_escape \\u{41', 'invalid_escape \\x4']],
    [when('A::"\\*"'), ['invalid_escape \\*']],
    [when('[,]'), ['unexpected_token ,']],
    [when('[1 2]'), ['unexpected_token 2']],
    [when('()'), ['unexpected_token )']],
    [when('(1'), ['unexpected_token }']],
    [when('1 2'), ['unexpected_token 2']],
    [when('1_000'), ['unexpected_token _000']],
    [when('!-1'), ['unexpected_token -']],
    [when('+1'), ['unexpected_token +']],
    [when('1 = 1'), ['invalid_character =']],
    [when('1 / 1'), ['invalid_character /']],
    [when('1 % 1'), ['invalid_character %']],
    [when('/* x */ 1'), ['invalid_character /']],
    [when('context.é'), ['invalid_character é']],
    [when('😀'), ['invalid_character 😀']],
    [when('"abc'), ['unterminated_string "abc };']],
    [when('principal == ?principal'), ['slot_in_condition ?principal']],
    [when(''), ['empty_condition }']],
    [
      when('true && if true then true else false'),
      ['reserved_identifier if', 'unknown_variable if'],
    ],
    [when('if true 1 else 2'), ['unexpected_token 1']],
    [when('if true then 1'), ['unexpected_token }']],
    [when('1 +'), ['unexpected_token }']],
    [when('1 <'), ['unexpected_token }']],
    [when('1 in'), ['unexpected_token }']],
    [when('principal is A in'), ['unexpected_token }']],
    [when('1 &&'), ['unexpected_token }']],
    [when('@foo'), ['unexpected_token @', 'unexpected_token }']],
    [scope('principal in [User::"a"]'), ['unexpected_token [']],
    [scope('principal', 'action in [A::"x"]'), ['invalid_scope A::"x"']],
    [scope('principal', 'action == B::"x"'), ['invalid_scope B::"x"']],
    [scope('principal', 'action is Action'), ['unexpected_token is']],
    [scope('principal', 'action == ?action'), ['unexpected_token ?action']],
    [scope('principal', 'action in [?principal]'), ['unexpected_token ?principal']],
    [scope('principal', 'action in [Action::"a" Action::"b"]'), ['unexpected_token Action']],
    [scope('principal == ?resource'), ['invalid_scope ?resource']],
    [scope('principal != A::"x"'), ['unexpected_token !=']],
    [scope('principal == A'), ['unexpected_token ,']],
    [scope('principal == (A::"x"'), ['unexpected_token ,']],
    [scope('principal is A::"x"'), ['unexpected_token A']],
    [scope('principal: User'), ['unexpected_token :']],
    [scope('principal in A::"x" is B'), ['unexpected_token is']],
    ['permit(action,principal,resource);', ['unexpected_token action']],
    ['permit(principal,resource,resource);', ['unexpected_token resource']],
    ['permit(principal,action);', ['unexpected_token )']],
    ['permit(principal,action,principal);', ['unexpected_token principal']],
    ['permit();', ['unexpected_token )']],
    ['permit;', ['unexpected_token ;']],
    ['deny(principal,action,resource);', ['unexpected_token deny']],
    ['permit(principal,action,resource)', ['unexpected_end ']],
    ['permit(principal,action,resource) when true;', ['unexpected_token true']],
    ['permit(principal,action,resource) advice {true};', ['unexpected_token advice']],
    ['@a() permit(principal,action,resource);', ['unexpected_token )']],
    ['@a("x","y") permit(principal,action,resource);', ['unexpected_token ,']],
    ['@("x") permit(principal,action,resource);', ['unexpected_token (']],
    ['@a("x")@a("y") permit(principal,action,resource);', ['duplicate_annotation a']],
    ['permit(principal,action,resource)\ufeffwhen {true};', ['invalid_character \ufeff']],
  ])('%s', (text, expected) => {
    expect(officially(text).type).toBe('failure');
    expect(parsePolicies(text).policies).toEqual([]);
    expect(issues(text)).toEqual(expected);
  });

  test('an issue says what was found and what was expected', () => {
    expect(parsePolicies('permit(principal action, resource);').errors).toEqual([
      {
        code: 'unexpected_token',
        message: 'expected `,`, found `action`',
        span: { start: 17, end: 23 },
        found: 'action',
        expected: ['`,`'],
      },
    ]);
    const [issue] = parsePolicies('permit(principal, action, resource)\nwhen { true }').errors;
    expect(issue?.message).toBe('expected `when`, `unless` or `;`, but the text ends here');
    expect(issue?.found).toBe('the end of the text');
    const [long] = parsePolicies(`${'x'.repeat(100)};`).errors;
    expect(long?.found).toBe(`${'x'.repeat(40)}…`);
  });
});

describe('after an error', () => {
  const good = 'permit (principal, action, resource);';

  test('the policies before and behind are read', () => {
    const text = `${good}\npermit (principal, resource);\n${good}\nforbid (principal, action, resource) when { a };`;
    expect(parsePolicies(text).policies).toHaveLength(2);
    expect(issues(text)).toEqual(['unexpected_token resource', 'unknown_variable a']);
  });

  test('a missing semicolon costs one policy, not two', () => {
    const text = `permit (principal, action, resource) when { true }\n@id("x")\n${good}\nforbid (principal, action, resource)\n${good}`;
    expect(issues(text)).toEqual(['unexpected_token @', 'unexpected_token permit']);
    expect(parsePolicies(text).policies).toHaveLength(2);
  });

  test('a semicolon too many loses no policy', () => {
    expect(issues(`${good};${good}`)).toEqual(['unexpected_token ;']);
    expect(parsePolicies(`${good};${good}`).policies).toHaveLength(2);
  });

  test('a policy does not come back without the annotation that was wrong', () => {
    expect(parsePolicies(`@verdict(DEFER) ${good}`).policies).toEqual([]);
  });

  test('a string that is never closed ends with its line', () => {
    const text = `permit (principal, action, resource) when { "x };\n${good}`;
    expect(issues(text)).toEqual(['unterminated_string "x };']);
    expect(parsePolicies(text).policies).toHaveLength(1);
  });

  test('several errors in one policy are all told, when it can be read on', () => {
    expect(
      issues(when('context.foo() && bar(1) && {a: 1, a: "\\q"} == 9223372036854775808')),
    ).toEqual([
      'unknown_method foo',
      'unknown_function bar',
      'duplicate_key a',
      'invalid_escape \\q',
      'integer_out_of_range 9223372036854775808',
    ]);
  });
});

test.each([
  ['context.a = 1', 'but `=` is not part of Cedar: `==` compares'],
  ['true & false', 'but `&` is not part of Cedar: `&&` is and'],
  ['true | false', 'but `|` is not part of Cedar: `||` is or'],
  ["context.a == 'x'", "but `'` is not part of Cedar: text stands in double quotes"],
  ['true # false', 'but `#` is not part of Cedar'],
  [
    'unknown("x")',
    '`unknown` is for partial evaluation, an experiment of Cedar; requests are whole here',
  ],
])('what %s has instead of Cedar is named', (condition, message) => {
  const [issue] = parsePolicies(
    `permit (principal, action, resource) when { ${condition} };`,
  ).errors;
  expect(issue?.message.endsWith(message)).toBe(true);
});
