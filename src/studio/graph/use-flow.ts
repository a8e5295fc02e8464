import { useEffect } from 'react';
import { useStudio, useStudioState } from '../state/context.ts';
import { scenarioPath } from '../state/paths.ts';
import { scenarioTime } from '../state/scenario-text.ts';
import type { CheckTarget } from '../../worker/engine-api.ts';
import { useGraph, useGraphStore } from './graph-context.ts';

/** Keeps the picture in step with the pack and with what of it is asked for. */
export function useFlowPicture(): void {
  const studio = useStudio();
  const graph = useGraphStore();
  const packId = useStudioState((state) => state.packId);
  const revision = useStudioState((state) => state.snapshot?.revision);
  const query = useGraph((state) => state.query);
  useEffect(() => {
    if (packId === undefined || revision === undefined) return undefined;
    let current = true;
    void (async () => {
      const answer = await studio.parts.engine.flow(packId, query);
      if (!current) return;
      if (answer.ok) graph.setState({ picture: answer.value, failure: undefined });
      else if (answer.error.code !== 'SUPERSEDED')
        graph.setState({ failure: answer.error.message });
    })();
    return () => {
      current = false;
    };
  }, [studio, graph, packId, revision, query]);
}

/** Keeps the way of the selected scenario, or of all of them, in step. */
export function useFlowTrace(): void {
  const studio = useStudio();
  const graph = useGraphStore();
  const packId = useStudioState((state) => state.packId);
  const revision = useStudioState((state) => state.snapshot?.revision);
  const scenarioId = useStudioState((state) => state.scenarioId);
  const draft = useStudioState((state) => state.requestDrafts.get(state.scenarioId ?? ''));
  const mode = useGraph((state) => state.mode);
  // Another scenario proposes other tools.
  const toolIndex = useGraph((state) =>
    state.tool?.scenarioId === scenarioId ? state.tool?.index : undefined,
  );
  useEffect(() => {
    if (packId === undefined || revision === undefined) return undefined;
    let current = true;
    void (async () => {
      const { engine } = studio.parts;
      if (mode === 'run') {
        const counts = await engine.flowCounts(packId);
        if (current && counts.ok) graph.setState({ counts: counts.value });
      }
      if (mode === 'scenario' && scenarioId !== undefined) {
        const target: CheckTarget =
          draft === undefined
            ? { kind: 'scenario', id: scenarioId }
            : { kind: 'text', text: draft };
        const at = scenarioTime(studio.state.files.get(scenarioPath(scenarioId)) ?? '');
        const trace = await engine.flowTrace(packId, target, at, toolIndex);
        if (!current) return;
        graph.setState({
          trace: trace.ok ? trace.value : undefined,
          step: undefined,
          stepped: undefined,
        });
      }
    })();
    return () => {
      current = false;
    };
  }, [studio, graph, packId, revision, scenarioId, draft, mode, toolIndex]);
}
