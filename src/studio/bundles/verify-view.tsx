import { FileUp } from 'lucide-react';
import { useState } from 'react';
import styles from './bundles.module.css';
import { useDesk, useDeskState } from './desk.ts';
import { Field } from './field.tsx';
import { FileButton } from './file-button.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { Notice } from '../parts/notice.tsx';
import { TrustPanel } from './trust-panel.tsx';
import { takeFiles, verify } from './verify-actions.ts';
import { Verdict } from './verify-steps.tsx';
import verifyStyles from './verify.module.css';

/** Invites to drop files; the screen takes them wherever they fall. */
function DropZone() {
  const desk = useDesk();
  const file = useDeskState((state) => state.file);
  const [over, setOver] = useState(false);
  return (
    <div
      className={verifyStyles['drop']}
      data-over={over}
      onDragEnter={() => {
        setOver(true);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={() => {
        setOver(false);
      }}
    >
      <FileUp size={20} aria-hidden="true" />
      <p>{file === undefined ? 'Drop a .cjar here, and a trust.json with it' : file.name}</p>
      <FileButton
        label="Bundle to verify"
        accept=".cjar,.json,.pem,.jwk"
        multiple
        onFiles={(files) => {
          void takeFiles(desk, files);
        }}
      >
        {file === undefined ? 'Choose files…' : 'Choose another…'}
      </FileButton>
    </div>
  );
}

/** What verifying is for, until there is something to verify. */
function Purpose() {
  return (
    <p className={verifyStyles['purpose']}>
      Ten steps tell whether a bundle may be believed: that its file is whole, that those you trust
      have signed it, that not a byte has changed since, and that every scenario is still decided as
      it was. A bundle that was verified can be imported as a pack. Nothing leaves this browser.
    </p>
  );
}

/** A bundle from elsewhere: whose word counts, and whether it holds. */
export function VerifyView() {
  const desk = useDesk();
  const file = useDeskState((state) => state.file);
  const audience = useDeskState((state) => state.audience);
  const checking = useDeskState((state) => state.checking);
  const problem = useDeskState((state) => state.verifyProblem);
  const verdict = useDeskState((state) => state.verdict);
  return (
    <div className={styles['columns']}>
      <div className={styles['left']} aria-busy={checking}>
        <section className={styles['part']} aria-label="Bundle">
          <DropZone />
          {file === undefined ? <Purpose /> : null}
          {problem === undefined ? null : <Notice tone="bad">{problem}</Notice>}
          {checking ? (
            <p className={styles['quiet']} role="status">
              Verifying…
            </p>
          ) : null}
        </section>
        {verdict === undefined ? null : <Verdict verdict={verdict} />}
      </div>
      <div className={styles['right']}>
        <TrustPanel />
        <HistoryPanel />
        <section className={styles['part']} aria-label="Place">
          <Field
            label="Where it is to be loaded (only for bundles for an audience)"
            value={audience}
            placeholder="nowhere in particular"
            maxLength={200}
            onText={(text) => {
              desk.store.setState({ audience: text });
              void verify(desk);
            }}
          />
        </section>
      </div>
    </div>
  );
}
