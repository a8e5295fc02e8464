/**
 * One run of an agent, as its checks tell it. Every check is an iteration, whatever its verdict. Tools
 * and what they may cost are set aside before the verdict is known, so that no two checks at once pass a
 * limit between them, and are given back when it is not ALLOW: what was not allowed was not called.
 *
 * A counter that the client sends is taken from it, and may not be less than the check before had it.
 */
import { z } from '../../decision/zod.ts';

/** What is remembered of a run, as it is stored. */
export const Run = z
  .strictObject({
    /** Epoch milliseconds of its last check. */
    last: z.number(),
    /** Iteration of its last check. */
    iteration: z.number(),
    /** Milliseconds that had passed at its last check. */
    elapsed: z.number(),
    /** What was spent before its last check, in ten-thousandths of a dollar. */
    cost: z.number(),
    /** What the last check's tools may cost on top of that. */
    aside: z.number(),
    /** Whether it called tools that no price is known of. */
    unpriced: z.boolean(),
    /** Called so far, the oldest first. */
    tools: z.array(z.string()).readonly(),
    /** Whether it has called more than are remembered. */
    full: z.boolean(),
  })
  .readonly();

export type Run = z.output<typeof Run>;

/** Calls that one run may have on record. */
const MAX_CALLS = 1000;

/** What a check says about its run and asks of it. */
export interface Step {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Counters that the client sent. `elapsed` in seconds, `cost` in ten-thousandths of a dollar. */
  readonly iteration?: number | undefined;
  readonly elapsed?: number | undefined;
  readonly cost?: number | undefined;
  readonly tools: readonly string[];
  /** What the tools cost at most, in ten-thousandths of a dollar. */
  readonly price: number;
  /** Whether the price of one of them is not known. */
  readonly unpriced: boolean;
}

/** What a check is decided with. */
export interface Counters {
  readonly iteration: number;
  /** Whole seconds. */
  readonly elapsed: number;
  /** Ten-thousandths of a dollar; absent when nothing is known of it. */
  readonly cost: number | undefined;
  /** Called before this check. */
  readonly tools: readonly string[];
  /** Whether `tools` lacks some. */
  readonly full: boolean;
  /** What the check before had, of counters that the client now says less of. */
  readonly backwards: { readonly [C in 'iteration' | 'elapsed' | 'cost']?: number };
}

/** Takes a check into its run. `run`: what is remembered, if anything. */
export function step(
  run: Run | undefined,
  { now, iteration, elapsed, cost, tools, price, unpriced }: Step,
): { readonly run: Run; readonly counters: Counters } {
  const before = run ?? NEW;
  const passed = run === undefined ? 0 : before.elapsed + Math.max(0, now - before.last);
  const own = {
    iteration: iteration ?? before.iteration + 1,
    elapsed: elapsed === undefined ? passed : elapsed * 1000,
    cost: cost ?? before.cost + before.aside,
  };
  const backwards = {
    ...(own.iteration < before.iteration ? { iteration: before.iteration } : {}),
    ...(seconds(own.elapsed) < seconds(before.elapsed) ? { elapsed: seconds(before.elapsed) } : {}),
    ...(own.cost < before.cost ? { cost: before.cost } : {}),
  };
  // What goes backwards is not believed.
  const used = {
    iteration: Math.max(own.iteration, before.iteration),
    elapsed: Math.max(own.elapsed, before.elapsed),
    cost: Math.max(own.cost, before.cost),
  };
  const full = before.full || before.tools.length + tools.length > MAX_CALLS;
  return {
    run: {
      ...used,
      last: now,
      aside: price,
      unpriced: before.unpriced || unpriced,
      tools: full ? before.tools : [...before.tools, ...tools],
      full,
    },
    counters: {
      iteration: used.iteration,
      elapsed: seconds(used.elapsed),
      cost: used.cost > 0 || !before.unpriced ? used.cost : undefined,
      tools: before.tools,
      full: before.full,
      backwards,
    },
  };
}

/** Gives back what a check set aside that was not allowed. */
export function giveBack(run: Run, { tools, price }: Pick<Step, 'tools' | 'price'>): Run {
  const left = [...run.tools];
  for (const tool of run.full ? [] : tools) {
    const at = left.lastIndexOf(tool);
    if (at >= 0) left.splice(at, 1);
  }
  return { ...run, tools: left, aside: Math.max(0, run.aside - price) };
}

const NEW: Run = {
  last: 0,
  iteration: 0,
  elapsed: 0,
  cost: 0,
  aside: 0,
  unpriced: false,
  tools: [],
  full: false,
};

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
