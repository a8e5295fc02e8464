import { CircleCheck, CircleDashed, OctagonX } from 'lucide-react';
import { useState } from 'react';
import type { BundleVerdict, ShownBundle, ShownStep } from '../../worker/bundle-api.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import styles from './bundles.module.css';
import { useDesk, useDeskState } from './desk.ts';
import { Notice } from './notice.tsx';
import { importBundle } from './verify-actions.ts';
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

function UnverifiedDialog({
  bundle,
  onClose,
}: {
  readonly bundle: ShownBundle;
  readonly onClose: () => void;
}) {
  const desk = useDesk();
  return (
    <Dialog
      title="Import without verification?"
      description={`This bundle was refused. Nobody you trust vouches for it: whoever made it may call it ${bundle.name} ${bundle.version} and have written any rule.`}
      onClose={onClose}
    >
      <p className={styles['paragraph']}>
        It becomes a pack of its own, marked unverified, to read and to compare. Do not release it
        before you have read every rule.
      </p>
      <div className={styles['dialogActions']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          tone="danger"
          onClick={() => {
            onClose();
            void importBundle(desk, bundle, false);
          }}
        >
          Import unverified
        </Button>
      </div>
    </Dialog>
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
  const desk = useDesk();
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
          <div className={styles['actions']}>
            {verified ? (
              <Button
                tone="primary"
                onClick={() => {
                  void importBundle(desk, bundle, true);
                }}
              >
                Import as a new pack
              </Button>
            ) : (
              <Button
                tone="danger"
                onClick={() => {
                  setAsking(true);
                }}
              >
                Import without verification…
              </Button>
            )}
          </div>
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
