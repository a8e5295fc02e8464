import { err, ok, type Result } from '../../base/result.ts';
import { readKeysFile } from '../keys/key-file.ts';
import { KeyRing, type Caller } from '../keys/key-ring.ts';
import { Quotas, type Usage } from '../keys/quota.ts';
import { isAbsent, replaceFile } from '../file-bytes.ts';
import type { Host } from '../host.ts';
import { printProblem } from '../problem.ts';
import type { Refusal } from './refusal.ts';

export interface GateOptions {
  /** Path of the file of keys. */
  readonly keys: string;
  /** Path of what remembers what was used; in memory alone when absent. */
  readonly usage?: string | undefined;
}

/** Who may ask, and how much. */
export class Gate {
  readonly #host: Host;
  readonly #options: GateOptions;
  readonly #quotas = new Quotas();
  #ring: KeyRing;
  #saving: Promise<unknown> = Promise.resolve();

  private constructor(host: Host, options: GateOptions, ring: KeyRing) {
    this.#host = host;
    this.#options = options;
    this.#ring = ring;
  }

  /** Reads keys and usage; the error says what is wrong with them. */
  static async open(host: Host, options: GateOptions): Promise<Result<Gate, string>> {
    const ring = await readRing(host, options.keys);
    if (!ring.ok) return ring;
    const gate = new Gate(host, options, ring.value);
    if (options.usage === undefined) return ok(gate);
    if (!(await isAbsent(options.usage))) {
      const source = await host.read(options.usage);
      if (!source.ok) return err(printProblem(source.error));
      const restored = gate.#quotas.restore(source.value);
      if (!restored.ok) return err(restored.error.map(printProblem).join('\n'));
    }
    // A file that cannot be written is better found now than after the first check.
    const written = await gate.#write(options.usage);
    return written === undefined ? ok(gate) : err(written);
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

  /** Counts `n` checks, or says how long to wait. */
  take(caller: Caller, n: number, now: number): Result<undefined, Refusal> {
    const taken = this.#quotas.take(caller, n, now);
    if (taken.ok) return taken;
    const message = `The quota of the plan ${caller.key.plan} is used up.`;
    return err({ status: 429, code: 'QUOTA_EXCEEDED', message, retryAfter: taken.error });
  }

  usage(caller: Caller, now: number): Usage {
    return this.#quotas.usage(caller, now);
  }

  /** Writes down what was counted since the last time. Gives why it cannot. */
  save(): Promise<string | undefined> {
    // One after the other: what is older must not be written over what is newer.
    const next = this.#saving.then(() => {
      const { usage } = this.#options;
      return usage === undefined || !this.#quotas.changed ? undefined : this.#write(usage);
    });
    this.#saving = next;
    return next;
  }

  async #write(path: string): Promise<string | undefined> {
    const written = await replaceFile(path, this.#quotas.text());
    if (written.ok) return undefined;
    this.#quotas.unsaved();
    return printProblem(written.error);
  }
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
