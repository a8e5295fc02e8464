import { undecided, type CheckInput, type CheckResult, type Decider } from '../check-result.ts';

const VERDICTS: ReadonlySet<unknown> = new Set(['ALLOW', 'DENY', 'DEFER']);

/**
 * A decider's answer, in time and readable. Deciders of ours never reject and never say what they do not
 * mean; a gate does not depend on that.
 */
export async function askDecider(
  decider: Decider,
  input: CheckInput,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<CheckResult> {
  return inTime(
    timeout,
    signal,
    async () => {
      const result = await decider.check(input);
      if (!result.decided) return undecided(result.error, result.message);
      const known = VERDICTS.has(result.verdict) && result.record.verdict === result.verdict;
      return known ? result : undecided('UNKNOWN_VERDICT', 'The answer is no verdict.');
    },
    undecided,
  ).catch(() => undecided('GATE_FAILED', 'It could not be decided.'));
}

/** What `work` gives, or `late` in its place when it takes too long or is cancelled: then nobody waits for it. */
export async function inTime<T>(
  timeout: number,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  late: (code: 'TIMEOUT' | 'CANCELLED', why: string) => T,
): Promise<T> {
  if (signal?.aborted === true) return late('CANCELLED', 'The call was cancelled.');
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(
      () => end(() => resolve(late('TIMEOUT', 'It took too long.'))),
      timeout,
    );
    const cancel = (): void => end(() => resolve(late('CANCELLED', 'The call was cancelled.')));
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      settle();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    Promise.resolve()
      .then(work)
      .then(
        (value) => end(() => resolve(value)),
        (error: unknown) =>
          end(() => reject(error instanceof Error ? error : new Error('It failed.'))),
      );
  });
}
