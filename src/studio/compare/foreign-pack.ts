/** A pack from elsewhere on one side of a comparison: chosen, looked at whole, and kept only while the studio is open. */
import { err, ok, type Result } from '../../base/result.ts';
import type { BundleClient, BundleVerdict } from '../../worker/bundle-api.ts';
import type { ForeignPack } from '../state/state.ts';
import type { Studio } from '../state/studio.ts';

/** More is not even read. */
const LARGEST_FILE = 64_000_000;
const MOST_FILES = 20_000;

/** A pack that may be compared with at once, or only by somebody who was told that nobody vouches for it. */
export interface Chosen {
  readonly name: string;
  readonly pack: ForeignPack;
  /** Why it is not verified. */
  readonly doubt: string | undefined;
}

/** Reads a bundle, or a ZIP of a pack's folder. */
export async function readChosenFile(
  studio: Studio,
  bundles: BundleClient,
  file: File,
): Promise<Result<Chosen, string>> {
  const { name } = file;
  if (file.size > LARGEST_FILE) return err(`${name} is too large to be a bundle or a pack.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const keys = await studio.parts.store?.listKeys();
  const own = keys?.ok === true ? keys.value.keys : [];
  const trust = own.map(({ jwk, label }) => ({ jwk, label }));
  const verified = await bundles.verify(bytes, { kind: 'keys', keys: trust }, Date.now());
  if (!verified.ok) return err(`${name} was not looked at: ${verified.error.message}`);
  const { bundle, verified: holds } = verified.value;
  if (bundle !== undefined) {
    const pack = { verified: holds, files: bundle.files };
    return ok({ name, pack, doubt: holds ? undefined : failedStep(verified.value) });
  }
  const imported = await bundles.importPack(bytes);
  if (imported.ok) {
    return ok({
      name,
      pack: { verified: undefined, files: imported.value.files },
      doubt: undefined,
    });
  }
  const isBundle = name.toLowerCase().endsWith('.cjar');
  const why = isBundle ? failedStep(verified.value) : imported.error.message;
  return err(`${name} was not taken. ${why}`);
}

/** Reads a folder, whose files the browser lists. */
export async function readChosenFolder(
  bundles: BundleClient,
  files: readonly File[],
): Promise<Result<Chosen, string>> {
  const [first] = files;
  const name = first?.webkitRelativePath.split('/')[0] ?? 'The folder';
  if (files.length > MOST_FILES) return err(`${name} was not taken. It has too many files.`);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > LARGEST_FILE) return err(`${name} was not taken. It is too large to be a pack.`);
  const entries = await Promise.all(
    files.map(async (file) => ({
      path: file.webkitRelativePath,
      content: new Uint8Array(await file.arrayBuffer()),
    })),
  );
  const imported = await bundles.importPack(entries);
  return imported.ok
    ? ok({ name, pack: { verified: undefined, files: imported.value.files }, doubt: undefined })
    : err(`${name} was not taken. ${imported.error.message}`);
}

/** Lets comparisons know a pack by its name. */
export function keepForeign(studio: Studio, { name, pack }: Chosen): void {
  studio.set({ foreignPacks: new Map([...studio.state.foreignPacks, [name, pack] as const]) });
}

function failedStep({ steps }: BundleVerdict): string {
  const failed = steps.find(({ state }) => state === 'failed');
  return failed === undefined
    ? 'It could not be verified.'
    : [failed.message, failed.help].filter((part) => part !== undefined).join(' ');
}
