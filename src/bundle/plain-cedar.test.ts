import { describe, expect, test } from 'vitest';
import { err, ok } from '../base/result.ts';
import { authorize } from '../cedar/authorize.ts';
import { decide } from '../decision/decide.ts';
import { readPack } from '../pack/read.ts';
import { authorsFiles, layOut, misleadingFile } from './layout.ts';
import { plainForm } from './plain-cedar.ts';
import { scenario, smallPack } from './testing/small-pack.ts';

const SCHEMA = `type Facts = {
  goal: String, success_criteria: Set<String>, constraints: Set<String>, tools: Set<String>,
  side_effects: Set<String>, limits: {}, session: { malformed: Set<String> },
  actor_role?: String, user_role?: String, owner?: Role, guest?: Agent,
};
entity Role in [Role];
entity Agent in [Role];
entity Environment;
action "plan", "call_tool" appliesTo { principal: Agent, resource: Environment, context: Facts };
action "door" in "call_tool" appliesTo { principal: Agent, resource: Environment, context: Facts };
`;

const ROLES = `[{"uid":{"type":"Role","id":"lead"},"attrs":{},"parents":[{"type":"Role","id":"staff"}]},
{"uid":{"type":"Role","id":"head"},"attrs":{},"parents":[{"type":"Role","id":"lead"}]}]`;

function packOf(policies: string, more: Readonly<Record<string, string>> = {}) {
  return new Map([
    ...smallPack(),
    ['schema.cedarschema', SCHEMA],
    ['entities/roles.json', ROLES],
    ['policies/door.cedar', policies],
    ['scenarios/guest.json', scenario('guest', 'DENY')],
    ['scenarios/owner.json', scenario('lead', 'ALLOW')],
    ...Object.entries(more),
  ]);
}

/** The pack as other engines read it, or why they cannot. */
function plainCedar(files: ReadonlyMap<string, string>) {
  const { pack, problems } = readPack(files);
  if (pack === undefined) throw new Error(JSON.stringify(problems));
  const { content, notPlain } = layOut(files, pack);
  expect(authorsFiles(content)).toEqual(files);
  expect(misleadingFile(content, files, pack)).toBeUndefined();
  const form = plainForm(files, pack);
  expect(form.ok).toBe(notPlain.length === 0);
  return form.ok ? ok(new Map([...files, ...form.value])) : err(notPlain);
}

function said(policies: string, more?: Readonly<Record<string, string>>): string {
  const plain = plainCedar(packOf(policies, more));
  if (!plain.ok) throw new Error(JSON.stringify(plain.error));
  return plain.value.get('policies/door.cedar')?.split('\n').slice(1).join('\n') ?? '';
}

function refusal(policies: string, more?: Readonly<Record<string, string>>): string {
  const plain = plainCedar(packOf(policies, more));
  return plain.ok ? '' : plain.error.map(({ message }) => message).join(' ');
}

const STAFF =
  '(if context has actor_role && context.actor_role != "" then ["head", "lead", "staff"].contains(context.actor_role) else context has user_role && ["head", "lead", "staff"].contains(context.user_role))';
const HEAD =
  '(if context has actor_role && context.actor_role != "" then context.actor_role == "head" else context has user_role && context.user_role == "head")';

describe('a role is asked of the context', () => {
  test.each([
    [
      'in a scope',
      '@id("a") permit (principal in Role::"staff", action, resource) // all\n;',
      `@id("a") permit (principal, action, resource) // all\nwhen { ${STAFF} }\n;`,
    ],
    [
      'in a scope with a type, before what else it asks',
      '@id("a") permit (principal is Agent in Role::"staff", action, resource)\nunless { context.goal == "" };',
      `@id("a") permit (principal is Agent, action, resource)\nwhen { ${STAFF} }\nunless { context.goal == "" };`,
    ],
    [
      'in conditions, whatever is around it',
      '@id("a") permit (principal, action, resource) when { !(principal in Role::"head") && principal is Agent in Role::"staff" };',
      `@id("a") permit (principal, action, resource) when { !${HEAD} && (principal is Agent && ${STAFF}) };`,
    ],
    [
      'of several',
      '@id("a") permit (principal, action, resource) when { principal in [Agent::"bob", Role::"staff", Role::"head"] };',
      `@id("a") permit (principal, action, resource) when { (principal == Agent::"bob" || ${STAFF}) };`,
    ],
    [
      'and nothing else is touched',
      '@id("a") permit (principal, action in Action::"call_tool", resource) // principal in Role::"staff"\nwhen { context has actor_role && context.actor_role == "lead" && !(context has owner && context.owner in Role::"nobody" && principal in Role::"head") };',
      `@id("a") permit (principal, action in Action::"call_tool", resource) // principal in Role::"staff"\nwhen { context has actor_role && context.actor_role == "lead" && !(context has owner && context.owner in Role::"nobody" && ${HEAD}) };`,
    ],
  ])('%s', (name, policies, expected) => {
    const own = SCHEMA.replace(', guest?: Agent', '');
    const schema = name.startsWith('and') ? { 'schema.cedarschema': own } : {};
    expect(said(policies, schema)).toBe(expected);
  });
});

