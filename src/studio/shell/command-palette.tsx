import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useReturnFocus } from '../parts/return-focus.ts';
import { VerdictIcon } from '../parts/verdict.tsx';
import { useStudio } from '../state/context.ts';
import { scenarioRows } from '../state/selectors.ts';
import styles from './command-palette.module.css';
import { keyText } from './chords.ts';
import { listCommands } from './commands.ts';
import { useOverlay } from './dialogs.ts';
import { focusPane } from './panes.ts';

/** Items past this many are left to typing: a list of ten thousand helps nobody. */
const shownScenarios = 200;

/** Everything by name: actions, files, rules and scenarios. */
export function CommandPalette({ onClose }: { readonly onClose: () => void }) {
  const studio = useStudio();
  const show = useOverlay();
  const returnFocus = useReturnFocus();
  const commands = listCommands(studio, show);
  const groups = [...new Set(commands.map((command) => command.group))];
  const { files, snapshot } = studio.state;
  const pick = (run: () => void) => () => {
    onClose();
    run();
  };
  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className={styles['backdrop']} />
        <Dialog.Content
          className={styles['palette']}
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
        >
          <Dialog.Title className={styles['hidden']}>Command palette</Dialog.Title>
          <Command label="Commands" loop>
            <Command.Input
              className={styles['input']}
              placeholder="An action, file, rule or scenario"
            />
            <Command.List className={styles['list']}>
              <Command.Empty className={styles['empty']}>Nothing of that name.</Command.Empty>
              {groups.map((group) => (
                <Command.Group key={group} heading={group} className={styles['group']}>
                  {commands
                    .filter((command) => command.group === group)
                    .map((command) => (
                      <Command.Item
                        key={command.id}
                        value={`${group} ${command.title}`}
                        className={styles['item']}
                        onSelect={pick(command.run)}
                      >
                        <span>{command.title}</span>
                        {command.keys === undefined ? null : <kbd>{keyText(command.keys)}</kbd>}
                      </Command.Item>
                    ))}
                </Command.Group>
              ))}
              <Command.Group heading="Go to file" className={styles['group']}>
                {[...files.keys()]
                  .filter((path) => !path.startsWith('scenarios/'))
                  .map((path) => (
                    <Command.Item
                      key={path}
                      value={`file ${path}`}
                      className={styles['item']}
                      onSelect={pick(() => {
                        studio.openFile(path);
                        focusPane(studio, 'editor');
                      })}
                    >
                      <span>{path}</span>
                    </Command.Item>
                  ))}
              </Command.Group>
              <Command.Group heading="Go to rule" className={styles['group']}>
                {(snapshot?.rules ?? []).map((rule) => (
                  <Command.Item
                    key={`${rule.path}:${rule.id}`}
                    value={`rule ${rule.id} ${rule.path}`}
                    className={styles['item']}
                    onSelect={pick(() => {
                      studio.reveal(rule.path, rule.span);
                    })}
                  >
                    <VerdictIcon mark={rule.verdict} size={13} />
                    <span>{rule.id}</span>
                  </Command.Item>
                ))}
              </Command.Group>
              <Command.Group heading="Go to scenario" className={styles['group']}>
                {scenarioRows(studio.state)
                  .slice(0, shownScenarios)
                  .map((row) => (
                    <Command.Item
                      key={row.id}
                      value={`scenario ${row.name} ${row.id}`}
                      className={styles['item']}
                      onSelect={pick(() => {
                        studio.selectScenario(row.id);
                      })}
                    >
                      <VerdictIcon mark={row.verdict ?? 'NONE'} size={13} />
                      <span>{row.name}</span>
                    </Command.Item>
                  ))}
              </Command.Group>
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
