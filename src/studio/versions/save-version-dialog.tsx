import { useEffect, useId, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import form from '../parts/form.module.css';
import { Notice } from '../parts/notice.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { readAuthor } from '../state/remembered.ts';
import { isStale, scenarioRows, tally } from '../state/selectors.ts';
import type { StudioState } from '../state/state.ts';
import { freeVersion, saveVersion } from '../state/versions.ts';
import styles from './save-version-dialog.module.css';

/** Why nothing can be saved now, in a sentence. */
function obstacle(state: StudioState): string | undefined {
  if (state.storeProblem !== undefined) return 'This browser keeps nothing: there is no storage.';
  if (isStale(state)) return 'The pack has errors and decides nothing: mend them first.';
  const same = state.versions?.find(({ digest }) => digest === state.snapshot?.digest);
  return same === undefined ? undefined : `Nothing has changed since ${same.version}.`;
}

/** The version that fits what changed; of a pack without versions, the one that it says it is. */
function suggestion(state: StudioState): string | undefined {
  const { base, sinceBase, snapshot, versions } = state;
  if (versions === undefined || snapshot === undefined) return undefined;
  const taken = versions.map(({ version }) => version);
  if (base === undefined) {
    return freeVersion(snapshot.packVersion?.split('@').at(-1) ?? '1.0.0', taken);
  }
  return sinceBase === undefined ? undefined : freeVersion(sinceBase.bump.version, taken);
}

/** What has to be seen before anything is saved: failing scenarios, and what is newly allowed. */
function Warnings() {
  const rows = useStudioState(scenarioRows);
  const since = useStudioState((state) => state.sinceBase);
  const base = useStudioState((state) => state.base?.version.version);
  const count = tally(rows);
  const failing = count.fail + count.error;
  const allowed = since?.bump.newlyAllowed ?? [];
  return (
    <>
      {failing === 0 ? null : (
        <Notice tone="bad">
          {failing === 1 ? '1 scenario is' : `${failing} scenarios are`} not as expected. The
          version can be saved, and says so wherever it appears.
        </Notice>
      )}
      {allowed.length === 0 ? null : (
        <Notice tone="bad">
          Newly allowed since {base}: {allowed.slice(0, 5).join(', ')}
          {allowed.length > 5 ? ` and ${allowed.length - 5} more` : ''}.
        </Notice>
      )}
    </>
  );
}

function Why() {
  const base = useStudioState((state) => state.base?.version.version);
  const bump = useStudioState((state) => state.sinceBase?.bump);
  if (base === undefined) return <>The first version of this pack.</>;
  if (bump === undefined) return <>Looking at what changed since {base}…</>;
  return <>{`${bump.bump}: ${bump.reasons.join(' ')}`}</>;
}

/** Saves the working copy as a version that never changes. */
export function SaveVersionDialog({ onClose }: { readonly onClose: () => void }) {
  const studio = useStudio();
  const id = useId();
  const blocked = useStudioState(obstacle);
  const suggested = useStudioState(suggestion);
  const pending = useStudioState((state) => state.pending);
  const [typed, setTyped] = useState<string>();
  const [message, setMessage] = useState('');
  const [author, setAuthor] = useState('');
  const [problem, setProblem] = useState<string>();
  const [saving, setSaving] = useState(false);
  const version = typed ?? suggested ?? '';
  useEffect(() => {
    void (async () => {
      const known = await readAuthor(studio.parts.store);
      setAuthor((current) => (current === '' ? known : current));
    })();
  }, [studio]);
  const save = async () => {
    setSaving(true);
    const refused = await saveVersion(studio, {
      version: version.trim(),
      author: author.trim(),
      message: message.trim(),
    });
    setSaving(false);
    setProblem(refused);
    if (refused === undefined) onClose();
  };
  return (
    <Dialog
      title="Save version"
      description="The whole pack as it is now: policies, schema, entities, scenarios and settings. A version never changes."
      onClose={onClose}
    >
      {blocked === undefined ? <Warnings /> : <Notice tone="careful">{blocked}</Notice>}
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div className={form['field']}>
          <label className={form['label']} htmlFor={`${id}-version`}>
            Version
          </label>
          <input
            id={`${id}-version`}
            className={form['input']}
            value={version}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={problem !== undefined}
            aria-describedby={`${id}-why ${id}-problem`}
            onChange={(event) => {
              setTyped(event.target.value);
              setProblem(undefined);
            }}
          />
        </div>
        <div className={form['field']}>
          <label className={form['label']} htmlFor={`${id}-author`}>
            Author
          </label>
          <input
            id={`${id}-author`}
            className={form['input']}
            value={author}
            maxLength={200}
            autoComplete="name"
            onChange={(event) => {
              setAuthor(event.target.value);
            }}
          />
        </div>
        <p id={`${id}-why`} className={`${styles['wide'] ?? ''} ${styles['why'] ?? ''}`}>
          <Why />
        </p>
        <div className={`${form['field'] ?? ''} ${styles['wide'] ?? ''}`}>
          <label className={form['label']} htmlFor={`${id}-message`}>
            What changed, and why
          </label>
          <textarea
            id={`${id}-message`}
            className={form['input']}
            rows={3}
            maxLength={4000}
            value={message}
            onChange={(event) => {
              setMessage(event.target.value);
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
            }}
          />
          <p id={`${id}-problem`} className={styles['problem']} role="status">
            {problem}
          </p>
        </div>
        <div className={styles['actions']}>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            tone="primary"
            disabled={blocked !== undefined || version === '' || pending || saving}
          >
            Save version
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
