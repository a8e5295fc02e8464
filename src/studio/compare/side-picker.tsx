import { ChevronDown } from 'lucide-react';
import { useId } from 'react';
import { Menu, type MenuItem } from '../parts/menu.tsx';
import { openVersions } from '../shell/version-commands.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { printSide, type SideName } from '../state/route.ts';
import { versionWords } from '../state/version-words.ts';
import styles from './compare-screen.module.css';
import { askForeign, ForeignPicker } from './foreign-picker.tsx';

/** Versions in the menu; the others are in their own list. */
const listed = 20;

function useSideWords(side: SideName): string {
  const packs = useStudioState((state) => state.packs);
  const version = useStudioState((state) =>
    side.kind === 'version'
      ? state.versions?.find((each) => each.version === side.version)
      : undefined,
  );
  const isDoubted = useStudioState(
    (state) => side.kind === 'file' && state.foreignPacks.get(side.name)?.verified === false,
  );
  switch (side.kind) {
    case 'working':
      return 'Working copy';
    case 'version':
      return version === undefined ? side.version : versionWords(version);
    case 'file':
      return isDoubted ? `${side.name} (not verified)` : side.name;
    case 'pack':
      return `Pack ${packs.find((pack) => pack.id === side.packId)?.name ?? side.packId}`;
  }
}

/** Chooses one side: the working copy, a version of this pack, another pack, or one from elsewhere. */
export function SidePicker({
  label,
  side,
  onPick,
}: {
  readonly label: 'Before' | 'After';
  readonly side: SideName;
  readonly onPick: (side: SideName) => void;
}) {
  const studio = useStudio();
  const packs = useStudioState((state) => state.packs);
  const packId = useStudioState((state) => state.packId);
  const versions = useStudioState((state) => state.versions) ?? [];
  const foreign = useStudioState((state) => state.foreignPacks);
  const words = useSideWords(side);
  const id = useId();
  const item = (text: string, pick: SideName): MenuItem => ({
    label: text,
    keys: printSide(pick) === printSide(side) ? 'shown' : undefined,
    run: () => {
      onPick(pick);
    },
  });
  const others = packs.filter((pack) => pack.id !== packId);
  return (
    <>
      <Menu
        trigger={
          <button type="button" className={styles['picker']}>
            <span className={styles['pickerLabel']}>{label}</span>{' '}
            <span className={styles['pickerName']}>{words}</span>
            <ChevronDown size={14} aria-hidden="true" />
          </button>
        }
        items={[
          item('Working copy', { kind: 'working' }),
          ...(versions.length === 0 ? [] : [null]),
          ...versions
            .slice(0, listed)
            .map((info) => item(versionWords(info), { kind: 'version', version: info.version })),
          ...(versions.length <= listed
            ? []
            : [
                {
                  label: `All ${versions.length} versions…`,
                  run: () => {
                    openVersions(studio);
                  },
                },
              ]),
          ...(others.length === 0 ? [] : [null]),
          ...others.map((pack) => item(`Pack ${pack.name}`, { kind: 'pack', packId: pack.id })),
          null,
          ...[...foreign.keys()].map((name) => item(name, { kind: 'file', name })),
          { label: 'A bundle or ZIP…', run: () => askForeign(id, 'file') },
          { label: 'A folder…', run: () => askForeign(id, 'folder') },
        ]}
      />
      <ForeignPicker
        label={label}
        id={id}
        onPick={(name) => {
          onPick({ kind: 'file', name });
        }}
      />
    </>
  );
}
