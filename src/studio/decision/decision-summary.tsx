import { MessageCircleQuestion } from 'lucide-react';
import type { DecisionRecord, RecordIssue } from '../../worker/engine-api.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { ruleRows } from '../state/selectors.ts';
import styles from './decision-summary.module.css';

function IssueRow({ issue }: { readonly issue: RecordIssue }) {
  const studio = useStudio();
  const policy = issue.details?.['policy'];
  const rule = useStudioState((state) => ruleRows(state).find((each) => each.id === policy));
  return (
    <li className={styles['issue']} data-severity={issue.severity}>
      <div className={styles['issueHead']}>
        <code className={styles['code']}>{issue.code}</code>
        <span className={styles['severity']}>{issue.severity.toLowerCase()}</span>
      </div>
      <p>{issue.message}</p>
      {rule === undefined ? null : (
        <button
          type="button"
          className={styles['link']}
          onClick={() => {
            studio.reveal(rule.path, rule.span);
          }}
        >
          {rule.id}
        </button>
      )}
    </li>
  );
}

function Risk({ record }: { readonly record: DecisionRecord }) {
  return (
    <div className={styles['risk']}>
      <span className={styles['label']}>Risk</span>
      <span className={styles['score']}>{record.risk_score}</span>
      <span
        className={styles['meter']}
        role="meter"
        aria-label="Risk"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={record.risk_score}
        data-high={record.high_risk || undefined}
      >
        <span style={{ width: `${Math.max(record.risk_score, 1)}%` }} />
      </span>
      <span className={styles['label']}>{record.high_risk ? 'high' : 'of 100'}</span>
    </div>
  );
}

/** What a decision says, in a sentence; its risk, and the questions for a human. */
export function DecisionSummary({
  record,
  sentence,
}: {
  readonly record: DecisionRecord;
  readonly sentence: string;
}) {
  return (
    <div className={styles['summary']}>
      <p className={styles['sentence']}>{sentence}</p>
      <Risk record={record} />
      {record.defer_questions.length > 0 ? (
        <section>
          <h3 className={styles['heading']}>Questions for a human</h3>
          <ul className={styles['questions']}>
            {record.defer_questions.map((question) => (
              <li key={question}>
                <MessageCircleQuestion size={14} aria-hidden="true" /> {question}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}

/** The coded reasons of a decision, each with the rule that it comes from. */
export function IssueList({ record }: { readonly record: DecisionRecord }) {
  return (
    <div className={styles['summary']}>
      <section>
        <h3 className={styles['heading']}>
          Issues <span className={styles['count']}>{record.issues.length}</span>
        </h3>
        {record.issues.length === 0 ? <p className={styles['label']}>None.</p> : null}
        <ul>
          {record.issues.map((issue) => (
            <IssueRow
              key={`${issue.code} ${String(issue.details?.['policy'])} ${String(issue.details?.['tool'])} ${issue.message}`}
              issue={issue}
            />
          ))}
        </ul>
      </section>
    </div>
  );
}
