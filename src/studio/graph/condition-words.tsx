import type { FlowClause, FlowCondition } from '../../simulation/flow.ts';
import { useStudio } from '../state/context.ts';
import styles from './flow-nodes.module.css';
import { useGraph } from './graph-context.ts';
import { markOf, markText } from './graph-state.ts';

const connectives: Partial<Record<FlowCondition['kind'], string>> = {
  and: 'all of',
  or: 'any of',
  not: 'not',
  if: 'if, then, else',
};

/** What a leaf looked at, for its tooltip: "context.approved_by = not given". */
function inputsText(inputs: readonly { readonly text: string; readonly value?: string }[]): string {
  return inputs.map((input) => `${input.text} = ${input.value ?? 'not given'}`).join('\n');
}

function Condition({
  ruleId,
  path,
  condition,
}: {
  readonly ruleId: string;
  readonly path: string;
  readonly condition: FlowCondition;
}) {
  const studio = useStudio();
  const mark = useGraph((state) => markText(markOf(state, condition.id)));
  const shown = useGraph((state) => markOf(state, condition.id).state);
  const inputs = useGraph((state) => inputsText(markOf(state, condition.id).detail?.inputs ?? []));
  const connective = condition.parts.length > 0 ? connectives[condition.kind] : undefined;
  return (
    <li>
      <button
        type="button"
        className={styles['condition']}
        data-state={shown}
        title={inputs === '' ? undefined : inputs}
        onClick={() => {
          studio.select({ ruleId, path, span: condition.span }, 'graph');
        }}
      >
        <span className={styles['words']}>{connective ?? condition.text}</span>
        {mark === '' ? null : <span className={styles['mark']}>{mark}</span>}
      </button>
      {condition.parts.length > 0 ? (
        <ul className={styles['parts']}>
          {condition.parts.map((part) => (
            <Condition key={part.id} ruleId={ruleId} path={path} condition={part} />
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
}: {
  readonly ruleId: string;
  readonly path: string;
  readonly clauses: readonly FlowClause[];
}) {
  return (
    <ul className={styles['clauses']}>
      {clauses.map((clause) => (
        <li key={clause.id}>
          <span className={styles['clauseKind']}>{clause.kind === 'when' ? 'when' : 'unless'}</span>
          <ul className={styles['parts']}>
            <Condition ruleId={ruleId} path={path} condition={clause.condition} />
          </ul>
        </li>
      ))}
    </ul>
  );
}
