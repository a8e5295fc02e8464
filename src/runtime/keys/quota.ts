import { err, ok, type Result } from '../../base/result.ts';
import { parseJson } from '../../cedar/json/lossless.ts';
import { fieldProblems } from '../../decision/fields.ts';
import { z } from '../../decision/zod.ts';
import { plainJson } from '../../pack/json-file.ts';
import { problemsAt, problemsIn, type Problem, type Source } from '../problem.ts';
import type { Caller } from './key-ring.ts';

const USAGE_FORMAT = 'stage0-usage/v1';

const Count = z.strictObject({ window: z.string(), used: z.int().min(0) }).readonly();
const Counts = z.strictObject({ minute: Count, day: Count, month: Count }).readonly();
const UsageFile = z.strictObject({
  format: z.literal(USAGE_FORMAT),
  keys: z.record(z.string(), Counts),
});

type Counts = z.output<typeof Counts>;
type Window = keyof Counts;

/** How much of a key's quotas is used, in the fields of `GET /usage`. `null`: no limit. */
export interface Usage {
  readonly month_key: string;
  readonly monthly_quota: number | null;
  readonly monthly_used: number;
  readonly monthly_remaining: number | null;
  readonly day_key: string;
  readonly daily_quota: number | null;
  readonly daily_used: number;
  readonly daily_remaining: number | null;
  readonly per_minute_limit: number | null;
  readonly minute_used: number;
  readonly minute_remaining: number | null;
}

const WINDOWS: readonly Window[] = ['minute', 'day', 'month'];

/** Counts checks by key: in the minute, the day and the month (UTC) in which the clock is. */
export class Quotas {
  readonly #counts = new Map<string, Counts>();
  /** Whether anything was counted since the last `text()`. */
  #changed = false;

  get changed(): boolean {
    return this.#changed;
  }

  /** Takes `n` checks out of all three quotas or out of none; the error is the seconds to wait. */
  take({ key, plan }: Caller, n: number, now: number): Result<undefined, number> {
    const counts = this.#at(key.id, now);
    const full = WINDOWS.filter((window) => {
      const limit = plan[`per_${window}`];
      return limit !== null && counts[window].used + n > limit;
    });
    if (full.length > 0) return err(Math.max(...full.map((window) => secondsLeft(window, now))));
    const { minute, day, month } = counts;
    this.#counts.set(key.id, { minute: plus(minute, n), day: plus(day, n), month: plus(month, n) });
    this.#changed = true;
    return ok(undefined);
  }

  usage({ key, plan }: Caller, now: number): Usage {
    const { minute, day, month } = this.#at(key.id, now);
    return {
      month_key: month.window,
      monthly_quota: plan.per_month,
      monthly_used: month.used,
      monthly_remaining: remaining(plan.per_month, month.used),
      day_key: day.window,
      daily_quota: plan.per_day,
      daily_used: day.used,
      daily_remaining: remaining(plan.per_day, day.used),
      per_minute_limit: plan.per_minute,
      minute_used: minute.used,
      minute_remaining: remaining(plan.per_minute, minute.used),
    };
  }

  /** Says that the last `text()` was not kept. */
  unsaved(): void {
    this.#changed = true;
  }

  /** Everything counted, as the text of a file. */
  text(): string {
    this.#changed = false;
    return `${JSON.stringify({ format: USAGE_FORMAT, keys: Object.fromEntries(this.#counts) })}\n`;
  }

  /** Goes on from what a file has counted. */
  restore(source: Source): Result<undefined, readonly Problem[]> {
    const json = parseJson(source.text);
    if (!json.ok) return err(problemsAt(source, [json.error]));
    const parsed = UsageFile.safeParse(plainJson(json.value), { reportInput: true });
    if (!parsed.success) return err(problemsIn(source, fieldProblems(parsed.error, 'The file')));
    for (const [id, counts] of Object.entries(parsed.data.keys)) this.#counts.set(id, counts);
    return ok(undefined);
  }

  /** Any other window than the one counted begins at zero, so that a clock that jumps locks nobody out. */
  #at(id: string, now: number): Counts {
    const last = this.#counts.get(id);
    const moment = new Date(now).toISOString();
    const at = (window: Window): z.output<typeof Count> => {
      const name = moment.slice(0, LENGTHS[window]);
      const count = last?.[window];
      return count?.window === name ? count : { window: name, used: 0 };
    };
    return { minute: at('minute'), day: at('day'), month: at('month') };
  }
}

/** Of the part of an ISO moment that names the window. */
const LENGTHS: Readonly<Record<Window, number>> = { minute: 16, day: 10, month: 7 };

function plus({ window, used }: z.output<typeof Count>, n: number): z.output<typeof Count> {
  return { window, used: used + n };
}

function remaining(limit: number | null, used: number): number | null {
  return limit === null ? null : Math.max(0, limit - used);
}

function secondsLeft(window: Window, now: number): number {
  const at = new Date(now);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  const end = {
    minute: (Math.floor(now / 60_000) + 1) * 60_000,
    day: Date.UTC(year, month, day + 1),
    month: Date.UTC(year, month + 1, 1),
  }[window];
  return Math.max(1, Math.ceil((end - now) / 1000));
}
