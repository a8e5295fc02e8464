import { useEffect, useState } from 'react';
import type { EngineClient, EngineFailure } from '../../worker/engine-api.ts';
import type { Result } from '../../base/result.ts';
import { useStudio, useStudioState } from '../state/context.ts';

/** What is known of a question that is asked anew whenever the pack changes. */
export interface Answered<T> {
  /** The newest answer; of an earlier state of the pack while the next is on its way. */
  readonly value: T | undefined;
  readonly isPending: boolean;
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  readonly failure: string | undefined;
}

type Ask<T> = (
  engine: EngineClient,
  packId: string,
  onProbed: (done: number, total: number) => void,
) => Promise<Result<T, EngineFailure>>;

interface Known<T> {
  readonly packId: string;
  readonly of: unknown;
  readonly value: T | undefined;
  readonly failure: string | undefined;
}

/** Asks the engine once for each `of` (a state of the pack; none: nothing is asked). `ask` must not change. */
export function useAnswer<T>(ask: Ask<T>, of: unknown): Answered<T> {
  const studio = useStudio();
  const packId = useStudioState((state) => state.packId);
  const [known, setKnown] = useState<Known<T>>();
  const [progress, setProgress] = useState<{
    readonly of: unknown;
    readonly done: number;
    readonly total: number;
  }>();
  useEffect(() => {
    if (packId === undefined || of === undefined) return undefined;
    let isCurrent = true;
    void (async () => {
      const answer = await ask(studio.parts.engine, packId, (done, total) => {
        if (isCurrent) setProgress({ of, done, total });
      });
      if (!isCurrent) return;
      if (answer.ok) setKnown({ packId, of, value: answer.value, failure: undefined });
      else if (answer.error.code !== 'SUPERSEDED') {
        setKnown({ packId, of, value: undefined, failure: answer.error.message });
      }
    })();
    return () => {
      isCurrent = false;
    };
  }, [ask, of, packId, studio]);
  const mine = known?.packId === packId ? known : undefined;
  return {
    value: mine?.value,
    isPending: mine?.of !== of,
    progress: progress?.of === of && mine?.of !== of ? progress : undefined,
    failure: mine?.of === of ? mine?.failure : undefined,
  };
}
