import { Download } from 'lucide-react';
import { useId } from 'react';
import { Button, IconButton } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { useStudioState } from '../state/context.ts';
import { focusOn, setAllOpen, setGroupsOpen } from './graph-actions.ts';
import { useGraph, useGraphStore } from './graph-context.ts';
import { exportPng, exportSvg } from './graph-export.ts';
import type { GraphMode } from './graph-state.ts';
import styles from './graph-view.module.css';
import { Stepper, ToolSelect } from './way-controls.tsx';

const modes: readonly { readonly mode: GraphMode; readonly label: string }[] = [
  { mode: 'scenario', label: 'Selected scenario' },
  { mode: 'run', label: 'All scenarios' },
  { mode: 'plain', label: 'Rules only' },
];

const groupings = ['file', 'action', 'issue', 'verdict'] as const;

/** What is shown of the flow, how it is grouped, and its export. */
export function GraphToolbar() {
  const graph = useGraphStore();
  const mode = useGraph((state) => state.mode);
  const group = useGraph((state) => state.query.group);
  const text = useGraph((state) => state.query.text ?? '');
  const focus = useGraph((state) => state.query.focus);
  const anyOpen = useGraph((state) => (state.query.openRules?.length ?? 0) > 0);
  const asList = useGraph((state) => state.asList);
  const onlyWay = useGraph((state) => state.onlyWay);
  const grouping = useGraph((state) => state.picture?.view.grouping);
  const groupsOpen = useGraph(
    (state) =>
      state.picture?.view.nodes.some((node) => node.kind === 'group' && node.isOpen) ?? false,
  );
  const matching = useGraph((state) => state.picture?.view.matching);
  const selection = useStudioState((state) => state.selection?.ruleId);
  const packId = useStudioState((state) => state.packId ?? 'pack');
  const id = useId();
  return (
    <div className={styles['toolbar']} role="toolbar" aria-label="Rule flow">
      <label className={styles['hidden']} htmlFor={`${id}-mode`}>
        What colours the flow
      </label>
      <select
        id={`${id}-mode`}
        className={styles['select']}
        value={mode}
        onChange={(event) => {
          const next = modes.find((each) => each.mode === event.target.value);
          if (next !== undefined) graph.setState({ mode: next.mode });
        }}
      >
        {modes.map((each) => (
          <option key={each.mode} value={each.mode}>
            {each.label}
          </option>
        ))}
      </select>
      {mode === 'scenario' ? <ToolSelect /> : null}
      <label className={styles['hidden']} htmlFor={`${id}-group`}>
        Group rules
      </label>
      <select
        id={`${id}-group`}
        className={styles['select']}
        value={group ?? ''}
        onChange={(event) => {
          const next = groupings.find((each) => each === event.target.value);
          graph.setState(({ query: { group: _old, toggledGroups: _toggled, ...rest } }) => ({
            query: next === undefined ? rest : { ...rest, group: next },
          }));
        }}
      >
        <option value="">No groups</option>
        {groupings.map((each) => (
          <option key={each} value={each}>{`By ${each}`}</option>
        ))}
      </select>
      <input
        type="search"
        className={styles['filter']}
        aria-label="Filter rules"
        placeholder="Filter rules"
        value={text}
        onChange={(event) => {
          const wanted = event.target.value;
          graph.setState(({ query }) => ({ query: { ...query, text: wanted } }));
        }}
      />
      <span className={styles['count']} role="status">
        {matching === undefined ? '' : `${matching} ${matching === 1 ? 'rule' : 'rules'}`}
      </span>
      {mode === 'scenario' ? (
        <Button
          aria-pressed={onlyWay}
          onClick={() => {
            graph.setState({ onlyWay: !onlyWay });
          }}
        >
          Only what decided
        </Button>
      ) : null}
      <Button
        disabled={selection === undefined && focus === undefined}
        aria-pressed={focus !== undefined}
        onClick={() => {
          focusOn(graph, focus !== undefined ? undefined : `rule:${selection ?? ''}`);
        }}
      >
        {focus === undefined ? 'Focus' : 'Show all'}
      </Button>
      <Button
        onClick={() => {
          setAllOpen(graph, !anyOpen);
        }}
      >
        {anyOpen ? 'Close rules' : 'Open rules'}
      </Button>
      {grouping === undefined ? null : (
        <Button
          onClick={() => {
            setGroupsOpen(graph, !groupsOpen);
          }}
        >
          {groupsOpen ? 'Close groups' : 'Open groups'}
        </Button>
      )}
      <Button
        aria-pressed={asList}
        onClick={() => {
          graph.setState({ asList: !asList });
        }}
      >
        As list
      </Button>
      <Menu
        align="end"
        trigger={
          <IconButton label="Export the drawing">
            <Download size={15} />
          </IconButton>
        }
        items={[
          {
            label: 'As SVG',
            run: () => {
              exportSvg(graph.getState(), packId);
            },
          },
          {
            label: 'As PNG',
            run: () => {
              void exportPng(graph.getState(), packId);
            },
          },
        ]}
      />
      {mode === 'scenario' ? <Stepper /> : null}
    </div>
  );
}
