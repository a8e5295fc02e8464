import { err, ok, type Result } from '../../base/result.ts';
import { readKeysFile } from '../keys/key-file.ts';
import { KeyRing, type Caller } from '../keys/key-ring.ts';
import type { Host } from '../host.ts';
import { printProblem } from '../problem.ts';
import type { ServiceState } from '../state/loops.ts';
import { usageOf, WINDOWS, type Usage } from '../state/quota.ts';
import { NO_STATE, type Refusal } from './refusal.ts';

export interface GateOptions {
  /** Path of the file of keys. */
  readonly keys: string;
}

/** Who may ask, and how much. */
export class Gate {
  readonly #host: Host;
  readonly #options: GateOptions;
  readonly #state: ServiceState;
  readonly #uncounted: () => void;
  #ring: KeyRing;

  private constructor(parts: GateParts, options: GateOptions, ring: KeyRing) {
    this.#host = parts.host;
    this.#state = parts.state;
    this.#uncounted = parts.uncounted;
    this.#options = options;
    this.#ring = ring;
  }

  /** Reads the keys; the error says what is wrong with them. */
  static async open(parts: GateParts, options: GateOptions): Promise<Result<Gate, string>> {
    const ring = await readRing(parts.host, options.keys);
    return ring.ok ? ok(new Gate(parts, options, ring.value)) : ring;
  }

  /** Where quotas are counted. */
  get source(): 'local' | 'redis' {
    return this.#state.store.kind;
  }

  /** Reads the keys anew. Gives why that failed; then those that were read before stay. */
  async reload(): Promise<string | undefined> {
    const ring = await readRing(this.#host, this.#options.keys);
    if (!ring.ok) return ring.error;
    this.#ring = ring.value;
    return undefined;
  }

  /** Whose key this is. */
  who(presented: string | undefined): Result<Caller, Refusal> {
    const caller = this.#ring.find(presented ?? '');
    return caller === undefined ? err(UNKNOWN_KEY) : ok(caller);
  }

  /** Counts `n` checks of one request that has `all`, or says how long to wait, or that it is of no use. */
  async take(
    { key, plan }: Caller,
    n: number,
    now: number,
    all = n,
  ): Promise<Result<undefined, Refusal>> {
    if (all > 1 && WINDOWS.some((window) => all > (plan[`per_${window}`] ?? all))) {
      const message = `The plan ${key.plan} never allows ${all} checks in one request.`;
      return err({ status: 402, code: 'PLAN_LACKS_FEATURE', message });
    }
    const taken = await this.#state.store.take(key.id, plan, n, now);
    switch (taken.kind) {
      case 'taken':
        return ok(undefined);
      case 'full': {
        const message = `The quota of the plan ${key.plan} is used up.`;
        return err({ status: 429, code: 'QUOTA_EXCEEDED', message, retryAfter: taken.wait });
      }
      case 'unavailable':
        this.#uncounted();
        return this.#state.onFailure === 'count' ? ok(undefined) : err(NO_STATE);
    }
  }

  async usage({ key, plan }: Caller, now: number): Promise<Result<Usage, Refusal>> {
    const counts = await this.#state.store.counts(key.id, now);
    return 'kind' in counts ? err(NO_STATE) : ok(usageOf(counts, plan));
  }
}

/** What a gate works with. */
export interface GateParts {
  readonly host: Host;
  readonly state: ServiceState;
  /** Called for each check whose quota could not be counted. */
  readonly uncounted: () => void;
}

async function readRing(host: Host, path: string): Promise<Result<KeyRing, string>> {
  const source = await host.read(path);
  if (!source.ok) return err(printProblem(source.error));
  const file = readKeysFile(source.value);
  return file.ok ? ok(new KeyRing(file.value)) : err(file.error.map(printProblem).join('\n'));
}

const UNKNOWN_KEY: Refusal = {
  status: 401,
  code: 'UNKNOWN_KEY',
  message: 'The header x-api-key names no key that may ask here.',
};
