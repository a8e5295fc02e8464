import { X } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { lazy, Suspense, type ReactNode } from 'react';
import { IconButton } from '../parts/button.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { allProblems } from '../state/selectors.ts';
import type { DockView } from '../state/state.ts';
import styles from './dock.module.css';
import { ProblemsPanel } from './problems-panel.tsx';
import { SearchPanel } from './search-panel.tsx';

const CoveragePanel = lazy(async () => {
  const { CoveragePanel: component } = await import('./coverage-panel.tsx');
  return { default: component };
});

const BoundariesPanel = lazy(async () => {
  const { BoundariesPanel: component } = await import('./boundaries-panel.tsx');
  return { default: component };
});

const MutantsPanel = lazy(async () => {
  const { MutantsPanel: component } = await import('./mutants-panel.tsx');
  return { default: component };
});

const dockViews: readonly DockView[] = ['problems', 'search', 'coverage', 'boundaries', 'mutants'];

/** A view that is fetched when it is first looked at. */
function LazyView({ value, children }: { readonly value: DockView; readonly children: ReactNode }) {
  return (
    <Tabs.Content className={styles['content']} value={value} tabIndex={-1}>
      <Suspense fallback={<p className={styles['note']}>Loading…</p>}>{children}</Suspense>
    </Tabs.Content>
  );
}

/** Below the editor: what is wrong with the pack, where a text stands in it, and how well its scenarios know it. */
export function Dock() {
  const studio = useStudio();
  const dock = useStudioState((state) => state.dock);
  const problems = useStudioState(allProblems);
  const hints = problems.filter((problem) => problem.severity === 'info').length;
  return (
    <section className={styles['dock']} aria-label="Dock">
      <Tabs.Root
        className={styles['tabs']}
        value={dock ?? 'problems'}
        onValueChange={(value) => {
          const next = dockViews.find((view) => view === value);
          if (next !== undefined) studio.set({ dock: next });
        }}
      >
        <div className={styles['bar']}>
          <Tabs.List className={styles['list']} aria-label="Dock views">
            <Tabs.Trigger className={styles['tab']} value="problems">
              {hints === 0
                ? `Problems ${problems.length}`
                : `Problems ${problems.length - hints}, hints ${hints}`}
            </Tabs.Trigger>
            <Tabs.Trigger className={styles['tab']} value="search">
              Search
            </Tabs.Trigger>
            <Tabs.Trigger className={styles['tab']} value="coverage">
              Coverage
            </Tabs.Trigger>
            <Tabs.Trigger className={styles['tab']} value="boundaries">
              Boundaries
            </Tabs.Trigger>
            <Tabs.Trigger className={styles['tab']} value="mutants">
              Mutants
            </Tabs.Trigger>
          </Tabs.List>
          <IconButton
            label="Close the dock"
            onClick={() => {
              studio.set({ dock: undefined });
            }}
          >
            <X size={14} />
          </IconButton>
        </div>
        <Tabs.Content className={styles['content']} value="problems" tabIndex={-1}>
          <ProblemsPanel />
        </Tabs.Content>
        <Tabs.Content className={styles['content']} value="search" tabIndex={-1}>
          <SearchPanel />
        </Tabs.Content>
        <LazyView value="coverage">
          <CoveragePanel />
        </LazyView>
        <LazyView value="boundaries">
          <BoundariesPanel />
        </LazyView>
        <LazyView value="mutants">
          <MutantsPanel />
        </LazyView>
      </Tabs.Root>
    </section>
  );
}
