/**
 * Whether a bundle may be loaded. The steps stand in the order of what they protect: bytes before they are
 * parsed, signatures before what they sign is believed, digests before policies are compiled.
 *
 *     archive → format → signatures → subject → files → audience → history → attestations → compile → selftest
 *
 * Everything that is not positively right is refused, and nothing here throws: a defect of ours fails the
 * step in which it happens.
 */
import { err, ok, type Result } from '../base/result.ts';
import type { PackFiles } from '../pack/files.ts';
import type { Pack } from '../pack/read.ts';
import { readArchive, type ArchiveFiles } from './archive.ts';
import { sha256Hex, type Bytes } from './bytes.ts';
import { readCanonical } from './canonical-file.ts';
import { HELP, STEPS, type BundleCode, type Refusal, type Step, type StepName } from './codes.ts';
import { Manifest, MANIFEST_FILE } from './manifest.ts';
import type { BundleState } from './state.ts';
import type { Trust } from './trust.ts';
import { audienceProblem, historyRefusal, replay, compile, fileSet } from './verify-content.ts';
import {
  checkRequired,
  checkSignatures,
  checkSubjects,
  readAttestations,
  type Attestation,
  type TrustedAttestation,
} from './verify-attestations.ts';

export interface VerifyOptions {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Where the bundle is to be loaded; a bundle for an audience is refused where none is stated. */
  readonly audience?: string | undefined;
  /** The bundle that is wanted; any is when absent. */
  readonly name?: string | undefined;
  /** What was accepted before. */
  readonly state?: BundleState | undefined;
}

/** A bundle that passed every step. */
export interface VerifiedBundle {
  /** `sha256:<hex>` of `bundle.json`. */
  readonly id: string;
  readonly manifest: Manifest;
  /** The pack's files, and the pack that they make. */
  readonly files: PackFiles;
  readonly pack: Pack;
  /** Who vouches for what, release and test-result among them. */
  readonly attestations: readonly TrustedAttestation[];
}

export type Verification =
  | { readonly ok: true; readonly steps: readonly Step[]; readonly bundle: VerifiedBundle }
  | {
      readonly ok: false;
      readonly steps: readonly Step[];
      readonly code: BundleCode;
      readonly message: string;
      readonly help: string;
    };

/** Verifies a bundle. Never throws and never rejects. */
export async function verifyBundle(
  bytes: Uint8Array,
  trust: Trust,
  options: VerifyOptions,
): Promise<Verification> {
  const walk = new Walk();
  const bundle = await verify(walk, bytes, trust, options);
  const steps = walk.steps();
  if (bundle !== undefined) return { ok: true, steps, bundle };
  const { code, message } = walk.refusal ?? { code: 'E_ARCHIVE', message: 'It was not verified.' };
  return { ok: false, steps, code, message, help: HELP[code] };
}

async function verify(
  walk: Walk,
  bytes: Uint8Array,
  trust: Trust,
  options: VerifyOptions,
): Promise<VerifiedBundle | undefined> {
  // A copy: bytes in shared memory could change between the check and the use.
  const archive = await walk.take('archive', 'E_ARCHIVE', () => openArchive(new Uint8Array(bytes)));
  if (archive === undefined) return undefined;
  const form = await walk.take('format', 'E_FORMAT', () => readForm(archive));
  if (form === undefined) return undefined;
  const { id, manifest, attestations } = form;
  const given = { trust, manifest, options };
  const signed = await walk.take('signatures', 'E_SIG', () => checkSignatures(attestations, given));
  if (signed === undefined) return undefined;
  const said = await walk.take('subject', 'E_SUBJECT', () => checkSubjects(signed, id, given));
  if (said === undefined) return undefined;
  const files = await walk.take('files', 'E_DIGEST', () => fileSet(archive, manifest));
  if (files === undefined) return undefined;
  const next = [
    await walk.take('audience', 'E_AUDIENCE', () => audienceProblem(manifest, options)),
    await walk.take('history', 'E_ROLLBACK', () => historyRefusal(manifest, id, options)),
    await walk.take('attestations', 'E_ATTESTATION', () => checkRequired(said, given)),
  ];
  const compiled = await walk.take('compile', 'E_COMPILE', () => compile(files, manifest));
  if (compiled === undefined || next.includes(undefined)) return undefined;
  const { pack, packFiles } = compiled;
  const tested = await walk.take('selftest', 'E_SELFTEST', () => replay(pack, files, said));
  if (tested === undefined) return undefined;
  return { id, manifest, files: packFiles, pack, attestations: said };
}

/** Takes the steps one after another until one fails. */
class Walk {
  readonly #taken = new Map<StepName, Step>();
  refusal: Refusal | undefined;

  /** The step's value; `undefined` when it, or one before it, failed. */
  async take<T extends object>(
    name: StepName,
    code: BundleCode,
    step: () => Result<T, Refusal> | Promise<Result<T, Refusal>>,
  ): Promise<T | undefined> {
    if (this.refusal !== undefined) return undefined;
    const outcome = await attempt(step, code);
    if (outcome.ok) {
      this.#taken.set(name, { name, state: 'passed' });
      return outcome.value;
    }
    this.refusal = outcome.error;
    const { code: why, message } = outcome.error;
    this.#taken.set(name, { name, state: 'failed', code: why, message, help: HELP[why] });
    return undefined;
  }

  steps(): readonly Step[] {
    return STEPS.map((name) => this.#taken.get(name) ?? { name, state: 'not-reached' });
  }
}

async function attempt<T>(
  step: () => Result<T, Refusal> | Promise<Result<T, Refusal>>,
  code: BundleCode,
): Promise<Result<T, Refusal>> {
  try {
    return await step();
  } catch {
    // What could not be checked is not right.
    return err({ code, message: 'This could not be checked.' });
  }
}

function openArchive(bytes: Bytes): Result<ArchiveFiles, Refusal> {
  const files = readArchive(bytes);
  return files.ok ? files : err({ code: 'E_ARCHIVE', message: files.error });
}

interface Form {
  readonly id: string;
  readonly manifest: Manifest;
  readonly attestations: readonly Attestation[];
}

function readForm(files: ArchiveFiles): Result<Form, Refusal> {
  const bytes = files.get(MANIFEST_FILE);
  if (bytes === undefined) {
    return err({ code: 'E_FORMAT', message: 'There is no bundle.json: it is no bundle.' });
  }
  const manifest = readCanonical(bytes, Manifest);
  if (!manifest.ok) {
    return err({ code: 'E_FORMAT', message: `bundle.json cannot be read. ${manifest.error}` });
  }
  const attestations = readAttestations(files);
  if (!attestations.ok) return attestations;
  const id = `sha256:${sha256Hex(bytes)}`;
  return ok({ id, manifest: manifest.value, attestations: attestations.value });
}
