import styles from './bundles.module.css';
import { useDesk, useDeskState } from './desk.ts';
import { FileButton } from './file-button.tsx';
import { KeyPicture } from './key-picture.tsx';
import keyStyles from './keys.module.css';
import { Notice } from '../parts/notice.tsx';
import { takeFiles, trustIn } from './verify-actions.ts';

/** One key that counts. */
function Trusted({ keyid, label }: { readonly keyid: string; readonly label: string }) {
  return (
    <li className={keyStyles['row']}>
      <KeyPicture keyid={keyid} />
      <span className={keyStyles['words']}>
        <span className={keyStyles['label']}>{label}</span>
        <code className={keyStyles['fingerprint']}>{keyid}</code>
      </span>
    </li>
  );
}

/** Whose signatures count, and what that is worth. */
export function TrustPanel() {
  const desk = useDesk();
  const trust = useDeskState((state) => state.trust);
  const keys = useDeskState((state) => state.keys?.keys) ?? [];
  return (
    <section className={styles['part']} aria-label="Whose signatures count">
      <h3 className={styles['heading']}>
        Whose signatures count
        <span className={styles['space']} />
        <FileButton
          label="trust.json or public key"
          accept=".json,.pem,.jwk"
          onFiles={(files) => {
            void takeFiles(desk, files);
          }}
        >
          Choose trust.json…
        </FileButton>
      </h3>
      <div className={styles['choices']}>
        <label className={styles['check']}>
          <input
            type="radio"
            name="trust"
            checked={trust.kind === 'own'}
            onChange={() => {
              trustIn(desk, { kind: 'own' });
            }}
          />
          {keys.length === 0 ? 'The keys of this browser: none yet' : 'The keys of this browser'}
        </label>
        {trust.kind === 'own' ? null : (
          <label className={styles['check']}>
            <input type="radio" name="trust" checked readOnly />
            {trust.kind === 'file' ? trust.name : `The public key in ${trust.name}`}
          </label>
        )}
      </div>
      <ul className={keyStyles['list']}>
        {trust.kind === 'own'
          ? keys.map(({ keyid, label }) => <Trusted key={keyid} keyid={keyid} label={label} />)
          : null}
        {trust.kind === 'key' ? <Trusted keyid={trust.key.keyid} label={trust.name} /> : null}
      </ul>
      {trust.kind === 'file' ? null : (
        <Notice tone={keys.length === 0 && trust.kind === 'own' ? 'careful' : 'plain'}>
          {trust.kind === 'own' && keys.length === 0
            ? 'There is no key in this browser, so nobody is trusted: choose the trust.json of those who run the bundle, or the public key of those who signed it.'
            : 'Without a trust.json one signature by such a key is enough, and any test result will do. Compare the fingerprint with one that its owner told you, not with the bundle.'}
        </Notice>
      )}
    </section>
  );
}