const LEADS = '@id("a") permit (principal in Role::"staff", action, resource);';

test.each([
  [
    'asks for a role that it does not name',
    '@id("a") permit (principal, action, resource) when { context has owner && principal in context.owner };',
  ],
  [
    'may be an agent and is not the principal',
    '@id("a") permit (principal, action, resource) when { context has guest && context.guest in Role::"staff" };',
  ],
  [
    'may be an agent and is not the principal',
    '@id("a") permit (principal, action, resource) when { Agent::"bob" in Role::"staff" };',
  ],
  [
    'asks whether a tool is Action::"call_tool"',
    '@id("a") permit (principal, action == Action::"call_tool", resource);',
  ],
])('what cannot be asked is a problem: %s', (message, policies) => {
  expect(refusal(policies)).toContain(message);
});

test.each([
  [
    'actor_role must be declared',
    { 'schema.cedarschema': SCHEMA.replace('actor_role?: String', 'actor_role?: Long') },
  ],
  [
    'session.malformed must be declared',
    { 'schema.cedarschema': SCHEMA.replace('malformed: Set<String>', '') },
  ],
  [
    'Other engines know no more of Agent::"bob"',
    { 'entities/agents.json': '[{"uid":{"type":"Agent","id":"bob"},"attrs":{},"parents":[]}]' },
  ],
])('a pack that does not say enough is refused: %s', (message, more) => {
  expect(refusal(LEADS, more)).toContain(message);
});

describe('what the engine adds', () => {
  const risky = `@id("base") @risk("30") permit (principal, action, resource);
@id("more") @risk("40") permit (principal, action == Action::"door", resource) when { context.goal like "*front*" } unless { context.goal == "" };
@id("most") @risk("30") permit (principal in Role::"lead", action, resource) when { context.goal != "x" };`;
  const settings = '{"timeZone":"UTC","risk":{"threshold":70,"high":60}}';
  const files = packOf(risky, {
    'stage0.json': settings,
    'scenarios/guest.json': scenario('guest', 'DENY'),
    'scenarios/owner.json': scenario('lead', 'DENY'),
  });

  test.each([
    ['guest', 'Open the front door', '', false],
    ['lead', 'Open the back door', '', true],
    ['lead', 'Open the front door', '', false],
    ['guest', 'Open the back door', '', true],
    ['guest', 'Open the back door', 'actor_role', false],
  ])('%s, %s: no engine allows more for want of it %s', (role, goal, malformed, allowed) => {
    const plain = plainCedar(files);
    if (!plain.ok) throw new Error(JSON.stringify(plain.error));
    const { pack } = readPack(plain.value);
    const { pack: before } = readPack(files);
    if (pack === undefined || before === undefined) throw new Error('The pack cannot decide');
    const [first] = pack.scenarios;
    if (first?.run.ok !== true) throw new Error('The scenario cannot be run');
    const context = new Map(first.run.value.check.context);
    if (malformed === '') context.set('actor_role', role);
    else context.set(malformed, true);
    const check = { ...first.run.value.check, goal, context };
    const at = { now: first.run.value.now, requestId: 'r' };
    const [own, other] = [decide(before.policies, check, at), decide(pack.policies, check, at)];
    if (!own.ok || !other.ok) throw new Error('It cannot be decided');
    expect(other.value.record.verdict).toBe(own.value.record.verdict);
    expect(own.value.record.verdict === 'ALLOW').toBe(allowed);
    // As an engine decides that knows neither roles nor risks nor what was malformed.
    const { policySet, entities } = pack.policies;
    const answers = other.value.tools.map(({ request }) => authorize(policySet, request, entities));
    expect(answers.every(({ decision }) => decision === 'allow')).toBe(allowed);
  });

  test('a pack in which no risks can add up gets no rule for them', () => {
    const plain = plainCedar(packOf(LEADS));
    const added = plain.ok ? plain.value.get('policies/plain-cedar.cedar') : '';
    expect(added).toContain('plain-cedar-unreadable-facts');
    expect(added).not.toContain('plain-cedar-risk-threshold');
  });
});
