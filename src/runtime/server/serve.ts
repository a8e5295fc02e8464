import { err, ok, type Result } from '../../base/result.ts';
import type { Host } from '../host.ts';
import { createApp } from './app.ts';
import { Gate, type GateOptions } from './gate.ts';
import { listen, type ListenOptions } from './listen.ts';
import { DecisionLog, type LogOptions } from '../log/decision-log.ts';
import { Metrics } from './metrics.ts';
import { PolicySource, type Loader } from './policy-source.ts';
import type { ServiceLog } from './service.ts';
import { watchPaths } from './watch.ts';

export interface ServeOptions extends ListenOptions {
  readonly load: Loader;
  /** Loads policies that decide beside the others, change nothing and show where they differ. */
  readonly shadow?: Loader | undefined;
  /** Who may ask; absent: everybody. */
  readonly gate?: GateOptions | undefined;
  /** Where decisions are written down; absent: nowhere. */
  readonly log?: (LogOptions & Omit<ServiceLog, 'log'>) | undefined;
  /** Files and folders whose change loads anew. */
  readonly watched: readonly string[];
  /** Milliseconds between two looks at them. */
  readonly interval?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

export interface Serving {
  readonly url: string;
  /** Loads the policies anew; the last good ones stay when that fails. */
  readonly reload: () => Promise<void>;
  /** Stops when everything that is under way has been answered, or after `grace` milliseconds. */
  readonly stop: (grace?: number) => Promise<void>;
}

const GRACE = 10_000;
const INTERVAL = 1000;
/** Milliseconds between two writings of what was used: no more than that is lost in a crash. */
const SAVE = 2000;

/** Loads policies and answers. Without policies that may decide it answers 503 until there are some. */
export async function startServing(
  host: Host,
  options: ServeOptions,
): Promise<Result<Serving, string>> {
  const now = options.now ?? Date.now;
  const opened = options.gate === undefined ? ok(undefined) : await Gate.open(host, options.gate);
  if (!opened.ok) return opened;
  const gate = opened.value;
  const logging = openLog(options);
  if (!logging.ok) return logging;
  const log = logging.value;
  const metrics = new Metrics();
  const source = new PolicySource(options.load, now);
  const shadow = options.shadow === undefined ? undefined : new PolicySource(options.shadow, now);
  let draining = false;
  const reload = async (): Promise<void> => {
    const trouble = await gate?.reload();
    if (trouble !== undefined)
      host.error(`${trouble}\nThe keys are those that were read before.\n`);
    const problem = await source.reload();
    metrics.reloaded(problem === undefined ? 'ok' : 'failed');
    const served = source.current();
    const kept = served === undefined ? 'nothing is decided' : 'what was loaded before decides on';
    if (problem !== undefined) host.error(`${problem}\nNot loaded: ${kept}.\n`);
    else if (served !== undefined) {
      const { pack, id, signed } = served;
      host.error(`Loaded ${pack.name}@${pack.version} ${id}${signed ? '' : ' (UNSIGNED)'}\n`);
    }
    const unshadowed = await shadow?.reload();
    if (unshadowed !== undefined) host.error(`${unshadowed}\nThe shadow was not loaded.\n`);
  };
  // Watched before it is loaded: what changes in between is loaded again.
  const unwatch = watchPaths(options.watched, options.interval ?? INTERVAL, () => void reload());
  await reload();
  const app = createApp({
    service: { source, shadow, metrics, log, now },
    gate,
    draining: () => draining,
  });
  const listening = await listen(app, options);
  if (!listening.ok) {
    unwatch();
    log?.log.close();
    return err(listening.error);
  }
  const save = async (): Promise<void> => {
    const problem = await gate?.save();
    if (problem !== undefined) host.error(`${problem}\n`);
  };
  const saving = setInterval(() => void save(), SAVE);
  return ok({
    url: listening.value.url,
    reload,
    stop: async (grace = GRACE) => {
      draining = true;
      unwatch();
      clearInterval(saving);
      await listening.value.drain(grace);
      await save();
      log?.log.close();
    },
  });
}

function openLog({ log: options }: ServeOptions): Result<ServiceLog | undefined, string> {
  if (options === undefined) return ok(undefined);
  const log = DecisionLog.open(options);
  return log.ok ? ok({ ...options, log: log.value }) : log;
}
