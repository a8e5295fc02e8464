/** The nodes of rules: one by one, and as groups that open. */
import type { Node, NodeProps } from '@xyflow/react';
import { TriangleAlert } from 'lucide-react';
import { useId } from 'react';
import type { FlowGroup } from '../../simulation/flow-groups.ts';
import type { FlowRule } from '../../simulation/flow.ts';
import { VerdictIcon } from '../parts/verdict.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { ChangeMark } from './change-mark.tsx';
import { ConditionWords } from './condition-words.tsx';
import { Frame } from './flow-frame.tsx';
import styles from './flow-nodes.module.css';
import { toggleGroup, toggleRule } from './graph-actions.ts';
import { useGraph, useGraphStore } from './graph-context.ts';
import { decidersIn, markOf } from './graph-marks.ts';
import { isRuleOpen } from './graph-state.ts';
import { StateMark } from './state-mark.tsx';
import { Toggle } from './toggle.tsx';

type Props<T> = NodeProps<Node<{ readonly node: T }>>;

/** A rule, which opens into its conditions in place. */
export function RuleNode({ id, data }: Props<FlowRule>) {
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

/** Rules that stand under one heading; closed, it says how many and which of them decided. */
export function GroupNode({ id, data }: Props<FlowGroup>) {
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
