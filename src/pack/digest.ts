import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { PackFiles } from './files.ts';

/**
 * `sha256:<hex>` over all files, whether they can be read or not: the hash of the pack's manifest.
 * Renaming, adding or changing any file changes it. `hashOf`: each file's `contentHash`, where it is known.
 */
export function packDigest(
  files: PackFiles,
  hashOf?: (text: string, path: string) => string,
): string {
  return `sha256:${contentHash(packManifest(files, hashOf).text)}`;
}

/** A pack as a list of contents: what its digest is the hash of. */
export interface PackManifest {
  /** The JSON list of `[path, hash]`, sorted by path. */
  readonly text: string;
  readonly entries: readonly (readonly [path: string, hash: string])[];
}

export function packManifest(
  files: PackFiles,
  hashOf: (text: string, path: string) => string = contentHash,
): PackManifest {
  const entries = [...files]
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([path, text]) => [path, hashOf(text, path)] as const);
  return { text: JSON.stringify(entries), entries };
}

/**
 * Digests of one pack while it is edited: the hash of a file is remembered for as long as its text stays
 * the same, so that a keystroke hashes one file and the manifest. Of 4,900 scenarios that is a tenth of the time.
 */
export class PackDigester {
  #known: ReadonlyMap<string, { readonly text: string; readonly hash: string }> = new Map();

  /** Another that remembers the same, and goes its own way from here. */
  copy(): PackDigester {
    const copy = new PackDigester();
    copy.#known = this.#known;
    return copy;
  }

  /** The same as `packDigest`. */
  digest(files: PackFiles): string {
    const known = new Map<string, { readonly text: string; readonly hash: string }>();
    const { text: manifest } = packManifest(files, (text, path) => {
      const before = this.#known.get(path);
      const entry = before?.text === text ? before : { text, hash: contentHash(text) };
      known.set(path, entry);
      return entry.hash;
    });
    this.#known = known;
    return `sha256:${contentHash(manifest)}`;
  }
}

/** SHA-256 of a text's UTF-8 bytes, in hex. */
export function contentHash(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
