import { useEffect, useRef } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { CheckTarget } from '../../worker/engine-api.ts';
import type { FlowQuery } from '../../worker/flow-api.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { isInnermost } from '../state/innermost.ts';
import { scenarioPath } from '../state/paths.ts';
import { scenarioTime } from '../state/scenario-text.ts';
import { toggleGroup } from './graph-actions.ts';
import { useGraph, useGraphStore } from './graph-context.ts';
import type { GraphState, GraphStore } from './graph-state.ts';

/** What is asked for: what its user chose, with the rule that a selected condition opens. */
function queryOf({ query, selectedRule, onlyWay, mode, trace }: GraphState): FlowQuery {
  const opened = query.openRules ?? [];
  const isOpened = selectedRule === undefined || opened.includes(selectedRule);
  const way = onlyWay && mode === 'scenario' ? wayOf(trace) : undefined;
  return {
    ...query,
    openRules: isOpened ? opened : [...opened, selectedRule],
    ...(way === undefined ? {} : { rules: way }),
  };
}

/** The rules that decided; where none did, for want of a permit, the permits that were asked. */
function wayOf(trace: GraphState['trace']): readonly string[] | undefined {
  const states = trace?.states;
  if (states === undefined) return undefined;
  const rules = [...states.nodes].filter(([id]) => id.startsWith('rule:') && !id.includes('/'));
  const deciders = rules.filter(([, { isDecisive }]) => isDecisive);
  const chosen =
    deciders.length > 0 ? deciders : rules.filter(([, { state }]) => state === 'false');
  return chosen.map(([id]) => id);
}

/** Work that takes longer than this says how far it is. */
const PATIENCE_MS = 300;

/** Tells how far `what` is, once it takes long. */
function reporter(graph: GraphStore, what: string) {
  const began = performance.now();
  return (done: number, total: number): void => {
    if (performance.now() - began > PATIENCE_MS) {
      graph.setState({ progress: { what, done, total } });
    }
  };
}

/** What is asked for, the same object for as long as it says the same. */
function useAsked(): FlowQuery {
  const known = useRef<{ readonly text: string; readonly query: FlowQuery }>(undefined);
  return useGraph((state) => {
    const query = queryOf(state);
    const text = JSON.stringify(query);
    if (known.current?.text !== text) known.current = { text, query };
    return known.current.query;
  });
}

/** Keeps the picture in step with the pack and with what of it is asked for. */
export function useFlowPicture(): void {
  const studio = useStudio();
  const graph = useGraphStore();
  const packId = useStudioState((state) => state.packId);
  const revision = useStudioState((state) => state.snapshot?.revision);
  const asked = useAsked();
  useEffect(() => {
    if (packId === undefined || revision === undefined) return undefined;
    let current = true;
    void (async () => {
      const answer = await studio.parts.engine.flow(
        packId,
        asked,
        reporter(graph, 'Drawing the rules'),
      );
      if (!current) return;
      graph.setState({ progress: undefined });
      if (answer.ok) graph.setState({ picture: answer.value, failure: undefined });
      else if (answer.error.code === 'SUPERSEDED') graph.setState({ failure: 'Cancelled.' });
      else graph.setState({ failure: answer.error.message });
    })();
    return () => {
      current = false;
    };
  }, [studio, graph, packId, revision, asked]);
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
        const counts = await engine.flowCounts(packId, reporter(graph, 'Counting scenarios'));
        if (!current) return;
        graph.setState({ progress: undefined });
        if (counts.ok) graph.setState({ counts: counts.value });
        else if (counts.error.code === 'SUPERSEDED') graph.setState({ mode: 'plain' });
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
          traced: `${packId}/${scenarioId}/${toolIndex ?? ''}`,
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

/** What is selected, here or elsewhere, is shown: its group is open, and a condition's rule too. */
export function useSelectedRule(): void {
  const graph = useGraphStore();
  const selection = useStudioState(useShallow(({ selection: place }) => place));
  const rules = useGraph((state) => state.picture?.graph.rules);
  useEffect(() => {
    if (selection === undefined) return;
    const rule = rules?.find(({ ruleId }) => ruleId === selection.ruleId);
    const isInCondition = rule?.clauses.some(({ condition }) =>
      isInnermost(condition, [], selection.span),
    );
    graph.setState({ selectedRule: isInCondition === true ? rule?.id : undefined });
    const around = graph
      .getState()
      .picture?.view.nodes.find(
        (node) => node.kind === 'group' && !node.isOpen && node.ruleIds.includes(rule?.id ?? ''),
      );
    if (around !== undefined) toggleGroup(graph, around.id);
  }, [graph, rules, selection]);
}
