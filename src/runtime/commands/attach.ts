import { Command } from 'commander';
import { err, ok, type Result } from '../../base/result.ts';
import { fromBase64 } from '../../bundle/base64.ts';
import { readPublicKey } from '../../bundle/key-files.ts';
import type { PublicJwk } from '../../bundle/keys.ts';
import { openUnverified } from '../../bundle/open.ts';
import { addSignatures, attachEnvelope, attachSignature } from '../../bundle/sign.ts';
import { EXIT } from '../exit.ts';
import { readBytes, replaceFile } from '../file-bytes.ts';
import type { Host } from '../host.ts';
import { failed, type Problem } from '../problem.ts';
import { signerFrom } from './bundle.ts';

interface Options {
  readonly key?: string;
  readonly signature?: readonly string[];
  readonly envelope?: readonly string[];
  readonly signWith?: string;
  readonly output?: string;
  readonly json?: true;
}

const EXAMPLE = `
Exit code: 0 when the signatures were right and are in, else 1.

Example: a key service signs what "stage0 bundle --unsigned --to-sign ." has written
  openssl pkeyutl -sign -rawin -inkey kms.pem -in release.pae -out release.sig
  stage0 attach payments-1.4.0.cjar --key kms.pub.pem --signature release=release.sig`;

/** `stage0 attach`: puts signatures that were made elsewhere into a bundle. */
export function attachCommand(host: Host, end: (code: number) => void): Command {
  const many = (value: string, before: readonly string[] = []) => [...before, value];
  return new Command('attach')
    .description('put signatures into a bundle')
    .argument('<bundle>', 'the .cjar file')
    .option('--key <file>', 'the public key of the signatures, PEM or JWK')
    .option('--signature <role=file>', 'a signature of release or test-result', many)
    .option('--envelope <role=file>', 'a whole DSSE envelope, such as cosign writes', many)
    .option('--sign-with <key>', 'add a signature of this private key: file, - or env:NAME')
    .option('-o, --output <file>', 'where to write it; over the bundle when absent')
    .option('--json', 'print {file, signatures} as JSON: by role, the ids of the keys')
    .addHelpText('after', EXAMPLE)
    .action(async (bundle: string, options: Options) => end(await run(host, bundle, options)));
}

async function run(host: Host, path: string, options: Options): Promise<number> {
  const attached = await attach(host, path, options);
  const output = options.output ?? path;
  const written = attached.ok ? await replaceFile(output, attached.value) : attached;
  if (!written.ok) return failed(host, [written.error], options);
  const said = { file: output, signatures: attached.ok ? claimedIn(attached.value) : {} };
  host.out(
    options.json === true ? `${JSON.stringify(said)}\n` : `${output}: the signatures are in\n`,
  );
  return EXIT.ok;
}

/** Whose signatures a bundle has, by role. */
function claimedIn(bundle: Uint8Array): Readonly<Record<string, readonly string[]>> {
  const opened = openUnverified(bundle);
  const claims = opened.ok ? opened.value.claims : [];
  return Object.fromEntries(claims.map(({ role, keyids }) => [role, keyids]));
}

async function attach(
  host: Host,
  path: string,
  options: Options,
): Promise<Result<Uint8Array, Problem>> {
  const { signature = [], envelope = [], signWith } = options;
  if (signature.length + envelope.length === 0 && signWith === undefined) {
    return err({ message: 'error: give --signature, --envelope or --sign-with' });
  }
  const read = await readBytes(path);
  if (!read.ok) return read;
  let bundle = read.value;
  if (signature.length + envelope.length > 0) {
    const key = await publicKey(host, options.key);
    if (!key.ok) return key;
    for (const [list, put] of [
      [signature, putSignature],
      [envelope, putEnvelope],
    ] as const) {
      for (const one of list) {
        const next = await put(bundle, one, key.value);
        if (!next.ok) return next;
        bundle = next.value;
      }
    }
  }
  if (signWith === undefined) return ok(bundle);
  const signer = await signerFrom(host, signWith);
  if (!signer.ok) return signer;
  const signed = await addSignatures(bundle, signer.value);
  return signed.ok ? signed : err({ file: path, message: signed.error });
}

async function publicKey(
  host: Host,
  path: string | undefined,
): Promise<Result<PublicJwk, Problem>> {
  if (path === undefined) return err({ message: 'error: --key names whose signatures they are' });
  const source = await host.read(path);
  if (!source.ok) return source;
  const key = await readPublicKey(source.value.text);
  return key.ok ? key : err({ file: path, message: key.error });
}

type Put = (
  bundle: Uint8Array,
  argument: string,
  key: PublicJwk,
) => Promise<Result<Uint8Array, Problem>>;

const putSignature: Put = async (bundle, argument, key) => {
  const file = await readRole(argument);
  if (!file.ok) return file;
  const { role, path, bytes } = file.value;
  const attached = await attachSignature(bundle, role, key, binary(bytes));
  return attached.ok ? attached : err({ file: path, message: attached.error });
};

const putEnvelope: Put = async (bundle, argument, key) => {
  const file = await readRole(argument);
  if (!file.ok) return file;
  const { role, path, bytes } = file.value;
  const attached = await attachEnvelope(bundle, role, bytes, [key]);
  return attached.ok ? attached : err({ file: path, message: attached.error });
};

interface RoleFile {
  readonly role: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

async function readRole(argument: string): Promise<Result<RoleFile, Problem>> {
  const at = argument.indexOf('=');
  const [role, path] = [argument.slice(0, at), argument.slice(at + 1)];
  if (at < 1 || path === '') {
    return err({
      message: `error: ${argument} must be <role>=<file>, such as release=release.sig`,
    });
  }
  const bytes = await readBytes(path);
  return bytes.ok ? ok({ role, path, bytes: bytes.value }) : bytes;
}

/** Signatures come as they are or, from cosign and most key services, in base64. */
function binary(bytes: Uint8Array): Uint8Array {
  return fromBase64(new TextDecoder().decode(bytes).trim()) ?? bytes;
}
