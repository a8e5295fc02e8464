import { err, ok, type Result } from '../base/result.ts';
import {
  buildBundle,
  type BuildProblem,
  type BundleRequest,
  type UnsignedBundle,
} from '../bundle/build.ts';
import type { Evidence, Flip } from '../bundle/evidence.ts';
import {
  accepting,
  bundleFileName,
  coverageEvidence,
  flipEvidence,
  mutationEvidence,
} from '../bundle/gather.ts';
import { signerOf } from '../bundle/keys.ts';
import { compareVersions, momentText, type Previous } from '../bundle/manifest.ts';
import { openUnverified } from '../bundle/open.ts';
import { signBundle } from '../bundle/sign.ts';
import { packDigest } from '../pack/digest.ts';
import { readPack, type Pack } from '../pack/read.ts';
import { flipsInSlices } from '../simulation/flips.ts';
import { mutateInSlices } from '../simulation/mutation.ts';
import type { Sliced } from '../simulation/sliced.ts';
import { testInSlices } from '../simulation/test-run.ts';
import type {
  BundleAnswer,
  BundleAsk,
  BundleFailure,
  BundlePreview,
  Doubt,
  Mutation,
  SealedKey,
  SignedBundle,
} from './bundle-api.ts';
import { CLOCK, takeTurns } from './turns.ts';

/** What would be signed. The reason may still be missing. */
export async function previewBundle(ask: BundleAsk): BundleAnswer<BundlePreview> {
  const built = await build(ask, 'still to be written');
  if (!built.ok) return built;
  const { unsigned, doubts, evidence, previous } = built.value;
  const { name, version, files } = unsigned.manifest;
  const { passedTests, failedTests } = unsigned.testResult;
  return ok({
    name,
    version,
    digest: packDigest(ask.files),
    fileName: bundleFileName({ name, version }),
    files: Object.entries(files)
      .map(([path, { size }]) => ({ path, size }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    passed: passedTests,
    failed: failedTests,
    coverage: evidence.coverage,
    doubts,
    notPlain: unsigned.notPlain,
    ...(previous === undefined ? {} : { previous }),
    ...(evidence.flips === undefined ? {} : { flips: evidence.flips }),
  });
}

/** The bundle, signed. What needs a reason is refused without one. */
export async function signAsked(ask: BundleAsk, key: SealedKey): BundleAnswer<SignedBundle> {
  const built = await build(ask, ask.reason?.trim() ?? '');
  if (!built.ok) return built;
  const signer = await signerOf(key.privateKey, key.jwk);
  if (!signer.ok) return err({ code: 'KEY_REFUSED', message: signer.error });
  const { unsigned } = built.value;
  const archive = await signBundle(unsigned, [signer.value]);
  if (!archive.ok) return err({ code: 'KEY_REFUSED', message: archive.error });
  return ok({
    id: unsigned.id,
    fileName: bundleFileName(unsigned.manifest),
    bytes: archive.value,
    result: unsigned.testResult.result,
  });
}

/** Tries mistakes in the rules, and says how far it is. */
export async function mutateAsked(
  files: ReadonlyMap<string, string>,
  onTried?: (done: number, total: number) => void,
): BundleAnswer<Mutation> {
  const { pack } = readPack(files);
  if (pack === undefined) return refused([]);
  return ok(mutationEvidence(await inTurns(mutateInSlices(pack), onTried)));
}

interface Built {
  readonly unsigned: UnsignedBundle;
  readonly doubts: readonly Doubt[];
  readonly evidence: {
    readonly coverage: NonNullable<Evidence['coverage']>;
    readonly flips?: readonly Flip[];
  };
  readonly previous: Previous | undefined;
}

async function build(ask: BundleAsk, reason: string): BundleAnswer<Built> {
  const { pack, problems } = readPack(ask.files);
  if (pack === undefined) {
    return refused(
      problems
        .filter(({ severity }) => severity === 'error')
        .map(({ path, message }) => ({ code: 'PACK_BROKEN', path, message })),
    );
  }
  const issuedAt = momentText(ask.at) ?? '';
  const before = readPrevious(ask.previous, pack);
  if (!before.ok) return before;
  const { coverage } = await inTurns(testInSlices(pack));
  const evidence = {
    by: ask.by,
    at: issuedAt,
    coverage: coverageEvidence(coverage),
    ...(before.value === undefined
      ? {}
      : { flips: flipEvidence(await inTurns(flipsInSlices(before.value.pack, pack))) }),
    ...(ask.mutation === undefined ? {} : { mutation: ask.mutation }),
    ...(ask.problems === undefined ? {} : { problems: ask.problems }),
  };
  const previous = before.value?.previous;
  const { files, expires, audience } = ask;
  const request: BundleRequest = {
    files,
    issuedAt,
    expires,
    audience,
    previous: previous ?? null,
    evidence,
  };
  const plain = buildBundle(request);
  if (plain.ok) return ok({ unsigned: plain.value, doubts: [], evidence, previous });
  const accepted = accepting(evidence, plain.error, { reason, by: ask.by });
  const second = accepted === undefined ? plain : buildBundle({ ...request, evidence: accepted });
  if (!second.ok) return refused(second.error);
  const doubts = plain.error.flatMap(({ about, message }) =>
    about === undefined ? [] : [{ about, message }],
  );
  return ok({ unsigned: second.value, doubts, evidence, previous });
}

interface Before {
  readonly previous: Previous;
  readonly pack: Pack;
}

/** The bundle before. It is compared with and named by its digest, never loaded: its own word will do. */
function readPrevious(
  bytes: Uint8Array | undefined,
  { name, version }: Pack,
): Result<Before | undefined, BundleFailure> {
  if (bytes === undefined) return ok(undefined);
  const opened = openUnverified(bytes);
  if (!opened.ok) return notPrevious(`${opened.error.code}: ${opened.error.message}`);
  const { id, manifest, files } = opened.value;
  if (manifest.name !== name) {
    return notPrevious(`It is a bundle of ${manifest.name}, not of ${name}.`);
  }
  if (compareVersions(version, manifest.version) <= 0) {
    return notPrevious(
      `The bundle before is ${manifest.version}, and ${version} does not come after it: give the pack a higher version.`,
    );
  }
  const { pack } = readPack(files);
  if (pack === undefined) return notPrevious('The pack in the bundle before cannot decide.');
  return ok({ previous: { version: manifest.version, id }, pack });
}

function notPrevious(message: string): Result<never, BundleFailure> {
  return err({ code: 'PREVIOUS_REFUSED', message });
}

function refused(problems: readonly BuildProblem[]): Result<never, BundleFailure> {
  const broken = problems.some(({ code }) => code === 'PACK_BROKEN');
  const message = broken
    ? 'The pack has errors and decides nothing, so it cannot be signed.'
    : 'It cannot be signed as it is.';
  return err({ code: 'BUNDLE_REFUSED', message, problems });
}

/** Long work with pauses in which the worker says that it is alive, and how far it is. */
async function inTurns<T>(
  work: Sliced<T>,
  onStep?: (done: number, total: number) => void,
): Promise<T> {
  const turns = takeTurns(CLOCK);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (!turns.due()) continue;
    onStep?.(step.value.done, step.value.total);
    await turns.next();
  }
}
