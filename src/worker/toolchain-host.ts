import type { FileChange } from './engine-api.ts';
import type { Advice, Toolchain, Validation } from './toolchain-api.ts';

/** What the worker answers across the thread boundary: the toolchain, and signs of life. */
export interface ToolchainHost extends Omit<Toolchain, 'validate'> {
  /** Takes what changed since the last call, and validates what there is now. */
  validate(changes: readonly FileChange[]): Advice<Validation>;
  /** Answers as soon as the worker's event loop turns. */
  ping(): void;
}
