/**
 * A gate stands between a model that wants to call a tool and the tool. Every host has its own way to call
 * tools; what happens at the gate is the same everywhere, and it is here:
 *
 *     call ──→ take ──→ check ──→ decide ──→ ALLOW   run, once, with a copy of what was taken
 *              │        │         │     └──→ DENY    never run; tell the model why
 *              │        │         └────────→ DEFER   a `Pending`: a person is asked
 *              │        └ description: side effects, environment, cost; secrets masked
 *              └ arguments are copied and frozen, and hashed with the tool's name
 *
 * After a person's yes the call goes the same way **again**, with the yes as evidence: the policies decide,
 * not the person. The yes is bound to the hash, counts once and not for long (`approval.ts`). Whatever goes
 * wrong on the way (no answer, a verdict that nobody knows, a log that cannot be written) is a refusal.
 *
 * An adapter for a host does three things:
 *
 *     const outcome = await runTool(gate, { tool, arguments }, (args) => theTool(args), {
 *       signal,                    // of the host, if it can cancel
 *       ask: async (pending) => …  // if the host can wait here for a person: the answer, or undefined
 *     });
 *     return outcome.ran ? outcome.value : outcome.refusal.message;
 *
 * A host that cannot wait, but can stop and go on later, keeps `outcome.pending` (plain data, sealed) where it
 * keeps its own state, and then calls `resumeTool(gate, call, tool, { pending, answer })`. One that can do
 * neither hands the refusal to the model.
 *
 * Hosts that must know before they run (all calls of a turn first, say) ask `gate.decide(call)`: it runs
 * nothing, and an ALLOW of it carries `run`, which works once. The suite in `testing/gate-suite.ts` holds
 * every adapter to all this.
 */
import { randomBytes } from 'node:crypto';
import { assertNever } from '../../base/assert.ts';
import { err, type Result } from '../../base/result.ts';
import type { DecisionRecord } from '../../decision/record.ts';
import type { Decider } from '../check-result.ts';
import {
  approvalFacts,
  Approvals,
  usedInMemory,
  type Answer,
  type Approval,
  type Pending,
  type UsedApprovals,
} from './approval.ts';
import { askDecider } from './ask.ts';
import { copyOf, takeCall, type CheckedCall, type ToolCall } from './call.ts';
import {
  checkOf,
  knownFacts,
  NO_EVIDENCE,
  readDescriptions,
  type CheckBase,
  type ToolDescription,
  type ToolDescriptions,
} from './describe.ts';
import { deferred, denied, stillDeferred, undecidable, type Refusal } from './refusal.ts';

