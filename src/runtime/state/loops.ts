/**
 * The counters of runs, for clients that send none. A check with a `run_id` belongs to that run of its
 * key and tenant; which iteration it is, how long the run has gone on, what it has called and spent so far
 * is put into its context where the check does not say, and the rules read it like any other fact. A
 * counter that the client sends goes before ours; one that goes backwards is raised to what it was, and
 * doubted, which defers.
 */
import { createHash } from 'node:crypto';
import { err, ok, type Result } from '../../base/result.ts';
import { Decimal, decimalFromScaled } from '../../cedar/extensions/decimal.ts';
import { readFact } from '../../cedar/json/fact.ts';
import { JsonNumber, type Json, type JsonObject } from '../../cedar/json/lossless.ts';
import type { Type } from '../../cedar/schema/model.ts';
import type { Check } from '../../decision/check.ts';
import { plainName } from '../../decision/context.ts';
import type { Settings } from '../../decision/settings.ts';
import type { Counters, Step } from './run.ts';
import type { RunName, StateStore, Unavailable } from './store.ts';

/** Where runs are remembered, and what a check of one is when they cannot be. */
export interface ServiceState {
  readonly store: StateStore;
  /** Refused, or decided without what is remembered, and counted. */
  readonly onFailure: 'refuse' | 'count';
}

/** What was made of a check's run, as the decision log has it: a replay needs no more. */
export interface RunNote {
  /** Facts that are ours. */
  readonly filled: readonly string[];
  /** Facts that are not to be relied on, and why. */
  readonly doubted: Readonly<Record<string, string>>;
}

/** A check that knows its run. */
export interface CountedCheck {
  readonly check: Check;
  readonly note: RunNote | undefined;
  /** To be called when it is not allowed: what it set aside was not called. */
  readonly giveBack: () => Promise<void>;
}

const MAX_RUN_ID = 256;
const MAX_TOOL = 200;
const UNREADABLE = 'It must be text of at most 256 characters: its counters are not known.';
const UNCOUNTABLE = 'A name is longer than 200 characters: its calls cannot be counted.';

/**
 * Takes a check into its run; one without a `run_id` is left as it is. The error says why what is
 * remembered cannot be reached.
 */
export async function countCheck(
  store: StateStore,
  check: Check,
  key: string,
  settings: Settings,
  now: number,
): Promise<Result<CountedCheck, Unavailable>> {
  const { context } = check;
  const id = context.get('run_id') ?? null;
  if (id === null || id === '') return ok(uncounted(check));
  if (typeof id !== 'string' || id.length > MAX_RUN_ID) {
    return ok(uncounted(check, { filled: [], doubted: { run_id: UNREADABLE } }));
  }
  const name = runName(key, context.get('tenant_id') ?? null, id);
  const step = stepOf(check, settings, now);
  if (step.tools.some((tool) => tool.length > MAX_TOOL)) {
    return ok(uncounted(check, { filled: [], doubted: { tools: UNCOUNTABLE } }));
  }
  const counters = await store.step(name, step);
  if ('kind' in counters) return err(counters);
  return ok({
    ...filledIn(check, counters),
    giveBack: () => store.giveBack(name, { tools: step.tools, price: step.price }),
  });
}

/** A check as it came. */
export function uncounted(check: Check, note?: RunNote): CountedCheck {
  return { check, note, giveBack: () => Promise.resolve() };
}

/** Neither another key nor another tenant can name the same run. */
function runName(key: string, tenant: Json, id: string): RunName {
  const scope = JSON.stringify([typeof tenant === 'string' ? tenant : null, id]);
  return { key, run: createHash('sha256').update(scope).digest('base64url') };
}

const LONG: Type = { kind: 'long' };
const DOLLARS: Type = { kind: 'extension', name: 'decimal' };

function stepOf({ context, tools }: Check, settings: Settings, now: number): Step {
  const called = calledTools(context, tools);
  let price = 0;
  let unpriced = false;
  for (const tool of called) {
    const cost = Object.hasOwn(settings.tools, tool) ? settings.tools[tool]?.cost_usd : undefined;
    price += Math.round((cost?.[1] ?? 0) * 10_000);
    unpriced ||= cost === undefined;
  }
  return {
    now,
    iteration: wholeNumber(context.get('current_iteration')),
    elapsed: wholeNumber(context.get('elapsed_seconds')),
    cost: dollars(context.get('cumulative_cost_usd')),
    tools: called,
    price,
    unpriced,
  };
}

/** Each once: what a check proposes twice is one request. A plan may say what it is using. */
function calledTools(context: JsonObject, tools: readonly string[]): readonly string[] {
  const current = context.get('current_tool');
  const named = tools.length > 0 ? tools : typeof current === 'string' ? [current] : [];
  return [...new Set(named.map(plainName))];
}

/** A count that the client sent; one that cannot be read is for the engine to notice. */
function wholeNumber(fact: Json = null): number | undefined {
  const read = readFact(fact, LONG);
  const count = read.ok ? Number(read.value) : Number.NaN;
  return fact !== null && Number.isSafeInteger(count) ? count : undefined;
}

/** In ten-thousandths. */
function dollars(fact: Json = null): number | undefined {
  const read = readFact(fact, DOLLARS);
  return read.ok && read.value instanceof Decimal ? Number(read.value.scaled) : undefined;
}

function filledIn(check: Check, counters: Counters): Pick<CountedCheck, 'check' | 'note'> {
  const { iteration, elapsed, cost, tools, full, backwards } = counters;
  const { context } = check;
  const filled = new Map<string, Json>();
  const doubted: Record<string, string> = {};
  const fill = (field: string, ours: Json | undefined): boolean => {
    if (ours === undefined || (context.get(field) ?? null) !== null) return false;
    filled.set(field, ours);
    return true;
  };
  const raised = new Map<string, Json>();
  const raise = (field: string, before: number | undefined, scale = 1): void => {
    if (before === undefined) return;
    raised.set(field, scale === 1 ? before : amount(before));
    doubted[field] = `It was ${before / scale} before, and has become less.`;
  };
  fill('current_iteration', iteration);
  fill('elapsed_seconds', elapsed);
  fill('cumulative_cost_usd', cost === undefined ? undefined : amount(cost));
  if (fill('recent_tools', recentTools(tools, context)) && full) {
    doubted['recent_tools'] = 'This run has called more tools than are counted.';
  }
  raise('current_iteration', backwards.iteration);
  raise('elapsed_seconds', backwards.elapsed);
  raise('cumulative_cost_usd', backwards.cost, 10_000);
  return {
    check: { ...check, context: new Map([...context, ...filled, ...raised]) },
    note: { filled: [...filled.keys()], doubted },
  };
}

/** Never fewer than the check itself admits: without a list the engine counts the tool that is in use. */
function recentTools(tools: readonly string[], context: JsonObject): readonly string[] {
  const current = context.get('current_tool');
  const name = typeof current === 'string' ? plainName(current) : undefined;
  return name === undefined || tools.includes(name) ? tools : [...tools, name];
}

/** Ten-thousandths of a dollar as the number of dollars that they are. */
function amount(tenThousandths: number): Json {
  return new JsonNumber(decimalFromScaled(tenThousandths).toString());
}
