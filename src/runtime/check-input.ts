import { Option, type Command } from 'commander';
import { err, ok, type Result } from '../base/result.ts';
import { parseJson } from '../cedar/json/lossless.ts';
import { readCheck, type Check } from '../decision/check.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { PackFiles } from '../pack/files.ts';
import type { Pack } from '../pack/read.ts';
import type { Host } from './host.ts';
import { isFolder, readDecidingFolder } from './pack-folder.ts';
import { problemsAt, problemsIn, type Problem } from './problem.ts';

/** How the commands that decide one check are asked. */
export interface CheckOptions {
  readonly trust?: string;
  readonly now?: string;
  readonly requestId: string;
  readonly json?: true;
}

/** What there is to decide, and with what. */
export interface CheckInput {
  readonly served: Policies;
  readonly check: Check;
  readonly at: { readonly now: number; readonly requestId: string };
}

/** What decides. */
interface Policies {
  readonly pack: Pack;
  readonly files: PackFiles;
}

/** Exit codes of the commands that decide; anything that is no decision is 1. */
export const VERDICT_EXIT: Readonly<Record<Verdict, number>> = { ALLOW: 0, DEFER: 3, DENY: 4 };

/** Arguments and options that these commands share. */
export function withCheckOptions(command: Command): Command {
  return command
    .argument('<pack>', 'the folder of a pack, or a signed bundle')
    .argument('<request>', 'the body of POST /check, as a file; - is the standard input')
    .option('--trust <file>', 'trust.json: whose signatures count; a bundle needs it')
    .option('--now <moment>', 'decide as if it were then, such as 2026-03-16T10:00:00Z')
    .addOption(new Option('--request-id <id>').default('cli', 'cli'))
    .option('--json', 'print everything as JSON');
}

/** Reads the policies, verified when they are a bundle, and the request. */
export async function readCheckInput(
  host: Host,
  pack: string,
  request: string,
  options: CheckOptions,
): Promise<Result<CheckInput, readonly Problem[]>> {
  const now = options.now === undefined ? Date.now() : Date.parse(options.now);
  if (!Number.isFinite(now)) {
    return err([{ message: 'error: --now must be a moment such as 2026-03-16T10:00:00Z' }]);
  }
  const served = await load(host, pack, options.trust);
  if (!served.ok) return served;
  const source = await host.read(request);
  if (!source.ok) return err([source.error]);
  const json = parseJson(source.value.text);
  if (!json.ok) return err(problemsAt(source.value, [json.error]));
  const check = readCheck(json.value);
  if (!check.ok) return err(problemsIn(source.value, check.error));
  const at = { now, requestId: options.requestId };
  return ok({ served: served.value, check: check.value, at });
}

async function load(
  host: Host,
  pack: string,
  trust: string | undefined,
): Promise<Result<Policies, readonly Problem[]>> {
  if (isFolder(pack)) return readDecidingFolder(host, pack);
  if (trust === undefined) {
    return err([{ message: `error: ${pack} is no folder, and a bundle needs --trust` }]);
  }
  // Late: a folder needs none of it.
  const { bundleLoader } = await import('./bundles/bundle-loader.ts');
  // Whether a bundle may be loaded is asked today, whatever day the check is decided for.
  const bundle = await bundleLoader(host, { bundle: pack, trust })(Date.now());
  return bundle.ok ? bundle : err([{ message: bundle.error }]);
}
