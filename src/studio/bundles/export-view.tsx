import { LoaderCircle } from 'lucide-react';
import { Button } from '../parts/button.tsx';
import { Contents } from './bundle-contents.tsx';
import styles from './bundles.module.css';
import { useDesk, useDeskState } from './desk.ts';
import { cancel, look } from './export-actions.ts';
import { KeyPanel } from './key-panel.tsx';
import { Notice } from './notice.tsx';
import { ReleaseForm } from './release-form.tsx';

/** Why the pack cannot become a bundle, file by file. */
function Refused({
  message,
  problems,
}: {
  readonly message: string;
  readonly problems: readonly { readonly path?: string; readonly message: string }[];
}) {
  const desk = useDesk();
  return (
    <div className={styles['part']}>
      <Notice tone="bad">{message}</Notice>
      <ul className={styles['refusals']}>
        {problems.slice(0, 20).map((problem) => (
          <li key={`${problem.path ?? ''} ${problem.message}`}>
            {problem.path === undefined ? null : (
              <button
                type="button"
                className={styles['fileLink']}
                onClick={() => {
                  if (problem.path !== undefined) desk.studio.openFile(problem.path);
                }}
              >
                {problem.path}
              </button>
            )}
            {problem.message}
          </li>
        ))}
      </ul>
      {problems.length > 20 ? <p>{`And ${problems.length - 20} more.`}</p> : null}
    </div>
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
          <Button
            onClick={() => {
              void look(desk);
            }}
          >
            Look again
          </Button>
        </p>
      ) : null}
      {looked?.answer.ok === true ? (
        <Contents preview={looked.answer.value} isValidated={looked.ask.problems !== undefined} />
      ) : null}
      {looked?.answer.ok === false ? (
        <Refused
          message={looked.answer.error.message}
          problems={
            looked.answer.error.code === 'BUNDLE_REFUSED' ? looked.answer.error.problems : []
          }
        />
      ) : null}
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
