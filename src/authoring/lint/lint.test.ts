import { describe, expect, test } from 'vitest';
import { applyEdits } from '../apply.ts';
import { ModelBuilder } from '../model.ts';
import type { Problem } from '../problem.ts';
import { packFiles, packModel, RULES, SCENARIO, SCHEMA } from '../testing/pack.ts';
import { lint, LINT_RULES } from './registry.ts';

interface Case {
  readonly name: string;
  /** One rule more, in a file of its own, or files changed. */
  readonly rule?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** The text that is underlined; absent for a near miss. */
  readonly hit?: string;
  readonly severity?: Problem['severity'];
  /** Title of the first fix. */
  readonly fix?: string;
}

const scope = '(principal, action == Action::"payout", resource)';
const forbid = (body: string, notes = '@id("x")\n@issue("X")'): string =>
  `${notes}\nforbid ${scope}\n${body};`;
const permit = (body: string, notes = '@id("x")'): string => `${notes}\npermit ${scope}\n${body};`;

const CASES: Readonly<Record<string, readonly Case[]>> = {
  'missing-id': [
    { name: 'no id', rule: permit('', '@issue("X")'), hit: 'permit', fix: 'Add @id("extra-rule")' },
    { name: 'an id', rule: permit('') },
  ],
  'duplicate-id': [
    {
      name: 'of another file',
      rule: permit('', '@id("limits-hold")'),
      files: { 'policies/zero.cedar': permit('', '@id("limits-hold")') },
      hit: '"limits-hold"',
      fix: 'Change to "limits-hold-2"',
    },
    { name: 'nearly the same', rule: permit('', '@id("limits-hold-2")') },
  ],
  'forbid-without-issue': [
    {
      name: 'a forbid that says nothing',
      rule: forbid('', '@id("no-payout")'),
      hit: 'forbid',
      fix: 'Add @issue("NO_PAYOUT")',
    },
    { name: 'a permit needs none', rule: permit('') },
    { name: 'a forbid with one', rule: forbid('') },
  ],
  'unknown-annotation': [
    {
      name: 'misspelt',
      rule: permit('', '@id("x")\n@mesage("Why.")'),
      hit: '@mesage("Why.")',
      severity: 'warning',
      fix: 'Change to @message',
    },
    {
      name: 'foreign',
      rule: permit('', '@id("x")\n@owner("team-a")'),
      hit: '@owner("team-a")',
      severity: 'info',
      fix: 'Remove @owner',
    },
    { name: 'known', rule: permit('', '@id("x")\n@guardrail("who")') },
  ],
  'annotation-value': [
    {
      name: 'a verdict that is none',
      rule: forbid('', '@id("x")\n@verdict("DEFFER")\n@issue("X")'),
      hit: '"DEFFER"',
      fix: 'Change to "DEFER"',
    },
    {
      name: 'a severity in lower case',
      rule: forbid('', '@id("x")\n@issue("X")\n@severity("high")'),
      hit: '"high"',
      fix: 'Change to "HIGH"',
    },
    {
      name: 'a grave permit',
      rule: permit('', '@id("x")\n@issue("X")\n@severity("CRITICAL")'),
      hit: '"CRITICAL"',
      fix: 'Change to "MEDIUM"',
    },
    {
      name: 'a risk past 100',
      rule: forbid('', '@id("x")\n@issue("X")\n@risk("120")'),
      hit: '"120"',
      fix: 'Change to "100"',
    },
    {
      name: 'an id in camel case',
      rule: permit('', '@id("whoMayPay")'),
      hit: '"whoMayPay"',
      fix: 'Change to "who-may-pay"',
    },
    {
      name: 'a code in kebab-case',
      rule: forbid('', '@id("x")\n@issue("no-way")'),
      hit: '"no-way"',
      fix: 'Change to "NO_WAY"',
    },
    {
      name: 'a severity of no issue',
      rule: forbid('', '@id("x")\n@severity("HIGH")'),
      hit: '"HIGH"',
      severity: 'warning',
      fix: 'Remove @severity',
    },
    {
      name: 'all as it should be',
      rule: forbid('', '@id("x")\n@verdict("DEFER")\n@issue("X")\n@severity("HIGH")\n@risk("100")'),
    },
  ],
  'verdict-on-permit': [
    {
      name: 'a permit that defers',
      rule: permit('', '@id("x")\n@verdict("DEFER")'),
      hit: '@verdict("DEFER")',
      fix: 'Remove @verdict',
    },
    { name: 'a forbid that defers', rule: forbid('', '@id("x")\n@verdict("DEFER")\n@issue("X")') },
  ],
  'issue-severity-conflict': [
    {
      name: 'two severities, one by default',
      rule: forbid('', '@id("x")\n@issue("LIMIT_EXCEEDED")\n@severity("LOW")'),
      hit: '@severity("LOW")',
      fix: 'Make it HIGH',
    },
    {
      name: 'the same twice',
      rule: forbid('', '@id("x")\n@issue("LIMIT_EXCEEDED")\n@severity("HIGH")'),
    },
  ],
  'defer-without-evidence': [
    {
      name: 'what the action does never changes',
      rule: forbid(
        'when { context.side_effects.contains("delete") }',
        '@id("x")\n@verdict("DEFER")\n@issue("X")',
      ),
      hit: '@verdict("DEFER")',
      fix: 'Add an `unless` with the evidence',
    },
    {
      name: 'no condition at all',
      rule: forbid('', '@id("x")\n@verdict("DEFER")\n@issue("X")'),
      hit: '@verdict("DEFER")',
    },
    {
      name: 'a fact that is there',
      rule: forbid('when { context has amount_usd }', '@id("x")\n@verdict("DEFER")\n@issue("X")'),
      hit: '@verdict("DEFER")',
    },
    {
      name: 'an unless',
      rule: forbid(
        'unless { context has approved_by }',
        '@id("x")\n@verdict("DEFER")\n@issue("X")',
      ),
    },
    {
      name: 'negated evidence',
      rule: forbid(
        'when { !(context has approved_by) }',
        '@id("x")\n@verdict("DEFER")\n@issue("X")',
      ),
    },
    {
      name: 'a value that may change',
      rule: forbid(
        'when { context has record_count && context.record_count > 5 }',
        '@id("x")\n@verdict("DEFER")\n@issue("X")',
      ),
    },
    {
      name: 'a forbid that denies',
      rule: forbid('when { context.side_effects.contains("delete") }'),
    },
  ],
  'forbid-can-error': [
    {
      name: 'optional attribute',
      rule: forbid('when { context.goal == "x" && context.approved_by == "" }'),
      hit: 'context.approved_by',
      fix: 'Ask `context has approved_by` first',
    },
    {
      name: 'in an operand of ||',
      rule: forbid('when { context has approved_by || context.approved_by == "" }'),
      hit: 'context.approved_by',
    },
    {
      name: 'behind a negation',
      rule: forbid('when { !context.mfa_verified }'),
      hit: 'context.mfa_verified',
      fix: 'Ask `context has mfa_verified` first',
    },
    {
      name: 'a tag',
      rule: forbid('when { principal.getTag("a") == "b" }'),
      hit: 'principal.getTag("a")',
      fix: 'Ask `principal.hasTag("a")` first',
    },
    {
      name: 'a sum',
      rule: forbid('when { context has record_count && context.record_count + 1 > 5 }'),
      hit: 'context.record_count + 1',
      severity: 'warning',
    },
    {
      name: 'guarded',
      rule: forbid('when { context has approved_by && context.approved_by == "" }'),
    },
    {
      name: 'guarded by another condition',
      rule: forbid('when { context has approved_by }\nunless { context.approved_by == "" }'),
    },
    {
      name: 'guarded by if',
      rule: forbid('when { if context has approved_by then context.approved_by == "" else true }'),
    },
    {
      name: 'guarded at depth',
      rule: forbid('when { context has limits.max_records && context.limits.max_records > 5 }'),
    },
    {
      name: 'a guarded tag',
      rule: forbid('when { principal.hasTag("a") && principal.getTag("a") == "b" }'),
    },
    {
      name: 'a sum that stays in range',
      rule: forbid('when { context.session.hour * 60 + 1 > 5 }'),
    },
  ],
  'unguarded-optional': [
    {
      name: 'in a permit',
      rule: permit('when { context.approved_by == "" }'),
      hit: 'context.approved_by',
      fix: 'Ask `context has approved_by` first',
    },
    {
      name: 'guarded',
      rule: permit('when { context has approved_by && context.approved_by == "" }'),
    },
  ],
  'type-error': [
    {
      name: 'an unknown attribute',
      rule: permit('when { context.gaol == "x" }'),
      hit: 'gaol',
      fix: 'Change to goal',
    },
    {
      name: 'two types compared',
      rule: permit('when { context.goal == 5 }'),
      hit: 'context.goal == 5',
    },
    {
      name: 'an unknown action',
      rule: '@id("x")\npermit (principal, action == Action::"payuot", resource);',
      hit: 'Action::"payuot"',
      fix: 'Change to Action::"payout"',
    },
    {
      name: 'an unknown type',
      rule: '@id("x")\npermit (principal is Agnt, action, resource);',
      hit: 'Agnt',
      fix: 'Change to Agent',
    },
    {
      name: 'a decimal with <',
      rule: permit('when { context has amount_usd && context.amount_usd < decimal("1.0") }'),
      hit: 'context.amount_usd < decimal("1.0")',
    },
    {
      name: 'a literal that cannot be read',
      rule: permit('when { decimal("1.00000") == decimal("1.0") }'),
      hit: '"1.00000"',
    },
    { name: 'what is never reached', rule: permit('when { false && context.gaol == 5 }') },
    { name: 'all right', rule: permit('when { context.goal == "x" }') },
  ],
  'condition-always-true': [
    {
      name: 'true itself',
      rule: permit('when { true }'),
      hit: 'when { true }',
      fix: 'Remove the `when`',
    },
    {
      name: 'a required attribute',
      rule: permit('when { context has goal && context.goal == "x" }'),
      hit: 'context has goal',
      severity: 'info',
    },
    {
      name: 'an unless that is false',
      rule: permit('unless { principal is Role }'),
      hit: 'unless { principal is Role }',
    },
    {
      name: 'asked again',
      rule: permit(
        'when { context has approved_by }\nunless { context has approved_by && context.approved_by == "" }',
      ),
    },
    { name: 'depends', rule: permit('when { context has approved_by }') },
  ],
  'condition-always-false': [
    { name: 'false itself', rule: permit('when { false }'), hit: 'when { false }' },
    {
      name: 'a misspelt attribute',
      rule: permit('when { context has aproved_by }'),
      hit: 'when { context has aproved_by }',
      fix: 'Change to approved_by',
    },
    {
      name: 'in an operand',
      rule: permit('when { context has aproved_by || context.goal == "x" }'),
      hit: 'context has aproved_by',
    },
    {
      name: 'entities of two types',
      rule: permit('when { principal == resource }'),
      hit: 'when { principal == resource }',
    },
    { name: 'depends', rule: permit('when { context.goal == "x" }') },
  ],
  'rule-never-matches': [
    {
      name: 'a principal that the action does not have',
      rule: '@id("x")\npermit (principal is Role, action == Action::"payout", resource);',
      hit: 'principal is Role, action == Action::"payout", resource',
    },
    {
      name: 'a group that nothing is in',
      rule: '@id("x")\npermit (principal, action, resource in Role::"operator");',
      hit: 'principal, action, resource in Role::"operator"',
    },
    {
      name: 'matches',
      rule: '@id("x")\npermit (principal is Agent, action == Action::"payout", resource);',
    },
  ],
  'shadowed-permit': [
    {
      name: 'a forbid without conditions',
      rule: '@id("x")\npermit (principal in Role::"treasurer", action == Action::"payout", resource);',
      files: {
        'policies/stop.cedar':
          '@id("stop")\n@issue("X")\nforbid (principal in Role::"operator", action in Action::"move_money", resource);',
      },
      hit: '"x"',
    },
    {
      name: 'of another role',
      rule: '@id("x")\npermit (principal in Role::"operator", action == Action::"payout", resource);',
      files: {
        'policies/stop.cedar':
          '@id("stop")\n@issue("X")\nforbid (principal in Role::"treasurer", action in Action::"move_money", resource);',
      },
    },
    {
      name: 'with a condition',
      rule: permit(''),
      files: {
        'policies/stop.cedar':
          '@id("stop")\n@issue("X")\nforbid (principal, action, resource) when { context has approved_by };',
      },
    },
  ],
  'unknown-entity': [
    {
      name: 'a misspelt role',
      rule: '@id("x")\npermit (principal in Role::"opertor", action, resource);',
      hit: 'Role::"opertor"',
      fix: 'Change to Role::"operator"',
    },
    {
      name: 'a type of which none is declared',
      rule: '@id("x")\npermit (principal == Agent::"me", action, resource);',
    },
    {
      name: 'declared',
      rule: '@id("x")\npermit (principal in Role::"treasurer", action, resource);',
    },
  ],
  'unused-entity-type': [
    { name: 'nobody', files: { 'schema.cedarschema': `${SCHEMA}entity Ghost;\n` }, hit: 'Ghost' },
    {
      name: 'the type of an attribute',
      files: {
        'schema.cedarschema': `${SCHEMA}entity Ghost;\nentity Host = { ghost: Ghost };\n`,
        'policies/extra.cedar': permit('when { principal is Host }'),
      },
    },
  ],
  'unused-action': [
    {
      name: 'nobody',
      files: {
        'schema.cedarschema': `${SCHEMA}action "ghost" in ["call_tool"] appliesTo { principal: Agent, resource: Environment, context: CheckContext };\n`,
      },
      hit: '"ghost"',
    },
    {
      name: 'in a group that a rule names',
      files: {
        'schema.cedarschema': `${SCHEMA}action "ghost" in ["move_money"] appliesTo { principal: Agent, resource: Environment, context: CheckContext };\n`,
      },
    },
    {
      name: 'used by a scenario',
      files: {
        'schema.cedarschema': `${SCHEMA}action "ghost" in ["call_tool"] appliesTo { principal: Agent, resource: Environment, context: CheckContext };\n`,
        'scenarios/ghost.json': SCENARIO.replace('["payout"]', '["ghost"]'),
      },
    },
  ],
  'unused-attribute': [
    { name: 'nobody reads it', files: { 'policies/extra.cedar': '' }, hit: 'amount_usd' },
    { name: 'a has is enough', rule: permit('when { context has amount_usd }') },
  ],
  'scenario-unknown-role': [
    {
      name: 'misspelt',
      files: { 'scenarios/payout.json': SCENARIO.replace('"operator"', '"opperator"') },
      hit: '"opperator"',
      severity: 'warning',
      fix: 'Change to "operator"',
    },
    {
      name: 'made up',
      files: { 'scenarios/payout.json': SCENARIO.replace('"operator"', '"stranger"') },
      hit: '"stranger"',
      severity: 'info',
    },
    {
      name: 'declared',
      files: { 'scenarios/payout.json': SCENARIO.replace('"operator"', '"treasurer"') },
    },
  ],
  'scenario-unknown-tool': [
    {
      name: 'misspelt',
      files: { 'scenarios/payout.json': SCENARIO.replace('["payout"]', '["payuot"]') },
      hit: '"payuot"',
      severity: 'warning',
      fix: 'Change to "payout"',
    },
    {
      name: 'not declared',
      files: { 'scenarios/payout.json': SCENARIO.replace('["payout"]', '["browser"]') },
      hit: '"browser"',
      severity: 'info',
    },
    {
      name: 'not declared, in a pack that permits any tool',
      rule: '@id("x")\npermit (principal, action in Action::"call_tool", resource);',
      files: { 'scenarios/payout.json': SCENARIO.replace('["payout"]', '["browser"]') },
    },
    {
      name: 'declared',
      files: { 'scenarios/payout.json': SCENARIO.replace('["payout"]', '["refund"]') },
    },
  ],
  'scenario-unknown-field': [
    {
      name: 'misspelt',
      files: { 'scenarios/payout.json': SCENARIO.replace('"approval_status"', '"aproval_status"') },
      hit: '"aproval_status"',
      severity: 'warning',
      fix: 'Change to "approval_status"',
    },
    {
      name: 'of the contract',
      files: { 'scenarios/payout.json': SCENARIO.replace('"approval_status"', '"ticket_id"') },
    },
  ],
  'scenario-unknown-issue': [
    {
      name: 'no rule gives it',
      files: {
        'scenarios/payout.json': SCENARIO.replace('"APPROVAL_REQUIRED"', '"APPROVAL_REQIRED"'),
      },
      hit: '"APPROVAL_REQIRED"',
      fix: 'Change to "APPROVAL_REQUIRED"',
    },
    {
      name: 'the engine gives it',
      files: {
        'scenarios/payout.json': SCENARIO.replace('"APPROVAL_REQUIRED"', '"NOT_PERMITTED"'),
      },
    },
  ],
};

