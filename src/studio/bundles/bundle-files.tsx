import type { BundlePreview } from '../../worker/bundle-api.ts';
import own from './bundle-files.module.css';
import styles from './bundles.module.css';
import { sizeWords } from './size-words.ts';

type Files = BundlePreview['files'];

const numbers = new Intl.NumberFormat();
/** A folder with more files than these is folded: a pack may have thousands of scenarios. */
const OPEN_UP_TO = 20;

function sizeOf(files: Files): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}

function FileList({ files }: { readonly files: Files }) {
  return (
    <ul className={own['files']}>
      {files.map(({ path, size }) => (
        <li key={path}>
          <code>{path}</code>
          <span className={own['size']}>{sizeWords(size)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Every file that will be in the bundle, folder by folder. */
export function BundleFiles({ files }: { readonly files: Files }) {
  const folders = new Map<string, Files>();
  const folderOf = (path: string) => path.slice(0, path.indexOf('/') + 1);
  for (const { path } of files) folders.set(folderOf(path), []);
  for (const folder of folders.keys()) {
    folders.set(
      folder,
      files.filter(({ path }) => folderOf(path) === folder),
    );
  }
  return (
    <section className={styles['part']} aria-label="Files">
      <h3 className={styles['heading']}>
        Files
        <span className={styles['quiet']}>
          {`${numbers.format(files.length)}, ${sizeWords(sizeOf(files))}`}
        </span>
      </h3>
      {[...folders].map(([folder, inside]) =>
        inside.length <= OPEN_UP_TO ? (
          <FileList key={folder} files={inside} />
        ) : (
          <details key={folder} className={own['folder']}>
            <summary>
              <code>{folder}</code>
              <span className={styles['quiet']}>{`${numbers.format(inside.length)} files`}</span>
              <span className={own['size']}>{sizeWords(sizeOf(inside))}</span>
            </summary>
            <FileList files={inside} />
          </details>
        ),
      )}
    </section>
  );
}
