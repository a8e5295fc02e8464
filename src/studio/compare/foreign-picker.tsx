import { useEffect, useState } from 'react';
import type { Result } from '../../base/result.ts';
import { createBundles } from '../../worker/bundle-client.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useStudio } from '../state/context.ts';
import { useCompareStore } from './compare-state.ts';
import { keepForeign, readChosenFile, readChosenFolder, type Chosen } from './foreign-pack.ts';
import styles from './foreign-picker.module.css';

/** Asks for the file or folder of a picker, as a menu's entries do. */
export function askForeign(id: string, what: 'file' | 'folder'): void {
  document.getElementById(`${id}-${what}`)?.click();
}

function Warning({
  chosen,
  onAnswer,
}: {
  readonly chosen: Chosen;
  readonly onAnswer: (accepted: boolean) => void;
}) {
  return (
    <Dialog
      title="Nobody vouches for this bundle"
      description={`${chosen.name} could not be verified with the keys of this browser.`}
      onClose={() => {
        onAnswer(false);
      }}
    >
      <p className={styles['doubt']}>{chosen.doubt}</p>
      <p className={styles['note']}>
        It can be compared with, to see what it would decide. It is not taken in, and it is called
        “not verified” wherever it stands.
      </p>
      <div className={styles['actions']}>
        <Button
          onClick={() => {
            onAnswer(false);
          }}
        >
          Cancel
        </Button>
        <Button
          tone="danger"
          onClick={() => {
            onAnswer(true);
          }}
        >
          Compare all the same
        </Button>
      </div>
    </Dialog>
  );
}

/** Takes a bundle, a ZIP or a folder for one side of the comparison. */
export function ForeignPicker({
  label,
  id,
  onPick,
}: {
  readonly label: string;
  readonly id: string;
  readonly onPick: (name: string) => void;
}) {
  const studio = useStudio();
  const store = useCompareStore();
  const [bundles] = useState(() => createBundles());
  const [doubted, setDoubted] = useState<Chosen>();
  useEffect(
    () => () => {
      bundles.stop();
    },
    [bundles],
  );
  const accept = (chosen: Chosen) => {
    keepForeign(studio, chosen);
    onPick(chosen.name);
  };
  const take = async (reading: Promise<Result<Chosen, string>>) => {
    store.setState({ importProblem: undefined });
    const chosen = await reading;
    if (!chosen.ok) store.setState({ importProblem: chosen.error });
    else if (chosen.value.doubt === undefined) accept(chosen.value);
    else setDoubted(chosen.value);
  };
  return (
    <>
      <input
        id={`${id}-file`}
        type="file"
        hidden
        aria-label={`${label}: bundle or ZIP`}
        accept=".cjar,.zip"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          // The same file again is a new choice.
          target.value = '';
          if (file !== undefined) void take(readChosenFile(studio, bundles, file));
        }}
      />
      <input
        // React knows no such property.
        ref={(input) => {
          input?.setAttribute('webkitdirectory', '');
        }}
        id={`${id}-folder`}
        type="file"
        hidden
        aria-label={`${label}: folder`}
        onChange={({ target }) => {
          const files = [...(target.files ?? [])];
          target.value = '';
          if (files.length > 0) void take(readChosenFolder(bundles, files));
        }}
      />
      {doubted === undefined ? null : (
        <Warning
          chosen={doubted}
          onAnswer={(accepted) => {
            setDoubted(undefined);
            if (accepted) accept(doubted);
          }}
        />
      )}
    </>
  );
}
