/**
 * Bundles good and bad, each with what a verifier must answer. The suite runs them, and they are written
 * down as test vectors for verifiers in other languages.
 */
import { NO_STATE } from '../state.ts';
import { ARCHIVE_CASES } from './archive-cases.ts';
import { trusting, withThreshold, type Case } from './case.ts';
import { CONTENT_CASES } from './content-cases.ts';
import { forge } from './forge.ts';
import { packWithRoles } from './small-pack.ts';
import { SIGNATURE_CASES } from './signature-cases.ts';

const GOOD: readonly Case[] = [
  { name: 'signed with Ed25519', code: undefined, bundle: () => forge() },
  {
    name: 'signed with ES256',
    code: undefined,
    bundle: () => forge({ signers: ['carol'] }),
    trust: trusting('carol'),
  },
  {
    name: 'signed by two, and two are needed',
    code: undefined,
    bundle: () => forge({ signers: ['alice', 'bob'] }),
    trust: withThreshold(2, 'alice', 'bob'),
  },
  {
    name: 'for this audience, not expired yet, as called for',
    code: undefined,
    bundle: () => forge({ request: { audience: ['prod', 'eu'], expires: '2026-12-01T00:00:00Z' } }),
    options: { audience: 'eu', name: 'door' },
  },
  {
    name: 'with another form for other engines',
    code: undefined,
    bundle: () => forge({ pack: packWithRoles() }),
  },
  {
    name: 'where bundles of other names were accepted',
    code: undefined,
    bundle: () => forge(),
    options: {
      state: {
        ...NO_STATE,
        bundles: { other: { version: '9.0.0', id: `sha256:${'0'.repeat(64)}` } },
      },
    },
  },
  {
    name: 'a little ahead of this clock',
    code: undefined,
    bundle: () => forge(),
    options: { now: '2026-11-01T11:56:00Z' },
  },
];

/** Every case. Names are unique. */
export const CASES: readonly Case[] = [
  ...GOOD,
  ...ARCHIVE_CASES,
  ...SIGNATURE_CASES,
  ...CONTENT_CASES,
];
