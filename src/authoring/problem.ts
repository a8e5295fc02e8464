import type { Span } from '../base/span.ts';

/** Replace the text of `span` in the file `path`. */
export interface TextEdit {
  readonly path: string;
  readonly span: Span;
  readonly text: string;
}

/** A change that settles a problem, or does what its title says. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

export type ProblemSeverity = 'error' | 'warning' | 'info';

/** Who says it: our parsers and the pack's readers, our lint, or the official validator. */
export type ProblemSource = 'pack' | 'lint' | 'official';

/** One line of the problems panel. */
export interface Problem {
  readonly path: string;
  /** In that file's text; absent when the problem is about the file or the pack as such. */
  readonly span?: Span;
  readonly severity: ProblemSeverity;
  readonly source: ProblemSource;
  /** Stable: a code of the pack's readers, or the id of a lint rule. */
  readonly code: string;
  readonly message: string;
  /** The best first. */
  readonly fixes: readonly Fix[];
}

/** A place in a file. */
export interface Location {
  readonly path: string;
  readonly span: Span;
}

/** By path, then position. */
export function byLocation(
  a: { readonly path: string; readonly span?: Span },
  b: { readonly path: string; readonly span?: Span },
): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return (a.span?.start ?? -1) - (b.span?.start ?? -1);
}
