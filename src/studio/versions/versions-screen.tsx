import { Grid3x3 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { VersionInfo } from '../../store/store.ts';
import { Button } from '../parts/button.tsx';
import { useOverlay } from '../shell/dialogs.ts';
import { ScreenFrame } from '../shell/screen-frame.tsx';
import { openMatrix } from '../shell/version-commands.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { VersionDetail } from './version-detail.tsx';
import { VersionWords } from './version-row.tsx';
import styles from './versions.module.css';

/** What versions are for, until there is one. */
function NoVersions() {
  const show = useOverlay();
  const kept = useStudioState((state) => state.storeProblem === undefined);
  return (
    <div className={styles['empty']}>
      <p>
        {kept
          ? 'No version is saved yet. A version is the whole pack at one moment. With one saved, every edit is compared with it: which verdicts flip, what is newly allowed, and which rule made it so.'
          : 'This browser keeps nothing, so no version can be saved here.'}
      </p>
      {kept ? (
        <Button
          tone="primary"
          onClick={() => {
            show({ kind: 'save-version' });
          }}
        >
          Save version
        </Button>
      ) : null}
    </div>
  );
}

/** Versions that are listed at first: of a long history the latest are asked for. */
const page = 100;

function VersionList({
  versions,
  shown,
  onShow,
}: {
  readonly versions: readonly VersionInfo[];
  readonly shown: string | undefined;
  readonly onShow: (digest: string) => void;
}) {
  const base = useStudioState((state) => state.base?.version.digest);
  const problems = useStudioState((state) => state.versionProblems);
  const [shownCount, setShownCount] = useState(page);
  const numbers = useMemo(
    () => new Map(versions.map(({ digest, version }) => [digest, version])),
    [versions],
  );
  return (
    <nav className={styles['list']} aria-label="Versions, the newest first">
      {problems.map(({ message }) => (
        <p key={message} className={styles['problem']}>
          {message}
        </p>
      ))}
      <ul>
        {versions.slice(0, shownCount).map((version, index) => (
          <li key={version.digest}>
            <button
              type="button"
              className={styles['row']}
              aria-current={version.digest === shown}
              data-version={version.version}
              onClick={() => {
                onShow(version.digest);
              }}
            >
              <VersionWords
                version={version}
                isBase={version.digest === base}
                parent={
                  version.parent === versions[index + 1]?.digest
                    ? undefined
                    : numbers.get(version.parent ?? '')
                }
              />
            </button>
          </li>
        ))}
      </ul>
      {versions.length > shownCount ? (
        <div className={styles['more']}>
          <Button
            onClick={() => {
              setShownCount(shownCount + page);
            }}
          >
            {`Show ${Math.min(page, versions.length - shownCount)} older of ${versions.length - shownCount}`}
          </Button>
        </div>
      ) : null}
    </nav>
  );
}

/** The saved versions of the pack in the order of time, and the one that is looked at. */
export function VersionsScreen() {
  const studio = useStudio();
  const versions = useStudioState((state) => state.versions);
  const problems = useStudioState((state) => state.versionProblems.length);
  const [chosen, setChosen] = useState<string>();
  const shown = versions?.find(({ digest }) => digest === chosen) ?? versions?.[0];
  return (
    <ScreenFrame
      title="Versions"
      actions={
        <Button
          onClick={() => {
            openMatrix(studio);
          }}
        >
          <Grid3x3 size={14} aria-hidden="true" /> Flip matrix
        </Button>
      }
    >
      {versions === undefined ? <p className={styles['empty']}>Looking for versions…</p> : null}
      {versions?.length === 0 && problems === 0 ? <NoVersions /> : null}
      {versions !== undefined && versions.length + problems > 0 ? (
        <div className={styles['body']}>
          <VersionList versions={versions} shown={shown?.digest} onShow={setChosen} />
          {shown === undefined ? null : <VersionDetail version={shown} />}
        </div>
      ) : null}
    </ScreenFrame>
  );
}
