import { describe, expect, test } from 'vitest';
import { ModelBuilder } from '../model.ts';
import { atCursor, packFiles } from '../testing/pack.ts';
import { complete } from './complete.ts';

const FILES = {
  cedar: 'policies/new.cedar',
  schema: 'schema.cedarschema',
  scenario: 'scenarios/new.json',
  entities: 'entities/new.json',
  settings: 'stage0.json',
  metadata: 'metadata.json',
} as const;

function at(kind: keyof typeof FILES, marked: string) {
  const { text, offset } = atCursor(marked);
  const builder = new ModelBuilder();
  builder.build(packFiles());
  const items = complete(builder.build(packFiles({ [FILES[kind]]: text })), FILES[kind], offset);
  return { items, labels: items.map(({ label }) => label), text, offset };
}

const HEAD = 'forbid (principal, action == Action::"payout", resource)\n';
/** A condition, with nothing behind the cursor but what is given. */
const when = (condition: string): string => `${HEAD}when { ${condition}`;

/** Where the cursor is, what must be offered, and what must not. */
const POLICY: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  // Where a rule begins.
  ['▮', ['permit', 'forbid', '@id', 'defer without approval', 'time window', 'limit'], ['when']],
  ['per▮', ['permit', 'deny without role'], ['when']],
  [';▮', [], ['when']],
  ['; ; x permit▮', ['permit'], ['when']],
  ['@id("a")\n▮', ['forbid', '@issue', '@verdict'], ['@id', 'permit rule']],
  ['permit (principal, action, resource);\n▮', ['permit', '@id'], ['unless']],
  ['permit (principal, action, resource)\nwhen { true };\n\nfor▮', ['forbid'], []],
  // Annotations.
  ['@▮', ['id', 'issue', 'verdict', 'guardrail'], ['permit']],
  ['@id("x")\n@ver▮\nforbid (principal, action, resource);', ['verdict', 'severity'], ['id']],
  ['@id("a")\npermit (principal, action, resource);\n@▮', ['id'], []],
  ['@verdict("▮")', ['DEFER', 'DENY'], []],
  ['@verdict(▮', ['"DEFER"'], []],
  ['@severity("▮', ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'], ['DEFER']],
  [
    '@issue("▮")\nforbid (principal, action, resource);',
    ['APPROVAL_REQUIRED', 'LIMIT_EXCEEDED'],
    [],
  ],
  ['@issue("NEW_CODE")\n@id("▮', ['new-code'], []],
  ['@risk("▮', ['40', '100'], []],
  ['@question("▮")', ['Who approved this?'], []],
  ['@message("▮")', [], ['permit']],
  // Scope.
  ['permit (▮', ['principal'], ['resource']],
  ['permit (princ▮', ['principal'], []],
  ['permit (principal ▮', ['in', '==', 'is'], ['has']],
  [
    'permit (principal in ▮',
    ['Role::"operator"', 'Role::"treasurer"', 'Agent::"…"'],
    ['Environment::"production"'],
  ],
  ['permit (principal == ▮, action, resource);', ['Agent::"…"'], ['Role::"operator"']],
  ['permit (principal is ▮', ['Agent', 'Role'], ['principal']],
  ['permit (principal is Agent ▮', ['in'], ['==']],
  ['permit (principal is Agent in ▮', ['Role::"operator"'], []],
  ['permit (principal in Role::▮', ['"operator"', '"treasurer"'], ['"production"']],
  ['permit (principal in Role::"▮', ['operator', 'treasurer'], []],
  ['permit (principal in Role::"op▮"\n, action, resource);', ['operator'], []],
  ['permit (principal, ▮', ['action'], ['principal']],
  ['permit (principal, action ▮', ['in', '=='], ['is']],
  ['permit (principal, action in ▮', ['Action::"move_money"', 'Action::"payout"'], []],
  ['permit (principal, action == Action::▮', ['"payout"'], []],
  ['permit (principal, action in [Action::"payout", ▮', ['Action::"refund"'], []],
  ['permit (principal, action in [▮], resource);', ['Action::"payout"'], []],
  ['permit (principal, action, resource in ▮', ['Environment::"production"'], ['Role::"operator"']],
  // Between the scope and the conditions.
  [`${HEAD}▮`, ['when', 'unless', ';'], ['permit']],
  [`${HEAD}when ▮`, ['{ … }'], []],
  [`${HEAD}when { true }\nun▮`, ['unless', 'when'], []],
  // Where an expression begins.
  [
    when('▮'),
    ['context', 'principal', 'decimal', 'if', 'context.goal', 'context has approved_by && …'],
    ['&&'],
  ],
  [when('context has approved_by && ▮ };'), ['context', 'true'], ['==']],
  [when('!▮'), ['context', 'principal'], ['!']],
  [when('if ▮'), ['context'], ['then']],
  [when('(context.goal == "a" || con▮'), ['context', 'context.goal'], []],
  // Members.
  [when('context.▮'), ['goal', 'approved_by', 'limits', 'session'], ['permit', 'team']],
  [when('context.appro▮ };'), ['approved_by', 'approval_status', 'approved_by (if present)'], []],
  [when('context has approved_by && context.▮'), ['approved_by'], ['approved_by (if present)']],
  [when('context.limits.▮'), ['max_records', 'max_cost_usd'], ['goal']],
  [when('context.session.▮ < 5'), ['hour', 'weekday'], []],
  [when('principal.▮'), ['team', 'clearance', 'hasTag'], ['goal']],
  [when('context.owner.▮'), ['team'], []],
  [when('context.constraints.▮'), ['contains', 'containsAny', 'isEmpty'], ['lessThan']],
  [when('context.amount_usd.▮'), ['lessThan', 'greaterThanOrEqual'], ['contains']],
  [when('context.session.now.▮'), ['durationSince', 'offset'], ['toHours']],
  [when('context.session.now.durationSince(context.approved_at).▮'), ['toHours'], ['offset']],
  [when('decimal("1.0").▮'), ['lessThan'], []],
  [when('context.client_ip.▮'), ['isInRange'], []],
  [when('(if true then context.goal else "x") == "a" && context["▮'), ['goal'], []],
  // has.
  [when('context has ▮'), ['approved_by', 'goal'], ['context']],
  [when('context.limits has ▮'), ['max_records'], ['goal']],
  [when('context has limits.▮'), ['max_records'], ['goal']],
  [when('principal has ▮'), ['clearance'], ['goal']],
  // Operators.
  [when('context.goal ▮'), ['==', '!=', 'like'], ['<', '&&']],
  [when('context.record_count ▮'), ['<', '>=', '+'], ['like']],
  [when('context.mfa_verified ▮'), ['&&', '||'], ['<']],
  [when('principal ▮'), ['in', 'is', 'has', '=='], ['like']],
  [when('context ▮'), ['has'], ['<']],
  [when('context.approved_at ▮'), ['<=', '=='], ['like']],
  [when('context.goal == "a" ▮'), ['&&', '||'], ['==', 'like']],
  [when('context has approved_by ▮'), ['&&'], ['==']],
  [when('principal is Agent ▮'), ['in', '&&'], ['==']],
  [when('if context.goal == "a" ▮'), ['then', '&&'], ['else']],
  [when('if true then 1 ▮'), ['else'], ['then']],
  // Values.
  [when('context.approval_status == ▮'), ['"approved"', '"pending"', '"rejected"'], []],
  [when('context.approval_status == "▮'), ['approved', 'pending'], ['"approved"']],
  [when('context.approval_status == "▮" };'), ['approved'], []],
  [when('context.side_effects.contains("▮")'), ['money_movement'], []],
  [when('context.constraints.containsAny(["sandbox", "▮"'), ['dry_run', 'approval_required'], []],
  [when('context.side_effects.contains(▮'), ['"money_movement"'], []],
  [when('context.mfa_verified == ▮'), ['true', 'false'], []],
  [when('context.amount_usd.greaterThan(▮'), ['decimal'], []],
  [when('context.approved_at < ▮'), ['datetime', 'context.session.now'], []],
  [when('duration("▮'), ['8h', '24h'], []],
  [when('principal in ▮'), ['Role::"operator"'], ['Environment::"production"']],
  [when('principal is ▮'), ['Agent'], ['goal']],
  [when('resource in Environment::"▮'), ['production'], ['operator']],
  [when('resource == Environment::▮'), ['"production"'], []],
  [when('action == ▮'), ['Action::"payout"'], []],
  [when('context.goal like ▮'), ['"…*"'], []],
  // Nowhere.
  ['// permit ▮', [], ['permit']],
  [when('context.goal == "// ▮'), [], ['permit']],
  [when('true // context.▮\n'), [], ['goal']],
];

