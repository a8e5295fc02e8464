import { err, ok, type Result } from '../../base/result.ts';
import type { DecisionRecord } from '../../decision/record.ts';
import type { CheckInput, Decider } from '../check-result.ts';
import { askDecider, inTime } from '../gates/ask.ts';
import { takeCall } from '../gates/call.ts';
import type { GateEvent } from '../gates/gate.ts';
import { reasonOf, type HookAnswer, type HookHost, type Where } from './host.ts';
import type { HookCall } from './local-tools.ts';

/** Milliseconds. Hosts give up on a hook in their own time, and some of them go on then. */
const TIMEOUT = 8000;
/** UTF-16 code units of an event: what an agent writes to a file stands in it. */
const MAX_EVENT = 16_000_000;
const MAX_GOAL = 8000;

export interface HookHow {
  readonly where: Where;
  /** Asked once there is a call to decide. */
  readonly decider: () => Promise<Result<Decider, string>>;
  /** What it throws keeps the tool from running. */
  readonly log?: ((event: GateEvent) => void) | undefined;
}

/**
 * Decides one event of a host. Never rejects: whatever goes wrong is the host's word for no, and so is an
 * event that does not end, policies that do not load and a server that does not answer in time.
 */
export async function runHook(
  host: HookHost,
  event: () => Promise<Result<string, string>>,
  how: HookHow,
): Promise<HookAnswer> {
  const waiting = new AbortController();
  try {
    return await inTime(
      TIMEOUT,
      undefined,
      () => ruled(host, event, how, waiting.signal),
      (_code, why) => host.refuse(why),
    );
  } catch (error) {
    return host.refuse(error instanceof Error ? error.message : 'something failed');
  } finally {
    waiting.abort();
  }
}

async function ruled(
  host: HookHost,
  event: () => Promise<Result<string, string>>,
  { where, decider, log }: HookHow,
  signal: AbortSignal,
): Promise<HookAnswer> {
  const text = await event();
  const json = text.ok ? parse(text.value) : text;
  if (!json.ok) return host.refuse(json.error);
  const call = host.read(json.value, where);
  if (!call.ok) return host.refuse(call.error);
  const found = await decider();
  if (!found.ok) return host.refuse(found.error);
  const result = await askDecider(found.value, checkOf(call.value), TIMEOUT, signal);
  if (!result.decided) return host.refuse(`${result.error}: ${result.message}`);
  const { record } = result;
  if (record.decision === 'ERROR') return host.refuse(record.reason);
  log?.(lineOf(call.value, record));
  return host.answer({ record, reason: reasonOf(record) }, json.value);
}

const EVENTS = { ALLOW: 'allowed', DEFER: 'deferred', DENY: 'denied' } as const;

/** What was decided about which arguments: those themselves may hold secrets, and stay out. */
function lineOf({ tool, input }: HookCall, record: DecisionRecord): GateEvent {
  const taken = takeCall({ tool, arguments: input }, [], new Uint8Array());
  return {
    event: EVENTS[record.verdict],
    at: new Date().toISOString(),
    tool,
    hash: taken.ok ? taken.value.hash : undefined,
    request_id: record.request_id,
    policy_version: record.policy_version,
    ...(record.verdict === 'ALLOW' ? {} : { code: record.issues[0]?.code }),
  };
}

function parse(text: string): Result<unknown, string> {
  if (text.length > MAX_EVENT) return err(`the event is longer than ${MAX_EVENT} characters`);
  try {
    return ok(JSON.parse(text));
  } catch {
    return err('the event is no JSON');
  }
}

function checkOf({ tool, goal, side_effects, context }: HookCall): CheckInput {
  return { goal: goal.slice(0, MAX_GOAL), tools: [tool], side_effects, context };
}
