import { timingSafeEqual } from 'node:crypto';
import { hashOf, type ApiKey, type KeysFile, type Plan } from './key-file.ts';

/** Who asks. */
export interface Caller {
  readonly key: ApiKey;
  readonly plan: Plan;
}

/** The keys of one file, ready to be looked up. */
export class KeyRing {
  readonly #callers = new Map<string, { readonly hash: Buffer; readonly caller: Caller }>();

  constructor({ keys, plans }: KeysFile) {
    for (const key of keys) {
      const plan = Object.hasOwn(plans, key.plan) ? plans[key.plan] : undefined;
      if (plan === undefined || key.revoked !== undefined) continue;
      this.#callers.set(key.id, { hash: Buffer.from(key.sha256, 'hex'), caller: { key, plan } });
    }
  }

  /**
   * Whose key was presented. It takes as long for a key that is not known as for one that is wrong in
   * its last character: the id in front is no secret, and the rest is compared as a whole.
   */
  find(presented: string): Caller | undefined {
    const [, id = ''] = KEY.exec(presented) ?? [];
    const known = this.#callers.get(id);
    const same = timingSafeEqual(hashOf(presented), known?.hash ?? NOBODY);
    return same ? known?.caller : undefined;
  }
}

const KEY = /^s0_([0-9a-f]{12})_[\w-]{43}$/;
/** The hash of nothing that anybody can present. */
const NOBODY = Buffer.alloc(32);
