import { Command, Option } from 'commander';
import { backupPem, generateKey, privatePem, publicPem } from '../../bundle/key-files.ts';
import { ALGORITHMS, keyIdOf, type Algorithm } from '../../bundle/keys.ts';
import { trustFileFor } from '../../bundle/trust.ts';
import { EXIT } from '../exit.ts';
import { replaceFile, writeSecretFile } from '../file-bytes.ts';
import type { Host } from '../host.ts';
import { failed } from '../problem.ts';

interface Options {
  readonly output: string;
  readonly public?: string;
  readonly algorithm: Algorithm;
  readonly label?: string;
  readonly encrypt?: true;
  readonly json?: true;
}

const EXAMPLE = `
What is printed is a trust.json that trusts this key alone.

Example:
  stage0 keygen -o release.pem --label "release team" > trust.json`;

/** `stage0 keygen`: a new signing key. */
export function keygenCommand(host: Host, end: (code: number) => void): Command {
  return new Command('keygen')
    .description('make a key that signs bundles')
    .requiredOption('-o, --output <file>', 'the private key, in PEM; never written over another')
    .option('--public <file>', 'the public key, in PEM')
    .addOption(
      new Option('--algorithm <algorithm>', 'what it signs with')
        .choices(ALGORITHMS)
        .default('Ed25519'),
    )
    .option('--label <text>', 'whose key it is, in trust.json')
    .option('--encrypt', 'with the passphrase in the variable STAGE0_PASSPHRASE')
    .option('--json', 'print {file, algorithm, keyid, trust} as JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (options: Options) => end(await run(host, options)));
}

async function run(host: Host, options: Options): Promise<number> {
  const passphrase = process.env['STAGE0_PASSPHRASE'] ?? '';
  if (options.encrypt === true && passphrase === '') {
    const message = 'error: the variable STAGE0_PASSPHRASE is not set';
    return failed(host, [{ message }], options);
  }
  const { jwk, pkcs8 } = await generateKey(options.algorithm);
  const pem = options.encrypt === true ? await backupPem(pkcs8, passphrase) : privatePem(pkcs8);
  const written = [await writeSecretFile(options.output, pem)];
  if (options.public !== undefined && written.every(({ ok }) => ok)) {
    written.push(await replaceFile(options.public, await publicPem(jwk)));
  }
  const unwritten = written.flatMap((file) => (file.ok ? [] : [file.error]));
  if (unwritten.length > 0) return failed(host, unwritten, options);
  const { label, output, algorithm } = options;
  const trust = trustFileFor([{ jwk, ...(label === undefined ? {} : { label }) }]);
  const keyid = keyIdOf(jwk);
  host.out(
    options.json === true
      ? `${JSON.stringify({ file: output, algorithm, keyid, trust })}\n`
      : `${JSON.stringify(trust, undefined, 2)}\n`,
  );
  host.error(`${output}: ${algorithm} key ${keyid}\n`);
  return EXIT.ok;
}
