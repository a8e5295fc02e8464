import { concat, utf8 } from '../bytes.ts';
import { fromBase64, base64 } from '../base64.ts';
import { ecdsaFromDer } from '../der.ts';
import type { Envelope } from '../dsse.ts';
import { keyIdOf } from '../keys.ts';
import { attestationPath } from '../statement.ts';
import { publicKey, trusting, withThreshold, type Case } from './case.ts';
import { forge, forgedFiles, type Forgery } from './forge.ts';
import { smallPack } from './small-pack.ts';

const RELEASE = attestationPath('release');
const TEST_RESULT = attestationPath('test-result');

const SUBJECT = { digest: { sha256: '0'.repeat(64) }, name: 'bundle.json' };

/** Signatures that must not count. */
export const SIGNATURE_CASES: readonly Case[] = [
  bad('E_SIG', 'not signed', { after: { [RELEASE]: undefined, [TEST_RESULT]: undefined } }),
  bad('E_SIG', 'envelopes without a signature', { signers: [] }),
  bad('E_SIG', 'the signature of something else', {
    envelope: (envelope) => ({
      ...envelope,
      signatures: [{ ...first(envelope), sig: base64(new Uint8Array(64).fill(7)) }],
    }),
  }),
  bad('E_SIG', 'a signature of no bytes', {
    envelope: (envelope) => ({ ...envelope, signatures: [{ ...first(envelope), sig: '' }] }),
  }),
  bad('E_SIG', 'a valid signature over another payload type', { payloadType: 'text/plain' }),
  bad('E_SIG', 'a signature over another payload type, relabelled', {
    signed: (_type, payload) => concat([utf8(`DSSEv1 10 text/plain ${payload.length} `), payload]),
  }),
  bad('E_SIG', 'a signature over the bare payload', { signed: (_type, payload) => payload }),
  bad('E_SIG', 'signed by somebody else in the name of a trusted key', {
    signers: ['mallory'],
    envelope: (envelope) => ({
      ...envelope,
      signatures: [{ ...first(envelope), keyid: keyIdOf(publicKey('alice')) }],
    }),
  }),
  bad(
    'E_SIG',
    'an Ed25519 signature in the name of an ES256 key',
    {
      envelope: (envelope) => ({
        ...envelope,
        signatures: [{ ...first(envelope), keyid: keyIdOf(publicKey('carol')) }],
      }),
    },
    { trust: trusting('alice', 'carol') },
  ),
  bad(
    'E_SIG',
    'an ES256 signature that is not DER',
    {
      signers: ['carol'],
      envelope: (envelope) => ({
        ...envelope,
        signatures: [{ ...first(envelope), sig: rawSignature(first(envelope).sig) }],
      }),
    },
    { trust: trusting('carol') },
  ),
  bad('E_SIG', 'two are needed, one has signed', {}, { trust: withThreshold(2, 'alice', 'bob') }),
  bad(
    'E_SIG',
    'two are needed, one has signed twice',
    { signers: ['alice', 'alice'] },
    {
      trust: withThreshold(2, 'alice', 'bob'),
    },
  ),
  bad(
    'E_SIG',
    'two are needed, the second signature is wrong',
    {
      signers: ['alice', 'bob'],
      envelope: (envelope) => {
        const { sig } = first(envelope);
        return {
          ...envelope,
          signatures: envelope.signatures.map(({ keyid }) => ({ keyid, sig })),
        };
      },
    },
    { trust: withThreshold(2, 'alice', 'bob') },
  ),
  bad('E_UNTRUSTED_KEY', 'signed by an unknown key', { signers: ['mallory'] }),
  bad('E_UNTRUSTED_KEY', 'an unknown key beside a trusted one', { signers: ['alice', 'mallory'] }),
  bad('E_UNTRUSTED_KEY', 'no key id', {
    envelope: (envelope) => ({ ...envelope, signatures: [{ ...first(envelope), keyid: '' }] }),
  }),
  bad(
    'E_UNTRUSTED_KEY',
    'a key that may sign test results only',
    {
      signers: { release: ['bob'], 'test-result': ['bob'] },
    },
    {
      trust: {
        ...trusting('alice', 'bob'),
        roles: {
          release: { keys: [keyIdOf(publicKey('alice'))] },
          'test-result': { keys: [keyIdOf(publicKey('bob'))] },
        },
      },
    },
  ),
  bad(
    'E_UNTRUSTED_KEY',
    'a key of another bundle’s people',
    {},
    {
      trust: {
        ...trusting('alice', 'bob'),
        bundles: {
          '*': {},
          door: { roles: { release: { keys: [keyIdOf(publicKey('bob'))] } } },
        },
      },
    },
  ),
  bad(
    'E_UNTRUSTED_KEY',
    'a bundle for which nobody is trusted',
    {},
    {
      trust: { ...trusting('alice'), bundles: { window: {} } },
    },
  ),
  bad(
    'E_UNTRUSTED_KEY',
    'an attestation for which nobody is trusted',
    {},
    {
      trust: { ...trusting('alice'), roles: { release: { keys: [keyIdOf(publicKey('alice'))] } } },
    },
  ),
  bad(
    'E_UNTRUSTED_KEY',
    'an expired key',
    {},
    { trust: withKey({ expires: '2026-11-01T13:00:00Z' }) },
  ),
  bad(
    'E_UNTRUSTED_KEY',
    'a key that is not valid yet',
    {},
    {
      trust: withKey({ notBefore: '2026-11-01T13:00:01Z' }),
    },
  ),
  bad(
    'E_UNTRUSTED_KEY',
    'an expired trust.json',
    {},
    {
      trust: { ...trusting('alice'), expires: '2026-11-01T12:30:00Z' },
    },
  ),
  {
    name: 'the attestations of another bundle',
    code: 'E_SUBJECT',
    bundle: async () => {
      const other = await forgedFiles({ pack: smallPack('2.0.0') });
      return forge({
        after: { [RELEASE]: other.get(RELEASE), [TEST_RESULT]: other.get(TEST_RESULT) },
      });
    },
  },
  {
    name: 'a test result in the place of the release',
    code: 'E_SUBJECT',
    bundle: async () => {
      const own = await forgedFiles();
      return forge({ after: { [RELEASE]: own.get(TEST_RESULT) } });
    },
  },
  bad('E_SUBJECT', 'a statement about two files', {
    statement: (statement) => ({ ...statement, subject: [SUBJECT, SUBJECT] }),
  }),
  bad('E_SUBJECT', 'a statement about another file', {
    statement: (statement) => ({
      ...statement,
      subject: [{ ...SUBJECT, name: 'metadata.json' }],
    }),
  }),
  bad('E_SUBJECT', 'a statement of another version', {
    statement: (statement) => ({ ...statement, _type: 'https://in-toto.io/Statement/v0.1' }),
  }),
  bad('E_SUBJECT', 'no statement', { statement: () => ['hello'] }),
  bad('E_SUBJECT', 'a statement with a member twice', {
    statementText: (text) => text.replace('{', '{"predicateType":"x",'),
  }),
  bad('E_SUBJECT', 'a bundle under another’s name', {}, { options: { name: 'payments' } }),
  bad('E_ATTESTATION', 'the test result taken out', { after: { [TEST_RESULT]: undefined } }),
  bad('E_ATTESTATION', 'the release taken out', { after: { [RELEASE]: undefined } }),
  bad('E_ATTESTATION', 'a release of another package', {
    statement: (statement, role) =>
      role === 'release'
        ? { ...statement, predicate: { purl: 'pkg:generic/window@1.0.0' } }
        : statement,
  }),
  bad('E_ATTESTATION', 'a test result that says nothing', {
    statement: (statement, role) =>
      role === 'test-result' ? { ...statement, predicate: { result: 'PASSED' } } : statement,
  }),
  bad('E_ATTESTATION', 'failed, and passed is required', {
    pack: smallPack().set(
      'scenarios/owner.json',
      smallPack().get('scenarios/owner.json')?.replace('ALLOW', 'DENY') ?? '',
    ),
    request: {
      evidence: {
        by: 'Alice',
        at: '2026-11-01T12:00:00Z',
        acceptance: { of: ['failing-scenarios'], by: 'Alice', reason: 'It is urgent.' },
      },
    },
  }),
];

function bad(
  code: NonNullable<Case['code']>,
  name: string,
  forgery: Forgery,
  rest: Pick<Case, 'trust' | 'options'> = {},
): Case {
  return { name, code, bundle: () => forge(forgery), ...rest };
}

function withKey(limits: { readonly notBefore?: string; readonly expires?: string }) {
  const trust = trusting('alice');
  const [key] = trust.keys;
  return { ...trust, keys: key === undefined ? [] : [{ ...key, ...limits }] };
}

function first({ signatures }: Envelope): { readonly keyid: string; readonly sig: string } {
  return signatures[0] ?? { keyid: '', sig: '' };
}

function rawSignature(sig: string): string {
  return base64(ecdsaFromDer(fromBase64(sig) ?? new Uint8Array()) ?? new Uint8Array());
}
