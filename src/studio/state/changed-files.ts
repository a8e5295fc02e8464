type Files = ReadonlyMap<string, string>;

/** Of each state what it was last compared with, and what came of it: it is asked again with every look. */
const known = new WeakMap<Files, { readonly after: Files; readonly paths: readonly string[] }>();

/** The paths that differ between two states of a pack, sorted. */
export function changedFiles(before: Files, after: Files): readonly string[] {
  const last = known.get(before);
  if (last?.after === after) return last.paths;
  const paths: string[] = [];
  for (const [path, text] of after) if (before.get(path) !== text) paths.push(path);
  for (const path of before.keys()) if (!after.has(path)) paths.push(path);
  paths.sort();
  known.set(before, { after, paths });
  return paths;
}