describe('policies', () => {
  test.each(POLICY)('%j', (marked, wanted, unwanted) => {
    const { labels, items, text, offset } = at('cedar', marked);
    expect(labels).toEqual(expect.arrayContaining([...wanted]));
    for (const label of unwanted) expect(labels).not.toContain(label);
    for (const { replace } of items) {
      expect(replace.start).toBeLessThanOrEqual(offset);
      expect(replace.end).toBeGreaterThanOrEqual(offset);
      expect(text.slice(replace.start, replace.end)).not.toContain('\n');
    }
  });

  test('a broken rule before does not hide where the cursor is', () => {
    const broken = 'permit (principal, action = , resource) when { context. }\n\n';
    const { labels } = at(
      'cedar',
      `${broken}forbid (principal, action, resource) when { context.▮`,
    );
    expect(labels).toContain('goal');
  });

  test('a rule whose semicolon is missing is not part of the next', () => {
    const { labels } = at('cedar', 'permit (principal, action, resource)\n@▮');
    expect(labels).toContain('id');
  });

  test('the scope decides which types there are', () => {
    const { items } = at('cedar', when('principal▮'));
    expect(items.find(({ label }) => label === 'principal')?.detail).toBe('Agent');
  });

  test('an attribute says its type, whether it is optional, and what it is', () => {
    const { items } = at('cedar', when('context.▮'));
    expect(items.find(({ label }) => label === 'approval_status')).toMatchObject({
      detail: 'String, optional',
      doc: 'approved, pending or rejected.',
    });
  });

  test('the guarded form replaces the whole access', () => {
    const { items, text } = at('cedar', when('context.approved_▮'));
    const item = items.find(({ label }) => label === 'approved_by (if present)');
    expect(item?.insertText).toBe('context has approved_by && context.approved_by');
    expect(text.slice(item?.replace.start, item?.replace.end)).toBe('context.approved_');
  });

  test('a word is replaced to its end', () => {
    const { items, text } = at('cedar', when('context.appro▮ved_by == "x" };'));
    const item = items.find(({ label }) => label === 'approved_by');
    expect(text.slice(item?.replace.start, item?.replace.end)).toBe('approved_by');
  });

  test('methods come with their arguments to fill', () => {
    const { items } = at('cedar', when('context.constraints.▮'));
    expect(items.find(({ label }) => label === 'contains')).toMatchObject({
      snippet: true,
      insertText: 'contains(${1:element})',
    });
  });
});

