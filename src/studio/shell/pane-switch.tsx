import { useStudio, useStudioState } from '../state/context.ts';
import styles from './pane-switch.module.css';

const panes = [
  ['explorer', 'Explorer'],
  ['editor', 'Editor'],
  ['decision', 'Decision'],
] as const;

/** In a narrow window: which of the panes is shown. */
export function PaneSwitch() {
  const studio = useStudio();
  const current = useStudioState((state) => state.pane);
  return (
    <nav className={styles['switch']} aria-label="Panes">
      {panes.map(([pane, label]) => (
        <button
          key={pane}
          type="button"
          className={styles['item']}
          aria-current={pane === current ? 'true' : undefined}
          onClick={() => {
            studio.set({ pane });
          }}
        >
          {label}
        </button>
      ))}
    </nav>
  );
}
