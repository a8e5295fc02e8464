import { Ellipsis, FileBraces, FileText, Plus, Settings2, Shapes, Users } from 'lucide-react';
import { IconButton } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { deleteFile } from '../state/pack-actions.ts';
import { fileName, groupOf, type FileGroup } from '../state/paths.ts';
import { allProblems } from '../state/selectors.ts';
import { askNewPolicy, askNewScenario, askRenameFile } from '../shell/questions.ts';
import { useOverlay } from '../shell/dialogs.ts';
import styles from './explorer.module.css';
import { moveFocus } from './move-focus.ts';
import { ScenarioList } from './scenario-list.tsx';

const groups: readonly { readonly group: FileGroup; readonly title: string }[] = [
  { group: 'policies', title: 'Policies' },
  { group: 'schema', title: 'Schema' },
  { group: 'entities', title: 'Entities' },
  { group: 'settings', title: 'Settings' },
];

const icons = { policies: FileText, schema: Shapes, entities: Users, settings: Settings2 };

function FileRow({ path, group }: { readonly path: string; readonly group: FileGroup }) {
  const studio = useStudio();
  const show = useOverlay();
  const active = useStudioState((state) => state.activePath === path);
  const errors = useStudioState(
    (state) =>
      allProblems(state).filter((each) => each.path === path && each.severity === 'error').length,
  );
  const Icon = group === 'settings' ? FileBraces : icons[group];
  const fixed = group === 'schema' || group === 'settings';
  const remove = () => {
    void deleteFile(studio, path);
  };
  const rename = () => {
    askRenameFile(studio, show, path);
  };
  return (
    <li className={styles['rowItem']}>
      <button
        type="button"
        className={styles['row']}
        data-row=""
        aria-current={active ? 'true' : undefined}
        onClick={() => {
          studio.openFile(path);
        }}
        onKeyDown={(event) => {
          moveFocus(event);
          if (fixed) return;
          if (event.key === 'Delete') remove();
          if (event.key === 'F2') rename();
        }}
      >
        <Icon size={14} aria-hidden="true" className={styles['fileIcon']} />
        <span className={styles['name']}>{fileName(path)}</span>
        {errors > 0 ? (
          <span className={styles['errors']} aria-label={`${errors} errors`}>
            {errors}
          </span>
        ) : null}
      </button>
      {fixed ? null : (
        <Menu
          align="end"
          trigger={
            <IconButton label={`Actions for ${fileName(path)}`} className={styles['more']}>
              <Ellipsis size={14} />
            </IconButton>
          }
          items={[
            { label: 'Rename…', keys: 'F2', run: rename },
            { label: 'Delete', keys: 'Del', danger: true, run: remove },
          ]}
        />
      )}
    </li>
  );
}

function FileSection({ group, title }: { readonly group: FileGroup; readonly title: string }) {
  const studio = useStudio();
  const show = useOverlay();
  const files = useStudioState((state) => state.files);
  const phase = useStudioState((state) => state.phase);
  const paths = [...files.keys()].filter((path) => groupOf(path) === group).toSorted();
  return (
    <section>
      <div className={styles['heading']}>
        <h2>{title}</h2>
        {group === 'policies' ? (
          <IconButton
            label="New policy file"
            onClick={() => {
              askNewPolicy(studio, show);
            }}
          >
            <Plus size={14} />
          </IconButton>
        ) : null}
      </div>
      {paths.length === 0 && phase === 'ready' ? (
        <p className={styles['none']}>
          {group === 'policies'
            ? 'No policies yet. Without a permit every check is denied.'
            : 'None.'}
        </p>
      ) : (
        <ul>
          {paths.map((path) => (
            <FileRow key={path} path={path} group={group} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** The pack's files and its scenarios. */
export function Explorer() {
  const studio = useStudio();
  const show = useOverlay();
  const count = useStudioState((state) => state.snapshot?.scenarios.length);
  return (
    <nav className={styles['explorer']} aria-label="Explorer" data-pane="explorer" tabIndex={-1}>
      <div className={styles['files']}>
        {groups.map((each) => (
          <FileSection key={each.group} {...each} />
        ))}
      </div>
      <section className={styles['scenarios']} aria-label="Scenarios">
        <div className={styles['heading']}>
          <h2>
            Scenarios <span className={styles['count']}>{count}</span>
          </h2>
          <IconButton
            label="New scenario"
            onClick={() => {
              askNewScenario(studio, show);
            }}
          >
            <Plus size={14} />
          </IconButton>
        </div>
        <ScenarioList />
      </section>
    </nav>
  );
}
