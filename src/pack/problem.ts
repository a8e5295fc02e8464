import type { Span } from '../base/span.ts';

/** Something wrong with a pack, and where. */
export interface PackProblem {
  /** The file, as the pack names it. */
  readonly path: string;
  /** In that file's text; absent when the file is missing or the problem is about all of it. */
  readonly span?: Span;
  /** JSON pointer inside a JSON file. */
  readonly pointer?: string;
  /** An error keeps the pack from deciding, or its scenario from running. */
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
}

/** What one file, or one kind of file, came to. */
export interface Reading<T> {
  readonly value?: T;
  readonly problems: readonly PackProblem[];
}

/** An error in a file. */
export function problem(
  path: string,
  code: string,
  message: string,
  where: { readonly span?: Span; readonly pointer?: string } = {},
): PackProblem {
  return { path, ...where, severity: 'error', code, message };
}

/** Something that hardly was meant, and changes no verdict for the worse. */
export function warning(
  path: string,
  code: string,
  message: string,
  where: { readonly span?: Span } = {},
): PackProblem {
  return { path, ...where, severity: 'warning', code, message };
}

/** By path, then position. */
export function byPlace(a: PackProblem, b: PackProblem): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return (a.span?.start ?? -1) - (b.span?.start ?? -1);
}
