/**
 * What the files of a pack are called: the layout of a Cedar policy store, as in `src/pack`.
 */

/** The groups of the explorer, in its order. */
export type FileGroup = 'policies' | 'schema' | 'entities' | 'settings';

/** The explorer's group of a path; undefined for scenarios, which have a list of their own. */
export function groupOf(path: string): FileGroup | undefined {
  if (path.startsWith('policies/')) return 'policies';
  if (path.startsWith('entities/')) return 'entities';
  if (path.startsWith('scenarios/')) return undefined;
  return path.endsWith('.cedarschema') ? 'schema' : 'settings';
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `scenarios/<id>.json`. */
export function scenarioPath(id: string): string {
  return `scenarios/${id}.json`;
}

/** The scenario that a path holds, if it is one. */
export function scenarioIdOf(path: string | undefined): string | undefined {
  return /^scenarios\/(.+)\.json$/.exec(path ?? '')?.[1];
}

const stem = /^[a-z0-9][a-z0-9._-]*$/i;

/**
 * Why `name` cannot be the name of a file in `folder`, in one sentence; undefined when it can.
 * Case-insensitive file systems must be able to hold a pack, so case alone makes no new name.
 */
export function nameProblem(
  name: string,
  ending: string,
  folder: string,
  taken: Iterable<string>,
): string | undefined {
  if (name === '') return 'A name is needed.';
  const full = name.endsWith(ending) ? name : name + ending;
  if (full.length > 120) return 'A name has at most 120 characters.';
  if (!stem.test(full)) {
    return 'Letters, digits, hyphens, dots and underscores only, starting with a letter or digit.';
  }
  const path = `${folder}${full}`.toLowerCase();
  for (const other of taken) {
    if (other.toLowerCase() === path) return `${other} exists already.`;
  }
  return undefined;
}
