import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from '../parts/button.tsx';
import { useStudioState } from '../state/context.ts';
import { showStep } from './graph-actions.ts';
import { useGraph, useGraphStore } from './graph-context.ts';
import styles from './graph-view.module.css';

/** Steps through the evaluation of the selected scenario, one condition at a time. */
export function Stepper() {
  const graph = useGraphStore();
  const steps = useGraph((state) => state.trace?.steps);
  const step = useGraph((state) => state.step);
  if (steps === undefined || steps.length === 0) return null;
  const at = step ?? steps.length;
  const current = step === undefined ? undefined : steps[step - 1];
  return (
    <div className={styles['stepper']} role="group" aria-label="Steps of the evaluation">
      <IconButton
        label="To the first step"
        onClick={() => {
          showStep(graph, 1);
        }}
      >
        <ChevronFirst size={15} />
      </IconButton>
      <IconButton
        label="One step back"
        onClick={() => {
          showStep(graph, Math.max(1, at - 1));
        }}
      >
        <ChevronLeft size={15} />
      </IconButton>
      <IconButton
        label="One step forward"
        onClick={() => {
          showStep(graph, step === undefined ? 1 : at + 1);
        }}
      >
        <ChevronRight size={15} />
      </IconButton>
      <IconButton
        label="All steps"
        onClick={() => {
          showStep(graph, undefined);
        }}
      >
        <ChevronLast size={15} />
      </IconButton>
      <span className={styles['stepText']} role="status">
        {current === undefined ? `${steps.length} steps` : `${at}/${steps.length} ${current.text}`}
      </span>
    </div>
  );
}

/** Each proposed tool has a way of its own through the flow: which of them is shown. */
export function ToolSelect() {
  const graph = useGraphStore();
  const scenarioId = useStudioState((state) => state.scenarioId);
  const tools = useGraph((state) => state.trace?.states?.tools);
  const shown = useGraph((state) => state.trace?.states?.tool);
  if (tools === undefined || tools.length < 2) return null;
  return (
    <select
      className={styles['select']}
      aria-label="Tool that is shown"
      value={tools.findIndex((each) => each.tool === shown)}
      onChange={(event) => {
        const index = Number(event.target.value);
        if (scenarioId !== undefined) graph.setState({ tool: { scenarioId, index } });
      }}
    >
      {tools.map((each, index) => (
        <option key={each.tool} value={index}>{`${each.tool}: ${each.verdict}`}</option>
      ))}
    </select>
  );
}
