import { describe, expect, test } from 'vitest';
import { atCursor, packModel, RULES } from '../testing/pack.ts';
import { foldingRanges } from './folding.ts';
import { hover } from './hover.ts';
import { outline } from './outline.ts';
import { semanticTokens } from './semantic.ts';
import { signatureHelp } from './signature.ts';

const FILE = 'policies/new.cedar';
const rule = (condition: string): string =>
  `@id("x")\n@issue("APPROVAL_REQUIRED")\nforbid (principal, action == Action::"payout", resource)\nwhen { ${condition} };`;

describe('hover', () => {
  function over(marked: string, path: string = FILE) {
    const { text, offset } = atCursor(marked);
    const model = packModel({ [path]: text });
    const found = hover(model, path, offset);
    return (
      found && {
        text: text.slice(found.span.start, found.span.end),
        all: found.contents.join('\n'),
      }
    );
  }

  test.each([
    [
      'attribute',
      rule('context.appro▮val_status == "a"'),
      'approval_status',
      /approval_status\?: String[^]*approved, pending or rejected[^]*Optional/,
    ],
    [
      'nested attribute',
      rule('context.limits has max_re▮cords'),
      'max_records',
      /max_records\?: Long/,
    ],
    ['variable', rule('prin▮cipal is Agent'), 'principal', /principal: Agent/],
    ['comparison', rule('context.goal =▮= "a"'), 'context.goal == "a"', /Bool/],
    ['literal', rule('context.goal == "▮a"'), '"a"', /String/],
    [
      'method',
      rule('context.constraints.con▮tains("a")'),
      'contains',
      /contains\(element: the element type\): Bool[^]*holds this element/,
    ],
    [
      'function',
      rule('dec▮imal("1.0") == decimal("2.0")'),
      'decimal',
      /decimal\(text: String\): decimal/,
    ],
    [
      'action',
      rule('true').replace('payout', 'pay▮out'),
      '"payout"',
      /action "payout" in \[Action::"move_money"\][^]*Agent on Environment/,
    ],
    [
      'group',
      rule('action in Action::"move▮_money"'),
      '"move_money"',
      /Whatever moves money[^]*A group/,
    ],
    ['entity type', rule('principal is Ag▮ent'), 'Agent', /entity Agent in \[Role\]/],
    ['role', rule('principal in Role::"treas▮urer"'), '"treasurer"', /In Role::"operator"/],
    [
      'annotation',
      rule('true').replace('@issue', '@iss▮ue'),
      '@issue("APPROVAL_REQUIRED")',
      /code of the issue[^]*2 rules give/,
    ],
    ['verdict', `@verdict("DE▮FER")\n${rule('true')}`, '@verdict("DEFER")', /`DEFER`: Wait/],
  ])('%s', (_, marked, text, contents) => {
    const found = over(marked);
    expect(found?.text).toBe(text);
    expect(found?.all).toMatch(contents);
  });

  test('JSON says what a member is', () => {
    const found = over('{ "expect": { "ver▮dict": "DENY" } }', 'scenarios/new.json');
    expect(found).toMatchObject({
      text: '"verdict"',
      all: expect.stringContaining('The verdict expected') as unknown,
    });
  });

  test('the schema shows declarations and how often they are used', () => {
    const model = packModel();
    const at = model.files.get('schema.cedarschema')?.indexOf('approval_status') ?? 0;
    expect(hover(model, 'schema.cedarschema', at + 1)?.contents.at(-1)).toBe('3 references');
  });

  test('values of a scenario: the innermost place counts', () => {
    const { text, offset } = atCursor(rule('context.go▮al == "a"'));
    const model = packModel({ [FILE]: text });
    const start = text.indexOf('context.goal');
    const values = [
      { span: { start, end: start + 19 }, text: 'false' },
      { span: { start, end: start + 12 }, text: '"b"' },
    ];
    expect(hover(model, FILE, offset, values)?.contents.join('\n')).toContain('`"b"`');
  });

  test('nothing where nothing is', () => {
    expect(over('// not▮hing\n')).toBeUndefined();
    expect(over('permit (prin▮cipal')).toBeUndefined();
  });
});

describe('signature help', () => {
  test.each([
    ['decimal(▮', 'decimal(text: String): decimal', 0],
    ['context.amount_usd.lessThan(▮)', 'lessThan(other: decimal): Bool', 0],
    ['context.amount_usd.lessThan(decimal("▮', 'decimal(text: String): decimal', 0],
    ['context.constraints.containsAny(["a", ▮', 'containsAny(others: Set): Bool', 0],
    ['context.session.now.offset(duration("1h"), ▮', 'offset(by: duration): datetime', 0],
    ['(context.goal ▮', undefined, 0],
    ['decimal("1.0") ▮', undefined, 0],
  ])('%s', (marked, label, active) => {
    const { text, offset } = atCursor(`forbid (principal, action, resource) when { ${marked}`);
    const help = signatureHelp(packModel({ [FILE]: text }), FILE, offset);
    expect(help?.label).toBe(label);
    expect(help?.active ?? 0).toBe(active);
  });
});

describe('outline', () => {
  test('rules say what they do', () => {
    expect(
      outline(packModel(), 'policies/rules.cedar').map(({ name, detail }) => [name, detail]),
    ).toEqual([
      ['operators-may-pay', 'permits'],
      ['payout-needs-approval', 'defers APPROVAL_REQUIRED'],
      ['limits-hold', 'denies LIMIT_EXCEEDED'],
    ]);
  });

  test('schema, entities, scenario', () => {
    const model = packModel();
    const names = (path: string) => outline(model, path).map(({ name }) => name);
    expect(names('schema.cedarschema')).toEqual([
      'Limits',
      'Session',
      'CheckContext',
      'Role',
      'Agent',
      'Environment',
      'plan',
      'call_tool',
      'move_money',
      'payout',
      'refund',
    ]);
    expect(names('entities/roles.json')).toEqual(['operator', 'treasurer', 'production']);
    expect(names('scenarios/payout.json')).toEqual(['name', 'tags', 'at', 'request', 'expect']);
  });
});

test('folding: comments, rules and conditions', () => {
  const text = `// One.\n// Two.\n${RULES}`;
  const ranges = foldingRanges(packModel({ [FILE]: text }), FILE);
  expect(ranges[0]).toEqual({ startLine: 1, endLine: 3, kind: 'comment' });
  expect(ranges).toContainEqual({ startLine: 4, endLine: 9, kind: 'region' });
  expect(ranges.length).toBeGreaterThan(5);
});

test('semantic tokens, also of what does not parse', () => {
  const text =
    '@id("x")\npermit (principal in Role::"r", action, resource)\nwhen { context.goal like "a*" && context["b"] >= 1 && decimal("1.0").lessThan(';
  const tokens = semanticTokens(packModel({ [FILE]: text }), FILE);
  const kinds = tokens.map(({ start, end, kind }) => [text.slice(start, end), kind]);
  expect(kinds).toEqual(
    expect.arrayContaining([
      ['@', 'annotation'],
      ['id', 'annotation'],
      ['permit', 'keyword'],
      ['principal', 'variable'],
      ['Role', 'entityType'],
      ['"r"', 'entityId'],
      ['goal', 'attribute'],
      ['like', 'keyword'],
      ['"a*"', 'string'],
      ['"b"', 'attribute'],
      ['>=', 'operator'],
      ['1', 'number'],
      ['decimal', 'function'],
      ['lessThan', 'function'],
    ]),
  );
});
