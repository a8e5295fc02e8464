/**
 * The store that several servers share. A quota is taken by one script, which Redis runs without anything
 * in between; a run is read, stepped here and written back only if nobody else has written it meanwhile.
 * Redis that does not answer within a second counts as gone: what then becomes of checks is for the
 * caller to say. How much a crash of Redis itself forgets is its own setting (`appendfsync`).
 */
import { createClient } from '@redis/client';
import { longest, secondsLeft, windowsAt, WINDOWS, type Counts, type Limits } from './quota.ts';
import { giveBack, Run, step, type Counters, type Step } from './run.ts';
import {
  RUN_TTL,
  unavailable,
  type RunName,
  type StateStore,
  type Taken,
  type Unavailable,
} from './store.ts';

/** Milliseconds that an answer may take. */
const PATIENCE = 1000;
/** Times that somebody else may write a run between reading and writing it here. */
const ATTEMPTS = 50;

const TAKE = `
for i = 1, 3 do
  local limit = tonumber(ARGV[1 + i])
  local used = tonumber(redis.call('GET', KEYS[i]) or '0')
  if limit >= 0 and used + tonumber(ARGV[1]) > limit then return i end
end
for i = 1, 3 do
  redis.call('INCRBY', KEYS[i], ARGV[1])
  redis.call('EXPIRE', KEYS[i], ARGV[4 + i])
end
return 0`;

const SWAP = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** Opens the store of a `redis://` or `rediss://` address. It need not answer yet. */
export async function openRedis(url: string, say: (line: string) => void): Promise<StateStore> {
  const client = clientFor(url);
  let gone = false;
  client.on('error', (error: unknown) => {
    if (!gone) say(`The state in Redis cannot be reached: ${reasonOf(error)}\n`);
    gone = true;
  });
  client.on('ready', () => {
    if (gone) say('The state in Redis can be reached again.\n');
    gone = false;
  });
  // It goes on trying until it is closed, whatever becomes of the first attempt.
  const first = client.connect().catch(() => undefined);
  await Promise.race([first, later(PATIENCE)]);
  return new RedisStore(client);
}

function clientFor(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    socket: {
      connectTimeout: PATIENCE,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 2000) * (0.5 + Math.random() / 2),
    },
  });
}

type Client = ReturnType<typeof clientFor>;

class RedisStore implements StateStore {
  readonly kind = 'redis';
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async take(key: string, limits: Limits, n: number, now: number): Promise<Taken> {
    const args = [
      n,
      ...WINDOWS.map((window) => limits[`per_${window}`] ?? -1),
      ...WINDOWS.map((window) => secondsLeft(window, now) + 60),
    ];
    const full = await this.#ask((client) =>
      client.eval(TAKE, { keys: quotaKeys(key, now), arguments: args.map(String) }),
    );
    if (typeof full !== 'number') return isUnavailable(full) ? full : STRANGE;
    const window = WINDOWS[full - 1];
    if (window === undefined) return { kind: 'taken' };
    const counts = await this.counts(key, now);
    if (isUnavailable(counts)) return counts;
    // Of several that are full the one that ends last counts.
    const all = WINDOWS.filter((other) => {
      const limit = limits[`per_${other}`];
      return other === window || (limit !== null && counts[other].used + n > limit);
    });
    return { kind: 'full', wait: longest(all, now) };
  }

  async counts(key: string, now: number): Promise<Counts | Unavailable> {
    const used = await this.#ask((client) => client.mGet(quotaKeys(key, now)));
    if (isUnavailable(used)) return used;
    const names = windowsAt(now);
    const [minute, day, month] = used.map((text) => Number(text ?? 0));
    return {
      minute: { window: names.minute, used: minute ?? 0 },
      day: { window: names.day, used: day ?? 0 },
      month: { window: names.month, used: month ?? 0 },
    };
  }

  async step(name: RunName, asked: Step): Promise<Counters | Unavailable> {
    let counters: Counters | undefined;
    const done = await this.#swap(name, (run) => {
      const stepped = step(run, asked);
      ({ counters } = stepped);
      return stepped.run;
    });
    return done ?? counters ?? STRANGE;
  }

  async giveBack(name: RunName, asked: Pick<Step, 'tools' | 'price'>): Promise<void> {
    await this.#swap(name, (run) => (run === undefined ? undefined : giveBack(run, asked)));
  }

  async close(): Promise<void> {
    await Promise.resolve(this.#client.destroy());
  }

  async #swap(
    { key, run }: RunName,
    next: (run: Run | undefined) => Run | undefined,
  ): Promise<Unavailable | undefined> {
    const keys = [`stage0:run:${key}:${run}`];
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const text = await this.#ask((client) => client.get(keys[0] ?? ''));
      if (isUnavailable(text)) return text;
      const known = typeof text === 'string' ? readRun(text) : undefined;
      if (known === null) return STRANGE;
      const changed = next(known);
      if (changed === undefined) return undefined;
      const args = [typeof text === 'string' ? text : '', JSON.stringify(changed), String(RUN_TTL)];
      const swapped = await this.#ask((client) => client.eval(SWAP, { keys, arguments: args }));
      if (isUnavailable(swapped)) return swapped;
      if (swapped === 1) return undefined;
      await later(Math.random() * attempt);
    }
    return unavailable('Too many checks of one run came at once.');
  }

  async #ask<T>(command: (client: Client) => Promise<T>): Promise<T | Unavailable> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<Unavailable>((resolve) => {
      timer = setTimeout(resolve, PATIENCE, SILENT);
    });
    try {
      const answer = command(this.#client);
      // It may still fail when nobody waits for it any longer.
      answer.catch(() => undefined);
      return await Promise.race([answer, silence]);
    } catch (error) {
      return unavailable(`The state in Redis cannot be reached: ${reasonOf(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

const STRANGE = unavailable('What Redis answers is no state of ours.');
const SILENT = unavailable('The state in Redis does not answer.');

/** The braces keep a key's counters on one node of a cluster. */
function quotaKeys(key: string, now: number): [string, string, string] {
  const names = windowsAt(now);
  const [minute, day, month] = [names.minute, names.day, names.month];
  return [
    `stage0:quota:{${key}}:${minute}`,
    `stage0:quota:{${key}}:${day}`,
    `stage0:quota:{${key}}:${month}`,
  ];
}

/** `null`: it is none. */
function readRun(text: string): Run | null {
  try {
    const run = Run.safeParse(JSON.parse(text));
    return run.success ? run.data : null;
  } catch {
    return null;
  }
}

function isUnavailable(answer: unknown): answer is Unavailable {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'kind' in answer &&
    answer.kind === 'unavailable'
  );
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
