/**
 * What the studio and the worker of the official Cedar toolchain say to each other: plain data only. The
 * toolchain advises (it validates and formats) and never decides, so without it everything else goes on.
 */
import type { OfficialProblem } from '../authoring/official/problem.ts';
import type { FormatFailure } from '../authoring/official/toolchain.ts';
import type { Result } from '../base/result.ts';

export interface Validation {
  /** By path, then position. */
  readonly problems: readonly OfficialProblem[];
  /** Problems past those listed. */
  readonly unlisted: number;
  /** False without a schema that can be read: then only that was looked at. */
  readonly validated: boolean;
  /** Policies looked at for this answer; the others had not changed. */
  readonly policiesChecked: number;
  readonly durationMs: number;
}

export interface FormatOptions {
  /** Columns. Default 100. */
  readonly lineWidth?: number;
  /** Spaces. Default 2. */
  readonly indentWidth?: number;
}

/** Why the toolchain did not answer. */
export type ToolchainFailure =
  /** The same was asked anew; only the newest answer is delivered. */
  | { readonly code: 'SUPERSEDED'; readonly message: string }
  | FormatFailure
  /** The worker crashed or stopped answering. The next call starts another. */
  | { readonly code: 'TOOLCHAIN_CRASHED' | 'TOOLCHAIN_HUNG'; readonly message: string }
  /** The worker or its WebAssembly cannot be started, or the client was closed. */
  | { readonly code: 'TOOLCHAIN_UNAVAILABLE'; readonly message: string };

/** An answer of the toolchain. */
export type Advice<T> = Promise<Result<T, ToolchainFailure>>;

/** The official toolchain as its worker has it and as the client offers it. Errors are values. */
export interface Toolchain {
  /**
   * Validates every policy of a pack against its schema, strictly. Policies that our own parser refuses
   * are left out: what is wrong with them is said already. SUPERSEDED when called again meanwhile.
   */
  validate(files: ReadonlyMap<string, string>): Advice<Validation>;
  /** What is wrong with a schema; `path` is what its problems are filed under. */
  checkSchema(text: string, path?: string): Advice<readonly OfficialProblem[]>;
  /** The text of a policy file, formatted; comments are kept. */
  format(text: string, options?: FormatOptions): Advice<string>;
}

/** The toolchain in a worker of its own, which is started when it is first asked for anything. */
export interface ToolchainClient extends Toolchain {
  /** Ends the worker. */
  close(): void;
}
