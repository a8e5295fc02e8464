import { Check, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BundlePreview } from '../../worker/bundle-api.ts';
import { useStudio } from '../state/context.ts';
import { scenarioPath } from '../state/paths.ts';
import { BundleFiles } from './bundle-files.tsx';
import styles from './bundles.module.css';
import { Mistakes } from './mistakes.tsx';
import { OtherEngines } from './other-engines.tsx';
import { Previous } from './previous.tsx';

const numbers = new Intl.NumberFormat();
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles['fact']}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How the scenarios come out, with those that fail by name. */
function Scenarios({ passed, failed }: Pick<BundlePreview, 'passed' | 'failed'>) {
  const studio = useStudio();
  const total = passed.length + failed.length;
  if (failed.length === 0) {
    return (
      <span className={styles['tally']} data-tone="good">
        <Check size={14} aria-hidden="true" />
        {total === 0 ? 'none' : `all ${numbers.format(total)} pass`}
      </span>
    );
  }
  return (
    <>
      <span className={styles['tally']} data-tone="bad">
        <X size={14} aria-hidden="true" />
        {`${numbers.format(failed.length)} of ${numbers.format(total)} do not pass`}
      </span>
      <ul className={styles['names']}>
        {failed.slice(0, 12).map((id) => (
          <li key={id}>
            <button
              type="button"
              className={styles['fileLink']}
              onClick={() => {
                if (studio.state.files.has(scenarioPath(id))) studio.selectScenario(id);
              }}
            >
              {id}
            </button>
          </li>
        ))}
        {failed.length > 12 ? <li>{`and ${numbers.format(failed.length - 12)} more`}</li> : null}
      </ul>
    </>
  );
}

function Coverage({ coverage }: Pick<BundlePreview, 'coverage'>) {
  const { points, rules } = coverage;
  if (points.total === 0) return <>nothing to cover</>;
  return (
    <>{`${percent.format(points.covered / points.total)} of conditions, ${numbers.format(rules.covered)} of ${numbers.format(rules.total)} rules both ways`}</>
  );
}

/** What would be in the bundle. */
export function Contents({
  preview,
  isValidated,
}: {
  readonly preview: BundlePreview;
  readonly isValidated: boolean;
}) {
  const { name, version, digest, files, doubts } = preview;
  const errors = doubts.find(({ about }) => about === 'validator-errors');
  return (
    <>
      <section className={styles['part']} aria-label="What will be in it">
        <h3 className={styles['packName']}>
          {name}
          <span className={styles['packVersion']}>{version}</span>
        </h3>
        <dl className={styles['facts']}>
          <Fact name="Digest">
            <code className={styles['code']}>{digest}</code>
          </Fact>
          <Fact name="Scenarios">
            <Scenarios passed={preview.passed} failed={preview.failed} />
          </Fact>
          <Fact name="Coverage">
            <Coverage coverage={preview.coverage} />
          </Fact>
          <Fact name="Mistakes noticed">
            <Mistakes />
          </Fact>
          <Fact name="Official validator">
            {isValidated
              ? (errors?.message ?? 'no errors')
              : 'gave no answer: the bundle says nothing about it'}
          </Fact>
          <Fact name="Other Cedar engines">
            <OtherEngines notPlain={preview.notPlain} />
          </Fact>
          <Fact name="Replaces">
            <Previous preview={preview} />
          </Fact>
        </dl>
      </section>
      <BundleFiles files={files} />
    </>
  );
}
