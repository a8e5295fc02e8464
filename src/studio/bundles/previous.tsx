import type { BundlePreview } from '../../worker/bundle-api.ts';
import { Button } from '../parts/button.tsx';
import { useStudio } from '../state/context.ts';
import styles from './bundles.module.css';
import { useDesk, useDeskState } from './desk.ts';
import { replaces } from './export-actions.ts';
import { FileButton } from './file-button.tsx';
import { readFile } from './verify-actions.ts';

const numbers = new Intl.NumberFormat();

function flipWords(flips: NonNullable<BundlePreview['flips']>): string {
  const count = (to: string) => numbers.format(flips.filter((flip) => flip.to === to).length);
  if (flips.length === 0) return 'no verdict flips';
  return `newly allowed ${count('ALLOW')}, newly denied ${count('DENY')}, newly deferred ${count('DEFER')}`;
}

/** The bundle that this one follows: with it the flips go into the evidence. */
export function Previous({ preview }: { readonly preview: BundlePreview | undefined }) {
  const desk = useDesk();
  const studio = useStudio();
  const chosen = useDeskState((state) => state.previous);
  const choose = ([file]: readonly File[]) => {
    if (file === undefined) return;
    void (async () => {
      const read = await readFile(file);
      if (read === undefined)
        studio.parts.notify('error', `${file.name} is too large to be a bundle.`);
      else replaces(desk, read);
    })();
  };
  return (
    <span className={styles['inline']}>
      {preview?.previous === undefined ? (
        <span>{chosen?.name ?? 'nothing: the first bundle, compared with no other'}</span>
      ) : (
        <span>{`${preview.previous.version}, ${flipWords(preview.flips ?? [])}`}</span>
      )}
      <FileButton label="Bundle before this one" accept=".cjar" onFiles={choose}>
        Choose…
      </FileButton>
      {chosen === undefined ? null : (
        <Button
          onClick={() => {
            replaces(desk, undefined);
          }}
        >
          None
        </Button>
      )}
    </span>
  );
}
