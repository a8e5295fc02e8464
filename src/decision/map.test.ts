import { describe, expect, test } from 'vitest';
import { bareEntity } from '../cedar/entities.ts';
import { parseJson } from '../cedar/json/lossless.ts';
import { validateRequest } from '../cedar/schema/validate.ts';
import { entityUid, printValue } from '../cedar/value.ts';
import { mapCheck, type MappedCheck, type MappedTool } from './map.ts';
import { CALL_TOOL, type DecisionPolicies } from './policies.ts';
import { checkFrom, policiesFrom } from './test-policies.ts';

const NOW = Date.parse('2026-03-16T08:30:00Z');
const NONE = policiesFrom('');

type Body = Readonly<Record<string, unknown>>;

function map(body: Body, policies: DecisionPolicies = NONE): MappedCheck {
  const mapped = mapCheck(policies, checkFrom(body), NOW);
  if (!mapped.ok) throw new Error(mapped.error);
  return mapped.value;
}

function one(body: Body, policies?: DecisionPolicies): MappedTool {
  const [tool, ...others] = map(body, policies).tools;
  if (tool === undefined || others.length > 0) throw new Error('Expected one tool');
  return tool;
}

/** One field of the context as Cedar text. */
function field(name: string, body: Body): string | undefined {
  const value = one(body).request.context.get(name);
  return value === undefined ? undefined : printValue(value);
}

const codes = ({ noticed }: MappedTool): readonly unknown[] =>
  noticed.map(({ issue, standing }) => `${standing} ${issue?.code} ${issue?.details?.['field']}`);

describe('one request a tool', () => {
  test('in the order proposed, each once', () => {
    const { tools } = map({ tools: ['search', ' pay', 'search', 'Search'] });
    expect(tools.map(({ tool, request }) => [tool, String(request.action)])).toEqual([
      ['search', 'Action::"search"'],
      ['pay', 'Action::"pay"'],
      ['Search', 'Action::"Search"'],
    ]);
  });

  test('no tool is a plan', () => {
    expect(String(one({}).request.action)).toBe('Action::"plan"');
  });

  test('an empty name is a tool and no plan', () => {
    expect(String(one({ tools: [''] }).request.action)).toBe('Action::""');
  });

  test('a tool that the schema does not know is in call_tool; one that it knows is where it says', () => {
    for (const tool of ['search', 'pay', 'a"b\\c', '__proto__']) {
      const { entities, request } = one({ tools: [tool] });
      expect(entities.isIn(request.action, CALL_TOOL)).toBe(true);
    }
    const unknown = one({ tools: ['search'] });
    expect(unknown.entities.isIn(unknown.request.action, entityUid('Action', 'risky'))).toBe(false);
    const known = one({ tools: ['pay'] });
    expect(known.entities.isIn(known.request.action, entityUid('Action', 'risky'))).toBe(true);
  });

  test('a tool that bears the name of the plan or of a group is noticed', () => {
    expect(codes(one({ tools: ['plan'] }))).toEqual(['denies TOOL_NAME_RESERVED undefined']);
    expect(codes(one({ tools: ['risky'] }))).toEqual(['denies TOOL_NAME_RESERVED undefined']);
    expect(codes(one({ tools: ['call_tool'] }))).toEqual([]);
  });
});

