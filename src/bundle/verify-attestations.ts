import { err, ok, type Result } from '../base/result.ts';
import type { ArchiveFiles } from './archive.ts';
import { fromBase64 } from './base64.ts';
import { readJsonAs } from './canonical-file.ts';
import type { Refusal } from './codes.ts';
import { payloadOf, preAuthEncoding, readEnvelope, type Envelope } from './dsse.ts';
import { Release, TestResult } from './evidence.ts';
import { verifySignature } from './keys.ts';
import type { Manifest } from './manifest.ts';
import { PAYLOAD_TYPE, purlOf, roleOf, Statement } from './statement.ts';
import type { BundleTrust, Requirement, Trust, TrustedKey, TrustedRole } from './trust.ts';

/** An attestation as it lies in the archive: nothing of it is believed yet. */
export interface Attestation {
  /** After its file: `attestations/<role>.dsse.json`. */
  readonly role: string;
  readonly envelope: Envelope;
}

/** An attestation whose signatures are right, and whose keys count for its role now. */
export interface SignedAttestation extends Attestation {
  readonly signers: readonly TrustedKey[];
  readonly predicateType: string;
}

/** An attestation that speaks of this bundle. */
export interface TrustedAttestation extends SignedAttestation {
  readonly statement: Statement;
}

/** What the steps are taken with. */
export interface Given {
  readonly trust: Trust;
  readonly manifest: Manifest;
  readonly options: { readonly now: number; readonly name?: string | undefined };
}

const MAX_ATTESTATIONS = 16;

/** All attestations of an archive, by path; their form only. */
export function readAttestations(files: ArchiveFiles): Result<readonly Attestation[], Refusal> {
  const attestations: Attestation[] = [];
  for (const [path, bytes] of files) {
    const role = roleOf(path);
    if (role === undefined) continue;
    const envelope = readEnvelope(bytes);
    if (!envelope.ok) {
      return err({ code: 'E_FORMAT', message: `${path} cannot be read. ${envelope.error}` });
    }
    attestations.push({ role, envelope: envelope.value });
  }
  return attestations.length > MAX_ATTESTATIONS
    ? err({ code: 'E_FORMAT', message: `There are more than ${MAX_ATTESTATIONS} attestations.` })
    : ok(attestations);
}

/**
 * Every signature of every attestation must be right and by a key that is trusted for it: one that nobody
 * here can judge is not passed over, since nobody would notice if it changed.
 */
export async function checkSignatures(
  attestations: readonly Attestation[],
  { trust, manifest, options }: Given,
): Promise<Result<readonly SignedAttestation[], Refusal>> {
  const trusted = trust.of(manifest.name);
  if (trusted === undefined) {
    return untrusted(`trust.json trusts nobody for bundles named ${manifest.name}.`);
  }
  if (trust.expires !== undefined && options.now >= trust.expires) {
    return untrusted('trust.json itself has expired.');
  }
  if (attestations.length === 0) return unsigned('Nobody has signed it.');
  const signed: SignedAttestation[] = [];
  for (const attestation of attestations) {
    const role = trusted.roles.get(attestation.role);
    if (role === undefined) {
      return untrusted(`trust.json trusts nobody for the attestation ${attestation.role}.`);
    }
    const signers = await signersOf(attestation, role, trust, options.now);
    if (!signers.ok) return signers;
    const { predicateType } = role;
    signed.push({ ...attestation, signers: signers.value, predicateType });
  }
  return ok(signed);
}

/** The keys that have signed and count now. */
async function signersOf(
  { role: name, envelope }: Attestation,
  role: TrustedRole,
  trust: Trust,
  now: number,
): Promise<Result<readonly TrustedKey[], Refusal>> {
  const { payloadType, signatures } = envelope;
  if (payloadType !== PAYLOAD_TYPE) {
    return unsigned(`What was signed as ${name} is of another type than an in-toto statement.`);
  }
  const signed = preAuthEncoding(payloadType, payloadOf(envelope));
  const signers = new Map<string, TrustedKey>();
  for (const { keyid, sig } of signatures) {
    const key = role.keys.has(keyid) ? trust.keys.get(keyid) : undefined;
    if (key === undefined) {
      return untrusted(
        `The ${name} attestation is signed by a key that is not trusted for it: ${JSON.stringify(keyid)}.`,
      );
    }
    if (signers.has(keyid)) return unsigned(`The ${name} attestation is signed by one key twice.`);
    if (!(await verifySignature(key.jwk, fromBase64(sig) ?? new Uint8Array(), signed))) {
      return unsigned(`A signature of the ${name} attestation is wrong.`);
    }
    signers.set(keyid, key);
  }
  const all = [...signers.values()];
  const valid = all.filter((key) => periodProblem(key, now) === undefined);
  if (valid.length >= role.threshold) return ok(valid);
  const problem = all.map((key) => periodProblem(key, now)).find((text) => text !== undefined);
  if (problem !== undefined) return untrusted(problem);
  const needed = `${role.threshold} ${role.threshold === 1 ? 'key' : 'different keys'}`;
  return unsigned(`The ${name} attestation needs ${needed} and has ${valid.length}.`);
}

