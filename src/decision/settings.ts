import { isTimeZone } from './session.ts';
import { z } from './zod-mini.ts';

const Percent = z.int().check(z.gte(1), z.lte(100));
const Dollars = z.number().check(z.gte(0), z.lte(1_000_000_000));

const Tool = z.strictObject({
  cost_usd: z.optional(
    z.readonly(
      z
        .tuple([Dollars, Dollars])
        .check(z.refine(([min, max]) => min <= max, 'must be [least, most]')),
    ),
  ),
});

/** `stage0.json`: what a pack sets beside its policies. */
export const Settings = z.strictObject({
  /** IANA name; `session.hour` and its kin are read in it. */
  timeZone: z
    .string()
    .check(z.refine(isTimeZone, 'must be a time zone such as Europe/Berlin or UTC')),
  risk: z.strictObject({
    /** A check that would be allowed is denied from this risk on. At most 100, so 100 always denies. */
    threshold: Percent,
    /** `high_risk` from this risk on. */
    high: Percent,
  }),
  tools: z._default(z.record(z.string(), Tool), {}),
});

export type Settings = Readonly<z.output<typeof Settings>>;