describe('principal and resource', () => {
  test.each([
    [{}, 'Agent::"agent"', undefined, 'Environment::"unspecified"'],
    [
      { agent_name: 'bot', environment: 'staging' },
      'Agent::"bot"',
      undefined,
      'Environment::"staging"',
    ],
    [
      { actor_role: 'admin', user_role: 'viewer' },
      'Agent::"agent"',
      'admin',
      'Environment::"unspecified"',
    ],
    [
      { actor_role: null, user_role: 'viewer' },
      'Agent::"agent"',
      'viewer',
      'Environment::"unspecified"',
    ],
    [
      { agent_name: '', actor_role: '', environment: '' },
      'Agent::"agent"',
      undefined,
      'Environment::"unspecified"',
    ],
  ])('%j', (context, principal, role, resource) => {
    const { request, entities } = one({ context });
    expect([String(request.principal), String(request.resource)]).toEqual([principal, resource]);
    const roles = [...entities.ancestors(request.principal).values()].map(({ id }) => id);
    expect(roles).toEqual(role === undefined ? [] : [role]);
  });

  test('the environment beside the context counts too', () => {
    expect(map({ environment: 'staging' }).environment).toBe('staging');
    expect(field('environment', { environment: 'staging' })).toBe('"staging"');
  });

  test('roles lead up the hierarchy of the pack', () => {
    const policies = policiesFrom('', {
      entities: [bareEntity(entityUid('Role', 'admin'), [entityUid('Role', 'staff')])],
    });
    const { request, entities } = one({ context: { actor_role: 'admin' } }, policies);
    expect(entities.isIn(request.principal, entityUid('Role', 'staff'))).toBe(true);
  });

  test('an agent that the pack declares keeps its roles and joins the one it acts in', () => {
    const bot = entityUid('Agent', 'bot');
    const policies = policiesFrom('', {
      entities: [bareEntity(bot, [entityUid('Role', 'restricted')])],
    });
    const { entities } = one({ context: { agent_name: 'bot', actor_role: 'admin' } }, policies);
    const roles = [...entities.ancestors(bot).values()].map(({ id }) => id);
    expect(roles.toSorted()).toEqual(['admin', 'restricted']);
  });
});

