import { forbid, permit, type LintCases } from './lint-case.ts';

export const REASONING_CASES: LintCases = {
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
};