function periodProblem({ keyid, notBefore, expires }: TrustedKey, now: number): string | undefined {
  if (notBefore !== undefined && now < notBefore) return `The key ${keyid} is not valid yet.`;
  if (expires !== undefined && now >= expires) return `The key ${keyid} is not valid any more.`;
  return undefined;
}

/** What was signed must be a statement about this bundle, of the type that the role stands for. */
export function checkSubjects(
  attestations: readonly SignedAttestation[],
  id: string,
  { manifest, options }: Given,
): Result<readonly TrustedAttestation[], Refusal> {
  if (options.name !== undefined && options.name !== manifest.name) {
    const message = `It is a bundle of ${manifest.name}; wanted is ${options.name}.`;
    return err({ code: 'E_SUBJECT', message });
  }
  const trusted: TrustedAttestation[] = [];
  for (const attestation of attestations) {
    const { role, envelope, predicateType } = attestation;
    const refuse = (message: string): Result<never, Refusal> => err({ code: 'E_SUBJECT', message });
    const statement = readJsonAs(payloadOf(envelope), Statement);
    if (!statement.ok) {
      return refuse(`The ${role} attestation is no statement about a bundle. ${statement.error}`);
    }
    const [{ digest }] = statement.value.subject;
    if (`sha256:${digest.sha256}` !== id) {
      return refuse(`The ${role} attestation was made for another bundle.`);
    }
    if (statement.value.predicateType !== predicateType) {
      return refuse(`The ${role} attestation attests something else.`);
    }
    trusted.push({ ...attestation, statement: statement.value });
  }
  return ok(trusted);
}

/** The attestations that trust.json requires must be there and say what it requires. */
export function checkRequired(
  attestations: readonly TrustedAttestation[],
  { trust, manifest }: Given,
): Result<BundleTrust, Refusal> {
  const trusted = trust.of(manifest.name);
  if (trusted === undefined) return untrusted('Nobody is trusted.');
  const refuse = (message: string): Result<never, Refusal> =>
    err({ code: 'E_ATTESTATION', message });
  for (const { role, statement } of attestations) {
    const shape = role === 'release' ? Release : role === 'test-result' ? TestResult : undefined;
    if (shape !== undefined && !shape.safeParse(statement.predicate).success) {
      return refuse(`The ${role} attestation does not say what one says.`);
    }
  }
  for (const [role, requirement] of trusted.require) {
    const found = attestations.find((one) => one.role === role);
    if (found === undefined) return refuse(`It has no ${role} attestation.`);
    const problem = resultProblem(found, requirement);
    if (problem !== undefined) return refuse(problem);
  }
  const release = attestations.find(({ role }) => role === 'release')?.statement.predicate['purl'];
  return release === purlOf(manifest.name, manifest.version)
    ? ok(trusted)
    : refuse('The release attestation names another package.');
}

function resultProblem(
  { role, statement }: TrustedAttestation,
  requirement: Requirement,
): string | undefined {
  const { result } = statement.predicate;
  switch (requirement) {
    case 'PRESENT':
      return undefined;
    case 'WARNED':
      if (result === 'PASSED' || result === 'WARNED') return undefined;
      break;
    case 'PASSED':
      if (result === 'PASSED') return undefined;
  }
  return `Its ${role} is ${JSON.stringify(result ?? null)}; required is ${requirement}.`;
}

function unsigned(message: string): Result<never, Refusal> {
  return err({ code: 'E_SIG', message });
}

function untrusted(message: string): Result<never, Refusal> {
  return err({ code: 'E_UNTRUSTED_KEY', message });
}
