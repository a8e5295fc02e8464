import { err, ok, type Result } from '../base/result.ts';
import { contentHash, packDigest } from '../pack/digest.ts';
import type { PackFiles } from '../pack/files.ts';
import { PackReader, type Pack } from '../pack/read.ts';
import type { ArchiveFiles } from './archive.ts';
import { sha256Hex, textOf } from './bytes.ts';
import type { Refusal } from './codes.ts';
import { decideScenarios, firstDifference } from './decisions.ts';
import { TestResult } from './evidence.ts';
import { authorsFiles, misleadingFile, sourceOf } from './layout.ts';
import { CEDAR_LANGUAGE, DECISIONS_FILE, MANIFEST_FILE, type Manifest } from './manifest.ts';
import { historyProblem } from './state.ts';
import { roleOf } from './statement.ts';
import type { TrustedAttestation } from './verify-attestations.ts';

/** How far the clock of the one that signed may be ahead of ours, in milliseconds. */
const CLOCK_SKEW = 300_000;

/** The files that the manifest lists, when they are there, unchanged, and no others. */
export function fileSet(archive: ArchiveFiles, manifest: Manifest): Result<ArchiveFiles, Refusal> {
  const listed = new Map(Object.entries(manifest.files));
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [path, bytes] of archive) {
    if (path === MANIFEST_FILE || roleOf(path) !== undefined) continue;
    if (!listed.has(path)) {
      return err({ code: 'E_EXTRA', message: `${JSON.stringify(path)} is not in bundle.json.` });
    }
    files.set(path, bytes);
  }
  for (const [path, { sha256, size }] of listed) {
    const bytes = files.get(path);
    if (bytes === undefined) {
      return err({ code: 'E_MISSING', message: `${JSON.stringify(path)} is not there.` });
    }
    if (bytes.length !== size || sha256Hex(bytes) !== sha256) {
      return err({ code: 'E_DIGEST', message: `${JSON.stringify(path)} was changed.` });
    }
  }
  return ok(files);
}

/** Whether it is meant for here and now. */
export function audienceProblem(
  { audience, expires, issuedAt }: Manifest,
  options: { readonly now: number; readonly audience?: string | undefined },
): Result<object, Refusal> {
  if (audience !== undefined && !audience.some((one) => one === options.audience)) {
    const here =
      options.audience === undefined ? 'no audience is stated here' : `this is ${options.audience}`;
    return err({ code: 'E_AUDIENCE', message: `It is for ${audience.join(', ')}; ${here}.` });
  }
  // Written so that a time that is no number is refused.
  if (expires !== undefined && !(options.now < Date.parse(expires))) {
    return err({ code: 'E_EXPIRED', message: `It expired at ${expires}.` });
  }
  if (!(options.now >= Date.parse(issuedAt) - CLOCK_SKEW)) {
    return err({
      code: 'E_NOT_YET',
      message: `It is issued at ${issuedAt}, which is still to come.`,
    });
  }
  return ok({});
}

/** Whether it may follow what was accepted before. */
export function historyRefusal(
  manifest: Manifest,
  id: string,
  { state }: { readonly state?: Parameters<typeof historyProblem>[0] | undefined },
): Result<object, Refusal> {
  const problem = state === undefined ? ok(undefined) : historyProblem(state, id, manifest);
  return problem.ok ? ok({}) : problem;
}

export interface Compiled {
  readonly pack: Pack;
  readonly packFiles: PackFiles;
}

/** The pack in the bundle, when it can decide and is the one that the manifest names. */
export function compile(files: ArchiveFiles, manifest: Manifest): Result<Compiled, Refusal> {
  const refuse = (message: string): Result<never, Refusal> => err({ code: 'E_COMPILE', message });
  const [, minor = 0] = manifest.engines.cedar.split('.').map(Number);
  if (minor > CEDAR_LANGUAGE.minor) {
    return refuse(
      `It is written in Cedar ${manifest.engines.cedar}, which this engine does not speak.`,
    );
  }
  const content = new Map<string, string>();
  for (const [path, bytes] of files) {
    const text = textOf(bytes);
    if (text === undefined) return refuse(`${path} is not UTF-8 text.`);
    if (path !== DECISIONS_FILE) content.set(path, text);
  }
  const packFiles = authorsFiles(content);
  // The digests of the step before, which are what would be computed again.
  const digest = packDigest(packFiles, (text, path) => {
    const known = manifest.files[sourceOf(content, path)];
    return known?.sha256 ?? contentHash(text);
  });
  const { pack, problems } = new PackReader().read(packFiles, { digest });
  if (pack === undefined) {
    const first = problems.find(({ severity }) => severity === 'error');
    return refuse(first === undefined ? 'It has no pack.' : `${first.path}: ${first.message}`);
  }
  if (pack.name !== manifest.name || pack.version !== manifest.version) {
    const named = `${manifest.name} ${manifest.version}`;
    return refuse(`It is called ${named}; the pack in it is ${pack.name} ${pack.version}.`);
  }
  const misleading = misleadingFile(content, packFiles, pack);
  if (misleading !== undefined) {
    return refuse(`${misleading}, which other engines read, does not say what the pack says.`);
  }
  return ok({ pack, packFiles });
}

/** Decides every scenario again: each record must come out as it was signed, and pass or fail as it was said. */
export function replay(
  pack: Pack,
  files: ArchiveFiles,
  attestations: readonly TrustedAttestation[],
): Result<object, Refusal> {
  const refuse = (message: string): Result<never, Refusal> => err({ code: 'E_SELFTEST', message });
  const signed = textOf(files.get(DECISIONS_FILE) ?? new Uint8Array());
  const { results, text } = decideScenarios(pack);
  if (signed !== text) {
    const scenario = firstDifference(signed ?? '', text);
    return refuse(
      scenario === undefined
        ? `${DECISIONS_FILE} is not what this engine writes.`
        : `The scenario ${JSON.stringify(scenario)} is decided otherwise here.`,
    );
  }
  const passed = results.filter(({ state }) => state === 'pass').map(({ id }) => id);
  const failed = results.filter(({ state }) => state !== 'pass').map(({ id }) => id);
  for (const { role, statement } of attestations) {
    if (role !== 'test-result') continue;
    const said = TestResult.safeParse(statement.predicate);
    const honest =
      said.success &&
      sameNames([...said.data.passedTests, ...said.data.warnedTests], passed) &&
      sameNames(said.data.failedTests, failed) &&
      (said.data.result === 'FAILED') === failed.length > 0;
    if (!honest) return refuse('The test-result does not say what the scenarios give here.');
  }
  return ok({});
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  const [left, right] = [a.toSorted(), b.toSorted()];
  return left.length === right.length && left.every((name, index) => name === right[index]);
}
