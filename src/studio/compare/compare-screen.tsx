import { ArrowLeftRight, Clipboard, Download, Grid3x3 } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { ScreenFrame } from '../shell/screen-frame.tsx';
import { openMatrix } from '../shell/version-commands.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import type { SideName } from '../state/route.ts';
import { copyMarkdown, downloadComparison } from './compare-actions.ts';
import { CompareBody } from './compare-body.tsx';
import styles from './compare-screen.module.css';
import { CompareContext, createCompareState, useCompare } from './compare-state.ts';
import { SidePicker } from './side-picker.tsx';
import { useComparison } from './use-comparison.ts';

function Sides({ before, after }: { readonly before: SideName; readonly after: SideName }) {
  const studio = useStudio();
  const show = (first: SideName, second: SideName) => {
    studio.set({ screen: { kind: 'compare', before: first, after: second } });
  };
  return (
    <div className={styles['sides']}>
      <SidePicker
        label="Before"
        side={before}
        onPick={(side) => {
          show(side, after);
        }}
      />
      <IconButton
        label="Change sides"
        onClick={() => {
          show(after, before);
        }}
      >
        <ArrowLeftRight size={14} />
      </IconButton>
      <SidePicker
        label="After"
        side={after}
        onPick={(side) => {
          show(before, side);
        }}
      />
    </div>
  );
}

/** The ways to hand the comparison to somebody else. */
function Actions() {
  const studio = useStudio();
  const packId = useStudioState((state) => state.packId ?? 'pack');
  const comparison = useCompare((state) => state.comparison);
  const id = comparison?.id;
  const { before, after } = comparison ?? {};
  const name = `${packId}-${before?.version ?? ''}-${after?.version ?? ''}`;
  const download = (form: 'json' | 'html' | 'junit') => () => {
    if (id !== undefined) void downloadComparison(studio, id, form, name);
  };
  return (
    <>
      <IconButton
        label="Flip matrix"
        onClick={() => {
          openMatrix(studio);
        }}
      >
        <Grid3x3 size={16} />
      </IconButton>
      <Button
        disabled={id === undefined}
        onClick={() => {
          if (id !== undefined) void copyMarkdown(studio, id);
        }}
      >
        <Clipboard size={14} aria-hidden="true" /> Copy as Markdown
      </Button>
      <Menu
        align="end"
        trigger={
          <Button disabled={id === undefined}>
            <Download size={14} aria-hidden="true" /> Download
          </Button>
        }
        items={[
          { label: 'As JSON', run: download('json') },
          { label: 'As JUnit', run: download('junit') },
          { label: 'As an HTML report', run: download('html') },
        ]}
      />
    </>
  );
}

interface Asked {
  readonly before: SideName;
  readonly after: SideName;
  /** Id of the scenario to open. */
  readonly at: string | undefined;
}

function Comparison({ before, after, at }: Asked) {
  useComparison(before, after, at);
  return (
    <ScreenFrame
      title="Compare"
      tools={<Sides before={before} after={after} />}
      actions={<Actions />}
    >
      <CompareBody />
    </ScreenFrame>
  );
}

/** Two states of a pack side by side: whose verdicts flip, and what made them. */
export function CompareScreen(asked: Asked) {
  const [store] = useState(createCompareState);
  return (
    <CompareContext value={store}>
      <Comparison {...asked} />
    </CompareContext>
  );
}
