import { useEffect, useState } from 'react';
import type { VersionInfo } from '../../store/store.ts';
import { Button } from '../parts/button.tsx';
import { useOverlay, type ShowOverlay } from '../shell/dialogs.ts';
import { openCompare } from '../shell/version-commands.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import type { Studio } from '../state/studio.ts';
import { branchOff, deleteVersion, restoreVersion, tagVersion } from '../state/versions.ts';
import { VersionWords } from './version-row.tsx';
import styles from './versions.module.css';

type Opened =
  | { readonly kind: 'files'; readonly digest: string; readonly files: ReadonlyMap<string, string> }
  | { readonly kind: 'refused'; readonly digest: string; readonly message: string };

/** The files of a version, each checked against its hash when they are read. */
function useOpened(digest: string): Opened | undefined {
  const studio = useStudio();
  const [opened, setOpened] = useState<Opened>();
  useEffect(() => {
    let current = true;
    void (async () => {
      const { packId } = studio.state;
      if (packId === undefined) return;
      const answer = await studio.parts.store?.openVersion(packId, digest);
      if (!current || answer === undefined) return;
      setOpened(
        answer.ok
          ? { kind: 'files', digest, files: answer.value.files }
          : { kind: 'refused', digest, message: answer.error.message },
      );
    })();
    return () => {
      current = false;
    };
  }, [studio, digest]);
  return opened?.digest === digest ? opened : undefined;
}

/** Asks for the tags of a version, separated by commas. */
function askTags(studio: Studio, show: ShowOverlay, version: VersionInfo): void {
  const read = (text: string): readonly string[] => [
    ...new Set(text.split(',').map((tag) => tag.trim())),
  ];
  show({
    kind: 'name',
    question: {
      title: `Tags of ${version.version}`,
      description:
        'Names that say what a version is, such as “in production”, separated by commas.',
      label: 'Tags',
      initial: version.tags.join(', '),
      action: 'Set tags',
      check: (text) =>
        read(text).some((tag) => tag.length > 40) ? 'A tag has at most 40 characters.' : undefined,
      submit: (text) => {
        void tagVersion(
          studio,
          version,
          read(text).filter((tag) => tag !== ''),
        );
      },
    },
  });
}

/** Files that are listed at first: a version may hold ten thousand scenarios. */
const manyFiles = 300;

function Contents({ files }: { readonly files: ReadonlyMap<string, string> }) {
  const paths = [...files.keys()].toSorted();
  const first = paths.find((each) => each.startsWith('policies/')) ?? paths[0] ?? '';
  const [path = first, setPath] = useState<string>();
  const [isWhole, setIsWhole] = useState(false);
  const listed = isWhole ? paths : paths.slice(0, manyFiles);
  return (
    <div className={styles['contents']}>
      <nav className={styles['files']} aria-label="Files of the version">
        {listed.map((each) => (
          <button
            key={each}
            type="button"
            className={styles['file']}
            aria-current={each === path}
            title={each}
            onClick={() => {
              setPath(each);
            }}
          >
            {each}
          </button>
        ))}
        {listed.length < paths.length ? (
          <Button
            onClick={() => {
              setIsWhole(true);
            }}
          >
            {`Show ${paths.length - listed.length} more`}
          </Button>
        ) : null}
      </nav>
      <pre className={styles['text']} tabIndex={0} aria-label={path}>
        {files.get(path)}
      </pre>
    </div>
  );
}

/** One version: what can be done with it, and what is in it, to be read. */
export function VersionDetail({ version }: { readonly version: VersionInfo }) {
  const studio = useStudio();
  const show = useOverlay();
  const isBase = useStudioState((state) => state.base?.version.digest === version.digest);
  const opened = useOpened(version.digest);
  const parent = useStudioState((state) =>
    state.versions?.find(({ digest }) => digest === version.parent),
  );
  const side = { kind: 'version', version: version.version } as const;
  return (
    <section className={styles['detail']} aria-label={`Version ${version.version}`}>
      <div className={styles['detailHead']}>
        <VersionWords version={version} isBase={isBase} parent={parent?.version} />
        <div className={styles['actions']}>
          <Button
            onClick={() => {
              openCompare(studio, side);
            }}
          >
            Compare with the working copy
          </Button>
          {parent === undefined ? null : (
            <Button
              onClick={() => {
                openCompare(studio, { kind: 'version', version: parent.version }, side);
              }}
            >
              {`What it changed since ${parent.version}`}
            </Button>
          )}
          <Button
            onClick={() => {
              void restoreVersion(studio, version);
            }}
          >
            Restore
          </Button>
          <Button
            onClick={() => {
              void branchOff(studio, version);
            }}
          >
            Branch off
          </Button>
          <Button
            onClick={() => {
              askTags(studio, show, version);
            }}
          >
            Tags…
          </Button>
          <Button
            tone="danger"
            onClick={() => {
              void deleteVersion(studio, version);
            }}
          >
            Delete
          </Button>
        </div>
      </div>
      {opened?.kind === 'refused' ? (
        <p className={styles['problem']} role="alert">
          {opened.message}
        </p>
      ) : null}
      {opened?.kind === 'files' ? <Contents key={version.digest} files={opened.files} /> : null}
    </section>
  );
}
