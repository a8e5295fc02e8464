import { TriangleAlert } from 'lucide-react';
import type { EngineFailure, ScenarioRow } from '../../worker/engine-api.ts';
import styles from './decision-panel.module.css';

/** Whether the verdict is the expected one, in a sentence. */
export function ExpectationLine({
  row,
  edited,
  failed,
}: {
  readonly row: ScenarioRow | undefined;
  readonly edited: boolean;
  readonly failed: boolean;
}) {
  if (edited && failed) {
    return (
      <p className={styles['expectation']} data-tone="bad">
        The edited request cannot be decided.
      </p>
    );
  }
  if (edited) {
    return (
      <p className={styles['expectation']}>Decided from the edited request, which is not saved.</p>
    );
  }
  switch (row?.state) {
    case 'pass':
      return <p className={styles['expectation']}>As expected.</p>;
    case 'fail':
      return (
        <p className={styles['expectation']} data-tone="bad">
          {row.problem ?? `Expected ${row.expected?.verdict ?? 'another verdict'}.`}
        </p>
      );
    case 'error':
      return (
        <p className={styles['expectation']} data-tone="bad">
          {row.problem}
        </p>
      );
    case 'stale':
      return (
        <p className={styles['expectation']} data-tone="stale">
          Stale: decided by the last policies that could be read.
        </p>
      );
    case 'not-run':
    case undefined:
      return <p className={styles['expectation']}>Not run yet.</p>;
  }
}

/** Why there is no decision, field by field where the request is at fault. */
export function Refusal({ failure }: { readonly failure: EngineFailure }) {
  const problems = failure.code === 'REQUEST_INVALID' ? failure.problems : [];
  return (
    <section className={styles['refusal']} role="status">
      <h3>
        <TriangleAlert size={15} aria-hidden="true" /> Nothing was decided
      </h3>
      <p>{failure.message}</p>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.pointer} ${problem.message}`}>
            <code>{problem.pointer === '' ? 'request' : problem.pointer}</code> {problem.message}
          </li>
        ))}
      </ul>
    </section>
  );
}
