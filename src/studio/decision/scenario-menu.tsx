import { Ellipsis } from 'lucide-react';
import { IconButton } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { useOverlay } from '../shell/dialogs.ts';
import { askNewScenario, askRenameScenario } from '../shell/questions.ts';
import { useStudio } from '../state/context.ts';
import { deleteFile, duplicateScenario, expectActual } from '../state/pack-actions.ts';
import { scenarioPath } from '../state/paths.ts';

/** What can be done with the scenario that is shown. */
export function ScenarioMenu({ id }: { readonly id: string }) {
  const studio = useStudio();
  const show = useOverlay();
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label="Actions for this scenario">
          <Ellipsis size={16} />
        </IconButton>
      }
      items={[
        {
          label: 'Open its file',
          run: () => {
            studio.openFile(scenarioPath(id));
          },
        },
        {
          label: 'Expect the verdict shown',
          run: () => {
            expectActual(studio, id);
          },
        },
        null,
        {
          label: 'Duplicate',
          run: () => {
            void duplicateScenario(studio, id);
          },
        },
        {
          label: 'Save as a new scenario…',
          run: () => {
            askNewScenario(studio, show, id);
          },
        },
        {
          label: 'Rename…',
          keys: 'F2',
          run: () => {
            askRenameScenario(studio, show, id);
          },
        },
        {
          label: 'Delete',
          keys: 'Del',
          danger: true,
          run: () => {
            void deleteFile(studio, scenarioPath(id));
          },
        },
      ]}
    />
  );
}
