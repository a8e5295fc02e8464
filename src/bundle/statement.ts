import { canonicalJson, type CanonicalJson } from '../base/canonical-json.ts';
import { z } from '../decision/zod.ts';
import { utf8, type Bytes } from './bytes.ts';
import { MANIFEST_FILE, Sha256 } from './manifest.ts';

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

/** What an attestation says, by the role of who may say it: `attestations/<role>.dsse.json`. */
export const PREDICATE_TYPES = {
  release: 'https://in-toto.io/attestation/release/v0.1',
  'test-result': 'https://in-toto.io/attestation/test-result/v0.1',
} as const;

export type KnownRole = keyof typeof PREDICATE_TYPES;

/** An in-toto Statement v1 about `bundle.json` and nothing else. */
export const Statement = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.tuple([
    z.strictObject({
      name: z.literal(MANIFEST_FILE),
      digest: z.strictObject({ sha256: Sha256 }),
    }),
  ]),
  predicateType: z.string().min(1).max(500),
  predicate: z.record(z.string(), z.unknown()),
});

export type Statement = Readonly<z.output<typeof Statement>>;

/** The bytes to sign: a statement about the manifest with this SHA-256. */
export function statementBytes(
  manifestSha256: string,
  role: KnownRole,
  predicate: { readonly [name: string]: CanonicalJson | undefined },
): Bytes {
  return utf8(
    canonicalJson({
      _type: STATEMENT_TYPE,
      subject: [{ name: MANIFEST_FILE, digest: { sha256: manifestSha256 } }],
      predicateType: PREDICATE_TYPES[role],
      predicate,
    }),
  );
}

const PATH = /^attestations\/([a-z0-9]+(?:-[a-z0-9]+)*)\.dsse\.json$/;

/** The role that an attestation's path names; `undefined` when the path is none of an attestation. */
export function roleOf(path: string): string | undefined {
  return PATH.exec(path)?.[1];
}

/** Where the attestation of a role lies. */
export function attestationPath(role: string): string {
  return `attestations/${role}.dsse.json`;
}

/** How the release attestation names the bundle: a package URL. */
export function purlOf(name: string, version: string): string {
  return `pkg:generic/${encodeURIComponent(name)}@${encodeURIComponent(version)}`;
}
