import type { FlowClause, FlowCondition } from '../../simulation/flow.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { isInnermost } from '../state/innermost.ts';
import styles from './condition-words.module.css';
import { useGraph } from './graph-context.ts';
import { inputsText, markOf } from './graph-marks.ts';
import { StateMark } from './state-mark.tsx';

const connectives: Partial<Record<FlowCondition['kind'], string>> = {
  and: 'all of',
  or: 'any of',
  not: 'not',
  if: 'if, then, else',
};

interface Props {
  readonly ruleId: string;
  readonly path: string;
  /** Whether what the leaves looked at stands below them, and not only in their tooltips. */
  readonly withInputs: boolean;
}

function Condition({
  condition,
  ...props
}: Props & {
  readonly condition: FlowCondition;
}) {
  const { ruleId, path, withInputs } = props;
  const studio = useStudio();
  const shown = useGraph((state) => markOf(state, condition.id).state);
  const decisive = useGraph((state) => markOf(state, condition.id).decisive);
  const error = useGraph((state) => markOf(state, condition.id).detail?.error);
  const inputs = useGraph((state) => inputsText(markOf(state, condition.id).detail?.inputs));
  const selected = useStudioState(
    ({ selection }) =>
      selection?.ruleId === ruleId && isInnermost(condition, condition.parts, selection.span),
  );
  const connective = condition.parts.length > 0 ? connectives[condition.kind] : undefined;
  const seen = [inputs, error].filter((each) => each !== undefined && each !== '').join('\n');
  return (
    <li>
      <button
        type="button"
        className={styles['condition']}
        data-state={shown}
        data-decisive={decisive || undefined}
        data-condition={condition.id}
        data-selected={selected || undefined}
        aria-current={selected ? 'true' : undefined}
        title={seen === '' ? undefined : seen}
        onClick={(event) => {
          // The rule's card around it is not meant.
          event.stopPropagation();
          studio.select({ ruleId, path, span: condition.span }, 'graph');
        }}
      >
        <span className={styles['words']}>{connective ?? condition.text}</span>
        <StateMark id={condition.id} />
      </button>
      {withInputs && seen !== '' ? <p className={styles['inputs']}>{seen}</p> : null}
      {condition.parts.length > 0 ? (
        <ul className={styles['parts']}>
          {condition.parts.map((part) => (
            <Condition key={part.id} {...props} condition={part} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

/** The conditions of a rule in plain words, each with what it came out as. */
export function ConditionWords({
  ruleId,
  path,
  clauses,
  withInputs = false,
}: {
  readonly ruleId: string;
  readonly path: string;
  readonly clauses: readonly FlowClause[];
  readonly withInputs?: boolean;
}) {
  return (
    <ul className={styles['clauses']}>
      {clauses.map((clause) => (
        <li key={clause.id}>
          <span className={styles['kind']}>{clause.kind}</span>
          <ul className={styles['parts']}>
            <Condition
              ruleId={ruleId}
              path={path}
              withInputs={withInputs}
              condition={clause.condition}
            />
          </ul>
        </li>
      ))}
    </ul>
  );
}
