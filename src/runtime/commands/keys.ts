import { Command } from 'commander';
import { err, ok, type Result } from '../../base/result.ts';
import { momentText } from '../../bundle/manifest.ts';
import { EXIT } from '../exit.ts';
import { changeAlone, isAbsent, replaceFile } from '../file-bytes.ts';
import type { Host } from '../host.ts';
import { newApiKey, NO_KEYS, readKeysFile, type KeysFile } from '../keys/key-file.ts';
import { failed, type Problem } from '../problem.ts';

interface AddOptions {
  readonly file: string;
  readonly label: string;
  readonly plan: string;
  readonly bundle?: readonly string[];
  readonly environment?: readonly string[];
  readonly tenant?: readonly string[];
  readonly json?: true;
}

interface FileOptions {
  readonly file: string;
  readonly json?: true;
}

const EXAMPLE = `
The key is printed once; the file holds its hash. Plans stand in the file, to be changed there.

Example:
  stage0 keys add --file keys.json --label "refund agent" --plan pro --environment production`;

const ADD_EXAMPLE = `
Example:
  stage0 keys add --file keys.json --label "refund agent" --plan pro --bundle payments`;

/** `stage0 keys`: who may ask a server, and how much. */
export function keysCommand(host: Host, end: (code: number) => void): Command {
  return new Command('keys')
    .description('add, list and revoke the API keys of a server')
    .addHelpText('after', EXAMPLE)
    .addCommand(
      new Command('add')
        .description('make a key, and print it')
        .requiredOption('--file <file>', 'the file of keys; made when it is not there')
        .requiredOption('--label <text>', 'whose key it is')
        .option('--plan <name>', 'a plan of the file', 'free')
        .option('--bundle <name...>', 'the only bundles that decide for it')
        .option('--environment <name...>', 'the only environments that it is for')
        .option('--tenant <name...>', 'the only tenants that it is for')
        .option('--json', 'print {id, key} as JSON')
        .addHelpText('after', ADD_EXAMPLE)
        .action(async (options: AddOptions) =>
          end(await alone(host, options, () => add(host, options))),
        ),
    )
    .addCommand(
      new Command('list')
        .description('list the keys, without what would let one use them')
        .requiredOption('--file <file>', 'the file of keys')
        .option('--json', 'print them as JSON')
        .addHelpText('after', '\nExample:\n  stage0 keys list --file keys.json')
        .action(async (options: FileOptions) => end(await list(host, options))),
    )
    .addCommand(
      new Command('revoke')
        .description('make a key useless, for good')
        .argument('<id>', 'as listed')
        .requiredOption('--file <file>', 'the file of keys')
        .option('--json', 'print {id, revoked} as JSON')
        .addHelpText('after', '\nExample:\n  stage0 keys revoke --file keys.json 0123456789ab')
        .action(async (id: string, options: FileOptions) =>
          end(await alone(host, options, () => revoke(host, id, options))),
        ),
    );
}

/** A key that is revoked must not come back with one that is added meanwhile. */
async function alone(
  host: Host,
  options: FileOptions,
  change: () => Promise<number>,
): Promise<number> {
  const done = await changeAlone(options.file, change);
  return done.ok ? done.value : failed(host, [done.error], options);
}

async function add(host: Host, options: AddOptions): Promise<number> {
  const { file, label, plan, bundle, environment, tenant } = options;
  const known = await open(host, file, { orNew: true });
  if (!known.ok) return failed(host, known.error, options);
  if (!Object.hasOwn(known.value.plans, plan)) {
    const plans = Object.keys(known.value.plans).join(', ');
    const message = `error: there is no plan ${plan}; the file has ${plans}`;
    return failed(host, [{ message }], options);
  }
  const { id, secret, sha256 } = newApiKey();
  const key = {
    id,
    sha256,
    label,
    plan,
    ...(bundle === undefined ? {} : { bundles: bundle }),
    ...(environment === undefined ? {} : { environments: environment }),
    ...(tenant === undefined ? {} : { tenants: tenant }),
    created: moment(),
  };
  const written = await write(file, { ...known.value, keys: [...known.value.keys, key] });
  if (!written.ok) return failed(host, written.error, options);
  const said = options.json === true ? JSON.stringify({ id, key: secret }) : secret;
  host.out(`${said}\n`);
  return EXIT.ok;
}

async function list(host: Host, { file, json }: FileOptions): Promise<number> {
  const known = await open(host, file);
  if (!known.ok) return failed(host, known.error, { json });
  const rows = known.value.keys.map(({ sha256: _hidden, ...key }) => key);
  if (json === true) host.out(`${JSON.stringify(rows)}\n`);
  else {
    for (const { id, label, plan, created, revoked, ...bound } of rows) {
      const only = [bound.bundles, bound.environments, bound.tenants]
        .flatMap((names) => names ?? [])
        .join(', ');
      const state = revoked === undefined ? `since ${created}` : `revoked ${revoked}`;
      host.out(`${id}  ${plan}  ${state}  ${label}${only === '' ? '' : `  (only ${only})`}\n`);
    }
  }
  return EXIT.ok;
}

async function revoke(host: Host, id: string, { file, json }: FileOptions): Promise<number> {
  const known = await open(host, file);
  if (!known.ok) return failed(host, known.error, { json });
  if (!known.value.keys.some((key) => key.id === id)) {
    return failed(host, [{ message: `error: there is no key ${id}` }], { json });
  }
  const keys = known.value.keys.map((key) =>
    key.id === id && key.revoked === undefined ? { ...key, revoked: moment() } : key,
  );
  const written = await write(file, { ...known.value, keys });
  if (!written.ok) return failed(host, written.error, { json });
  if (json === true) {
    const revoked = keys.find((key) => key.id === id)?.revoked;
    host.out(`${JSON.stringify({ id, revoked })}\n`);
  }
  return EXIT.ok;
}

async function open(
  host: Host,
  path: string,
  how: { readonly orNew?: true } = {},
): Promise<Result<KeysFile, readonly Problem[]>> {
  if (how.orNew === true && (await isAbsent(path))) return ok(NO_KEYS);
  const source = await host.read(path);
  return source.ok ? readKeysFile(source.value) : err([source.error]);
}

async function write(path: string, file: KeysFile): Promise<Result<undefined, readonly Problem[]>> {
  const text = `${JSON.stringify(file, undefined, 2)}\n`;
  // What the options said has to be readable again.
  const read = readKeysFile({ name: path, text });
  if (!read.ok) return read;
  const written = await replaceFile(path, text);
  return written.ok ? written : err([written.error]);
}

function moment(): string {
  return momentText(Date.now()) ?? '';
}
