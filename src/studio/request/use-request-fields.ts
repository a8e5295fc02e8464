import { useEffect, useState } from 'react';
import type { RequestFields } from '../../authoring/json/request-fields.ts';
import { useStudio, useStudioState } from '../state/context.ts';

interface Asked {
  readonly packId: string;
  readonly fields?: RequestFields;
  /** Why the engine did not say. */
  readonly failure?: string;
}

/** What a request of the open pack may hold; asked again when the pack changes, not when a request does. */
export function useRequestFields(): Asked | undefined {
  const studio = useStudio();
  const packId = useStudioState((state) => state.packId);
  const digest = useStudioState((state) => state.snapshot?.digest);
  const [asked, setAsked] = useState<Asked>();
  useEffect(() => {
    // Until the pack is loaded nothing can be asked.
    if (packId === undefined || digest === undefined) return undefined;
    let isCurrent = true;
    void (async () => {
      const answer = await studio.parts.engine.requestFields(packId);
      if (!isCurrent) return;
      if (answer.ok) setAsked({ packId, fields: answer.value });
      else if (answer.error.code !== 'SUPERSEDED')
        setAsked({ packId, failure: answer.error.message });
    })();
    return () => {
      isCurrent = false;
    };
  }, [studio, packId, digest]);
  return asked?.packId === packId ? asked : undefined;
}
