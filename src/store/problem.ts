/**
 * Everything the store can answer instead of what was asked. The store never throws: every operation
 * returns one of these, and none of them has lost or overwritten a record.
 */
export type StoreProblem =
  /** There is no IndexedDB here, or the browser refuses it (some private modes, blocked cookies). */
  | { readonly code: 'STORE_UNAVAILABLE'; readonly message: string }
  /** The database, or the one record named, was written by a newer release. It was left as it is. */
  | { readonly code: 'STORE_NEWER'; readonly message: string; readonly record?: RecordName }
  /** Another tab holds an older version of the database open: close or reload it, then try again. */
  | { readonly code: 'STORE_BLOCKED'; readonly message: string }
  /** The browser has no room left for this site. */
  | { readonly code: 'STORE_FULL'; readonly message: string }
  /** One stored record does not have the shape it should have; `field` is the path inside it. It is kept. */
  | {
      readonly code: 'STORE_CORRUPT';
      readonly message: string;
      readonly record: RecordName;
      readonly field: string;
    }
  /** Another tab wrote the file first. `theirs` is its text, undefined when it was deleted there. */
  | {
      readonly code: 'STORE_CONFLICT';
      readonly message: string;
      readonly packId: string;
      readonly path: string;
      readonly theirs: FileState | undefined;
      /** The revision now stored; writing on top of it replaces what the other tab wrote. */
      readonly revision: number;
    }
  /** The pack or file is not there (any more). */
  | { readonly code: 'STORE_MISSING'; readonly message: string }
  /** The name is taken. */
  | { readonly code: 'STORE_EXISTS'; readonly message: string }
  /** Other versions, whose digests `by` has, were made from this one: it cannot be deleted. */
  | { readonly code: 'STORE_IN_USE'; readonly message: string; readonly by: readonly string[] }
  /** Anything else that IndexedDB reported. */
  | { readonly code: 'STORE_FAILED'; readonly message: string };

/** Which record a problem is about. `key` is the pack id, `pack id / path`, `pack id / digest`, a hash, a thumbprint, or the UI key. */
export interface RecordName {
  readonly store: 'packs' | 'files' | 'ui' | 'versions' | 'blobs' | 'keys';
  readonly key: string;
}

/** One file as it is stored now. */
export interface FileState {
  readonly path: string;
  readonly text: string;
  /** Counts the writes of this file, from 1; handed back with a write so that two tabs cannot overwrite each other. */
  readonly revision: number;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
}
