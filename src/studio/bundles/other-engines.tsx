import type { BundlePreview } from '../../worker/bundle-api.ts';
import { useStudio } from '../state/context.ts';
import styles from './bundles.module.css';

const MOST_SHOWN = 5;

/** What other Cedar engines, which read the root of a bundle, make of it. */
export function OtherEngines({ notPlain }: Pick<BundlePreview, 'notPlain'>) {
  const studio = useStudio();
  if (notPlain.length === 0) return <>allow what is allowed here, and nothing more</>;
  return (
    <>
      may allow more than is allowed here:
      <ul className={styles['names']}>
        {notPlain.slice(0, MOST_SHOWN).map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            <button
              type="button"
              className={styles['fileLink']}
              onClick={() => {
                if (studio.state.files.has(path)) studio.openFile(path);
              }}
            >
              {path}
            </button>
            {` ${message}`}
          </li>
        ))}
        {notPlain.length > MOST_SHOWN ? (
          <li>{`and ${notPlain.length - MOST_SHOWN} more`}</li>
        ) : null}
      </ul>
    </>
  );
}
