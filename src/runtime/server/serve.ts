import { setTimeout } from 'node:timers/promises';
import { err, ok, type Result } from '../../base/result.ts';
import type { Host } from '../host.ts';
import { createApp } from './app.ts';
import { Desk } from './desk.ts';
import { Gate, type GateOptions } from './gate.ts';
import { listen, type ListenOptions } from './listen.ts';
import { DecisionLog, type LogOptions } from '../log/decision-log.ts';
import { Metrics } from './metrics.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { PolicySet } from './policy-set.ts';
import { PolicySource, type Loader, type Reloaded } from './policy-source.ts';
import { poll } from './poll.ts';
import type { ServiceLog } from './service.ts';
import type { ServiceState } from '../state/loops.ts';
import { openState } from '../state/open-state.ts';
import { openTracing } from './tracing.ts';
import { watchPaths } from './watch.ts';

export interface ServeOptions extends ListenOptions {
  /** One for each bundle that decides. */
  readonly load: Loader | readonly Loader[];
  /** Loads policies that decide beside the others, change nothing and show where they differ. */
  readonly shadow?: Loader | undefined;
  /** Who may ask; absent: everybody. */
  readonly gate?: GateOptions | undefined;
  /** Where runs and quotas are counted: a file, an address of Redis; absent: in memory alone. */
  readonly state?: string | undefined;
  /** What a check is whose run or quota cannot be counted. */
  readonly stateFailure?: ServiceState['onFailure'] | undefined;
  /** Where decisions are written down; absent: nowhere. */
  readonly log?: (LogOptions & Omit<ServiceLog, 'log'>) | undefined;
  /** Answers everything with ALLOW, and says beside it what was decided. */
  readonly dryRun?: boolean | undefined;
  /** Of the server as others reach it; absent: where it listens. */
  readonly publicUrl?: string | undefined;
  /** HTTPS address that takes access requests after a DEFER. */
  readonly accessRequests?: string | undefined;
  /** Where the variables of OpenTelemetry are looked for; absent: nothing is traced. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Files and folders whose change loads anew. */
  readonly watched: readonly string[];
  /** Milliseconds between two looks at them. */
  readonly interval?: number;
  /** Milliseconds that the first loading may take before the server listens without it. */
  readonly patience?: number | undefined;
  /** Milliseconds, more or less, between two times that an address is asked; absent: none is. */
  readonly poll?: number | undefined;
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

const DRY_RUN =
  'DRY RUN: every check that can be decided is answered with ALLOW. Nothing is enforced.\n';
const GRACE = 10_000;
const PATIENCE = 5000;
const INTERVAL = 1000;

/** Loads policies and answers. Without policies that may decide it answers 503 until there are some. */
export async function startServing(
  host: Host,
  options: ServeOptions,
): Promise<Result<Serving, string>> {
  const now = options.now ?? Date.now;
  const metrics = new Metrics();
  const store = await openState(host, options.state);
  if (!store.ok) return store;
  const state = { store: store.value, onFailure: options.stateFailure ?? 'refuse' };
  const uncounted = (): void => metrics.stateless();
  const opened =
    options.gate === undefined
      ? ok(undefined)
      : await Gate.open({ host, state, uncounted }, options.gate);
  const logging = opened.ok ? openLog(options) : ok(undefined);
  if (!opened.ok || !logging.ok) {
    await store.value.close();
    return opened.ok ? err(logging.ok ? '' : logging.error) : opened;
  }
  const gate = opened.value;
  const log = logging.value;
  const policies = new PolicySet([options.load].flat().map((load) => new PolicySource(load, now)));
  const shadow = options.shadow === undefined ? undefined : new PolicySource(options.shadow, now);
  let draining = false;
  const reload = oneAtATime(async (again) => {
    const trouble = again ? await gate?.reload() : undefined;
    if (trouble !== undefined)
      host.error(`${trouble}\nThe keys are those that were read before.\n`);
    // One after the other: they may share what remembers the accepted.
    for (const source of policies.sources) {
      const reloaded = await source.reload(again);
      if (draining) return;
      reportLoaded(host, metrics, source, reloaded);
    }
    if (shadow === undefined) return;
    const reloaded = await shadow.reload(again);
    if (!draining) reportShadow(host, metrics, shadow, reloaded);
  });
  if (options.dryRun === true) host.error(DRY_RUN);
  // Watched before it is loaded: what changes in between is loaded again.
  const unwatch = watchPaths(options.watched, options.interval ?? INTERVAL, () => void reload());
  // An address that is silent must not keep the server from saying that it is alive, and not ready.
  await Promise.race([
    reload(),
    setTimeout(options.patience ?? PATIENCE, undefined, { ref: false }),
  ]);
  const unpoll = options.poll === undefined ? undefined : poll(options.poll, () => reload(false));
  const tracing = await openTracing(options.env ?? {}, (message) => host.error(`${message}\n`));
  if (!tracing.ok) host.error(`${tracing.error}\nNothing is traced.\n`);
  let url = '';
  const desk = new Desk({
    service: { policies, shadow, metrics, log, state, dryRun: options.dryRun, now },
    gate,
    draining: () => draining,
    tracing: tracing.ok ? tracing.value : undefined,
    authZen: () => ({
      publicUrl: options.publicUrl ?? url,
      accessRequests: options.accessRequests,
    }),
  });
  const listening = await listen(createApp(desk), options);
  if (!listening.ok) {
    draining = true;
    unwatch();
    unpoll?.();
    log?.log.close();
    await store.value.close();
    return err(listening.error);
  }
  ({ url } = listening.value);
  return ok({
    url,
    reload,
    stop: async (grace = GRACE) => {
      draining = true;
      unwatch();
      unpoll?.();
      await listening.value.drain(grace);
      if (tracing.ok) await tracing.value?.close();
      log?.log.close();
      await store.value.close();
    },
  });
}

function openLog({ log: options }: ServeOptions): Result<ServiceLog | undefined, string> {
  if (options === undefined) return ok(undefined);
  const log = DecisionLog.open(options);
  return log.ok ? ok({ ...options, log: log.value }) : log;
}

/** Says what came of loading: in the log, and in the counters. */
function reportLoaded(
  host: Host,
  metrics: Metrics,
  source: PolicySource,
  { changed, problem, known }: Reloaded,
): void {
  if (known && !changed) return;
  const served = source.current();
  if (problem !== undefined) metrics.reloaded('failed');
  else if (changed) metrics.reloaded('ok');
  if (problem !== undefined) {
    const kept = served === undefined ? 'nothing is decided' : 'what was loaded before decides on';
    const older = served?.copy === undefined ? 'something older is' : 'the copy that was kept is';
    host.error(`${problem}\nNot loaded: ${changed ? older : kept}.\n`);
  }
  if (!changed || served === undefined) return;
  const { pack, id, signed, copy } = served;
  const from = copy === undefined ? '' : ` from ${copy}`;
  host.error(`Loaded ${pack.name}@${pack.version} ${id}${from}${signed ? '' : ' (UNSIGNED)'}\n`);
}

/** The same of the policies that look on. */
function reportShadow(
  host: Host,
  metrics: Metrics,
  shadow: PolicySource,
  { changed, problem, known }: Reloaded,
): void {
  if (known && !changed) return;
  if (problem !== undefined) {
    metrics.shadowReloaded('failed');
    const kept = shadow.current() === undefined ? 'nothing looks on' : 'the one before looks on';
    host.error(`${problem}\nThe shadow was not loaded: ${changed ? 'an older one is' : kept}.\n`);
  } else if (changed) metrics.shadowReloaded('ok');
  const served = changed ? shadow.current() : undefined;
  if (served === undefined) return;
  const { pack, id, signed } = served;
  host.error(`Shadow: ${pack.name}@${pack.version} ${id}${signed ? '' : ' (UNSIGNED)'}\n`);
}
