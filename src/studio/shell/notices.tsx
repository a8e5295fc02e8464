import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../parts/button.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { settleConflict } from '../state/other-tabs.ts';
import styles from './notices.module.css';

function Notice({
  children,
  action,
}: {
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className={styles['notice']} role="alert" data-notice="">
      <TriangleAlert size={15} aria-hidden="true" />
      <p>{children}</p>
      {action}
    </div>
  );
}

/** What stands in the way of keeping the work, and what can be done about it. Mostly empty. */
export function Notices() {
  const studio = useStudio();
  const storeProblem = useStudioState((state) => state.storeProblem);
  const recordProblems = useStudioState((state) => state.recordProblems);
  const drafts = useStudioState((state) => state.drafts);
  const engineFailure = useStudioState((state) => state.engineFailure);
  const failed = drafts.status === 'failed' ? drafts.problem : undefined;
  const [firstRecord] = recordProblems;
  return (
    <>
      {storeProblem === undefined ? null : (
        <Notice>
          {storeProblem.message} Everything works, but changes made now are gone when this tab
          closes.
        </Notice>
      )}
      {failed?.code === 'STORE_CONFLICT' ? (
        <Notice
          action={
            <span className={styles['actions']}>
              <Button
                onClick={() => {
                  void settleConflict(studio, failed, 'theirs');
                }}
              >
                Take the other text
              </Button>
              <Button
                onClick={() => {
                  void settleConflict(studio, failed, 'mine');
                }}
              >
                Keep mine
              </Button>
            </span>
          }
        >
          <code>{failed.path}</code> was changed in another tab while it was edited here.
        </Notice>
      ) : null}
      {failed !== undefined && failed.code !== 'STORE_CONFLICT' ? (
        <Notice
          action={
            <Button
              onClick={() => {
                void studio.flush();
              }}
            >
              Try again
            </Button>
          }
        >
          {failed.message} The text is kept in this tab and saving is tried again.
        </Notice>
      ) : null}
      {firstRecord === undefined ? null : (
        <Notice>
          {firstRecord.message}
          {recordProblems.length > 1 ? ` And ${recordProblems.length - 1} more.` : ''} It is kept as
          it is.
        </Notice>
      )}
      {engineFailure === undefined ? null : (
        <Notice
          action={
            <Button
              onClick={() => {
                void studio.replaceFiles(studio.state.files);
              }}
            >
              Start again
            </Button>
          }
        >
          The engine does not answer: {engineFailure.message} Verdicts on the screen may be old.
        </Notice>
      )}
    </>
  );
}