const SCHEMAS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['▮', ['entity', 'action', 'type', 'namespace', '@doc'], ['String']],
  ['entity A;\n▮', ['entity', 'action'], []],
  ['entity A in [▮', ['A', 'Role'], ['String']],
  ['entity A ▮', ['in', '{ … }', 'tags', 'enum'], ['appliesTo']],
  ['entity A tags ▮', ['String', 'Set<…>'], []],
  ['entity A = { name: ▮', ['String', 'Long', 'decimal', 'Set<…>', 'Role'], ['appliesTo']],
  ['type T = { a: Set<▮', ['String', 'T'], []],
  ['type T = ▮', ['{ … }', 'Long'], []],
  ['action "x" ▮', ['in', 'appliesTo'], ['tags']],
  ['action "x" in [▮', ['"call_tool"', '"move_money"'], ['Role']],
  ['action "x" in ["▮', ['call_tool'], ['"call_tool"']],
  ['action "x" appliesTo { ▮', ['principal', 'resource', 'context'], ['String']],
  ['action "x" appliesTo { principal: ▮', ['Agent', 'Role'], ['String']],
  ['action "x" appliesTo { principal: [Agent, ▮', ['Role'], ['String']],
  [
    'action "x" appliesTo { principal: Agent, resource: Environment, context: ▮',
    ['CheckContext', '{ … }'],
    ['Agent'],
  ],
  ['@▮', ['doc'], ['entity']],
  ['// entity ▮', [], ['entity']],
];

