import { forbid, permit, type LintCases } from './lint-case.ts';

export const ANNOTATIONS_CASES: LintCases = {
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
};
