import { LoaderCircle } from 'lucide-react';
import type { BuildProblem } from '../../bundle/build.ts';
import type { BundleFailure } from '../../worker/bundle-api.ts';
import { Button } from '../parts/button.tsx';
import { Contents } from './bundle-contents.tsx';
import styles from './bundles.module.css';
import { useDesk, useDeskState } from './desk.ts';
import { cancel, look } from './export-actions.ts';
import { KeyPanel } from './key-panel.tsx';
import { Notice } from '../parts/notice.tsx';
import { Previous } from './previous.tsx';
import { ReleaseForm } from './release-form.tsx';

const MOST_SHOWN = 20;

/** The files that keep the pack from becoming a bundle. */
function Problems({ problems }: { readonly problems: readonly BuildProblem[] }) {
  const desk = useDesk();
  return (
    <>
      <ul className={styles['refusals']}>
        {problems.slice(0, MOST_SHOWN).map(({ path, message }) => (
          <li key={`${path ?? ''} ${message}`}>
            {path === undefined ? null : (
              <button
                type="button"
                className={styles['fileLink']}
                onClick={() => {
                  desk.studio.openFile(path);
                }}
              >
                {path}
              </button>
            )}
            {message}
          </li>
        ))}
      </ul>
      {problems.length > MOST_SHOWN ? <p>{`And ${problems.length - MOST_SHOWN} more.`}</p> : null}
    </>
  );
}

/** Why there is no bundle, and what can be done about it. */
function Refused({ failure }: { readonly failure: BundleFailure }) {
  return (
    <div className={styles['part']}>
      <Notice tone="bad">{failure.message}</Notice>
      {failure.code === 'BUNDLE_REFUSED' ? <Problems problems={failure.problems} /> : null}
      {failure.code === 'PREVIOUS_REFUSED' ? <Previous preview={undefined} /> : null}
      {failure.code === 'BUNDLES_FAILED' ? <LookAgain /> : null}
    </div>
  );
}

function LookAgain() {
  const desk = useDesk();
  return (
    <Button
      onClick={() => {
        void look(desk);
      }}
    >
      Look again
    </Button>
  );
}

/** What is looked at, or why there is nothing to see. */
function Left() {
  const desk = useDesk();
  const looking = useDeskState((state) => state.looking);
  const looked = useDeskState((state) => state.looked);
  return (
    <div className={styles['left']} aria-busy={looking}>
      {looking ? (
        <p className={styles['looking']} role="status">
          <LoaderCircle size={14} className={styles['spin']} aria-hidden="true" />
          Running the scenarios and asking the official validator…
          <Button
            onClick={() => {
              cancel(desk);
            }}
          >
            Cancel
          </Button>
        </p>
      ) : null}
      {looked === undefined && !looking ? (
        <p className={styles['looking']}>
          The pack was not looked at.
          <LookAgain />
        </p>
      ) : null}
      {looked?.answer.ok === true ? (
        <Contents preview={looked.answer.value} isValidated={looked.ask.problems !== undefined} />
      ) : null}
      {looked?.answer.ok === false ? <Refused failure={looked.answer.error} /> : null}
    </div>
  );
}

/** The open pack on its way into a bundle: what is in it, who signs it, and the signing. */
export function ExportView() {
  return (
    <div className={styles['columns']}>
      <Left />
      <div className={styles['right']}>
        <KeyPanel />
        <ReleaseForm />
      </div>
    </div>
  );
}
