import { LineIndex } from '../../base/span.ts';
import type { RuleChange } from '../../simulation/rule-changes.ts';
import type { RuleTurn } from '../../worker/compare-api.ts';
import type { PolicyTrace } from '../../worker/trace-api.ts';
import { VerdictIcon } from '../parts/verdict.tsx';
import { useStudio } from '../state/context.ts';
import { fileName } from '../state/paths.ts';
import { useCompare, useCompareStore } from './compare-state.ts';
import { conditionLines } from './condition-lines.ts';
import styles from './flip-detail.module.css';

function outcomeWords(trace: PolicyTrace | undefined): string {
  if (trace === undefined) return 'is not there';
  switch (trace.outcome) {
    case 'satisfied':
      return trace.effect === 'permit' ? 'permits' : 'applies';
    case 'error':
      return `fails: ${trace.error?.message ?? 'unknown error'}`;
    case 'unsatisfied': {
      const { principal, action, resource } = trace.scope;
      return principal && action && resource ? 'does not apply' : 'is about other requests';
    }
  }
}

/** The line of a change in the texts compared, as a link into them. */
export function ChangePlace({ change }: { readonly change: RuleChange }) {
  const store = useCompareStore();
  const on = change.after === undefined ? 'before' : 'after';
  const place = change[on];
  const text = useCompare((state) => state[on]?.files.get(place?.path ?? ''));
  if (place === undefined) return null;
  const { line } = new LineIndex(text ?? '').position(place.span.start);
  const what = change.name === undefined ? change.part : `@${change.name}`;
  const how = change.before === undefined ? 'new' : change.after === undefined ? 'gone' : 'edited';
  return (
    <button
      type="button"
      className={styles['place']}
      title={`${place.path}, in both texts`}
      onClick={() => {
        store.setState({ tab: 'text', path: place.path, place: { ...place, on } });
      }}
    >
      {`${what} ${how}, ${fileName(place.path)}:${line}`}
    </button>
  );
}

function Conditions({
  label,
  trace,
  other,
  changes,
  on,
}: {
  readonly label: string;
  readonly trace: PolicyTrace | undefined;
  readonly other: PolicyTrace | undefined;
  readonly changes: readonly RuleChange[];
  readonly on: 'before' | 'after';
}) {
  const edits = changes
    .filter(({ part }) => part === 'condition')
    .flatMap((change) => change[on]?.span ?? []);
  const lines = trace === undefined ? [] : conditionLines(trace, edits, other);
  return (
    <div className={styles['conditions']}>
      <p className={styles['outcome']}>{`${label}: ${outcomeWords(trace)}`}</p>
      <ul>
        {lines.map(({ key, depth, text, code, outcome, isChanged, isTurned }) => (
          <li
            key={key}
            className={styles['condition']}
            data-turned={isTurned || undefined}
            data-changed={isChanged || undefined}
            style={{ paddingLeft: `${depth * 10}px` }}
          >
            {isChanged ? (
              <ins className={styles['text']} title={code}>
                {text}
              </ins>
            ) : (
              <span className={styles['text']} title={code}>
                {text}
              </span>
            )}
            <span className={styles['value']} data-value={outcome}>
              {outcome}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Turn({ turn }: { readonly turn: RuleTurn }) {
  const studio = useStudio();
  const isWorking = useCompare((state) => state.after?.side.kind === 'working');
  const before = useCompare((state) => state.before?.label ?? 'Before');
  const after = useCompare((state) => state.after?.label ?? 'After');
  const rule = turn.after ?? turn.before;
  if (rule === undefined) return null;
  const there = isWorking ? turn.after : undefined;
  return (
    <li className={styles['turn']} data-rule={turn.ruleId}>
      <div className={styles['turnHead']}>
        <VerdictIcon mark={rule.verdict} size={14} />
        {there === undefined ? (
          <span className={styles['rule']}>{turn.ruleId}</span>
        ) : (
          <button
            type="button"
            className={styles['rule']}
            title="Edit in the text"
            onClick={() => {
              studio.reveal(there.path, there.span);
            }}
          >
            {turn.ruleId}
          </button>
        )}
        <span className={styles['tool']}>{turn.tool}</span>
        {turn.changes.map((change) => (
          <ChangePlace key={JSON.stringify(change)} change={change} />
        ))}
      </div>
      <div className={styles['sides']}>
        <Conditions
          label={before}
          trace={turn.before}
          other={turn.after}
          changes={turn.changes}
          on="before"
        />
        <Conditions
          label={after}
          trace={turn.after}
          other={turn.before}
          changes={turn.changes}
          on="after"
        />
      </div>
    </li>
  );
}

/** The rules that made the difference: what each came out as, condition by condition, and what was edited. */
export function RuleTurns({ turns }: { readonly turns: readonly RuleTurn[] }) {
  const outcomeOf = (trace: PolicyTrace | undefined) => trace?.outcome ?? 'unsatisfied';
  const isTurned = (turn: RuleTurn) => outcomeOf(turn.before) !== outcomeOf(turn.after);
  const turned = turns.filter(isTurned);
  const edited = turns.filter((turn) => !isTurned(turn));
  return (
    <section aria-label="Rules that changed their mind">
      <h4 className={styles['turnsHead']}>Rules that changed their mind</h4>
      {turned.length === 0 ? (
        <p className={styles['none']}>
          None: every rule came out as before, and the settings or the other facts of the pack made
          the difference.
        </p>
      ) : null}
      <ul>
        {turned.map((turn) => (
          <Turn key={`${turn.tool} ${turn.ruleId}`} turn={turn} />
        ))}
      </ul>
      {edited.length === 0 ? null : (
        <details className={styles['edited']}>
          <summary>{`Edited, and came out the same (${edited.length})`}</summary>
          <ul>
            {edited.map((turn) => (
              <Turn key={`${turn.tool} ${turn.ruleId}`} turn={turn} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
