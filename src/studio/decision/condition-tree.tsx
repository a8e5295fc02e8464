import type { PolicyTrace, TraceInput, TraceNode } from '../../worker/trace-api.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { isInnermost } from '../state/innermost.ts';
import styles from './condition-tree.module.css';
import { codeOf, connectiveOf, outcomeOf } from './trace-text.ts';

/** A field that was looked at; pressed, it is shown in the request. */
function Input({ input }: { readonly input: TraceInput }) {
  const studio = useStudio();
  const { text, value = 'not given', pointer } = input;
  return (
    <li>
      {pointer === undefined ? (
        <span>{text}</span>
      ) : (
        <button
          type="button"
          className={styles['field']}
          title={`Show ${pointer} in the request`}
          onClick={() => {
            studio.set({ requestPlace: { pointer }, decisionTab: 'request' });
          }}
        >
          {text}
        </button>
      )}
      {` = ${value}`}
    </li>
  );
}

function NodeRow({
  policy,
  node,
  decided,
}: {
  readonly policy: PolicyTrace;
  readonly node: TraceNode;
  readonly decided: boolean;
}) {
  const studio = useStudio();
  const outcome = outcomeOf(node);
  const code = codeOf(policy, node);
  const connective = connectiveOf(node);
  const branches = connective === undefined ? [] : node.children;
  const selected = useStudioState(
    ({ selection }) =>
      selection?.ruleId === policy.id && isInnermost(node, branches, selection.span),
  );
  return (
    <li>
      <div
        className={styles['node']}
        data-node=""
        data-outcome={outcome}
        data-decided={decided || undefined}
        data-selected={selected || undefined}
      >
        <button
          type="button"
          className={styles['text']}
          title={code}
          aria-current={selected ? 'true' : undefined}
          onClick={() => {
            studio.select({ ruleId: policy.id, path: policy.path, span: node.span }, 'trace');
          }}
        >
          {connective ?? node.words ?? code}
        </button>
        <span className={styles['outcome']}>{outcome}</span>
      </div>
      {connective === undefined && node.inputs !== undefined && node.inputs.length > 0 ? (
        <ul className={styles['inputs']}>
          {node.inputs.map((input) => (
            <Input key={input.text} input={input} />
          ))}
        </ul>
      ) : null}
      {branches.length > 0 ? (
        <ul className={styles['branches']}>
          {branches.map((child, index) => (
            <NodeRow
              key={`${child.span.start}-${child.span.end}`}
              policy={policy}
              node={child}
              decided={node.decidedBy === index}
            />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

/** The conditions of one rule, each part with what it came out as and what it looked at. */
export function ConditionTree({ policy }: { readonly policy: PolicyTrace }) {
  return (
    <ul className={styles['tree']}>
      {policy.conditions.length === 0 ? (
        <li className={styles['none']}>No conditions: its scope alone decides.</li>
      ) : null}
      {policy.conditions.map((condition) => (
        <li key={condition.body.span.start}>
          <span className={styles['kind']}>{condition.kind}</span>
          <ul className={styles['branches']}>
            <NodeRow policy={policy} node={condition.body} decided={false} />
          </ul>
        </li>
      ))}
    </ul>
  );
}
