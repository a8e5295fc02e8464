import { Tabs } from 'radix-ui';
import { useEffect, useState } from 'react';
import { createBundles } from '../../worker/bundle-client.ts';
import { ScreenFrame } from '../shell/screen-frame.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { readAuthor } from '../state/remembered.ts';
import type { Studio } from '../state/studio.ts';
import styles from './bundles.module.css';
import { createDeskState } from './desk-state.ts';
import { DeskContext, type Desk } from './desk.ts';
import { look, say } from './export-actions.ts';
import { ExportView } from './export-view.tsx';
import { readHistory } from './history-actions.ts';
import { readKeys } from './key-actions.ts';
import { takeFiles } from './verify-actions.ts';
import { VerifyView } from './verify-view.tsx';

/** What the tabs are called in the address. */
type BundleView = 'export' | 'verify';

function useNewDesk(studio: Studio): Desk {
  const [desk] = useState<Desk>(() => ({
    studio,
    bundles: createBundles(),
    store: createDeskState(),
  }));
  const files = useStudioState((state) => state.files);
  useEffect(() => {
    void look(desk, files);
  }, [desk, files]);
  useEffect(() => {
    void (async () => {
      await readKeys(desk);
      await readHistory(desk);
      const by = await readAuthor(studio.parts.store);
      if (desk.store.getState().words.by === '') say(desk, { by });
    })();
    return () => {
      desk.bundles.stop();
    };
  }, [desk, studio]);
  return desk;
}

/** A file dropped anywhere is one to verify; left alone, the browser would leave the studio for it. */
function useDrop(desk: Desk): void {
  useEffect(() => {
    const over = (event: DragEvent) => {
      event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      desk.studio.set({ screen: { kind: 'bundles', view: 'verify' } });
      void takeFiles(desk, files);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, [desk]);
}

/** Bundles: the open pack signed and exported, and a bundle from elsewhere verified. */
export function BundlesScreen({ view }: { readonly view: BundleView }) {
  const studio = useStudio();
  const desk = useNewDesk(studio);
  useDrop(desk);
  return (
    <DeskContext value={desk}>
      <Tabs.Root
        className={styles['tabs']}
        value={view}
        onValueChange={(next) => {
          studio.set({
            screen: { kind: 'bundles', view: next === 'verify' ? 'verify' : 'export' },
          });
        }}
      >
        <ScreenFrame
          title="Bundles"
          tools={
            <Tabs.List className={styles['tabList']} aria-label="Bundles">
              <Tabs.Trigger className={styles['tab']} value="export">
                Export
              </Tabs.Trigger>
              <Tabs.Trigger className={styles['tab']} value="verify">
                Verify
              </Tabs.Trigger>
            </Tabs.List>
          }
        >
          <Tabs.Content className={styles['content']} value="export">
            <ExportView />
          </Tabs.Content>
          <Tabs.Content className={styles['content']} value="verify">
            <VerifyView />
          </Tabs.Content>
        </ScreenFrame>
      </Tabs.Root>
    </DeskContext>
  );
}
