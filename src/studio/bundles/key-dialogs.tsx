import { useState, type ReactNode } from 'react';
import type { SigningKey } from '../../store/store.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import styles from './bundles.module.css';
import { useDesk } from './desk.ts';
import { Field } from './field.tsx';
import { FileButton } from './file-button.tsx';
import { deleteKey, makeKey, restoreKey } from './key-actions.ts';
import { Notice } from '../parts/notice.tsx';

/** Shorter passphrases are guessed by whoever finds the backup. */
const SHORTEST = 12;

interface Closing {
  readonly onClose: () => void;
}

/** A form in a dialog: what it does may fail, and then says why. */
function KeyForm({
  action,
  blocked,
  submit,
  onClose,
  children,
}: Closing & {
  readonly action: string;
  readonly blocked: boolean;
  readonly submit: () => Promise<string | undefined>;
  readonly children: ReactNode;
}) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = async () => {
    setBusy(true);
    const refused = await submit();
    setBusy(false);
    setProblem(refused);
    if (refused === undefined) onClose();
  };
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (!blocked && !busy) void run();
      }}
    >
      {children}
      {problem === undefined ? null : <Notice tone="bad">{problem}</Notice>}
      <div className={styles['dialogActions']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="primary" disabled={blocked || busy}>
          {action}
        </Button>
      </div>
    </form>
  );
}

/** Makes a key. Whether it has a backup is decided here, once and for all. */
export function NewKeyDialog({ onClose }: Closing) {
  const desk = useDesk();
  const [label, setLabel] = useState('');
  const [wanted, setWanted] = useState(false);
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const weak = wanted && (passphrase.length < SHORTEST || passphrase !== again);
  return (
    <Dialog
      title="New signing key"
      description="An Ed25519 key that this browser keeps and never gives out."
      onClose={onClose}
    >
      <KeyForm
        action="Make the key"
        blocked={label.trim() === '' || weak}
        submit={() => makeKey(desk, label.trim(), wanted ? passphrase : undefined)}
        onClose={onClose}
      >
        <Field
          label="Label"
          value={label}
          placeholder="release team"
          maxLength={200}
          onText={setLabel}
        />
        <label className={styles['check']}>
          <input
            type="checkbox"
            checked={wanted}
            onChange={(event) => {
              setWanted(event.target.checked);
            }}
          />
          Download a backup, locked with a passphrase
        </label>
        <p className={styles['quiet']}>
          Only now can there be a backup: afterwards nothing can read the key, not even this studio.
        </p>
        {wanted ? (
          <>
            <Field
              label={`Passphrase, ${SHORTEST} characters or more`}
              type="password"
              autoComplete="new-password"
              value={passphrase}
              onText={setPassphrase}
            />
            <Field
              label="The passphrase again"
              type="password"
              autoComplete="new-password"
              value={again}
              onText={setAgain}
            />
          </>
        ) : null}
      </KeyForm>
    </Dialog>
  );
}

/** Takes a key back from its backup, or one that was made by `stage0 keygen`. */
export function RestoreKeyDialog({ onClose }: Closing) {
  const desk = useDesk();
  const [label, setLabel] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [file, setFile] = useState<{ readonly name: string; readonly text: string }>();
  const take = ([chosen]: readonly File[]) => {
    if (chosen === undefined || chosen.size > 100_000) return;
    void (async () => {
      setFile({ name: chosen.name, text: await chosen.text() });
    })();
  };
  return (
    <Dialog
      title="Restore a signing key"
      description="From the backup of a key, or from one that “stage0 keygen” made. It is sealed again at once."
      onClose={onClose}
    >
      <KeyForm
        action="Restore"
        blocked={file === undefined || label.trim() === ''}
        submit={() => restoreKey(desk, label.trim(), file?.text ?? '', passphrase)}
        onClose={onClose}
      >
        <div className={styles['inline']}>
          <FileButton label="Private key file" accept=".pem,.json,.jwk,.key" onFiles={take}>
            Choose the file…
          </FileButton>
          <span>{file?.name ?? 'PEM or JWK'}</span>
        </div>
        <Field label="Label" value={label} maxLength={200} onText={setLabel} />
        <Field
          label="Passphrase, if it has one"
          type="password"
          autoComplete="current-password"
          value={passphrase}
          onText={setPassphrase}
        />
      </KeyForm>
    </Dialog>
  );
}

/** Asks before a key goes for good. */
export function DeleteKeyDialog({
  signingKey,
  onClose,
}: Closing & { readonly signingKey: SigningKey }) {
  const desk = useDesk();
  return (
    <Dialog
      title={`Delete the key “${signingKey.label}”?`}
      description={
        signingKey.backedUp
          ? 'It can be restored from its backup alone. Bundles that it signed stay valid for those who trust it.'
          : 'There is no backup, so it cannot be brought back. Bundles that it signed stay valid for those who trust it.'
      }
      onClose={onClose}
    >
      <div className={styles['dialogActions']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          tone="danger"
          onClick={() => {
            onClose();
            void deleteKey(desk, signingKey);
          }}
        >
          Delete for good
        </Button>
      </div>
    </Dialog>
  );
}
