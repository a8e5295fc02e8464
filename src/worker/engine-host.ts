import type { Engine } from './engine-api.ts';

/** A run's progress, as the worker reports it. */
export type OnProgress = (packId: string, done: number, total: number) => void;

/** What the worker answers across the thread boundary: the engine, and signs of life. */
export interface EngineHost extends Engine {
  /** Answers as soon as the worker's event loop turns. */
  ping(): void;
  /** Hears progress from now on. The client hands in a proxy. */
  onProgress(listener: OnProgress): void;
}
