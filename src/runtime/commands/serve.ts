import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { readMask } from '../log/event.ts';
import { failed } from '../problem.ts';

interface Options {
  readonly bundle?: readonly string[];
  readonly poll: number;
  readonly trust?: string;
  readonly pack?: string;
  readonly name?: string;
  readonly audience?: string;
  readonly accepted?: string;
  readonly state?: string;
  readonly stateFailure: 'refuse' | 'count';
  readonly shadow?: string;
  readonly keys?: string;
  readonly open?: true;
  readonly log?: string;
  readonly logMask: readonly string[];
  readonly logMaxMb: number;
  readonly logFailure: 'refuse' | 'count';
  readonly dryRun?: true;
  readonly publicUrl?: string;
  readonly accessRequests?: string;
  readonly host: string;
  readonly port: number;
  readonly json?: true;
}

const EXAMPLE = `
It answers POST /check, /check/explain and /check/batch, GET /policy, /healthz, /readyz and /metrics,
and AuthZEN's POST /access/v1/evaluation and /access/v1/evaluations.
SIGHUP, another bundle in the file's place, a newer one in the folder or at the address loads it; what
fails to verify changes nothing.
SIGTERM lets what is under way end, then stops.

Example:
  stage0 serve --bundle payments-1.4.0.cjar --trust trust.json --keys keys.json --state state`;

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** `stage0 serve`: answers checks over HTTP. */
export function serveCommand(host: Host, end: (code: number) => void): Command {
  return new Command('serve')
    .description('answer checks over HTTP')
    .option(
      '--bundle <place...>',
      'the signed bundle that decides: a file, a folder or an address; of several the key decides which',
    )
    .option(
      '--poll <seconds>',
      'between two times that an address is asked, and what time may mend is tried again',
      seconds,
      60,
    )
    .option('--trust <file>', 'trust.json: whose signatures count')
    .addOption(
      new Option('--pack <folder>', 'an UNSIGNED pack, for development').conflicts([
        'bundle',
        'trust',
        'name',
        'audience',
        'accepted',
      ]),
    )
    .option('--name <name>', 'the bundle that is wanted')
    .option('--audience <audience>', 'where the bundle is loaded')
    .option(
      '--accepted <file>',
      'remembers the bundles accepted, refuses what is older, and keeps a copy of what an address gave beside it',
    )
    .option(
      '--shadow <path>',
      'a bundle, or with --pack a pack, that looks on and shows what it would flip',
    )
    .option('--keys <file>', 'who may ask: made by stage0 keys')
    .option('--state <where>', 'counts quotas and runs: a file, redis://… or env:NAME')
    .addOption(
      new Option('--state-failure <what>', 'a check that cannot be counted is refused, or counted')
        .choices(['refuse', 'count'])
        .default('refuse'),
    )
    .option('--open', 'let everybody who reaches it ask, without a key')
    .option('--log <file>', 'write down every decision, in lines that are chained')
    .option('--log-mask <pointer...>', 'never write this, such as /input/context/email', [])
    .option('--log-max-mb <number>', 'go on in another file when one is as large', megabytes, 100)
    .addOption(
      new Option(
        '--log-failure <what>',
        'a decision that cannot be written down is refused, or counted',
      )
        .choices(['refuse', 'count'])
        .default('refuse'),
    )
    .option('--public-url <url>', 'of this server as others reach it', httpUrl)
    .option('--access-requests <url>', 'takes AuthZEN access requests after a DEFER', httpsUrl)
    .option('--dry-run', 'answer everything with ALLOW, and say beside it what was decided')
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <number>', '0 takes any free one', port, 8181)
    .option('--json', 'print {url} as JSON when it answers')
    .addHelpText('after', EXAMPLE)
    .action(async (options: Options) => end(await run(host, options)));
}

