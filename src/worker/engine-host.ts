import type { ChangeSummary, OnCompared, PackComparison } from './compare-api.ts';
import type { Answer, Engine, FileChange } from './engine-api.ts';
import type { SentSide } from './sent-side.ts';
import type { SnapshotDelta } from './snapshot-delta.ts';
import type { OfficialProblem } from '../authoring/official/problem.ts';

/** A run's progress, as the worker reports it. */
export type OnProgress = (packId: string, done: number, total: number) => void;

/** What the worker answers across the thread boundary: the engine, and signs of life. */
export interface EngineHost extends Omit<Engine, 'open' | 'update' | 'compare' | 'summarize'> {
  /** Like the engine's; the snapshot comes as its difference to the last one that was sent. */
  open(packId: string, files: ReadonlyMap<string, string>): Answer<SnapshotDelta>;
  update(packId: string, changes: readonly FileChange[]): Answer<SnapshotDelta>;
  /** Like the engine's; a side comes as its difference to the pack as it is. */
  compare(
    packId: string,
    before: SentSide,
    after: SentSide,
    onCompared?: OnCompared,
  ): Answer<PackComparison>;
  summarize(packId: string, before: SentSide): Answer<ChangeSummary>;
  /** Takes the official validator's problems; they are about the files as they are now. */
  takeOfficial(packId: string, problems: readonly OfficialProblem[]): void;
  /** Answers as soon as the worker's event loop turns. */
  ping(): void;
  /** Hears progress from now on. The client hands in a proxy. */
  onProgress(listener: OnProgress): void;
}