describe('context', () => {
  test('facts are read as the schema types them, and the request is one that it allows', () => {
    const tool = one({
      goal: ' Ship it ',
      success_criteria: ['done'],
      constraints: ['human approval required', 'max_retries: 3', 'max_cost_usd: 2', 'be nice'],
      tools: ['search'],
      side_effects: ['Money Movement', 'money-movement'],
      context: {
        retry_count: 2,
        cost_usd: 0.42,
        approved_at: '2026-03-14T09:00:00+01:00',
        approved: false,
        targets: ['b', 'a', 'b'],
        place: { city: 'Berlin', unknown: 1, zip: null },
        owner: { type: 'Agent', id: 'bot' },
        recent_tools: ['search', 'x', 'search'],
        not_declared: { anything: [1.5, null] },
      },
    });
    expect(tool.noticed).toEqual([]);
    const fields = [...tool.request.context.entries()].map(
      ([name, value]) => `${name}: ${printValue(value)}`,
    );
    expect(fields).toEqual([
      'goal: " Ship it "',
      'success_criteria: ["done"]',
      'constraints: ["approval_required", "be_nice"]',
      'tools: ["search"]',
      'side_effects: ["money_movement"]',
      'limits: {"max_cost_usd": decimal("2.0"), "max_retries": 3}',
      'session: {"goal_length": 7, "hour": 9, "malformed": [], "minute_of_day": 570, ' +
        '"now": datetime("2026-03-16T08:30:00.000Z"), "same_tool_calls": 2, "weekday": 1}',
      'retry_count: 2',
      'cost_usd: decimal("0.42")',
      'approved_at: datetime("2026-03-14T08:00:00.000Z")',
      'approved: false',
      'targets: ["a", "b"]',
      'place: {"city": "Berlin"}',
      'owner: Agent::"bot"',
      'recent_tools: ["search", "x"]',
    ]);
    expect(validateRequest(NONE.schema, tool.request, CALL_TOOL).ok).toBe(true);
  });

  test('each tool sees what its own action declares', () => {
    const [search, pay] = map({
      tools: ['search', 'pay'],
      constraints: ['max_amount: 10'],
      context: { amount: '7.5', retry_count: 1 },
    }).tools;
    expect(search?.request.context.has('amount')).toBe(false);
    expect(search?.request.context.has('retry_count')).toBe(true);
    expect(pay?.request.context.has('retry_count')).toBe(false);
    expect(printValue(pay?.request.context.get('amount') ?? '')).toBe('decimal("7.5")');
    expect(printValue(pay?.request.context.get('limits') ?? '')).toBe(
      '{"max_amount": decimal("10.0")}',
    );
  });

  test.each([
    ['retry_count', '5'],
    ['retry_count', 1.5],
    ['retry_count', 9223372036854775808n],
    ['cost_usd', 0.00001],
    ['approved_at', '2026-13-01T00:00:00Z'],
    ['approved_at', '2026-03-01T00:00:00'],
    ['approved', 'true'],
    ['targets', 'a'],
    ['targets', ['a', 1]],
    ['place', { zip: 1 }],
    ['owner', { type: 'Role', id: 'admin' }],
    ['recent_tools', 'search'],
    ['environment', ['production']],
  ])('%s: %s is left out and noticed', (name, value) => {
    const body = { context: { [name]: value } };
    expect(field(name, body)).toBeUndefined();
    expect(codes(one(body))).toEqual([`defers CONTEXT_MALFORMED ${name}`]);
    expect(field('session', body)).toContain(`"malformed": ["${name}"]`);
  });

  test('names of people and roles are noticed even where the schema does not declare them', () => {
    const body = { context: { actor_role: { admin: true }, agent_name: 1, user_role: [] } };
    expect(codes(one(body))).toEqual([
      'defers CONTEXT_MALFORMED agent_name',
      'defers CONTEXT_MALFORMED actor_role',
      'defers CONTEXT_MALFORMED user_role',
    ]);
  });

  test('null is absence and no mistake', () => {
    const body = { context: { retry_count: null, approved_at: null, recent_tools: null } };
    expect(one(body).noticed).toEqual([]);
    expect(field('retry_count', body)).toBeUndefined();
  });

  test('a fact past 2^53 arrives exactly, or not at all once it was rounded', () => {
    const json = parseJson('{"retry_count": 9007199254740993}');
    const exact = { context: json.ok ? json.value : {} };
    expect(field('retry_count', exact)).toBe('9007199254740993');
    const rounded = { context: { retry_count: 2 ** 53 + 2 } };
    expect(codes(one(rounded))).toEqual(['defers CONTEXT_MALFORMED retry_count']);
  });

  test('a constraint that cannot be read is noticed by its key', () => {
    const body = { constraints: ['max_retries: many'] };
    const { noticed } = one(body);
    expect(noticed).toMatchObject([
      {
        standing: 'defers',
        issue: { code: 'CONSTRAINT_MALFORMED', details: { constraint: 'max_retries: many' } },
      },
    ]);
    expect(field('session', body)).toContain('"malformed": ["max_retries"]');
    expect(field('limits', body)).toBe('{}');
  });

  test('a required fact that is missing is noticed', () => {
    expect(codes(one({ tools: ['strict'] }))).toEqual(['denies CONTEXT_MISSING ticket']);
    expect(codes(one({ tools: ['strict'], context: { ticket: 'T-1' } }))).toEqual([]);
    expect(codes(one({ tools: ['strict'], context: { ticket: 1 } }))).toEqual([
      'defers CONTEXT_MALFORMED ticket',
      'denies CONTEXT_MISSING ticket',
    ]);
  });

  test('a client cannot say what the engine derives', () => {
    const body = {
      goal: 'mine',
      context: {
        goal: 'theirs',
        tools: ['x'],
        session: { now: 0, malformed: [] },
        limits: { max_retries: 99 },
        constraints: ['sandbox'],
      },
    };
    expect(field('goal', body)).toBe('"mine"');
    expect(field('tools', body)).toBe('[]');
    expect(field('constraints', body)).toBe('[]');
    expect(field('limits', body)).toBe('{}');
    expect(field('session', body)).toContain('"hour": 9');
  });

  test('keys such as __proto__ and constructor are facts like any other', () => {
    const text =
      '{"__proto__": {"retry_count": 1}, "constructor": {"prototype": 1}, "toString": 2}';
    const body = { context: JSON.parse(text) as object };
    expect(one(body).noticed).toEqual([]);
    expect(field('retry_count', body)).toBeUndefined();
    expect(({} as Record<string, unknown>)['retry_count']).toBeUndefined();
  });
});

describe('session.same_tool_calls', () => {
  test.each([
    [['search'], { recent_tools: ['search', 'x', ' search '] }, 2],
    [['search'], { recent_tools: ['x'], current_tool: 'x' }, 0],
    [['search'], {}, 0],
    [['search'], { current_tool: 'search' }, 1],
    [['search'], { current_tool: 'x' }, 0],
    [[], { recent_tools: ['x', 'x'], current_tool: 'x' }, 2],
    [[], { recent_tools: ['x', 'x'] }, 0],
    [[], {}, 0],
  ])('%j with %j: %i', (tools, context, expected) => {
    expect(field('session', { tools, context })).toContain(`"same_tool_calls": ${expected},`);
  });
});
