import { Ellipsis, KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { SigningKey } from '../../store/store.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { useStudioState } from '../state/context.ts';
import styles from './bundles.module.css';
import { chosenKey } from './desk-state.ts';
import { useDesk, useDeskState } from './desk.ts';
import { copyFingerprint, exportPublic } from './key-actions.ts';
import { DeleteKeyDialog, NewKeyDialog, RestoreKeyDialog } from './key-dialogs.tsx';
import { KeyPicture } from './key-picture.tsx';
import keyStyles from './keys.module.css';
import { Notice } from '../parts/notice.tsx';

type Asked =
  | { readonly kind: 'new' }
  | { readonly kind: 'restore' }
  | { readonly kind: 'delete'; readonly key: SigningKey };

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

function KeyRow({
  signingKey,
  isChosen,
  onDelete,
}: {
  readonly signingKey: SigningKey;
  readonly isChosen: boolean;
  readonly onDelete: () => void;
}) {
  const desk = useDesk();
  const { keyid, label, createdAt, backedUp } = signingKey;
  const exports = [
    { label: 'Download public key, PEM', form: 'pem' },
    { label: 'Download public key, JWK', form: 'jwk' },
    { label: 'Download trust.json for this key', form: 'trust' },
    { label: 'Download entry for a trust.json', form: 'trust-entry' },
  ] as const;
  return (
    <li className={keyStyles['row']} data-key={keyid}>
      <label className={keyStyles['choice']}>
        <input
          type="radio"
          name="signing-key"
          checked={isChosen}
          onChange={() => {
            desk.store.setState({ keyid, problem: undefined });
          }}
        />
        <KeyPicture keyid={keyid} />
        <span className={keyStyles['words']}>
          <span className={keyStyles['label']}>{label}</span>
          <code className={keyStyles['fingerprint']}>{keyid}</code>
          <span className={styles['quiet']}>
            {`Made ${dates.format(createdAt)}, ${backedUp ? 'with a backup' : 'no backup'}`}
          </span>
        </span>
      </label>
      <Menu
        align="end"
        trigger={
          <IconButton label={`Actions on the key ${label}`}>
            <Ellipsis size={16} />
          </IconButton>
        }
        items={[
          {
            label: 'Copy fingerprint',
            run: () => {
              void copyFingerprint(desk, signingKey);
            },
          },
          ...exports.map(({ label: title, form }) => ({
            label: title,
            run: () => {
              void exportPublic(desk, signingKey, form);
            },
          })),
          null,
          { label: 'Delete…', danger: true, run: onDelete },
        ]}
      />
    </li>
  );
}

/** What the browser has promised about the keys. */
function Persistence() {
  const persistent = useDeskState((state) => state.persistent);
  const keys = useDeskState((state) => state.keys?.keys);
  if (keys === undefined || keys.length === 0 || persistent === true) return null;
  return (
    <Notice tone="careful">
      This browser has not promised to keep its data. It may clear the keys when the disk is full or
      when site data is deleted. Without a backup, a new key has then to be made, and put into every
      trust.json.
    </Notice>
  );
}

/** The keys of this browser, and which of them signs. */
export function KeyPanel() {
  const [asked, setAsked] = useState<Asked>();
  const list = useDeskState((state) => state.keys);
  const chosen = useDeskState(chosenKey);
  const kept = useStudioState((state) => state.storeProblem === undefined);
  const close = () => {
    setAsked(undefined);
  };
  const open = (kind: 'new' | 'restore') => () => {
    setAsked({ kind });
  };
  return (
    <section className={styles['part']} aria-label="Signing key">
      <h3 className={styles['heading']}>
        Signing key
        <span className={styles['space']} />
        <Button disabled={!kept} onClick={open('restore')}>
          Restore…
        </Button>
        <Button disabled={!kept} onClick={open('new')}>
          <KeyRound size={14} aria-hidden="true" />
          New key…
        </Button>
      </h3>
      {kept ? null : <Notice tone="bad">This browser keeps nothing, so it can keep no key.</Notice>}
      {list?.problems.map(({ message }) => (
        <Notice key={message} tone="bad">
          {message}
        </Notice>
      ))}
      {list?.keys.length === 0 && kept ? (
        <p className={styles['quiet']}>
          No key yet. A key that is made here stays here: the browser signs with it, and no script
          can read it. Whoever loads your bundles gets its public half.
        </p>
      ) : null}
      <ul className={keyStyles['list']}>
        {list?.keys.map((key) => (
          <KeyRow
            key={key.keyid}
            signingKey={key}
            isChosen={key.keyid === chosen?.keyid}
            onDelete={() => {
              setAsked({ kind: 'delete', key });
            }}
          />
        ))}
      </ul>
      <Persistence />
      {asked?.kind === 'new' ? <NewKeyDialog onClose={close} /> : null}
      {asked?.kind === 'restore' ? <RestoreKeyDialog onClose={close} /> : null}
      {asked?.kind === 'delete' ? <DeleteKeyDialog signingKey={asked.key} onClose={close} /> : null}
    </section>
  );
}
