import { Dialog } from '../parts/dialog.tsx';
import { keyText } from './chords.ts';
import styles from './shortcuts-dialog.module.css';
import { shortcuts } from './use-shortcuts.ts';

const editorKeys: readonly (readonly [string, string])[] = [
  ['mod+/', 'Comment or uncomment lines'],
  ['mod+F', 'Find in the file'],
  ['F8', 'Next problem in the file'],
  ['Ctrl+M', 'Let Tab leave the editor, or indent again'],
];

/** All keys, in one place. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const rows = [...shortcuts.map((each) => [each.chord, each.title] as const), ...editorKeys];
  return (
    <Dialog
      title="Keyboard shortcuts"
      description="Everything else stands in the command palette."
      onClose={onClose}
    >
      <dl className={styles['list']}>
        {rows.map(([chord, title]) => (
          <div key={chord} className={styles['row']}>
            <dt>{title}</dt>
            <dd>
              <kbd>{keyText(chord)}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
