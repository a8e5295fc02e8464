import { isTimeZone } from './session.ts';
import { z } from './zod.ts';

const Percent = z.int().min(1).max(100);
const Dollars = z.number().min(0).max(1_000_000_000);

const Tool = z.strictObject({
  cost_usd: z
    .tuple([Dollars, Dollars])
    .refine(([min, max]) => min <= max, 'must be [least, most]')
    .readonly()
    .optional(),
});

/** `stage0.json`: what a pack sets beside its policies. */
export const Settings = z.strictObject({
  /** IANA name; `session.hour` and its kin are read in it. */
  timeZone: z.string().refine(isTimeZone, 'must be a time zone such as Europe/Berlin or UTC'),
  risk: z.strictObject({
    /** A check that would be allowed is denied from this risk on. At most 100, so 100 always denies. */
    threshold: Percent,
    /** `high_risk` from this risk on. */
    high: Percent,
  }),
  tools: z.record(z.string(), Tool).default({}),
});

export type Settings = Readonly<z.output<typeof Settings>>;
