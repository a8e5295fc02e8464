import { join } from 'node:path';
import { Command } from 'commander';
import { err, ok, type Result } from '../../base/result.ts';
import type { UnsignedBundle } from '../../bundle/build.ts';
import { bundleFileName } from '../../bundle/gather.ts';
import { readSigner } from '../../bundle/key-files.ts';
import type { Signer } from '../../bundle/keys.ts';
import { bytesToSign, signBundle } from '../../bundle/sign.ts';
import { EXIT } from '../exit.ts';
import { makeFolder, readSecret, replaceFile } from '../file-bytes.ts';
import type { Host } from '../host.ts';
import { testResultWords } from '../bundle-words.ts';
import { build, type BuildOptions, type Outcome } from '../bundle-build.ts';
import { readPackFolder } from '../pack-folder.ts';
import { failed, printProblem, type Problem } from '../problem.ts';

interface Options extends BuildOptions {
  readonly key?: readonly string[];
  readonly unsigned?: true;
  readonly toSign?: string;
  readonly output?: string;
  readonly json?: true;
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
    .option('--no-mutation', 'do not try which mistakes in the rules the scenarios would notice')
    .option(
      '--json',
      'print {file, name, version, id, testResult, signers, toSign, warnings} as JSON',
    )
    .addHelpText('after', EXAMPLE)
    .action(async (folder: string, options: Options) => end(await run(host, folder, options)));
}

/** More warnings than these say nothing new. */
const MOST_TOLD = 10;

async function run(host: Host, folder: string, options: Options): Promise<number> {
  const written = await write(host, folder, options);
  if (!written.ok) return failed(host, written.error, options);
  const { warnings } = written.value;
  for (const problem of warnings.slice(0, MOST_TOLD)) host.error(`${printProblem(problem)}\n`);
  host.out(options.json === true ? asJson(written.value) : summary(written.value));
  return EXIT.ok;
}

/** A bundle that was written. */
interface Written {
  readonly file: string;
  readonly bundle: UnsignedBundle;
  readonly signers: readonly Signer[];
  /** The files with what is to be signed. */
  readonly toSign: readonly string[];
  readonly warnings: readonly Problem[];
}

async function write(host: Host, folder: string, options: Options): Promise<Outcome<Written>> {
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

  const file = options.output ?? bundleFileName(read.value.pack);
  const aside: [string, Uint8Array][] = [];
  if (options.toSign !== undefined) {
    const toSign = bytesToSign(archive.value);
    if (!toSign.ok) return err([{ message: `error: ${toSign.error}` }]);
    const made = await makeFolder(options.toSign);
    if (!made.ok) return err([made.error]);
    for (const [role, bytes] of toSign.value) {
      aside.push([join(options.toSign, `${role}.pae`), bytes]);
    }
  }
  for (const [path, bytes] of [[file, archive.value] as const, ...aside]) {
    const written = await replaceFile(path, bytes);
    if (!written.ok) return err([written.error]);
  }
  const warnings = bundle.value.notPlain.map(({ path, message }) => ({
    file: join(folder, path),
    message: `other Cedar engines may allow more than this one: ${message}`,
  }));
  const toSign = aside.map(([path]) => path);
  return ok({ file, bundle: bundle.value, signers, toSign, warnings });
}

/** The signer of a key that is named, not given. */
export async function signerFrom(host: Host, key: string): Promise<Result<Signer, Problem>> {
  const text = await readSecret(host, key);
  if (!text.ok) return text;
  const signer = await readSigner(text.value, process.env['STAGE0_PASSPHRASE']);
  return signer.ok ? signer : err({ message: `error: --key: ${signer.error}` });
}

function asJson({ file, bundle, signers, toSign, warnings }: Written): string {
  const { id, manifest, testResult } = bundle;
  const { name, version } = manifest;
  const keyids = signers.map(({ keyid }) => keyid);
  const said = { file, name, version, id, testResult, signers: keyids, toSign, warnings };
  return `${JSON.stringify(said)}\n`;
}

function summary({ file, bundle: { id, manifest, testResult }, signers }: Written): string {
  const signed = signers.map(({ keyid }) => `signed by ${keyid}`);
  const lines = [
    `${file}: ${manifest.name} ${manifest.version}`,
    id,
    testResultWords(testResult),
    ...(signed.length === 0 ? ['not signed: "stage0 attach" puts signatures in'] : signed),
  ];
  return `${lines.join('\n')}\n`;
}
