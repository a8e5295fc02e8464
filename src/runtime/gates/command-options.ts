/** What the commands that stand at a gate have in common: who decides, and what is known about the tools. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { err, ok, type Result } from '../../base/result.ts';
import type { Decider } from '../check-result.ts';
import { createClient } from '../client.ts';
import { isAbsent } from '../file-bytes.ts';
import type { Host } from '../host.ts';
import { createRuntime } from '../in-process.ts';
import { printProblem } from '../problem.ts';
import { createGate, type Gate, type GateEvent, type GateOptions } from './gate.ts';

/** Who decides. */
export interface DeciderOptions {
  readonly pack?: string;
  readonly bundle?: string;
  readonly trust?: string;
  readonly accepted?: string;
  readonly server?: string;
}

export interface GateCommandOptions extends DeciderOptions {
  readonly tools?: string;
  readonly goal?: string;
  readonly context?: string;
  readonly log?: string;
}

/** The variable with the API key for `--server`: on the command line others could read it. */
const KEY = 'STAGE0_API_KEY';
/** The variable that seals approvals, where they have to outlive the process. */
const SECRET = 'STAGE0_GATE_SECRET';

export function withDeciderOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--server <url>', `stage0 serve, with the API key in the variable ${KEY}`),
    )
    .option('--bundle <file>', 'the signed bundle that decides in this process')
    .option('--trust <file>', 'trust.json: whose signatures count')
    .option('--accepted <file>', 'remembers which bundle was accepted, and refuses what is older')
    .option('--pack <folder>', 'an UNSIGNED pack, for development');
}

export function withGateOptions(command: Command): Command {
  return withDeciderOptions(command)
    .option('--tools <file>', 'what the tools do; <pack>/tools.json when there is one')
    .option('--goal <text>', 'what the agent is after')
    .option('--context <json>', 'facts for every check, such as {"actor_role": "developer"}')
    .option(
      '--log <file>',
      'where to write what happens, a line of JSON each; the standard error if absent',
    );
}

/** The gate that the options describe; the error says what is wrong with them. */
export async function openGate(
  host: Host,
  options: GateCommandOptions,
  more: Partial<GateOptions> = {},
): Promise<Result<Gate, string>> {
  const decider = await openDecider(options);
  if (!decider.ok) return decider;
  const tools = await readTools(host, options);
  if (!tools.ok) return tools;
  const context = readJson(options.context ?? '{}');
  if (!isRecord(context)) return err('--context must be an object in JSON');
  const { goal, log } = options;
  const secret = process.env[SECRET];
  try {
    const gate = createGate({
      decider: decider.value,
      tools: tools.value,
      goal,
      context,
      secret,
      log: log === undefined ? (event) => host.error(lineOf(event)) : logTo(log),
      ...more,
    });
    return ok(gate);
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** The decider that the options name; the error says why there is none. */
export async function openDecider(options: DeciderOptions): Promise<Result<Decider, string>> {
  const { server, bundle, trust, accepted, pack } = options;
  const ways = [server, bundle, pack].filter((way) => way !== undefined);
  if (ways.length !== 1) return err('one of --server, --bundle and --pack says who decides');
  if (server !== undefined) {
    if (!URL.canParse(server))
      return err('--server must be an address such as http://127.0.0.1:8181');
    const key = process.env[KEY];
    return ok(createClient({ url: server, ...(key === undefined ? {} : { key }) }));
  }
  if (bundle !== undefined && trust === undefined) return err('--bundle needs --trust');
  const runtime = await createRuntime(
    bundle !== undefined && trust !== undefined
      ? { bundle, trust, ...(accepted === undefined ? {} : { accepted }) }
      : { pack: pack ?? '' },
  );
  const problem = runtime.problem();
  return problem === undefined ? ok(runtime) : err(problem);
}

async function readTools(
  host: Host,
  { tools, pack }: GateCommandOptions,
): Promise<Result<Readonly<Record<string, object>>, string>> {
  const beside = pack === undefined ? undefined : join(pack, 'tools.json');
  const path = tools ?? (beside !== undefined && !(await isAbsent(beside)) ? beside : undefined);
  if (path === undefined)
    return err('--tools says what the tools do; those that it does not know are refused');
  const source = await host.read(path);
  if (!source.ok) return err(printProblem(source.error));
  const read = readJson(source.value.text);
  return isRecord(read) ? ok(read) : err(`${path}: is no object in JSON`);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, object>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lineOf(event: GateEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** At once and not later: a tool must not run before the line stands. */
export function logTo(path: string): (event: GateEvent) => void {
  return (event) => appendFileSync(path, lineOf(event), { mode: 0o600 });
}
