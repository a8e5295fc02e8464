import { ChevronDown } from 'lucide-react';
import { Menu, type MenuItem } from '../parts/menu.tsx';
import { useStudioState } from '../state/context.ts';
import { printSide, type SideName } from '../state/route.ts';
import styles from './compare-screen.module.css';

/** Chooses one side: the working copy, a version of this pack, or another pack. */
export function SidePicker({
  label,
  side,
  onPick,
}: {
  readonly label: 'Before' | 'After';
  readonly side: SideName;
  readonly onPick: (side: SideName) => void;
}) {
  const packs = useStudioState((state) => state.packs);
  const packId = useStudioState((state) => state.packId);
  const versions = useStudioState((state) => state.versions) ?? [];
  const nameOf = (id: string): string => packs.find((pack) => pack.id === id)?.name ?? id;
  const words =
    side.kind === 'working'
      ? 'Working copy'
      : side.kind === 'version'
        ? side.version
        : `Pack ${nameOf(side.packId)}`;
  const item = (text: string, pick: SideName): MenuItem => ({
    label: text,
    keys: printSide(pick) === printSide(side) ? 'shown' : undefined,
    run: () => {
      onPick(pick);
    },
  });
  const others = packs.filter((pack) => pack.id !== packId);
  return (
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
        ...versions.map(({ version }) => item(version, { kind: 'version', version })),
        ...(others.length === 0 ? [] : [null]),
        ...others.map((pack) => item(`Pack ${pack.name}`, { kind: 'pack', packId: pack.id })),
      ]}
    />
  );
}
