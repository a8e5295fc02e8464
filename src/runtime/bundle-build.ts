import { userInfo } from 'node:os';
import { join } from 'node:path';
import { lint } from '../authoring/lint/registry.ts';
import { ModelBuilder } from '../authoring/model.ts';
import { err, ok, type Result } from '../base/result.ts';
import { buildBundle, type BundleRequest, type UnsignedBundle } from '../bundle/build.ts';
import type { Evidence } from '../bundle/evidence.ts';
import {
  accepting,
  coverageEvidence,
  flipEvidence,
  mutationEvidence,
  problemEvidence,
} from '../bundle/gather.ts';
import { momentText, type Previous } from '../bundle/manifest.ts';
import { openUnverified } from '../bundle/open.ts';
import { readPack, type Pack } from '../pack/read.ts';
import { flipsInSlices } from '../simulation/flips.ts';
import { mutateInSlices } from '../simulation/mutation.ts';
import { testInSlices } from '../simulation/test-run.ts';
import { readBytes } from './file-bytes.ts';
import type { Host } from './host.ts';
import type { PackFolder } from './pack-folder.ts';
import type { Problem } from './problem.ts';
import { stepping } from './progress.ts';

/** What a bundle is built with, as the command line says it. */
export interface BuildOptions {
  /** The path of the bundle that this one replaces. */
  readonly previous?: string;
  readonly audience?: readonly string[];
  readonly expires?: string;
  readonly issuedAt?: string;
  readonly by?: string;
  /** The reason for which it is released all the same. */
  readonly accept?: string;
  readonly mutation: boolean;
}

export type Outcome<T> = Result<T, readonly Problem[]>;

/** Tries a pack out and makes an unsigned bundle of it and of what came of that. */
export async function build(
  host: Host,
  { folder, files, pack }: PackFolder,
  options: BuildOptions,
): Promise<Outcome<UnsignedBundle>> {
  const issuedAt = options.issuedAt ?? defaultTime();
  const previous = await readPrevious(options.previous, pack);
  if (!previous.ok) return err([previous.error]);
  const by = options.by ?? userName();
  const evidence: Evidence = {
    by,
    at: issuedAt,
    ...tried(host, pack, previous.value?.pack, options),
    problems: problemEvidence(lint(new ModelBuilder().build(files))),
  };
  const { audience, expires, accept } = options;
  const request: BundleRequest = {
    files,
    issuedAt,
    expires,
    audience,
    evidence,
    previous: previous.value?.previous ?? null,
  };
  const first = buildBundle(request);
  if (first.ok || accept === undefined) return first.ok ? first : err(placed(folder, first.error));
  const accepted = accepting(evidence, first.error, { reason: accept, by });
  const second = accepted === undefined ? first : buildBundle({ ...request, evidence: accepted });
  return second.ok ? second : err(placed(folder, second.error));
}

function tried(
  host: Host,
  pack: Pack,
  before: Pack | undefined,
  options: BuildOptions,
): Pick<Evidence, 'coverage' | 'flips' | 'mutation'> {
  const { coverage } = stepping(host, testInSlices(pack), 'scenarios');
  const flips =
    before === undefined ? undefined : stepping(host, flipsInSlices(before, pack), 'scenarios');
  const mutation = options.mutation ? stepping(host, mutateInSlices(pack), 'mistakes') : undefined;
  return {
    coverage: coverageEvidence(coverage),
    ...(flips === undefined ? {} : { flips: flipEvidence(flips) }),
    ...(mutation === undefined ? {} : { mutation: mutationEvidence(mutation) }),
  };
}

interface ReadPrevious {
  readonly previous: Previous;
  readonly pack: Pack;
}

/** The bundle before. Nobody's word is taken for it but its own: it is compared with, not loaded. */
async function readPrevious(
  path: string | undefined,
  { name }: Pack,
): Promise<Result<ReadPrevious | undefined, Problem>> {
  if (path === undefined) return ok(undefined);
  const bytes = await readBytes(path);
  if (!bytes.ok) return bytes;
  const opened = openUnverified(bytes.value);
  if (!opened.ok)
    return err({ file: path, message: `${opened.error.code}: ${opened.error.message}` });
  const { id, manifest, files } = opened.value;
  const { pack } = readPack(files);
  if (pack === undefined) return err({ file: path, message: 'holds a pack that cannot decide' });
  if (manifest.name !== name) {
    return err({ file: path, message: `is a bundle of ${manifest.name}, not of ${name}` });
  }
  return ok({ previous: { version: manifest.version, id }, pack });
}

function placed(
  folder: string,
  problems: readonly { readonly code: string; readonly message: string; readonly path?: string }[],
): readonly Problem[] {
  return problems.map(({ code, message, path }) => {
    const help = code === 'NEEDS_REASON' ? ' (--accept "the reason" releases it for all that)' : '';
    return { file: path === undefined ? folder : join(folder, path), message: message + help };
  });
}

/** As reproducible builds have it: https://reproducible-builds.org/specs/source-date-epoch */
function defaultTime(): string {
  const epoch = process.env['SOURCE_DATE_EPOCH'] ?? '';
  const seconds = /^\d+$/.test(epoch) ? Number(epoch) : Math.floor(Date.now() / 1000);
  return momentText(seconds * 1000) ?? '';
}

function userName(): string {
  try {
    return userInfo().username || 'unknown';
  } catch {
    return 'unknown';
  }
}
