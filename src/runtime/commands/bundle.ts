import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { err, ok, type Result } from '../../base/result.ts';
import { buildBundle, type BundleRequest, type UnsignedBundle } from '../../bundle/build.ts';
import type { Evidence } from '../../bundle/evidence.ts';
import { accepting, bundleFileName, coverageEvidence, flipEvidence } from '../../bundle/gather.ts';
import { readSigner } from '../../bundle/key-files.ts';
import type { Signer } from '../../bundle/keys.ts';
import { momentText, type Previous } from '../../bundle/manifest.ts';
import { openUnverified } from '../../bundle/open.ts';
import { bytesToSign, signBundle } from '../../bundle/sign.ts';
import { readPack, type Pack } from '../../pack/read.ts';
import { flipsInSlices } from '../../simulation/flips.ts';
import { testInSlices } from '../../simulation/test-run.ts';
import { EXIT } from '../exit.ts';
import { readBytes, readSecret, replaceFile } from '../file-bytes.ts';
import type { Host } from '../host.ts';
import { readPackFolder, type PackFolder } from '../pack-folder.ts';
import { printProblem, type Problem } from '../problem.ts';
import { stepping } from '../progress.ts';

interface Options {
  readonly key?: readonly string[];
  readonly unsigned?: true;
  readonly toSign?: string;
  readonly output?: string;
  readonly previous?: string;
  readonly audience?: readonly string[];
  readonly expires?: string;
  readonly issuedAt?: string;
  readonly by?: string;
  readonly accept?: string;
}

const EXAMPLE = `
A key is the path of a file, - for the standard input, or env:NAME for a variable; PEM or JWK. An encrypted
one is opened with the passphrase in STAGE0_PASSPHRASE. The same pack, key and time give the same bytes;
the time is --issued-at, else SOURCE_DATE_EPOCH, else now.

Exit code: 0 when the bundle was written, else 1.

Example:
  stage0 bundle policies/payments --key release.pem --previous payments-1.3.0.cjar`;

/** `stage0 bundle`: a pack, its decisions and what was tried, signed, in one file. */
export function bundleCommand(host: Host, end: (code: number) => void): Command {
  const many = (value: string, before: readonly string[] = []) => [...before, value];
  return new Command('bundle')
    .description('export a pack as a signed bundle')
    .argument('<pack>', 'the folder of the pack')
    .option('--key <key>', 'signs; give it again for a second signature', many)
    .option('--unsigned', 'leave the signing to "stage0 attach"')
    .option('--to-sign <folder>', 'write the bytes that are to be signed, as <role>.pae')
    .option('-o, --output <file>', 'where to write it; <name>-<version>.cjar when absent')
    .option('--previous <bundle>', 'the bundle that this one replaces: flips are against it')
    .option('--audience <audience>', 'who may load it; may be given again', many)
    .option('--expires <moment>', 'such as 2027-03-16T10:00:00Z')
    .option('--issued-at <moment>', 'such as 2026-03-16T10:00:00Z')
    .option('--by <name>', 'who releases it')
    .option('--accept <reason>', 'why it is released though something is not as it should be')
    .addHelpText('after', EXAMPLE)
    .action(async (folder: string, options: Options) => end(await run(host, folder, options)));
}

async function run(host: Host, folder: string, options: Options): Promise<number> {
  const written = await write(host, folder, options);
  if (written.ok) return EXIT.ok;
  for (const problem of written.error) host.error(`${printProblem(problem)}\n`);
  return EXIT.failed;
}

type Outcome<T> = Result<T, readonly Problem[]>;

async function write(host: Host, folder: string, options: Options): Promise<Outcome<undefined>> {
  const keys = options.key ?? [];
  if (keys.length > 0 === (options.unsigned === true)) {
    return err([{ message: 'error: give either --key or --unsigned' }]);
  }
  const signers: Signer[] = [];
  for (const key of keys) {
    const signer = await signerFrom(host, key);
    if (!signer.ok) return err([signer.error]);
    signers.push(signer.value);
  }
  const read = await readPackFolder(host, folder);
  if (!read.ok) return read;
  const bundle = await build(host, read.value, options);
  if (!bundle.ok) return bundle;
  const archive = await signBundle(bundle.value, signers);
  if (!archive.ok) return err([{ message: `error: ${archive.error}` }]);

  const output = options.output ?? bundleFileName(read.value.pack);
  const files: [string, Uint8Array][] = [[output, archive.value]];
  if (options.toSign !== undefined) {
    const toSign = bytesToSign(archive.value);
    if (!toSign.ok) return err([{ message: `error: ${toSign.error}` }]);
    await mkdir(options.toSign, { recursive: true });
    for (const [role, bytes] of toSign.value) {
      files.push([join(options.toSign, `${role}.pae`), bytes]);
    }
  }
  for (const [path, bytes] of files) {
    const written = await replaceFile(path, bytes);
    if (!written.ok) return err([written.error]);
  }
  host.out(summary(output, bundle.value, signers));
  return ok(undefined);
}

/** The signer of a key that is named, not given. */
export async function signerFrom(host: Host, key: string): Promise<Result<Signer, Problem>> {
  const text = await readSecret(host, key);
  if (!text.ok) return text;
  const signer = await readSigner(text.value, process.env['STAGE0_PASSPHRASE']);
  return signer.ok ? signer : err({ message: `error: --key: ${signer.error}` });
}

async function build(
  host: Host,
  { folder, files, pack }: PackFolder,
  options: Options,
): Promise<Outcome<UnsignedBundle>> {
  const issuedAt = options.issuedAt ?? defaultTime();
  const previous = await readPrevious(options.previous, pack);
  if (!previous.ok) return err([previous.error]);
  const { coverage } = stepping(host, testInSlices(pack), 'scenarios');
  const before = previous.value?.pack;
  const flips =
    before === undefined ? undefined : stepping(host, flipsInSlices(before, pack), 'scenarios');
  const by = options.by ?? userName();
  const evidence: Evidence = {
    by,
    at: issuedAt,
    coverage: coverageEvidence(coverage),
    ...(flips === undefined ? {} : { flips: flipEvidence(flips) }),
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

function summary(
  output: string,
  { id, manifest, testResult }: UnsignedBundle,
  signers: readonly Signer[],
): string {
  const { passedTests, failedTests, result, stage0 } = testResult;
  const { covered = 0, total = 0 } = stage0?.coverage?.points ?? {};
  const flips = stage0?.flips === undefined ? '' : `, ${stage0.flips.length} flips`;
  const signed = signers.map(({ keyid }) => `signed by ${keyid}`);
  const lines = [
    `${output}: ${manifest.name} ${manifest.version}`,
    id,
    `${result}: ${passedTests.length} scenarios pass, ${failedTests.length} do not; covered ${covered} of ${total}${flips}`,
    ...(signed.length === 0 ? ['not signed: "stage0 attach" puts signatures in'] : signed),
  ];
  return `${lines.join('\n')}\n`;
}
