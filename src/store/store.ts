import type { z } from 'zod';
import type { Result } from '../base/result.ts';
import type { FileState, StoreProblem } from './problem.ts';
import type { KeyRecord } from './records.ts';

/** A pack as the pack switcher lists it. */
export interface PackInfo {
  readonly id: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** The example under `policies/` that it started as, if it did: "reset to the example" needs it. */
  readonly exampleName?: string;
}

/** The packs that could be read, and what is wrong with the others (those records are kept). */
export interface PackList {
  readonly packs: readonly PackInfo[];
  readonly problems: readonly StoreProblem[];
}

/** One pack with the files that could be read, and what is wrong with the others. */
export interface PackState {
  readonly pack: PackInfo;
  /** Sorted by path. */
  readonly files: readonly FileState[];
  readonly problems: readonly StoreProblem[];
}

/** What it takes to undo a deletion; good until the deletion is purged. */
export type DeletedThing =
  | { readonly kind: 'pack'; readonly packId: string }
  | { readonly kind: 'file'; readonly packId: string; readonly path: string }
  | { readonly kind: 'version'; readonly packId: string; readonly digest: string };

export interface NewPack {
  /** Stands in deep links. Default: a random one. An id in use is STORE_EXISTS. */
  readonly id?: string;
  readonly name: string;
  readonly exampleName?: string;
  readonly files: ReadonlyMap<string, string>;
}

/** What replacing all files did: the new state, and the files from before, with which it can be undone. */
export interface Replaced {
  readonly files: readonly FileState[];
  readonly previous: ReadonlyMap<string, string>;
}

/** One saved version of a pack. Of all this only the tags ever change. */
export interface VersionInfo {
  /** `packDigest` of its files; names the version. */
  readonly digest: string;
  /** Semantic version; unique in its pack. */
  readonly version: string;
  readonly author: string;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** The digest of the version that it was made from. */
  readonly parent?: string;
  readonly tags: readonly string[];
  /** How its scenarios came out when it was saved: a version that fails says so wherever it appears. */
  readonly scenarios: { readonly passed: number; readonly failed: number };
}

/** The versions that could be read, and what is wrong with the others (those records are kept). */
export interface VersionList {
  /** The newest first. */
  readonly versions: readonly VersionInfo[];
  readonly problems: readonly StoreProblem[];
}

export interface VersionState {
  readonly version: VersionInfo;
  readonly files: ReadonlyMap<string, string>;
}

export interface NewVersion {
  readonly version: string;
  readonly author: string;
  readonly message: string;
  readonly parent?: string;
  readonly tags: readonly string[];
  readonly scenarios: { readonly passed: number; readonly failed: number };
  /** The whole pack; its metadata should say the same version. */
  readonly files: ReadonlyMap<string, string>;
}

/** A key of this browser that signs bundles. */
export interface SigningKey {
  /** Its RFC 7638 thumbprint. */
  readonly keyid: string;
  readonly label: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** The public half. */
  readonly jwk: KeyRecord['jwk'];
  /** The private half: it signs, and no script can read it. */
  readonly privateKey: CryptoKey;
  readonly backedUp: boolean;
}

/** The keys that could be read, and what is wrong with the others (those records are kept). */
export interface KeyList {
  /** The oldest first. */
  readonly keys: readonly SigningKey[];
  readonly problems: readonly StoreProblem[];
}

/** What happened to the stored packs in another tab, or to the connection itself. */
export type StoreEvent =
  /** A pack was created, renamed, deleted or restored: list the packs again. `paths` is empty. */
  | { readonly kind: 'pack'; readonly packId: string; readonly paths: readonly string[] }
  /** These files were written, renamed (both names), deleted or restored. */
  | { readonly kind: 'files'; readonly packId: string; readonly paths: readonly string[] }
  /** All files were replaced; `paths` are those there now. */
  | { readonly kind: 'replaced'; readonly packId: string; readonly paths: readonly string[] }
  /** A version was saved, tagged, deleted or restored: list them again. `paths` is empty. */
  | { readonly kind: 'versions'; readonly packId: string; readonly paths: readonly string[] }
  /** The connection was given up for a newer release in another tab: nothing can be saved until a reload. */
  | { readonly kind: 'closed'; readonly problem: StoreProblem };

