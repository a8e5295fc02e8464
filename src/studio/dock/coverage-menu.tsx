import { Download } from 'lucide-react';
import type { CoverageForm } from '../../worker/probe-api.ts';
import { Button } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { useStudio } from '../state/context.ts';
import { openPackInfo } from '../state/selectors.ts';
import type { Studio } from '../state/studio.ts';
import styles from './coverage-panel.module.css';

const files: Readonly<Record<CoverageForm, { readonly name: string; readonly type: string }>> = {
  lcov: { name: 'coverage.lcov', type: 'text/plain' },
  json: { name: 'coverage.json', type: 'application/json' },
};

async function download(studio: Studio, form: CoverageForm): Promise<void> {
  const { packId } = studio.state;
  if (packId === undefined) return;
  const text = await studio.parts.engine.coverageText(packId, form);
  if (!text.ok) {
    if (text.error.code !== 'SUPERSEDED') studio.parts.notify('error', text.error.message);
    return;
  }
  const { name, type } = files[form];
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text.value], { type }));
  link.download = `${openPackInfo(studio.state)?.name ?? packId}-${name}`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The coverage as a file: LCOV for other tools, JSON for everything. */
export function CoverageMenu() {
  const studio = useStudio();
  return (
    <Menu
      align="end"
      trigger={
        <Button className={styles['menu']} aria-label="Download the coverage">
          <Download size={13} aria-hidden="true" /> Download
        </Button>
      }
      items={[
        { label: 'As LCOV', run: () => void download(studio, 'lcov') },
        { label: 'As JSON', run: () => void download(studio, 'json') },
      ]}
    />
  );
}
