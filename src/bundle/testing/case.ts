import type { z } from '../../decision/zod.ts';
import type { Bytes } from '../bytes.ts';
import type { BundleCode } from '../codes.ts';
import { publicJwkOf, type PublicJwk } from '../keys.ts';
import type { BundleState } from '../state.ts';
import { trustFileFor, type TrustFile } from '../trust.ts';
import { TEST_KEYS, type TestKey } from './test-keys.ts';

export interface Case {
  readonly name: string;
  /** `undefined`: it must be accepted. */
  readonly code: BundleCode | undefined;
  readonly bundle: () => Promise<Bytes>;
  readonly trust?: z.input<typeof TrustFile>;
  readonly options?: CaseOptions;
}

export interface CaseOptions {
  /** ISO; as issued when absent. */
  readonly now?: string;
  readonly audience?: string;
  readonly name?: string;
  readonly state?: BundleState;
}

/** An hour after the bundles are issued. */
export const NOW = '2026-11-01T13:00:00Z';

/** The public half of a test key. */
export function publicKey(name: TestKey): PublicJwk {
  const jwk = publicJwkOf(TEST_KEYS[name]);
  if (jwk === undefined) throw new Error(`${name} is no key`);
  return jwk;
}

/** Trusts these keys for everything. */
export function trusting(...names: readonly TestKey[]): z.input<typeof TrustFile> {
  return trustFileFor(names.map((name) => ({ jwk: publicKey(name), label: name })));
}

/** What a case is verified with when it says nothing else. */
export function optionsOf({ options = {} }: Case) {
  const { now = NOW, ...rest } = options;
  return { now: Date.parse(now), ...rest };
}

/** Needs several of these keys. */
export function withThreshold(
  threshold: number,
  ...names: readonly TestKey[]
): z.input<typeof TrustFile> {
  const trust = trusting(...names);
  const { release } = trust.roles;
  const role = { keys: release?.keys ?? [], threshold };
  return { ...trust, roles: { release: role, 'test-result': role } };
}