export interface GateOptions extends CheckBase {
  /** Who decides: `createClient` over HTTP, or `createRuntime` in this process. */
  readonly decider: Decider;
  readonly tools: ToolDescriptions;
  /** What is taken for the description of every other tool; without it they are refused. */
  readonly undescribed?: ToolDescription | undefined;
  /** Told of everything that happens. A line that it throws on before a tool runs keeps the tool from running. */
  readonly log?: ((event: GateEvent) => void) | undefined;
  /** Milliseconds that a decision may take; 10,000 when absent. */
  readonly timeout?: number | undefined;
  /**
   * Seals approvals, and must be the same wherever they are given and used: 32 characters at least. One of
   * this process alone when absent, which ends with it.
   */
  readonly secret?: string | undefined;
  readonly used?: UsedApprovals | undefined;
  /** Milliseconds that an approval counts; 15 minutes when absent. */
  readonly approvalLasts?: number | undefined;
  /** Milliseconds in which a person can approve a call that waits; a day when absent. */
  readonly approvalWaits?: number | undefined;
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** How one call is decided. */
export interface DecideHow extends Pick<CheckBase, 'goal' | 'context'> {
  /** What `approve` gave for this call; from wherever it was kept, as it is. */
  readonly approval?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** What came of a call's decision. */
export type Ruling =
  | { readonly verdict: 'ALLOW'; readonly run: RunOnce }
  | { readonly verdict: 'DENY'; readonly refusal: Refusal }
  /** A person may be asked; `refusal` is for hosts that cannot. */
  | { readonly verdict: 'DEFER'; readonly refusal: Refusal; readonly pending: Pending };

/** Runs the tool with the arguments that were allowed. Refuses the second time. What the tool throws is thrown. */
export type RunOnce = <T>(tool: Tool<T>) => Promise<Outcome<T>>;

/** The arguments are a copy that is the tool's alone. */
export type Tool<T> = (args: Record<string, unknown>) => T | PromiseLike<T>;

export type Outcome<T> =
  | { readonly ran: true; readonly value: T }
  | {
      readonly ran: false;
      readonly refusal: Refusal;
      /** Set when a person may still be asked. */
      readonly pending?: Pending | undefined;
    };

/** A line for the host's log. */
export interface GateEvent {
  readonly event:
    | 'allowed'
    | 'denied'
    | 'deferred'
    | 'approved'
    | 'started'
    | 'finished'
    | 'failed';
  /** ISO 8601. */
  readonly at: string;
  readonly tool: string;
  /** Of tool and arguments; absent when the arguments could not be read. */
  readonly hash?: string | undefined;
  readonly call_id?: string | undefined;
  readonly request_id?: string | undefined;
  readonly policy_version?: string | undefined;
  /** Of the refusal. */
  readonly code?: string | undefined;
  readonly approved_by?: string | undefined;
}

export interface Gate {
  /** Decides one call; runs nothing. Never rejects. */
  readonly decide: (call: ToolCall, how?: DecideHow) => Promise<Ruling>;
  /**
   * What a person's yes to a pending call is worth. Who may say yes is for the host to know: this must be out
   * of the model's reach. The error says why it cannot be approved.
   */
  readonly approve: (pending: unknown, answer: Answer) => Result<Approval, string>;
  /**
   * Whether a call of the tool could ever be allowed: `false` when nobody has described it, and, where who
   * decides can tell, when every call of it would be denied. What a host shows to a model.
   */
  readonly couldAllow: (tool: string, context?: CheckBase['context']) => boolean;
}

const MINUTE = 60_000;
const SHORTEST_SECRET = 32;

/** @throws TypeError when tools are not described well, or the secret is too short */
export function createGate(options: GateOptions): Gate {
  const tools = readDescriptions(options.tools);
  const others = readDescriptions({ '*': options.undescribed ?? {} }).get('*');
  const { decider, secret, now = Date.now, used = usedInMemory(now), timeout = 10_000 } = options;
  if (secret !== undefined && secret.length < SHORTEST_SECRET) {
    throw new TypeError(`The secret must have ${SHORTEST_SECRET} characters at least.`);
  }
  const key = secret === undefined ? randomBytes(SHORTEST_SECRET) : Buffer.from(secret);
  const { approvalLasts: lasts = 15 * MINUTE, approvalWaits: waits = 24 * 60 * MINUTE } = options;
  const approvals = new Approvals({ key, used, now, lasts, waits });

  const tell = (event: Omit<GateEvent, 'at'>): void =>
    options.log?.({ ...event, at: new Date(now()).toISOString() });
  /** Where nothing hangs on it any more. */
  const tellIfPossible = (event: Omit<GateEvent, 'at'>): void => {
    try {
      tell(event);
    } catch {
      // The tool has run, or does not run anyway.
    }
  };
  const describe = (tool: string) =>
    tools.get(tool) ?? (options.undescribed === undefined ? undefined : others);
  const refuse = (refusal: Refusal, call: CallFacts): Ruling => {
    const about = { request_id: refusal.requestId, policy_version: refusal.policyVersion };
    tellIfPossible({ event: 'denied', ...call, ...about, code: refusal.code });
    return { verdict: 'DENY', refusal };
  };

  async function decide(call: ToolCall, how: DecideHow): Promise<Ruling> {
    const { tool } = call;
    const stop = (code: string, why: string, hash?: string): Ruling =>
      refuse(undecidable(tool, code, why), { tool, hash, call_id: call.id });
    const description = describe(tool);
    if (description === undefined) {
      return stop('UNDESCRIBED_TOOL', 'Nobody has described what it does.');
    }
    const taken = takeCall(call, description.hidden, key);
    if (!taken.ok) return stop('INVALID_ARGUMENTS', taken.error);
    const checked = taken.value;
    const { hash } = checked;
    let approval: Approval | undefined;
    if (how.approval !== undefined) {
      const redeemed = await approvals.redeem(how.approval, checked);
      if (!redeemed.ok) return stop(redeemed.error.code, redeemed.error.message, hash);
      approval = redeemed.value;
    }
    const base: CheckBase = {
      ...options,
      goal: how.goal ?? options.goal,
      context: { ...options.context, ...how.context },
    };
    const evidence =
      approval === undefined
        ? NO_EVIDENCE
        : { facts: approval.facts, approval: approvalFacts(approval) };
    const input = checkOf(checked, description, base, evidence);
    const result = await askDecider(decider, input, timeout, how.signal);
    if (!result.decided) return stop(result.error, result.message, hash);
    return rule(checked, result.record, approval, how.signal);
  }

  function rule(
    checked: CheckedCall,
    record: DecisionRecord,
    approval: Approval | undefined,
    signal: AbortSignal | undefined,
  ): Ruling {
    const { tool } = checked;
    const { request_id, policy_version } = record;
    const call = { tool, hash: checked.hash, call_id: checked.id };
    const about = { ...call, request_id, policy_version, approved_by: approval?.approved_by };
    switch (record.verdict) {
      case 'ALLOW':
        tell({ event: 'allowed', ...about });
        return { verdict: 'ALLOW', run: runOnce(checked, about, signal) };
      case 'DENY':
        return refuse(denied(tool, record), call);
      case 'DEFER': {
        // Asking the same person again and again would only teach them to say yes.
        if (approval !== undefined) return refuse(stillDeferred(tool, record), call);
        const refusal = deferred(tool, record);
        const { reason, defer_questions } = record;
        const questions = [...defer_questions];
        const pending = approvals.open(checked, { reason, questions, request_id, policy_version });
        tell({ event: 'deferred', ...about, code: refusal.code });
        return { verdict: 'DEFER', refusal, pending };
      }
      default:
        return assertNever(record.verdict);
    }
  }

  function runOnce(checked: CheckedCall, about: CallFacts, signal?: AbortSignal): RunOnce {
    let spent = false;
    return async (tool) => {
      const stop = (code: string, why: string) =>
        ({ ran: false, refusal: undecidable(checked.tool, code, why) }) as const;
      if (spent) return stop('ALREADY_RUN', 'This call has been run.');
      spent = true;
      if (signal?.aborted === true) return stop('CANCELLED', 'The call was cancelled.');
      try {
        tell({ event: 'started', ...about });
      } catch {
        return stop('LOG_UNAVAILABLE', 'It could not be written down.');
      }
      try {
        const value = await tool(copyOf(checked.arguments));
        tellIfPossible({ event: 'finished', ...about });
        return { ran: true, value };
      } catch (error) {
        tellIfPossible({ event: 'failed', ...about });
        throw error;
      }
    };
  }

  return {
    decide: async (call, how = {}) => {
      try {
        return await decide(call, how);
      } catch {
        const why = 'It could not be decided, or not be written down.';
        return refuse(undecidable(call.tool, 'GATE_FAILED', why), { tool: call.tool });
      }
    },
    approve: (pending, answer) => {
      const approval = approvals.approve(pending, answer);
      if (!approval.ok) return approval;
      const { tool, hash, approved_by } = approval.value;
      try {
        tell({ event: 'approved', tool, hash, approved_by });
        return approval;
      } catch {
        return err('The approval could not be written down.');
      }
    },
    couldAllow: (tool, more) => {
      const description = describe(tool);
      if (description === undefined) return false;
      const context = { ...options.context, ...more };
      const input = checkOf(
        { tool, masked: {} },
        description,
        { ...options, context },
        NO_EVIDENCE,
      );
      try {
        return decider.couldAllow?.(input, knownFacts(description, context)) ?? true;
      } catch {
        // To show a tool runs nothing: each call of it is decided.
        return true;
      }
    },
  };
}

type CallFacts = Omit<GateEvent, 'at' | 'event'>;
