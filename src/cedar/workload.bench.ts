/**
 * What the bench decides: tools with ten rules each, who asks, and requests with every outcome. It is
 * made from numbers alone, so every run measures the same.
 */
import type { CedarValueJson, EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import { RULE_KINDS, ruleId, type PlainRequest, type RuleKind, type Tool } from './rules.bench.ts';

export interface Shape {
  /** A multiple of ten: ten for each tool. */
  readonly rules: number;
  /** Whether a rule names its tool, or all rules concern every tool: nothing to index by. */
  readonly scope: 'tool' | 'all';
  /** How many roles and agents the pack knows: eight, or ten thousand. */
  readonly population: 'few' | 'many';
}

export interface Workload extends Shape {
  readonly tools: readonly Tool[];
  /** Cedar text. */
  readonly policies: string;
  readonly schema: string;
  /** In the official JSON format, without those that a request brings along. */
  readonly entities: readonly BenchEntity[];
  /** In turn over tools and outcomes. */
  readonly requests: readonly BenchRequest[];
}

/** As the official format has it, its name in the plain one of its two forms. */
export interface BenchEntity extends EntityJson {
  uid: TypeAndId;
}

export interface BenchRequest {
  readonly plain: PlainRequest;
  readonly role: string;
  readonly agent: string;
  /** The context in the official JSON format. */
  readonly context: Record<string, CedarValueJson>;
  /** A body of `POST /check` that maps to this request. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A Monday morning, 10:00 UTC. */
export const NOW = Date.UTC(2026, 2, 16, 10);
const MINUTE_OF_DAY = 600;
/** Eight of each of the eight cases. */
export const REQUESTS = 64;

/** Each role is in the one before it, so that the last climbs furthest. */
const FEW_ROLES = [
  'staff',
  'support_agent',
  'support_lead',
  'operator',
  'senior_operator',
  'manager',
  'director',
  'treasurer',
];
const MANY_ROLES = 2_000;
const MANY_AGENTS = 8_000;

export function workload(shape: Shape): Workload {
  const tools = Array.from({ length: shape.rules / RULE_KINDS.length }, (_, index): Tool => ({
    name: `tool_${index}`,
    role: FEW_ROLES[index % 4] ?? '',
    limit: 100 * (1 + (index % 7)),
    retries: 2 + (index % 3),
  }));
  const rules = tools.flatMap((tool) =>
    RULE_KINDS.map((kind) => {
      const rule = cedarRule(tool, kind);
      return shape.scope === 'tool'
        ? rule
        : rule.replace(`action == Action::"${tool.name}"`, 'action in Action::"call_tool"');
    }),
  );
  return {
    ...shape,
    tools,
    policies: rules.join('\n\n'),
    schema: schemaOf(tools),
    entities: [...environments(), ...roles(shape), ...actions(tools)],
    requests: Array.from({ length: REQUESTS }, (_, index) => requestOf(tools, index)),
  };
}

function cedarRule(tool: Tool, kind: RuleKind): string {
  const id = ruleId(tool, kind);
  const effect = kind.standing === 'permits' ? 'permit' : 'forbid';
  const notes =
    kind.standing === 'permits'
      ? ['@risk("5")']
      : [
          ...(kind.standing === 'defers' ? ['@verdict("DEFER")'] : []),
          `@issue("${kind.name.toUpperCase().replaceAll('-', '_')}")`,
          `@message("The rule ${id} applies.")`,
          ...(kind.standing === 'defers' ? [`@question("What about ${kind.name}?")`] : []),
          `@guardrail("${kind.name.replaceAll('-', '_')}")`,
          '@risk("10")',
        ];
  return [`@id("${id}")`, ...notes, `${effect} ${kind.cedar(tool)}`].join('\n');
}

// ---------------------------------------------------------------- who and what

function environments(): readonly BenchEntity[] {
  return ['production', 'staging', 'sandbox'].map((id) => bare('Environment', id));
}

function roles({ population }: Shape): readonly BenchEntity[] {
  const few = FEW_ROLES.map((role, index) => {
    const parent = FEW_ROLES[index - 1];
    return bare('Role', role, parent === undefined ? [] : [{ type: 'Role', id: parent }]);
  });
  if (population === 'few') return few;
  const more = Array.from({ length: MANY_ROLES }, (_, index) =>
    bare('Role', `team_${index}`, [
      index < FEW_ROLES.length
        ? { type: 'Role', id: FEW_ROLES[index] ?? '' }
        : { type: 'Role', id: `team_${Math.floor(index / 3)}` },
    ]),
  );
  const agents = Array.from({ length: MANY_AGENTS }, (_, index) =>
    bare('Agent', `other_${index}`, [{ type: 'Role', id: `team_${index % MANY_ROLES}` }]),
  );
  return [...few, ...more, ...agents];
}

function actions(tools: readonly Tool[]): readonly BenchEntity[] {
  const group = { type: 'Action', id: 'call_tool' };
  return [
    bare('Action', 'plan'),
    bare('Action', 'call_tool'),
    ...tools.map(({ name }) => bare('Action', name, [group])),
  ];
}

function bare(type: string, id: string, parents: readonly TypeAndId[] = []): BenchEntity {
  return { uid: { type, id }, attrs: {}, parents: [...parents] };
}

// ---------------------------------------------------------------- requests

interface Facts {
  /** Whether the one who asks is in the tool's role. */
  readonly entitled: boolean;
  readonly environment?: string;
  readonly sideEffects?: readonly string[];
  /** In multiples of the tool's limit. */
  readonly amount?: number;
  readonly approved?: boolean;
  /** Milliseconds before now. */
  readonly approvedAgo?: number;
  readonly payeeVerified?: boolean;
  readonly retryCount?: number;
  readonly maxRetries?: number;
  readonly currentIteration?: number;
  readonly maxIterations?: number;
}

const HOUR = 3_600_000;

/** In each row: what it comes to. */
const CASES: readonly Facts[] = [
  /* ALLOW */ { entitled: true, amount: 0.5, currentIteration: 2, maxIterations: 10 },
  /* DEFER: large, not approved */ { entitled: true, amount: 3 },
  /* DENY: role */ { entitled: false, amount: 0.5 },
  /* ALLOW, with evidence */ {
    entitled: true,
    environment: 'production',
    sideEffects: ['money_movement'],
    amount: 2,
    approved: true,
    approvedAgo: HOUR,
    payeeVerified: true,
  },
  /* DEFER: approval is old */ {
    entitled: true,
    sideEffects: ['money_movement'],
    amount: 2,
    approved: true,
    approvedAgo: 30 * HOUR,
    payeeVerified: true,
  },
  /* DENY: payee */ {
    entitled: true,
    sideEffects: ['money_movement', 'external_communication'],
    amount: 0.25,
    approved: true,
    approvedAgo: HOUR,
  },
  /* ALLOW: within all limits */ {
    entitled: true,
    environment: 'staging',
    retryCount: 1,
    maxRetries: 3,
    currentIteration: 4,
    maxIterations: 5,
  },
  /* DEFER: retries */ { entitled: true, retryCount: 9, maxRetries: 3 },
];

function requestOf(tools: readonly Tool[], index: number): BenchRequest {
  const facts = CASES[index % CASES.length] ?? { entitled: false };
  // Spread over all tools, with a step that has no divisor in common with their number.
  const tool = tools[(Math.floor(index / CASES.length) * 7 + index) % tools.length];
  if (tool === undefined) throw new Error('A workload has one tool at least');
  const level = FEW_ROLES.indexOf(tool.role);
  const held = facts.entitled ? level + (index % 4) : level - 1;
  const role = FEW_ROLES[held] ?? 'visitor';
  const environment = facts.environment ?? 'sandbox';
  const sideEffects = facts.sideEffects ?? [];
  const approvedAt = facts.approvedAgo === undefined ? undefined : NOW - facts.approvedAgo;
  const amountUsd = facts.amount === undefined ? undefined : facts.amount * tool.limit;
  const approval = facts.approved === true ? { status: 'approved', by: 'm.lindqvist' } : undefined;

  const plain: PlainRequest = {
    tool: tool.name,
    roles: new Set([role, ...FEW_ROLES.slice(0, Math.max(held, 0))]),
    environment,
    sideEffects: new Set(sideEffects),
    limits: defined({ maxIterations: facts.maxIterations, maxRetries: facts.maxRetries }),
    session: { now: NOW, weekday: 1, minuteOfDay: MINUTE_OF_DAY, sameToolCalls: 0 },
    ...defined({
      amountUsd,
      approvalStatus: approval?.status,
      approvedBy: approval?.by,
      approvedAt,
      payeeVerified: facts.payeeVerified,
      retryCount: facts.retryCount,
      currentIteration: facts.currentIteration,
    }),
  };

  const goal = 'Pay invoice 7731 of the packaging supplier';
  const success = ['The supplier confirms receipt'];
  const sent = defined({
    agent_name: 'payables-agent',
    actor_role: role,
    environment,
    run_id: `run-${index}`,
    approval_status: approval?.status,
    approved_by: approval?.by,
    payee_verified: facts.payeeVerified,
    retry_count: facts.retryCount,
    current_iteration: facts.currentIteration,
  });
  return {
    plain,
    role,
    agent: 'payables-agent',
    context: {
      goal,
      success_criteria: success,
      constraints: [],
      tools: [tool.name],
      side_effects: [...sideEffects],
      limits: defined({ max_iterations: facts.maxIterations, max_retries: facts.maxRetries }),
      session: {
        now: extension('datetime', new Date(NOW).toISOString()),
        hour: 10,
        minute_of_day: MINUTE_OF_DAY,
        weekday: 1,
        goal_length: goal.length,
        same_tool_calls: 0,
        malformed: [],
      },
      ...sent,
      ...defined({
        amount_usd:
          amountUsd === undefined ? undefined : extension('decimal', amountUsd.toFixed(2)),
        approved_at:
          approvedAt === undefined
            ? undefined
            : extension('datetime', new Date(approvedAt).toISOString()),
      }),
    },
    body: {
      goal,
      success_criteria: success,
      constraints: [
        ...(facts.maxIterations === undefined ? [] : [`max_iterations: ${facts.maxIterations}`]),
        ...(facts.maxRetries === undefined ? [] : [`max_retries: ${facts.maxRetries}`]),
      ],
      tools: [tool.name],
      side_effects: sideEffects,
      context: {
        ...sent,
        ...defined({
          amount_usd: amountUsd,
          approved_at: approvedAt === undefined ? undefined : new Date(approvedAt).toISOString(),
        }),
      },
    },
  };
}

function extension(fn: string, arg: string): CedarValueJson {
  return { __extn: { fn, arg } };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the fields that are undefined; typed as if none were, since they are only handed on as data. */
function defined<T extends Readonly<Record<string, unknown>>>(fields: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}

// ---------------------------------------------------------------- schema

function schemaOf(tools: readonly Tool[]): string {
  const names = tools.map(({ name }) => `"${name}"`).join(', ');
  return `
type Limits = { max_iterations?: Long, max_retries?: Long, same_tool_limit?: Long };
type Session = {
  now: datetime, hour: Long, minute_of_day: Long, weekday: Long,
  goal_length: Long, same_tool_calls: Long, malformed: Set<String>,
};
type CheckContext = {
  goal: String, success_criteria: Set<String>, constraints: Set<String>, tools: Set<String>,
  side_effects: Set<String>, limits: Limits, session: Session,
  agent_name?: String, actor_role?: String, environment?: String, run_id?: String,
  amount_usd?: decimal, approval_status?: String, approved_by?: String, approved_at?: datetime,
  after_hours_approved_by?: String, payee_verified?: Bool,
  retry_count?: Long, current_iteration?: Long,
};
entity Role in [Role];
entity Agent in [Role];
entity Environment in [Environment];
action "plan", "call_tool" appliesTo { principal: Agent, resource: Environment, context: CheckContext };
action ${names} in ["call_tool"]
  appliesTo { principal: Agent, resource: Environment, context: CheckContext };
`;
}