/** An answer of the store. */
export type Stored<T> = Promise<Result<T, StoreProblem>>;

/**
 * The studio's memory: packs, their files and a little UI state in IndexedDB. Each write is one
 * transaction, and what other tabs wrote is never overwritten unseen. Nothing here throws.
 */
export interface Store {
  /** Packs that are not deleted, sorted by name. */
  listPacks(): Stored<PackList>;
  readPack(packId: string): Stored<PackState>;
  createPack(pack: NewPack): Stored<PackInfo>;
  renamePack(packId: string, name: string): Stored<PackInfo>;
  /** Hides the pack; `restore` brings it back until `purge` removes it. */
  deletePack(packId: string): Stored<DeletedThing>;

  /**
   * Writes one file on top of `baseRevision` (0: the file is new). STORE_CONFLICT carries the other
   * text when something else is stored by now; the same text is no conflict. Answers the file as stored.
   */
  writeFile(packId: string, path: string, text: string, baseRevision: number): Stored<FileState>;
  /** Renames within one transaction. A name in use is STORE_EXISTS. */
  renameFile(packId: string, from: string, to: string): Stored<FileState>;
  deleteFile(packId: string, path: string): Stored<DeletedThing>;
  /** Undoes a deletion. STORE_MISSING once purged; STORE_EXISTS when the name was taken meanwhile. */
  restore(deleted: DeletedThing): Stored<void>;
  /** All files of a pack at once, as for "reset to the example". Unreadable records are set aside, not lost. */
  replaceAll(packId: string, files: ReadonlyMap<string, string>): Stored<Replaced>;
  /** Removes for good what was deleted before `before` (epoch ms). */
  purge(before: number): Stored<void>;

  /** The pack's saved versions, without their contents. */
  listVersions(packId: string): Stored<VersionList>;
  /** A version with its files, each checked against its hash: STORE_CORRUPT refuses it whole. */
  openVersion(packId: string, digest: string): Stored<VersionState>;
  /** The same without its scenarios, of which there may be thousands. */
  openRules(packId: string, digest: string): Stored<VersionState>;
  /**
   * Saves a version, sharing what earlier ones have too. STORE_EXISTS: the same contents or the same
   * version number are there; STORE_MISSING: the parent is not; STORE_CORRUPT names a field that no
   * record can hold. To go back to a version, `replaceAll` with its files: that is an edit, with undo.
   */
  saveVersion(packId: string, version: NewVersion): Stored<VersionInfo>;
  tagVersion(packId: string, digest: string, tags: readonly string[]): Stored<VersionInfo>;
  /** Hides a version until `purge`. STORE_IN_USE when others were made from it. */
  deleteVersion(packId: string, digest: string): Stored<DeletedThing>;

  /** The keys that sign bundles. */
  listKeys(): Stored<KeyList>;
  /** Keeps a key. STORE_EXISTS when it is there; STORE_CORRUPT when its private half could be read out. */
  saveKey(key: SigningKey): Stored<void>;
  /** Removes a key for good, at once: one that is believed to be gone must not be able to sign. */
  deleteKey(keyid: string): Stored<void>;

  /** A UI value that `schema` accepts; undefined when none was written. */
  readUi<T>(key: string, schema: z.ZodType<T>): Stored<T | undefined>;
  /** `value` must be plain data. */
  writeUi(key: string, value: unknown): Stored<void>;

  /** Hears what other tabs do, never what this store did itself. Returns the way to stop. */
  subscribe(listener: (event: StoreEvent) => void): () => void;
  close(): void;
}
