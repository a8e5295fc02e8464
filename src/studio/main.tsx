import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { toast } from 'sonner';
import { Tooltip } from 'radix-ui';
import { createDraftQueue } from '../store/draft-queue.ts';
import { openStore } from '../store/open.ts';
import { createEngine } from '../worker/engine-client.ts';
import { createToolchain } from '../worker/toolchain-client.ts';
import './base.css';
import { Shell } from './shell/shell.tsx';
import { applyTheme } from './shell/theme.ts';
import { StudioContext } from './state/context.ts';
import { exampleNames, readExample } from './state/examples.ts';
import { followMutation } from './state/mutation.ts';
import { parseRoute, printRoute } from './state/route.ts';
import { countSinceBase } from './state/since-base.ts';
import { createState } from './state/state.ts';
import { Studio, type Notify } from './state/studio.ts';

const notify: Notify = (tone, message, undo) => {
  toast[tone](message, undo === undefined ? {} : { action: { label: 'Undo', onClick: undo } });
};

/** Keeps the address in step with what is shown, and the other way round. */
function followAddress(studio: Studio): void {
  studio.parts.state.subscribe((state) => {
    if (state.phase !== 'ready') return;
    const { packId, activePath, scenarioId, screen } = state;
    const address = printRoute({
      ...(packId !== undefined && { packId }),
      ...(activePath !== undefined && { path: activePath }),
      ...(scenarioId !== undefined && { scenarioId }),
      ...(screen !== undefined && { screen }),
    });
    if (address !== location.hash) history.replaceState(null, '', address);
  });
  window.addEventListener('hashchange', () => {
    const route = parseRoute(location.hash);
    if (route.packId !== undefined && route.packId !== studio.state.packId) {
      void studio.openPack(route.packId, route);
      return;
    }
    if (route.path !== undefined) studio.openFile(route.path);
    if (route.scenarioId !== undefined) studio.selectScenario(route.scenarioId);
    studio.set({ screen: route.screen });
  });
}

/** What was typed last must survive the tab: write it when the tab is hidden or left. */
function saveOnLeave(studio: Studio): void {
  const save = () => {
    void studio.leave();
  };
  window.addEventListener('pagehide', save);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') save();
  });
  window.addEventListener('beforeunload', (event) => {
    if (studio.state.drafts.status !== 'failed') return;
    // Some text could not be stored: the browser asks before it is lost.
    event.preventDefault();
  });
}

async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no #root.');
  applyTheme('system');
  const state = createState();
  const toolchain = createToolchain();
  const engine = createEngine({ toolchain });
  const opened = await openStore();
  const store = opened.ok ? opened.value : undefined;
  if (!opened.ok) state.setState({ storeProblem: opened.error });
  const studio = new Studio({
    state,
    engine,
    toolchain,
    store,
    queue: store === undefined ? undefined : createDraftQueue(store),
    notify,
    examples: { names: exampleNames, read: readExample },
  });
  createRoot(root).render(
    <StrictMode>
      <StudioContext value={studio}>
        <Tooltip.Provider delayDuration={400}>
          <Shell />
        </Tooltip.Provider>
      </StudioContext>
    </StrictMode>,
  );
  saveOnLeave(studio);
  countSinceBase(studio);
  followMutation(studio);
  await studio.start(parseRoute(location.hash));
  followAddress(studio);
}

void start();
