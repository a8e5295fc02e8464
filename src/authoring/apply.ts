import { byLocation, type TextEdit } from './problem.ts';

/** The files with all edits made; edits do not overlap. Files that are not there stay away. */
export function applyEdits(
  files: ReadonlyMap<string, string>,
  edits: readonly TextEdit[],
): ReadonlyMap<string, string> {
  const changed = new Map(files);
  // From the end, so that the places before stay true.
  for (const { path, span, text } of edits.toSorted(byLocation).toReversed()) {
    const before = changed.get(path);
    if (before === undefined) continue;
    changed.set(path, before.slice(0, span.start) + text + before.slice(span.end));
  }
  return changed;
}
