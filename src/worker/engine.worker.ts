import { expose } from 'comlink';
import { createLocalEngine } from './engine.ts';
import type { EngineHost, OnProgress } from './engine-host.ts';

let listener: OnProgress | undefined;

const host: EngineHost = {
  ...createLocalEngine({
    onProgress: (packId, done, total) => {
      listener?.(packId, done, total);
    },
  }),
  ping: () => undefined,
  onProgress: (newListener) => {
    listener = newListener;
  },
};

expose(host);
