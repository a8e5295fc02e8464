import { CircleCheck, CircleDashed, OctagonX } from 'lucide-react';
import { useState } from 'react';
import type { BundleVerdict, ShownBundle, ShownStep } from '../../worker/bundle-api.ts';
import styles from './bundles.module.css';
import { useDeskState } from './desk.ts';
import { Notice } from '../parts/notice.tsx';
import { UnverifiedDialog, VerdictActions } from './verdict-actions.tsx';
import verifyStyles from './verify.module.css';

const icons = { passed: CircleCheck, failed: OctagonX, 'not-reached': CircleDashed };
const words = { passed: 'passed', failed: 'failed', 'not-reached': 'not reached' };
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const numbers = new Intl.NumberFormat();

function StepRow({ step }: { readonly step: ShownStep }) {
  const Icon = icons[step.state];
  return (
    <li className={verifyStyles['step']} data-step={step.name} data-state={step.state}>
      <Icon size={16} aria-hidden="true" />
      <div>
        <p>
          {step.title}
          <span className={verifyStyles['state']}>{words[step.state]}</span>
        </p>
        {step.code === undefined ? null : (
          <div className={verifyStyles['why']}>
            <p>
              <code className={verifyStyles['errorCode']}>{step.code}</code> {step.message}
            </p>
            <p>{step.help}</p>
          </div>
        )}
      </div>
    </li>
  );
}

/** What the bundle says of itself. */
function Said({ bundle, verified }: { readonly bundle: ShownBundle; readonly verified: boolean }) {
  const { test, signers, expires, audience, previous } = bundle;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Bundle id', bundle.id],
    ['Issued', moments.format(Date.parse(bundle.issuedAt))],
    ['Expires', expires && moments.format(Date.parse(expires))],
    ['Only for', audience?.join(', ')],
    ['Replaces', previous?.version],
    [
      'Tests',
      test &&
        `${test.result}: ${numbers.format(test.passed)} pass, ${numbers.format(test.failed)} do not`,
    ],
    [
      'Mistakes noticed',
      test?.mutation &&
        `${numbers.format(test.mutation.killed)} of ${numbers.format(test.mutation.total)}`,
    ],
    ['Released by', test?.by],
    ['Reason', test?.reason],
  ];
  return (
    <dl className={styles['facts']}>
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name} className={styles['fact']}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
      {signers.map(({ role, keyid, label }) => (
        <div key={`${role} ${keyid}`} className={styles['fact']}>
          <dt>{verified ? `Signed, ${role}` : `Claims, ${role}`}</dt>
          <dd>
            {label === undefined ? null : `${label} `}
            <code className={styles['code']}>{keyid}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The verdict in a sentence. Without a trust.json nobody has said what is good enough to be loaded. */
function Headline({ verdict }: { readonly verdict: BundleVerdict }) {
  const isRuled = useDeskState((state) => state.trust.kind === 'file');
  const { verified, steps, bundle } = verdict;
  if (!verified || bundle === undefined) {
    const code = steps.find(({ state }) => state === 'failed')?.code ?? '';
    return (
      <Notice tone="bad">
        <strong>{`Refused, ${code}: do not load it`}</strong>
      </Notice>
    );
  }
  const result = bundle.test?.result ?? 'not told';
  const doubt = result === 'PASSED' ? '' : `, but its test result is ${result}`;
  return (
    <Notice tone={doubt === '' ? 'good' : 'careful'}>
      <strong>
        {`${bundle.name} ${bundle.version} ${isRuled ? 'may be loaded' : 'is genuine'}${doubt}`}
      </strong>
    </Notice>
  );
}

/** The verdict: in one sentence, then step by step, then what can be done with it. */
export function Verdict({ verdict }: { readonly verdict: BundleVerdict }) {
  const [asking, setAsking] = useState(false);
  const { verified, steps, bundle } = verdict;
  return (
    <section className={styles['part']} aria-label="Verification">
      <Headline verdict={verdict} />
      <ol className={verifyStyles['steps']}>
        {steps.map((step) => (
          <StepRow key={step.name} step={step} />
        ))}
      </ol>
      {bundle === undefined ? null : (
        <>
          <h3 className={styles['heading']}>
            {verified ? 'What is in it' : 'What it says of itself, which nobody vouches for'}
          </h3>
          <Said bundle={bundle} verified={verified} />
          <VerdictActions
            bundle={bundle}
            verified={verified}
            onAsk={() => {
              setAsking(true);
            }}
          />
        </>
      )}
      {asking && bundle !== undefined ? (
        <UnverifiedDialog
          bundle={bundle}
          onClose={() => {
            setAsking(false);
          }}
        />
      ) : null}
    </section>
  );
}
