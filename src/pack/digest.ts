import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { PackFiles } from './files.ts';

/**
 * `sha256:<hex>` over all files, whether they can be read or not: the hash of the pack's manifest.
 * Renaming, adding or changing any file changes it.
 */
export function packDigest(files: PackFiles): string {
  return `sha256:${contentHash(packManifest(files).text)}`;
}

/** A pack as a list of contents: what its digest is the hash of. */
export interface PackManifest {
  /** The JSON list of `[path, hash]`, sorted by path. */
  readonly text: string;
  readonly entries: readonly (readonly [path: string, hash: string])[];
}

export function packManifest(files: PackFiles): PackManifest {
  const entries = [...files]
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([path, text]) => [path, contentHash(text)] as const);
  return { text: JSON.stringify(entries), entries };
}

/** SHA-256 of a text's UTF-8 bytes, in hex. */
export function contentHash(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
