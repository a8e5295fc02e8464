import { err, ok, type Result } from '../base/result.ts';
import type { PackFiles } from '../pack/files.ts';
import { readArchive } from './archive.ts';
import { sha256Hex, textOf } from './bytes.ts';
import { readCanonical } from './canonical-file.ts';
import type { Refusal } from './codes.ts';
import { authorsFiles } from './layout.ts';
import { DECISIONS_FILE, Manifest, MANIFEST_FILE } from './manifest.ts';
import { fileSet } from './verify-content.ts';
import { readAttestations } from './verify-attestations.ts';

/** A bundle that nobody has vouched for: to look at, to compare with, to fork; never to decide with. */
export interface UnverifiedBundle {
  readonly id: string;
  readonly manifest: Manifest;
  /** The pack's files, as their author wrote them. */
  readonly files: PackFiles;
  /** The content of `tests/decisions.json`. */
  readonly decisions: string;
  /** Who claims to have signed what: nobody has checked it. */
  readonly claims: readonly { readonly role: string; readonly keyids: readonly string[] }[];
}

/** Opens a bundle without asking who made it: it is whole and as its own manifest says, no more. Never throws. */
export function openUnverified(bytes: Uint8Array): Result<UnverifiedBundle, Refusal> {
  const archive = readArchive(new Uint8Array(bytes));
  if (!archive.ok) return err({ code: 'E_ARCHIVE', message: archive.error });
  const manifestBytes = archive.value.get(MANIFEST_FILE) ?? new Uint8Array();
  const manifest = readCanonical(manifestBytes, Manifest);
  if (!manifest.ok) {
    return err({ code: 'E_FORMAT', message: `bundle.json cannot be read. ${manifest.error}` });
  }
  const attestations = readAttestations(archive.value);
  if (!attestations.ok) return attestations;
  const content = fileSet(archive.value, manifest.value);
  if (!content.ok) return content;
  const files = new Map<string, string>();
  for (const [path, file] of content.value) {
    const text = textOf(file);
    if (text === undefined)
      return err({ code: 'E_COMPILE', message: `${path} is not UTF-8 text.` });
    files.set(path, text);
  }
  const decisions = files.get(DECISIONS_FILE) ?? '';
  files.delete(DECISIONS_FILE);
  const claims = attestations.value.map(({ role, envelope }) => ({
    role,
    keyids: envelope.signatures.map(({ keyid }) => keyid),
  }));
  const id = `sha256:${sha256Hex(manifestBytes)}`;
  return ok({ id, manifest: manifest.value, files: authorsFiles(files), decisions, claims });
}
