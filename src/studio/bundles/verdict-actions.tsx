import type { ShownBundle } from '../../worker/bundle-api.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useStudioState } from '../state/context.ts';
import styles from './bundles.module.css';
import { useDesk, useDeskState } from './desk.ts';
import { accept } from './history-actions.ts';
import { importAsVersion, importBundle } from './verify-actions.ts';

/** What can be done with a bundle: one that was refused comes in behind a warning alone. */
export function VerdictActions({
  bundle,
  verified,
  onAsk,
}: {
  readonly bundle: ShownBundle;
  readonly verified: boolean;
  readonly onAsk: () => void;
}) {
  const desk = useDesk();
  const accepted = useDeskState((state) => state.accepted?.some(({ id }) => id === bundle.id));
  if (!verified) {
    return (
      <div className={styles['actions']}>
        <Button tone="danger" onClick={onAsk}>
          Import without verification…
        </Button>
      </div>
    );
  }
  return (
    <div className={styles['actions']}>
      <Button
        tone="primary"
        disabled={accepted === true}
        onClick={() => {
          void accept(desk, bundle);
        }}
      >
        {accepted === true ? 'Accepted' : 'Accept'}
      </Button>
      <AddToVersions bundle={bundle} />
      <Button
        onClick={() => {
          void importBundle(desk, bundle, true);
        }}
      >
        Import as a new pack
      </Button>
    </div>
  );
}

/** Into the versions of the pack that is open, if it is the same pack. */
function AddToVersions({ bundle }: { readonly bundle: ShownBundle }) {
  const desk = useDesk();
  const isSame = useStudioState(({ snapshot }) =>
    snapshot?.packVersion?.startsWith(`${bundle.name}@`),
  );
  if (isSame !== true) return null;
  return (
    <Button
      onClick={() => {
        void importAsVersion(desk, bundle);
      }}
    >
      Add to the versions
    </Button>
  );
}

/** Asks before a bundle that was refused comes in. */
export function UnverifiedDialog({
  bundle,
  onClose,
}: {
  readonly bundle: ShownBundle;
  readonly onClose: () => void;
}) {
  const desk = useDesk();
  return (
    <Dialog
      title="Import without verification?"
      description={`This bundle was refused. Nobody you trust vouches for it: whoever made it may call it ${bundle.name} ${bundle.version} and have written any rule.`}
      onClose={onClose}
    >
      <p className={styles['paragraph']}>
        It becomes a pack of its own, marked unverified, to read and to compare. Do not release it
        before you have read every rule.
      </p>
      <div className={styles['dialogActions']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          tone="danger"
          onClick={() => {
            onClose();
            void importBundle(desk, bundle, false);
          }}
        >
          Import unverified
        </Button>
      </div>
    </Dialog>
  );
}
