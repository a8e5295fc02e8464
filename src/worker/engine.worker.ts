import './workers-of-workers.ts';
import { expose } from 'comlink';
import { ok } from '../base/result.ts';
import { createLocalEngine } from './engine.ts';
import type { Answer, EngineSnapshot } from './engine-api.ts';
import type { EngineHost, OnProgress } from './engine-host.ts';
import { Pool } from './pool.ts';
import { receivedSide } from './sent-side.ts';
import { snapshotDelta, type SnapshotDelta } from './snapshot-delta.ts';

let listener: OnProgress | undefined;

const engine = createLocalEngine({
  pool: new Pool(),
  onProgress: (packId, done, total) => {
    listener?.(packId, done, total);
  },
});

/** Of each pack, the snapshot that the client has. */
const shown = new Map<string, EngineSnapshot>();

/** Answers arrive in the order in which they were given, so each can build on the one before. */
async function sent(answer: Answer<EngineSnapshot>): Answer<SnapshotDelta> {
  const snapshot = await answer;
  if (!snapshot.ok) return snapshot;
  const { packId } = snapshot.value;
  const delta = snapshotDelta(shown.get(packId), snapshot.value);
  shown.set(packId, snapshot.value);
  return ok(delta);
}

const host: EngineHost = {
  ...engine,
  open: (packId, files) => sent(engine.open(packId, files)),
  update: (packId, changes) => sent(engine.update(packId, changes)),
  compare: (packId, before, after, onCompared) => {
    // Everything that was said before has been taken in, so these are the files that the client has.
    const working = engine.filesOf(packId);
    return engine.compare(
      packId,
      receivedSide(before, working),
      receivedSide(after, working),
      onCompared,
    );
  },
  summarize: (packId, before) =>
    engine.summarize(packId, receivedSide(before, engine.filesOf(packId))),
  forget: async (packId) => {
    shown.delete(packId);
    await engine.forget(packId);
  },
  ping: () => undefined,
  onProgress: (newListener) => {
    listener = newListener;
  },
};

expose(host);
