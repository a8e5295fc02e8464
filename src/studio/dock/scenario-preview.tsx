import type { ReactNode } from 'react';
import type { NewScenario } from '../../simulation/solve/scenario-text.ts';
import { Button } from '../parts/button.tsx';
import { VerdictBadge, VerdictIcon } from '../parts/verdict.tsx';
import { useStudio } from '../state/context.ts';
import { saveScenarios } from '../state/save-scenarios.ts';
import { requestText } from '../state/scenario-text.ts';
import styles from './scenario-preview.module.css';

/** The side of a list that says more about the row chosen. */
export function Detail({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard has to reach all of it
    <section className={styles['detail']} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

/** A scenario that is not saved yet: its verdict, why, and the whole request. */
export function ScenarioPreview({ scenario }: { readonly scenario: NewScenario }) {
  const studio = useStudio();
  const { name, description, verdict, issues, text } = scenario;
  return (
    <div className={styles['preview']}>
      <div className={styles['head']}>
        <VerdictBadge mark={verdict} />
        <Button tone="primary" onClick={() => void saveScenarios(studio, [scenario])}>
          Save as scenario
        </Button>
      </div>
      <h3 className={styles['name']}>{name}</h3>
      <p className={styles['words']}>{description}</p>
      {issues.length === 0 ? null : (
        <p className={styles['words']}>
          {issues.map((code) => (
            <code key={code} className={styles['code']}>
              {code}
            </code>
          ))}
        </p>
      )}
      <pre className={styles['request']}>{requestText(text)}</pre>
    </div>
  );
}

/** A row's verdict: icon and word, and where there is no room the icon alone. */
export function RowVerdict({ verdict }: { readonly verdict: NewScenario['verdict'] }) {
  return (
    <span className={styles['rowVerdict']} title={verdict}>
      <VerdictIcon mark={verdict} size={14} />
      <span className={styles['rowWord']} data-verdict={verdict}>
        {verdict}
      </span>
    </span>
  );
}

/** The button of a row that saves its scenario at once. */
export function SaveRow({ scenario }: { readonly scenario: NewScenario }) {
  const studio = useStudio();
  return (
    <Button
      className={styles['rowButton']}
      title={`Save “${scenario.name}” as a scenario`}
      aria-label={`Save “${scenario.name}” as a scenario`}
      onClick={() => void saveScenarios(studio, [scenario])}
    >
      Save
    </Button>
  );
}
