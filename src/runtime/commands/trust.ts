import { basename } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { readPublicKey } from '../../bundle/key-files.ts';
import type { PublicJwk } from '../../bundle/keys.ts';
import { readTrust, trustFileFor } from '../../bundle/trust.ts';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { failed } from '../problem.ts';

interface Options {
  readonly label?: readonly string[];
  readonly threshold: number;
  readonly json?: true;
}

const EXAMPLE = `
What is printed trusts these keys for every bundle, asks for a release and for a test result without a doubt,
and is meant to be edited: roles, names of bundles, expiry.

Exit code: 0 when all are public keys, else 1.

Example:
  stage0 trust kms.pub.pem second.pub.pem --threshold 2 > trust.json`;

/** `stage0 trust`: a trust.json for keys that somebody has already. */
export function trustCommand(host: Host, end: (code: number) => void): Command {
  const many = (value: string, before: readonly string[] = []) => [...before, value];
  return new Command('trust')
    .description('write a trust.json for public keys')
    .argument('<key...>', 'public keys, PEM or JWK')
    .option('--label <text>', 'whose key it is, in the order of the keys; else its file', many)
    .option('--threshold <keys>', 'how many of them must have signed', keyCount, 1)
    .option('--json', 'print it in one line, and what is wrong as JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (keys: readonly string[], options: Options) =>
      end(await run(host, keys, options)),
    );
}

function keyCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1) throw new InvalidArgumentError('It must be 1 or more.');
  return count;
}

async function run(host: Host, paths: readonly string[], options: Options): Promise<number> {
  const { label, threshold, json } = options;
  const keys: { readonly jwk: PublicJwk; readonly label: string }[] = [];
  for (const [index, path] of paths.entries()) {
    const source = await host.read(path);
    if (!source.ok) return failed(host, [source.error], options);
    const jwk = await readPublicKey(source.value.text);
    if (!jwk.ok) return failed(host, [{ file: path, message: jwk.error }], options);
    keys.push({ jwk: jwk.value, label: label?.[index] ?? basename(path) });
  }
  const { roles, ...rest } = trustFileFor(keys);
  const trust = {
    ...rest,
    roles: Object.fromEntries(
      Object.entries(roles).map(([role, who]) => [role, { ...who, threshold }]),
    ),
  };
  // The same key twice, or a threshold that nobody can reach.
  const read = readTrust(JSON.stringify(trust));
  if (!read.ok) {
    const message = `error: ${read.error[0]?.message ?? 'no trust'}`;
    return failed(host, [{ message }], options);
  }
  host.out(`${JSON.stringify(trust, undefined, json === true ? 0 : 2)}\n`);
  return EXIT.ok;
}
