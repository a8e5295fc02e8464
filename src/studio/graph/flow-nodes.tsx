import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import { ChevronDown, ChevronRight, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { FlowNode, FlowRule } from '../../simulation/flow.ts';
import type { FlowGroup } from '../../simulation/flow-view.ts';
import { VerdictBadge, VerdictIcon } from '../parts/verdict.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { ConditionWords } from './condition-words.tsx';
import styles from './flow-nodes.module.css';
import { useGraph, useGraphStore } from './graph-context.ts';
import { markOf, markText } from './graph-state.ts';
import { toggleGroup, toggleRule } from './graph-actions.ts';

type Props<T> = NodeProps<Node<{ readonly node: T }>>;

/** The frame of every node: its state as data, so that the style sheet can speak. */
function Frame({
  id,
  kind,
  selected = false,
  verdict,
  children,
}: {
  readonly id: string;
  readonly kind: string;
  readonly selected?: boolean;
  readonly verdict?: string;
  readonly children: ReactNode;
}) {
  const state = useGraph((graph) => markOf(graph, id).state);
  const decisive = useGraph((graph) => markOf(graph, id).decisive);
  return (
    <div
      className={styles['node']}
      data-kind={kind}
      data-state={state}
      data-decisive={decisive || undefined}
      data-selected={selected || undefined}
      data-verdict={verdict}
    >
      <Handle type="target" position={Position.Left} className={styles['handle']} />
      {children}
      <Handle type="source" position={Position.Right} className={styles['handle']} />
    </div>
  );
}

function MarkText({ id }: { readonly id: string }) {
  const text = useGraph((state) => markText(markOf(state, id)));
  return text === '' ? null : <span className={styles['mark']}>{text}</span>;
}

/** Check, engine, scope and ladder: a sentence, and how it came out. */
function PlainNode({ id, data }: Props<Exclude<FlowNode, FlowRule>>) {
  const why = useGraph((state) => markOf(state, id).detail?.why);
  return (
    <Frame id={id} kind={data.node.kind}>
      <div className={styles['plain']} title={why}>
        <span className={styles['words']}>{data.node.text}</span>
        <MarkText id={id} />
      </div>
    </Frame>
  );
}

function VerdictNode({ id, data }: Props<Extract<FlowNode, { kind: 'verdict' }>>) {
  return (
    <Frame id={id} kind="verdict" verdict={data.node.verdict}>
      <div className={styles['verdict']}>
        <VerdictBadge mark={data.node.verdict} large />
      </div>
    </Frame>
  );
}

function RuleNode({ id, data }: Props<FlowRule>) {
  const { node } = data;
  const studio = useStudio();
  const graph = useGraphStore();
  const isOpen = useGraph((state) => state.query.openRules?.includes(id) ?? false);
  const broken = useGraph((state) => state.picture?.broken.get(id));
  const why = useGraph((state) => markOf(state, id).detail?.why);
  const selected = useStudioState((state) => state.selection?.ruleId === node.ruleId);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <Frame id={id} kind="rule" selected={selected} verdict={node.verdict}>
      <div className={styles['ruleHead']}>
        <button
          type="button"
          className={styles['toggle']}
          aria-expanded={isOpen}
          aria-label={`Conditions of ${node.ruleId}`}
          disabled={node.clauses.length === 0}
          onClick={() => {
            toggleRule(graph, id);
          }}
        >
          <Chevron size={14} aria-hidden="true" />
        </button>
        <VerdictIcon mark={node.verdict} size={14} />
        <button
          type="button"
          className={styles['ruleId']}
          aria-current={selected ? 'true' : undefined}
          onClick={() => {
            studio.select({ ruleId: node.ruleId, path: node.path, span: node.span }, 'graph');
          }}
        >
          {node.ruleId}
        </button>
        {broken === undefined ? null : (
          <span className={styles['broken']} title={broken}>
            <TriangleAlert size={13} aria-hidden="true" /> broken
          </span>
        )}
        <MarkText id={id} />
      </div>
      {node.issue === undefined || !isOpen ? null : (
        <div className={styles['issue']}>
          <code>{node.issue}</code> {node.severity?.toLowerCase()}
        </div>
      )}
      <p
        className={isOpen ? styles['sentence'] : styles['summary']}
        title={isOpen ? why : node.text}
      >
        {node.text}
      </p>
      {isOpen ? (
        <ConditionWords ruleId={node.ruleId} path={node.path} clauses={node.clauses} />
      ) : null}
    </Frame>
  );
}

function GroupNode({ id, data }: Props<FlowGroup>) {
  const graph = useGraphStore();
  return (
    <Frame id={id} kind="group">
      <div className={styles['ruleHead']}>
        <button
          type="button"
          className={styles['toggle']}
          aria-expanded={false}
          aria-label={`Open the group ${data.node.text}`}
          onClick={() => {
            toggleGroup(graph, id);
          }}
        >
          <ChevronRight size={14} aria-hidden="true" />
        </button>
        <span className={styles['ruleId']}>{data.node.text}</span>
      </div>
      <p className={styles['sentence']}>{`${data.node.ruleIds.length} rules`}</p>
    </Frame>
  );
}

/** The drawings of all kinds of nodes. Made once: xyflow compares it by identity. */
export const nodeTypes = {
  check: PlainNode,
  engine: PlainNode,
  scope: PlainNode,
  ladder: PlainNode,
  verdict: VerdictNode,
  rule: RuleNode,
  group: GroupNode,
};
