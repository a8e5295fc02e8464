import { permit, type LintCases } from './lint-case.ts';
import { SCENARIO, SCHEMA } from './pack.ts';

export const PACK_CASES: LintCases = {
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
    {
      name: 'the engine reads it',
      files: {
        'schema.cedarschema': SCHEMA.replace(
          'approved_by?',
          'recent_tools?: Set<String>, approved_by?',
        ),
        'policies/extra.cedar': permit('when { context has amount_usd }'),
      },
    },
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