test('every rule has cases that hit and cases that nearly do', () => {
  for (const { id, doc } of LINT_RULES) {
    const cases = CASES[id] ?? [];
    expect(
      cases.some(({ hit }) => hit !== undefined),
      id,
    ).toBe(true);
    expect(
      cases.some(({ hit }) => hit === undefined),
      id,
    ).toBe(true);
    expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(doc.length).toBeGreaterThan(40);
  }
  expect(Object.keys(CASES)).toHaveLength(LINT_RULES.length);
});

describe.each(Object.entries(CASES))('%s', (code, cases) => {
  test.each(cases)('$name', ({ rule, files: changes = {}, hit, severity, fix }) => {
    const extra = rule === undefined ? {} : { 'policies/extra.cedar': rule };
    const files = packFiles({ ...extra, ...changes });
    const found = lint(new ModelBuilder().build(files)).filter((problem) => problem.code === code);
    const texts = found.map(({ path, span }) => files.get(path)?.slice(span?.start, span?.end));
    if (hit === undefined) {
      // What the fixture itself has aside, nothing is said.
      const usual = lint(packModel()).filter((problem) => problem.code === code);
      expect(found.length).toBeLessThanOrEqual(
        code === 'unused-attribute' ? usual.length - 1 : usual.length,
      );
      return;
    }
    expect(texts).toContain(hit);
    const problem = found[texts.indexOf(hit)];
    if (severity !== undefined) expect(problem?.severity).toBe(severity);
    if (fix !== undefined) expect(problem?.fixes[0]?.title).toBe(fix);
    for (const { edits, title } of problem?.fixes ?? []) {
      const fixed = applyEdits(files, edits);
      const left = lint(new ModelBuilder().build(fixed)).filter((one) => one.code === code);
      expect(left.length, title).toBeLessThan(found.length);
    }
  });
});

test('a pack as it should be has nothing but unread attributes', () => {
  const codes = new Set(lint(packModel()).map(({ code }) => code));
  expect([...codes]).toEqual(['unused-attribute']);
});

test('a policy that does not parse says nothing, and hides nothing of the others', () => {
  const broken = `${RULES}\n@id("x")\nforbid (principal, action`;
  const found = lint(
    packModel({ 'policies/rules.cedar': broken, 'policies/extra.cedar': forbid('', '@id("y")') }),
  );
  expect(found.map(({ code }) => code)).toContain('forbid-without-issue');
});
