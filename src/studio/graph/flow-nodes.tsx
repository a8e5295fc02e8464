import type { Node, NodeProps } from '@xyflow/react';
import { TriangleAlert } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import type { FlowGroup } from '../../simulation/flow-groups.ts';
import type { FlowNode, FlowRule } from '../../simulation/flow.ts';
import { VerdictBadge, VerdictIcon } from '../parts/verdict.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { ConditionWords } from './condition-words.tsx';
import styles from './flow-nodes.module.css';
import { focusOn, toggleGroup, toggleRule } from './graph-actions.ts';
import { useGraph, useGraphStore } from './graph-context.ts';
import { decidersIn, markOf } from './graph-marks.ts';
import { isRuleOpen } from './graph-state.ts';
import { ChangeMark } from './change-mark.tsx';
import { StateMark } from './state-mark.tsx';
import { Toggle } from './toggle.tsx';

type Props<T> = NodeProps<Node<{ readonly node: T }>>;

/** The frame of every node: its state as data, so that the style sheet can speak. */
function Frame({
  id,
  kind,
  selected = false,
  isOpen = false,
  verdict,
  children,
}: {
  readonly id: string;
  readonly kind: string;
  readonly selected?: boolean;
  readonly isOpen?: boolean;
  readonly verdict?: string;
  readonly children: ReactNode;
}) {
  const state = useGraph((graph) => markOf(graph, id).state);
  const decisive = useGraph((graph) => markOf(graph, id).decisive);
  const change = useGraph((graph) => graph.changes?.get(id));
  return (
    <div
      className={styles['node']}
      data-kind={kind}
      data-state={state}
      data-decisive={decisive || undefined}
      data-selected={selected || undefined}
      data-open={isOpen || undefined}
      data-verdict={verdict}
      data-change={change}
    >
      {children}
    </div>
  );
}

/** Check, engine, scope, ladder and verdict: pressed, it is shown with its neighbours alone. */
function PlainButton({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  const graph = useGraphStore();
  const why = useGraph((state) => markOf(state, id).detail?.why);
  const focused = useGraph((state) => state.query.focus === id);
  const describing = useId();
  return (
    <>
      <button
        type="button"
        className={styles['plain']}
        data-node-button=""
        aria-pressed={focused}
        aria-describedby={why === undefined ? undefined : describing}
        title={why}
        onClick={() => {
          focusOn(graph, focused ? undefined : id);
        }}
      >
        {children}
      </button>
      {why === undefined ? null : (
        <span id={describing} hidden>
          {why}
        </span>
      )}
    </>
  );
}

function PlainNode({ id, data }: Props<Exclude<FlowNode, FlowRule>>) {
  return (
    <Frame id={id} kind={data.node.kind}>
      <PlainButton id={id}>
        <span className={styles['words']}>{data.node.text}</span>
        {data.node.kind === 'check' ? null : <StateMark id={id} />}
      </PlainButton>
    </Frame>
  );
}

function VerdictNode({ id, data }: Props<Extract<FlowNode, { kind: 'verdict' }>>) {
  return (
    <Frame id={id} kind="verdict" verdict={data.node.verdict}>
      <PlainButton id={id}>
        <VerdictBadge mark={data.node.verdict} large />
      </PlainButton>
    </Frame>
  );
}

function RuleNode({ id, data }: Props<FlowRule>) {
  const { node } = data;
  const studio = useStudio();
  const graph = useGraphStore();
  const isOpen = useGraph((state) => isRuleOpen(state, id));
  const broken = useGraph((state) => state.picture?.broken.get(id));
  const why = useGraph((state) => markOf(state, id).detail?.why);
  const selected = useStudioState((state) => state.selection?.ruleId === node.ruleId);
  const describing = useId();
  return (
    <Frame id={id} kind="rule" selected={selected} isOpen={isOpen} verdict={node.verdict}>
      <div className={styles['head']}>
        <Toggle
          isOpen={isOpen}
          label={`Conditions of ${node.ruleId}`}
          disabled={node.clauses.length === 0}
          onToggle={() => {
            toggleRule(graph, id);
          }}
        />
        <VerdictIcon mark={node.verdict} size={15} />
        <button
          type="button"
          className={styles['name']}
          data-node-button=""
          aria-current={selected ? 'true' : undefined}
          aria-describedby={describing}
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
        <ChangeMark id={id} />
        <StateMark id={id} />
      </div>
      <div
        id={describing}
        className={styles['body']}
        title={isOpen ? undefined : (why ?? node.text)}
      >
        {node.issue === undefined ? null : (
          <p className={styles['issue']}>
            <code>{node.issue}</code> {node.severity?.toLowerCase()}
          </p>
        )}
        <p className={isOpen ? styles['sentence'] : styles['summary']}>{node.text}</p>
        {why === undefined ? null : <span hidden>{why}</span>}
      </div>
      {isOpen ? (
        <ConditionWords ruleId={node.ruleId} path={node.path} clauses={node.clauses} />
      ) : null}
    </Frame>
  );
}

/** Names shown of the rules of a closed group that decided; the others are counted. */
const NAMES = 2;

function GroupNode({ id, data }: Props<FlowGroup>) {
  const { node } = data;
  const graph = useGraphStore();
  const deciders = useGraph((state) => decidersIn(state, node).join('\n'));
  const names =
    deciders === '' ? [] : deciders.split('\n').map((each) => each.slice('rule:'.length));
  const rules = `${node.ruleIds.length} ${node.ruleIds.length === 1 ? 'rule' : 'rules'}`;
  const more = names.length > NAMES ? ` and ${names.length - NAMES} more` : '';
  const decide = names.length === 0 ? '' : `: ${names.slice(0, NAMES).join(', ')}${more} decided`;
  return (
    <Frame id={id} kind={node.isOpen ? 'heading' : 'group'}>
      <div className={styles['head']}>
        <Toggle
          isOpen={node.isOpen}
          label={`Rules of ${node.text}`}
          isNodeButton
          onToggle={() => {
            toggleGroup(graph, id);
          }}
        />
        <span className={styles['name']} title={node.text}>
          {node.text}
        </span>
        {node.isOpen ? <span className={styles['of']}>{rules}</span> : null}
        <StateMark id={id} />
      </div>
      {node.isOpen ? null : (
        <p className={styles['summary']} title={names.join('\n')}>{`${rules}${decide}`}</p>
      )}
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
  // Not "group": the library draws a box of its own around those.
  rules: GroupNode,
};
