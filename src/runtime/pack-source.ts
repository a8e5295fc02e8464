/** A pack to look at, test or compare: a folder, or a bundle that was exported from one. */
import { err, ok, type Result } from '../base/result.ts';
import { openUnverified } from '../bundle/open.ts';
import { readTrust } from '../bundle/trust.ts';
import { verifyBundle } from '../bundle/verify.ts';
import type { PackFiles } from '../pack/files.ts';
import { readBytes } from './file-bytes.ts';
import type { Host } from './host.ts';
import { isFolder, packOf, readPackFolder, type PackFolder } from './pack-folder.ts';
import { problemsIn, type Problem } from './problem.ts';

/** The option of commands that take a bundle for what it says, unless told whom to believe. */
export const TRUST_OPTION = [
  '--trust <file>',
  'trust.json: bundles have to be signed by whom it names',
] as const;

type Problems = readonly Problem[];

/**
 * Reads a pack, or everything that keeps it from deciding. Without `trust` a bundle is read as it is, and
 * that nobody has vouched for it goes to the error output; with it, one that does not verify is refused.
 */
export async function readPackSource(
  host: Host,
  path: string,
  trust: string | undefined,
): Promise<Result<PackFolder, Problems>> {
  if (isFolder(path)) return readPackFolder(host, path);
  const bytes = await readBytes(path);
  if (!bytes.ok) return err([bytes.error]);
  const files =
    trust === undefined
      ? unverified(host, path, bytes.value)
      : await verified(host, path, bytes.value, trust);
  return files.ok ? packOf(path, files.value) : files;
}

function unverified(host: Host, path: string, bytes: Uint8Array): Result<PackFiles, Problems> {
  const opened = openUnverified(bytes);
  if (!opened.ok) return err([refused(path, opened.error)]);
  host.error(`${path}: not verified, nobody has vouched for it (--trust trust.json)\n`);
  return ok(opened.value.files);
}

async function verified(
  host: Host,
  path: string,
  bytes: Uint8Array,
  trust: string,
): Promise<Result<PackFiles, Problems>> {
  const source = await host.read(trust);
  if (!source.ok) return err([source.error]);
  const read = readTrust(source.value.text);
  if (!read.ok) return err(problemsIn(source.value, read.error));
  // It is looked at and loaded nowhere, so whom it is for is no question here.
  const opened = openUnverified(bytes);
  const audience = opened.ok ? opened.value.manifest.audience?.[0] : undefined;
  const verdict = await verifyBundle(bytes, read.value, { now: Date.now(), audience });
  return verdict.ok ? ok(verdict.bundle.files) : err([refused(path, verdict)]);
}

function refused(
  file: string,
  { code, message }: { readonly code: string; readonly message: string },
): Problem {
  return { file, message: `${code}: ${message}` };
}