test.each(SCHEMAS)('schema: %j', (marked, wanted, unwanted) => {
  const { labels } = at('schema', marked);
  expect(labels).toEqual(expect.arrayContaining([...wanted]));
  for (const label of unwanted) expect(labels).not.toContain(label);
});

const JSONS: readonly (readonly [
  keyof typeof FILES,
  string,
  readonly string[],
  readonly string[],
])[] = [
  ['scenario', '{ ▮', ['name', 'request', 'expect', 'at'], ['goal']],
  ['scenario', '{ "name": "x", "▮" }', ['request', 'expect'], ['name']],
  ['scenario', '{ "request": { "▮', ['goal', 'tools', 'context'], ['expect']],
  ['scenario', '{ "request": { "tools": ["▮"] } }', ['payout', 'refund'], ['move_money']],
  ['scenario', '{ "request": { "tools": [▮', ['"payout"'], []],
  [
    'scenario',
    '{ "request": { "context": { "▮" } } }',
    ['approved_by', 'amount_usd'],
    ['session', 'goal'],
  ],
  [
    'scenario',
    '{ "request": { "context": { "approval_status": "▮" } } }',
    ['approved', 'pending'],
    [],
  ],
  ['scenario', '{ "request": { "context": { "mfa_verified": ▮', ['true', 'false'], []],
  ['scenario', '{ "request": { "side_effects": ["▮', ['money_movement'], []],
  ['scenario', '{ "request": { "constraints": ["▮"', ['approval_required', 'sandbox'], []],
  ['scenario', '{ "expect": { "verdict": "▮" } }', ['ALLOW', 'DENY', 'DEFER'], []],
  ['scenario', '{ "expect": { "verdict": ▮', ['"DEFER"'], []],
  ['scenario', '{ "expect": { "issues": ["▮', ['APPROVAL_REQUIRED', 'NOT_PERMITTED'], []],
  ['entities', '[{ ▮', ['uid', 'parents', 'attrs'], ['goal']],
  ['entities', '[{ "uid": { "type": "▮', ['Role', 'Agent'], []],
  [
    'entities',
    '[{ "uid": { "type": "Role", "id": "a" }, "parents": [{ "type": "Role", "id": "▮',
    ['operator'],
    [],
  ],
  ['entities', '[{ "attrs": { "▮', ['team', 'clearance'], []],
  ['settings', '{ ▮ }', ['timeZone', 'risk', 'tools'], ['name']],
  ['settings', '{ "risk": { "▮" } }', ['threshold', 'high'], []],
  ['settings', '{ "tools": { "▮" } }', ['payout'], []],
  ['settings', '{ "timeZone": "▮" }', ['UTC', 'Europe/Berlin'], []],
  ['metadata', '{ "policy_store": { "▮', ['name', 'version'], ['cedar_version']],
];

test.each(JSONS)('%s: %s', (kind, marked, wanted, unwanted) => {
  const { labels } = at(kind, marked);
  expect(labels).toEqual(expect.arrayContaining([...wanted]));
  for (const label of unwanted) expect(labels).not.toContain(label);
});

test('a property comes with room for its value', () => {
  const { items } = at('scenario', '{ "▮" }');
  const expected = items.find(({ label }) => label === 'expect');
  expect(expected).toMatchObject({ insertText: '"expect": { $1 }', snippet: true });
});
