/**
 * The last good bundle of an address, kept on disk: a server that starts while the address is away begins
 * with it. Nothing is taken on its word: it is verified in full when it is read, as what the address gives
 * is, and what has expired or been followed by a newer one since is refused.
 */
import { hash } from 'node:crypto';
import { err, ok, type Result } from '../../base/result.ts';
import { isAbsent, readBytes, replaceFile } from '../file-bytes.ts';
import { printProblem } from '../problem.ts';
import type { Candidate } from './origin.ts';

export interface KeptCopy {
  /** The copy, to be verified; `undefined` when there is none. */
  readonly find: () => Promise<Candidate | undefined>;
  /** Keeps a bundle that was verified in the place of the one before. The error says why it cannot. */
  readonly keep: (bytes: Uint8Array) => Promise<Result<undefined, string>>;
}

/** @param accepted path of what remembers the accepted: the copy stands beside it, one for each address */
export function keptCopy(accepted: string, address: string): KeptCopy {
  // All of the address: what differs in its query alone may be another bundle.
  const path = `${accepted}.${hash('sha256', address).slice(0, 16)}.cjar`;
  const read = async (): Promise<Result<Uint8Array, string>> => {
    const bytes = await readBytes(path);
    return bytes.ok ? bytes : err(printProblem(bytes.error));
  };
  return {
    find: async () => ((await isAbsent(path)) ? undefined : { name: path, bytes: read }),
    keep: async (bytes) => {
      const kept = await read();
      if (kept.ok && Buffer.compare(kept.value, bytes) === 0) return ok(undefined);
      const written = await replaceFile(path, bytes, OWNER_ONLY);
      return written.ok ? written : err(printProblem(written.error));
    },
  };
}

const OWNER_ONLY = 0o600;
