import { z } from '../decision/zod.ts';
import { Moment, Sha256 } from './manifest.ts';

const Text = z.string().min(1).max(500);
const Count = z.int().min(0);
const Verdict = z.enum(['ALLOW', 'DENY', 'DEFER']);

const Part = z.strictObject({ covered: Count, total: Count }).readonly();

/** What the scenarios have seen of the pack; `simulation/coverage.ts` says what counts. */
const Coverage = z
  .strictObject({
    /** Each rule and each part of a condition, both ways. */
    points: Part,
    /** Parts of conditions that were seen to decide. */
    decisive: Part,
    /** Rules that were seen both holding and not. */
    rules: Part,
    /** Ids of the other rules. */
    uncovered: z.array(Text).max(10_000).readonly(),
  })
  .readonly();

const Mutation = z
  .strictObject({
    /** Changed policies that a scenario noticed, of all that were tried. */
    killed: Count,
    total: Count,
    /** What was changed and nobody noticed. */
    survived: z.array(Text).max(10_000).readonly().default([]),
  })
  .readonly();

/** A scenario whose verdict differs from that of the bundle before; `null`: it was not there. */
const Flip = z
  .strictObject({ scenario: Text, from: Verdict.nullable(), to: Verdict.nullable() })
  .readonly();

const Problem = z
  .strictObject({ path: z.string().max(500), code: Text, message: z.string().max(2000) })
  .readonly();

/** What needs somebody's written reason before it is signed. */
export const EXCEPTIONS = ['failing-scenarios', 'validator-errors', 'newly-allowed'] as const;
export type Exception = (typeof EXCEPTIONS)[number];

const Acceptance = z
  .strictObject({
    of: z.array(z.enum(EXCEPTIONS)).min(1).readonly(),
    reason: z.string().trim().min(1).max(4000),
    by: Text,
  })
  .readonly();

/** What was tried before signing, by whom and when. Plain data: whoever measures fills it in. */
export const Evidence = z
  .strictObject({
    by: Text,
    at: Moment,
    coverage: Coverage.optional(),
    mutation: Mutation.optional(),
    /** Against `previous` of the manifest; absent when nobody compared. */
    flips: z.array(Flip).max(20_000).readonly().optional(),
    /** Errors that a validator of Cedar found; absent when none was asked. */
    problems: z.array(Problem).max(1000).readonly().optional(),
    acceptance: Acceptance.optional(),
  })
  .readonly();

export type Evidence = z.output<typeof Evidence>;
export type Flip = z.output<typeof Flip>;

const Names = z.array(Text).max(20_000).readonly();

/** The in-toto predicate test-result v0.1; what that has no field for stands under `stage0`. */
export const TestResult = z.looseObject({
  result: z.enum(['PASSED', 'WARNED', 'FAILED']),
  configuration: z
    .array(z.looseObject({ name: Text, digest: z.looseObject({ sha256: Sha256 }) }))
    .readonly(),
  passedTests: Names,
  warnedTests: Names.default([]),
  failedTests: Names,
  stage0: Evidence.optional(),
});

export type TestResult = Readonly<z.output<typeof TestResult>>;

/** The in-toto predicate release v0.1. */
export const Release = z.looseObject({ purl: Text });

/** A verdict that turned into ALLOW: what was stopped is not stopped any more. */
export function newlyAllowed(flips: readonly Flip[]): readonly Flip[] {
  return flips.filter(({ from, to }) => to === 'ALLOW' && from !== 'ALLOW' && from !== null);
}
