import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { PackFiles } from './files.ts';

/**
 * `sha256:<hex>` over all files, whether they can be read or not: the hash of the JSON list of
 * `[path, sha256 of the text]`, sorted by path. Renaming, adding or changing any file changes it.
 */
export function packDigest(files: PackFiles): string {
  const list = [...files]
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([path, text]) => [path, sha256Hex(text)]);
  return `sha256:${sha256Hex(JSON.stringify(list))}`;
}

function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
