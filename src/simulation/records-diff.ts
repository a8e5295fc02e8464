/** What makes of one keyed collection another, as data. Values are compared as texts of their data. */
export interface RecordsDiff<T> {
  readonly added: ReadonlyMap<string, T>;
  readonly updated: ReadonlyMap<string, readonly [from: T, to: T]>;
  readonly removed: ReadonlyMap<string, T>;
}

/** The difference, in order of `after`'s keys, then `before`'s. `T` must be plain data. */
export function diffRecords<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): RecordsDiff<T> {
  const added = new Map<string, T>();
  const updated = new Map<string, readonly [T, T]>();
  const removed = new Map<string, T>();
  for (const [key, to] of after) {
    const from = before.get(key);
    if (from === undefined) added.set(key, to);
    else if (JSON.stringify(from) !== JSON.stringify(to)) updated.set(key, [from, to]);
  }
  for (const [key, from] of before) if (!after.has(key)) removed.set(key, from);
  return { added, updated, removed };
}

/** The other side: of the collection that the diff starts from it makes the one that it leads to. */
export function applyDiff<T>(
  before: ReadonlyMap<string, T>,
  { added, updated, removed }: RecordsDiff<T>,
): ReadonlyMap<string, T> {
  const after = new Map([...before].filter(([key]) => !removed.has(key)));
  for (const [key, [, to]] of updated) after.set(key, to);
  for (const [key, value] of added) after.set(key, value);
  return after;
}

/** The way back. */
export function reverseDiff<T>({ added, updated, removed }: RecordsDiff<T>): RecordsDiff<T> {
  const back = [...updated].map(([key, [from, to]]) => [key, [to, from]] as const);
  return { added: removed, updated: new Map(back), removed: added };
}

export function isEmptyDiff({ added, updated, removed }: RecordsDiff<unknown>): boolean {
  return added.size + updated.size + removed.size === 0;
}
