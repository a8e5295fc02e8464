/** What every gate is tested in: the guard pack, tools that count, a person, a clock, and things that break. */
import { fileURLToPath } from 'node:url';
import type { CheckInput, CheckResult, Decider } from '../../check-result.ts';
import { readFile } from '../../host.ts';
import { runtimeOf } from '../../in-process.ts';
import { packLoader } from '../../server/policy-source.ts';
import { createGate, type Gate, type GateEvent, type GateOptions } from '../gate.ts';

/** Read once: it is the same for every world. */
const GUARD = packLoader(
  { read: readFile },
  fileURLToPath(new URL('../../../../policies/guard', import.meta.url)),
)(0);

/** Monday, in business hours. */
const MONDAY = Date.parse('2026-03-16T10:00:00Z');

export const SECRET_IBAN = 'DE89370400440532013000';

/** What the gates of the tests know about the tools. `mystery` is not among them. */
const TOOLS = {
  look_up: {},
  payments_api: {
    side_effects: ['money movement'],
    constraints: ['max_cost_usd: 1.00'],
    secret: ['/iban'],
  },
  db_admin: {
    side_effects: ['delete'],
    constraints: ['require_ticket: true'],
    environment: { argument: '/environment' },
  },
};

/** The tools by name, with the verdict that guard has for a call of them. */
export const CALLS = {
  allowed: { tool: 'look_up', arguments: { query: 'open invoices', limit: 3 } },
  deferred: {
    tool: 'payments_api',
    arguments: { amount: 120.5, to: 'Print & Co', iban: SECRET_IBAN },
  },
  denied: { tool: 'db_admin', arguments: { environment: 'production', table: 'customers' } },
  undescribed: { tool: 'mystery', arguments: { anything: true } },
} as const;

/** All tools that a host offers, the one among them that nobody has described. */
export const TOOL_NAMES = [...Object.keys(TOOLS), 'mystery'];

export interface World {
  readonly gate: Gate;
  /** What the gate asked. */
  readonly asked: readonly CheckInput[];
  readonly events: readonly GateEvent[];
  /** Moves the clock of gate and engine on, in milliseconds. */
  readonly pass: (milliseconds: number) => void;
  /** The tool under a name: counts, and answers `ran <name>`. */
  readonly run: (tool: string, args: unknown) => string;
  /** The arguments of every execution, by tool. */
  readonly runs: (tool: string) => readonly unknown[];
}

export interface WorldOptions extends Partial<GateOptions> {
  /** In the engine's place. */
  readonly answer?: (input: CheckInput, real: Decider) => Promise<CheckResult>;
  /** Instead of counting alone. */
  readonly onRun?: (tool: string, args: unknown) => void;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { answer, onRun, ...more } = options;
  let clock = MONDAY;
  const now = (): number => clock;
  const asked: CheckInput[] = [];
  const events: GateEvent[] = [];
  const runs: { readonly tool: string; readonly args: unknown }[] = [];
  const real = await runtimeOf(() => GUARD, now);
  const decider: Decider = {
    ...(real.couldAllow === undefined ? {} : { couldAllow: real.couldAllow }),
    check: (input) => {
      asked.push(input);
      return answer === undefined ? real.check(input) : answer(input, real);
    },
  };
  const gate = createGate({
    decider,
    tools: TOOLS,
    goal: 'Settle the open invoices of the print supplier',
    success_criteria: ['The owner has checked the result'],
    context: { actor_role: 'developer', agent_name: 'billing-bot', environment: 'staging' },
    log: (event) => void events.push(event),
    now,
    ...more,
  });
  return {
    gate,
    asked,
    events,
    pass: (milliseconds) => void (clock += milliseconds),
    run: (tool, args) => {
      runs.push({ tool, args: structuredClone(args) });
      onRun?.(tool, args);
      return `ran ${tool}`;
    },
    runs: (tool) => runs.filter((one) => one.tool === tool).map(({ args }) => args),
  };
}
