/** The steps of a verification, in their order. Each is taken only when those before it have passed. */
export const STEPS = [
  'archive',
  'format',
  'signatures',
  'subject',
  'files',
  'audience',
  'history',
  'attestations',
  'compile',
  'selftest',
] as const;

export type StepName = (typeof STEPS)[number];

export const BUNDLE_CODES = [
  'E_ARCHIVE',
  'E_FORMAT',
  'E_SIG',
  'E_UNTRUSTED_KEY',
  'E_SUBJECT',
  'E_EXTRA',
  'E_MISSING',
  'E_DIGEST',
  'E_AUDIENCE',
  'E_EXPIRED',
  'E_NOT_YET',
  'E_ROLLBACK',
  'E_EQUIVOCATION',
  'E_ATTESTATION',
  'E_COMPILE',
  'E_SELFTEST',
] as const;

/** Why a bundle is refused. */
export type BundleCode = (typeof BUNDLE_CODES)[number];

/** What each step makes sure of. */
export const STEP_TITLES: Readonly<Record<StepName, string>> = {
  archive: 'The archive is whole, within limits, and its file names are safe and unique',
  format: 'bundle.json and the attestations are in the one form that they can have',
  signatures: 'Enough trusted keys have signed',
  subject: 'What was signed is this bundle',
  files: 'It holds exactly the files that were signed, unchanged',
  audience: 'It is meant for this place, and for this time',
  history: 'It is not older than, or another than, what was accepted before',
  attestations: 'The attestations that are asked for are there',
  compile: 'The policies compile',
  selftest: 'Every scenario is decided as it was when the bundle was signed',
};

/** One sentence on what to do. */
export const HELP: Readonly<Record<BundleCode, string>> = {
  E_ARCHIVE:
    'Fetch the file again; if it stays so, it was not made by stage0 or was changed since.',
  E_FORMAT: 'Export the bundle again, with a version of stage0 that writes stage0-bundle/v1.',
  E_SIG: 'Fetch the file again, or ask whoever released it to sign it; do not load it as it is.',
  E_UNTRUSTED_KEY:
    'If you know the key to be right, put it into trust.json; its id must come from its owner, not from the bundle.',
  E_SUBJECT: 'The signatures belong to another bundle: take the bundle that they were made for.',
  E_EXTRA: 'Somebody has put a file in after the bundle was signed: take the original.',
  E_MISSING: 'Somebody has taken a file out after the bundle was signed: take the original.',
  E_DIGEST: 'A file was changed after the bundle was signed: take the original.',
  E_AUDIENCE: 'Export a bundle for this audience, or say with --audience where this is.',
  E_EXPIRED: 'Export and sign the pack again; check the clock of this machine.',
  E_NOT_YET: 'Check the clock of this machine, and the one that signed.',
  E_ROLLBACK: 'To go back on purpose, sign the older policies again under a newer version.',
  E_EQUIVOCATION:
    'Two bundles claim the same version: find out which is right before either is loaded.',
  E_ATTESTATION: 'Ask for a bundle with the attestation that trust.json requires.',
  E_COMPILE: 'Open the pack in the studio: it shows what is wrong and where.',
  E_SELFTEST:
    'This engine decides otherwise than the one that signed: load it with that version, or export it again with this one.',
};

/** One step's outcome. */
export type Step =
  | { readonly name: StepName; readonly state: 'passed' | 'not-reached' }
  | {
      readonly name: StepName;
      readonly state: 'failed';
      readonly code: BundleCode;
      /** What is wrong, in one sentence. */
      readonly message: string;
      /** What to do, in one sentence. */
      readonly help: string;
    };

/** Why a step fails. */
export interface Refusal {
  readonly code: BundleCode;
  readonly message: string;
}
