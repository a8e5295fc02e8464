import type { Bundles } from './bundle-api.ts';

/** What the worker answers across the thread boundary: the work on bundles, and signs of life. */
export interface BundleHost extends Bundles {
  /** Answers as soon as the worker's event loop turns. */
  ping(): void;
}
