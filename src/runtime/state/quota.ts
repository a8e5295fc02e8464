/** How many checks a key has made in the minute, the day and the month (UTC) in which the clock is. */
import { z } from '../../decision/zod.ts';

const Count = z.strictObject({ window: z.string(), used: z.int().min(0) }).readonly();

export const Counts = z.strictObject({ minute: Count, day: Count, month: Count }).readonly();

export type Counts = z.output<typeof Counts>;
export type Window = keyof Counts;

/** What a plan allows. `null`: no limit. */
export type Limits = Readonly<Record<`per_${Window}`, number | null>>;

export const WINDOWS: readonly Window[] = ['minute', 'day', 'month'];

/**
 * Counts as they stand now. Any other window than those counted begins at zero, so that a clock that jumps
 * ahead locks nobody out; the one before the last is known as well, so that one that comes back from there,
 * or starts in 1970, forgets nothing.
 */
export function countsAt(
  last: Counts | undefined,
  before: Counts | undefined,
  now: number,
): Counts {
  const names = windowsAt(now);
  const at = (window: Window): Counts[Window] =>
    [last, before].find((counts) => counts?.[window].window === names[window])?.[window] ?? {
      window: names[window],
      used: 0,
    };
  return { minute: at('minute'), day: at('day'), month: at('month') };
}

/** The windows before the last ones, when those are no longer the last. */
export function setBefore(last: Counts, before: Counts | undefined, next: Counts): Counts {
  const at = (window: Window): Counts[Window] =>
    last[window].window === next[window].window ? (before ?? last)[window] : last[window];
  return { minute: at('minute'), day: at('day'), month: at('month') };
}

/** What the windows are called: the beginning of an ISO moment. */
export function windowsAt(now: number): Readonly<Record<Window, string>> {
  const moment = new Date(now).toISOString();
  return { minute: moment.slice(0, 16), day: moment.slice(0, 10), month: moment.slice(0, 7) };
}

/** Counts with `n` more, or the seconds to wait until there is room for them. */
export function plus(counts: Counts, limits: Limits, n: number, now: number): Counts | number {
  const full = WINDOWS.filter((window) => {
    const limit = limits[`per_${window}`];
    return limit !== null && counts[window].used + n > limit;
  });
  if (full.length > 0) return longest(full, now);
  const more = (window: Window) => ({ ...counts[window], used: counts[window].used + n });
  return { minute: more('minute'), day: more('day'), month: more('month') };
}

/** Seconds until all of these windows have ended. */
export function longest(windows: readonly Window[], now: number): number {
  return Math.max(...windows.map((window) => secondsLeft(window, now)));
}

/** Seconds until a window ends, at least one. */
export function secondsLeft(window: Window, now: number): number {
  const at = new Date(now);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  const end = {
    minute: (Math.floor(now / 60_000) + 1) * 60_000,
    day: Date.UTC(year, month, day + 1),
    month: Date.UTC(year, month + 1, 1),
  }[window];
  return Math.max(1, Math.ceil((end - now) / 1000));
}

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

export function usageOf({ minute, day, month }: Counts, limits: Limits): Usage {
  return {
    month_key: month.window,
    monthly_quota: limits.per_month,
    monthly_used: month.used,
    monthly_remaining: remaining(limits.per_month, month.used),
    day_key: day.window,
    daily_quota: limits.per_day,
    daily_used: day.used,
    daily_remaining: remaining(limits.per_day, day.used),
    per_minute_limit: limits.per_minute,
    minute_used: minute.used,
    minute_remaining: remaining(limits.per_minute, minute.used),
  };
}

function remaining(limit: number | null, used: number): number | null {
  return limit === null ? null : Math.max(0, limit - used);
}
