import type { PolicyTrace, TraceNode } from '../../worker/engine-api.ts';
import { useStudio } from '../state/context.ts';
import styles from './condition-tree.module.css';

function textOf(policy: PolicyTrace, node: TraceNode): string {
  return policy.text
    .slice(node.span.start - policy.span.start, node.span.end - policy.span.start)
    .replaceAll(/\s+/g, ' ');
}

/** How a node came out, in one word: true, false, a value, an error, or that it was not reached. */
function outcomeOf(node: TraceNode): string {
  if (node.outcome === 'not-reached') return 'not reached';
  return node.outcome === 'error' ? (node.error ?? 'error') : (node.value ?? '');
}

/** Only what can be true or false is worth a line of its own; the rest shows its value in place. */
const branching = new Set(['and', 'or', 'not', 'if']);

/** Operands whose value is news: a literal or the whole context beside its text tells nothing. */
const telling = new Set(['attribute', 'arithmetic', 'method', 'negate', 'if']);

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
  const branches = branching.has(node.kind) ? node.children : [];
  const inputs = node.children.filter(
    (child) => !branching.has(node.kind) && child.outcome === 'value' && telling.has(child.kind),
  );
  return (
    <li>
      <div className={styles['node']} data-outcome={outcome} data-decided={decided || undefined}>
        <button
          type="button"
          className={styles['text']}
          title="Show in the editor"
          onClick={() => {
            studio.select({ ruleId: policy.id, path: policy.path, span: node.span }, 'trace');
          }}
        >
          {textOf(policy, node)}
        </button>
        <span className={styles['outcome']}>{outcome}</span>
      </div>
      {inputs.length > 0 ? (
        <ul className={styles['inputs']}>
          {inputs.map((child) => (
            <li key={`${child.span.start}-${child.span.end}`}>
              {`${textOf(policy, child)} = ${outcomeOf(child)}`}
            </li>
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

/** The conditions of one rule, each part with what it came out as. */
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
