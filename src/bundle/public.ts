/**
 * The entry point `./bundle`: signed packs, from files to one archive and back.
 *
 *     const trust = readTrust(text);
 *     const verdict = trust.ok && (await verifyBundle(bytes, trust.value, { now: Date.now() }));
 *     if (verdict && verdict.ok) decide(verdict.bundle.pack.policies, check, at);
 */
export {
  buildBundle,
  type BuildProblem,
  type BundleRequest,
  type UnsignedBundle,
} from './build.ts';
export {
  BUNDLE_CODES,
  HELP,
  STEP_TITLES,
  STEPS,
  type BundleCode,
  type Refusal,
  type Step,
  type StepName,
} from './codes.ts';
export { Evidence, type Exception, type Flip } from './evidence.ts';
export { accepting, bundleFileName, coverageEvidence, flipEvidence } from './gather.ts';
export {
  backupPem,
  generateKey,
  privatePem,
  publicPem,
  readPrivateKey,
  readPublicKey,
  readSigner,
  sealKey,
  type NewKey,
} from './key-files.ts';
export {
  algorithmOf,
  ALGORITHMS,
  keyIdOf,
  signerOf,
  type Algorithm,
  type PublicJwk,
  type Signer,
} from './keys.ts';
export { momentText, type Manifest, type Previous } from './manifest.ts';
export { openUnverified, type UnverifiedBundle } from './open.ts';
export { addSignatures, attachEnvelope, attachSignature, bytesToSign, signBundle } from './sign.ts';
export { acceptedState, NO_STATE, readState, stateText, type BundleState } from './state.ts';
export { readTrust, trustEntry, trustFileFor, type Trust, type TrustedKey } from './trust.ts';
export {
  verifyBundle,
  type Verification,
  type VerifiedBundle,
  type VerifyOptions,
} from './verify.ts';
export type { TrustedAttestation } from './verify-attestations.ts';