async function run(host: Host, options: Options): Promise<number> {
  // Late: what the server needs is not for the other commands to load.
  const { packLoader } = await import('../server/policy-source.ts');
  const { bundleLoader } = await import('../bundles/bundle-loader.ts');
  const { isAddress } = await import('../bundles/origin.ts');
  const { verifyInThread } = await import('../bundles/verify-in-thread.ts');
  const { startServing } = await import('../server/serve.ts');
  const { bundle, trust, pack, json } = options;
  const refused = (message: string): number => failed(host, [{ message }], options);
  if (pack === undefined && (bundle === undefined || trust === undefined)) {
    return refused('error: --bundle and --trust are needed, or --pack for development');
  }
  if (bundle !== undefined && bundle.length > 1 && options.name !== undefined) {
    return refused('error: --name is for one bundle');
  }
  const { keys, shadow } = options;
  if (keys === undefined && options.open !== true && !LOOPBACK.has(options.host)) {
    return refused('error: --keys is needed where others can reach it; --open lets everybody ask');
  }
  if (keys !== undefined && options.state === undefined) {
    host.error('Quotas and runs are counted in memory: a restart forgets them (--state).\n');
  }
  const masks = options.logMask.map(readMask);
  const wrong = options.logMask[masks.indexOf(undefined)];
  if (wrong !== undefined) {
    return refused(`error: --log-mask ${wrong} must begin with /input/ or /result/`);
  }
  const log =
    options.log === undefined
      ? undefined
      : {
          path: options.log,
          maxBytes: options.logMaxMb * 1_000_000,
          masks: masks.filter((mask) => mask !== undefined),
          onFailure: options.logFailure,
        };
  const signed = bundle !== undefined && trust !== undefined;
  const ending = new AbortController();
  const { signal } = ending;
  const verify =
    host.verifier === undefined ? undefined : verifyInThread(host.verifier, undefined, signal);
  const load = signed
    ? bundle.map((place) =>
        bundleLoader(
          host,
          { ...options, bundle: place, trust, accepted: options.accepted, signal },
          verify,
        ),
      )
    : packLoader(host, pack ?? '');
  if (!signed) host.error('UNSIGNED: nobody vouches for this pack. Do not use it in production.\n');
  const places = [
    ...(shadow === undefined ? [] : [shadow]),
    ...(signed ? [...bundle, trust] : [pack ?? '']),
    ...(keys === undefined ? [] : [keys]),
  ];
  const started = await startServing(host, {
    env: process.env,
    dryRun: options.dryRun,
    publicUrl: options.publicUrl,
    accessRequests: options.accessRequests,
    host: options.host,
    port: options.port,
    load,
    log,
    gate: keys === undefined ? undefined : { keys },
    state: options.state,
    stateFailure: options.stateFailure,
    shadow:
      shadow === undefined
        ? undefined
        : signed
          ? bundleLoader(
              host,
              { bundle: shadow, trust, audience: options.audience, signal },
              verify,
            )
          : packLoader(host, shadow),
    watched: places.filter((place) => !isAddress(place)),
    // Files are watched; but what only time mends, such as a full disk, no change of theirs tells.
    poll: signed ? options.poll * 1000 : undefined,
  });
  if (!started.ok) {
    ending.abort();
    return refused(`error: ${started.error}`);
  }
  const { url, reload, stop } = started.value;
  const onReload = (): void => void reload();
  process.on('SIGHUP', onReload);
  const ended = new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  // Last: who is told that it answers may send a signal at once.
  host.out(json === true ? `${JSON.stringify({ url })}\n` : `Answering at ${url}\n`);
  await ended;
  process.off('SIGHUP', onReload);
  const stopping = stop();
  // What is being loaded decides nothing any more, and must not keep the process.
  ending.abort();
  await stopping;
  return EXIT.ok;
}

function seconds(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 1 && number <= 86_400)) {
    throw new InvalidArgumentError('must be a number of seconds from 1 to 86400');
  }
  return number;
}

function megabytes(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number > 0 && number <= 1_000_000)) {
    throw new InvalidArgumentError('must be a number of megabytes');
  }
  return number;
}

function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('must be an address such as https://pdp.example.com');
  }
  return url.href;
}

function httpsUrl(text: string): string {
  const url = httpUrl(text);
  if (!url.startsWith('https:')) throw new InvalidArgumentError('must begin with https:');
  return url;
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number > 65_535) {
    throw new InvalidArgumentError('must be a number from 0 to 65535');
  }
  return number;
}
