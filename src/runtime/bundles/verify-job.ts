/** The verification of one bundle, here or in a thread of its own. */
import { err, ok, type Result } from '../../base/result.ts';
import type { BundleState } from '../../bundle/state.ts';
import { readTrust } from '../../bundle/trust.ts';
import { verifyBundle } from '../../bundle/verify.ts';

/** Plain data: it goes to another thread. */
export interface VerifyJob {
  readonly bytes: Uint8Array;
  /** The text of trust.json, which was read without a fault before. */
  readonly trust: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly name: string | undefined;
  readonly audience: string | undefined;
  readonly state: BundleState;
}

/** Whether this is what another thread of ours was given to do. */
export function isVerifyJob(data: unknown): data is VerifyJob {
  if (typeof data !== 'object' || data === null) return false;
  return 'bytes' in data && data.bytes instanceof Uint8Array && 'trust' in data && 'state' in data;
}

/** A bundle that was verified in full, as what decides is made from it. */
export interface Approved {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** Epoch milliseconds: the bundle's end, or that of all trust. */
  readonly expires: number | undefined;
  readonly signers: readonly string[];
  /** The pack's files without its scenarios: those have been run. */
  readonly files: ReadonlyMap<string, string>;
  /** `packDigest` of all files. */
  readonly digest: string;
}

/** Verifies a bundle. The error says with its code why it must not be used. */
export type Verify = (job: VerifyJob) => Promise<Result<Approved, string>>;

/** In this thread, which does nothing else meanwhile. */
export async function verifyHere(job: VerifyJob): Promise<Result<Approved, string>> {
  const trust = readTrust(job.trust);
  if (!trust.ok) return err('E_UNTRUSTED_KEY: trust.json cannot be read.');
  const verdict = await verifyBundle(job.bytes, trust.value, job);
  if (!verdict.ok) return err(`${verdict.code}: ${verdict.message}`);
  const { id, manifest, files, pack, attestations } = verdict.bundle;
  const release = attestations.find(({ role }) => role === 'release');
  const ends = [trust.value.expires, millis(manifest.expires)].filter((end) => end !== undefined);
  return ok({
    id,
    name: manifest.name,
    version: manifest.version,
    expires: ends.length === 0 ? undefined : Math.min(...ends),
    signers: (release?.signers ?? []).map(({ keyid, label }) => label ?? keyid),
    files: new Map([...files].filter(([path]) => !path.startsWith('scenarios/'))),
    digest: pack.policies.digest,
  });
}

function millis(moment: string | undefined): number | undefined {
  return moment === undefined ? undefined : Date.parse(moment);
}
