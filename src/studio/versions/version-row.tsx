import { TriangleAlert } from 'lucide-react';
import type { VersionInfo } from '../../store/store.ts';
import styles from './versions.module.css';

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** How a version that fails says so, wherever it appears. */
function FailingMark({ version }: { readonly version: VersionInfo }) {
  const { failed } = version.scenarios;
  if (failed === 0) return null;
  return (
    <span className={styles['failing']}>
      <TriangleAlert size={12} aria-hidden="true" />
      {failed === 1 ? '1 scenario fails' : `${failed} scenarios fail`}
    </span>
  );
}

/** What a version is: number, tags, failures, message, author, time and the start of its digest. */
export function VersionWords({
  version,
  isBase,
  parent,
}: {
  readonly version: VersionInfo;
  readonly isBase: boolean;
  /** The version that it was made from, when that is not the one before it. */
  readonly parent: string | undefined;
}) {
  const { author, createdAt, digest, message, tags, scenarios } = version;
  return (
    <>
      <span className={styles['line']}>
        <span className={styles['number']}>{version.version}</span>
        {isBase ? <span className={styles['chip']}>working copy is made from it</span> : null}
        {tags.map((tag) => (
          <span key={tag} className={styles['chip']}>
            {tag}
          </span>
        ))}
        <FailingMark version={version} />
      </span>
      {message === '' ? null : <span className={styles['message']}>{message}</span>}
      <span className={`${styles['line'] ?? ''} ${styles['meta'] ?? ''}`}>
        {author === '' ? null : <span>{author}</span>}
        <time dateTime={new Date(createdAt).toISOString()}>{dates.format(createdAt)}</time>
        <span>{`${scenarios.passed} of ${scenarios.passed + scenarios.failed} as expected`}</span>
        {parent === undefined ? null : <span>{`made from ${parent}`}</span>}
        <code title={digest}>{digest.replace('sha256:', '').slice(0, 10)}</code>
      </span>
    </>
  );
}
