/**
 * What the studio asks of the bundles' worker: a pack looked at and signed, a bundle verified, keys made and
 * written out. Plain data and sealed WebCrypto keys only.
 */
import type { BuildProblem } from '../bundle/build.ts';
import type { StepName } from '../bundle/codes.ts';
import type { Evidence, Exception, Flip } from '../bundle/evidence.ts';
import type { PublicJwk } from '../bundle/keys.ts';
import type { Previous } from '../bundle/manifest.ts';
import type { Result } from '../base/result.ts';

/** A pack to export, and what its author says about it. */
export interface BundleAsk {
  readonly files: ReadonlyMap<string, string>;
  /** Who releases it. */
  readonly by: string;
  /** Epoch milliseconds; seconds count. */
  readonly at: number;
  /** A moment such as `2027-03-16T10:00:00Z`. */
  readonly expires?: string;
  readonly audience?: readonly string[];
  /** The bytes of the bundle that this one replaces. */
  readonly previous?: Uint8Array;
  /** What the official validator found; absent when it was not asked, and the bundle says nothing of it then. */
  readonly problems?: NonNullable<Evidence['problems']>;
  /** What `mutate` found; absent when it was not asked. */
  readonly mutation?: Mutation;
  /** Why it is released though something is not as it should be. */
  readonly reason?: string;
}

/** Which mistakes in the rules the scenarios would notice. */
export type Mutation = NonNullable<Evidence['mutation']>;

/** Something that needs a written reason. */
export interface Doubt {
  readonly about: Exception;
  readonly message: string;
}

/** What would be in the bundle. */
export interface BundlePreview {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly fileName: string;
  /** By path, the decisions of the scenarios among them. Sizes in bytes. */
  readonly files: readonly { readonly path: string; readonly size: number }[];
  /** Ids of scenarios. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly coverage: NonNullable<Evidence['coverage']>;
  readonly previous?: Previous;
  /** Against `previous`. */
  readonly flips?: readonly Flip[];
  readonly doubts: readonly Doubt[];
  /** Why other Cedar engines may allow more than this one; empty when they do not. */
  readonly notPlain: readonly { readonly path: string; readonly message: string }[];
}

export interface SignedBundle {
  readonly id: string;
  readonly fileName: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly result: TestResultWord;
}

type TestResultWord = 'PASSED' | 'WARNED' | 'FAILED';

export type BundleFailure =
  /** Nothing was signed; `problems` says what has to be mended first. */
  | {
      readonly code: 'BUNDLE_REFUSED';
      readonly message: string;
      readonly problems: readonly BuildProblem[];
    }
  /** The bundle before, the trust.json, the key or what was accepted before could not be taken. */
  | {
      readonly code: 'PREVIOUS_REFUSED' | 'TRUST_REFUSED' | 'KEY_REFUSED' | 'HISTORY_REFUSED';
      readonly message: string;
    }
  /** What was chosen is no pack. */
  | { readonly code: 'IMPORT_REFUSED'; readonly message: string }
  /** Browsers give no keys to pages that came over plain http from another machine. */
  | { readonly code: 'PAGE_INSECURE'; readonly message: string }
  | { readonly code: 'BUNDLES_CANCELLED' | 'BUNDLES_FAILED'; readonly message: string };

export type BundleAnswer<T> = Promise<Result<T, BundleFailure>>;

/** A file of a folder that was chosen. */
export interface PackEntry {
  readonly path: string;
  readonly content: Uint8Array;
}

/** A pack that was read from elsewhere. */
export interface ImportedPack {
  readonly name: string;
  readonly version: string;
  readonly files: ReadonlyMap<string, string>;
}

/** A pack that was made for the tools of an MCP server. */
export interface ToolsPack {
  readonly files: ReadonlyMap<string, string>;
  /** What was left out, and why. */
  readonly notes: readonly string[];
  /** How many tools its rules allow, defer and deny. */
  readonly proposed: Readonly<Record<'ALLOW' | 'DEFER' | 'DENY', number>>;
}

/** A key in both halves, the private one sealed. */
export interface SealedKey {
  /** RFC 7638 thumbprint. */
  readonly keyid: string;
  readonly jwk: PublicJwk;
  readonly privateKey: CryptoKey;
}

export interface MadeKey extends SealedKey {
  /** The private half under the passphrase, in PEM; absent when none was asked for, and never to be had again. */
  readonly backup?: string;
}

export interface PublicKey {
  readonly keyid: string;
  readonly jwk: PublicJwk;
}

export interface LabelledKey {
  readonly jwk: PublicJwk;
  readonly label: string;
}

/** How a public key is handed on: `trust-entry` is its place in the keys of a trust.json, `trust` a whole one. */
export type PublicKeyForm = 'pem' | 'jwk' | 'trust-entry' | 'trust';

/** Whose signatures count. */
export type TrustSource =
  | { readonly kind: 'file'; readonly text: string }
  /** These keys, for every name, whatever their test results say. */
  | { readonly kind: 'keys'; readonly keys: readonly LabelledKey[] };

export interface ShownStep {
  readonly name: StepName;
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'not-reached';
  readonly code?: string;
  readonly message?: string;
  readonly help?: string;
}

/** What a bundle says of itself; believe it when every step passed. */
export interface ShownBundle {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly issuedAt: string;
  readonly expires?: string;
  readonly audience?: readonly string[];
  readonly previous: Previous | null;
  /** The pack's files. */
  readonly files: ReadonlyMap<string, string>;
  /** Whose keys the signatures name, by role; labels as trusted. */
  readonly signers: readonly {
    readonly role: string;
    readonly keyid: string;
    readonly label?: string;
  }[];
  readonly test?: {
    readonly result: TestResultWord;
    readonly passed: number;
    readonly failed: number;
    readonly by?: string;
    readonly reason?: string;
    readonly mutation?: Pick<Mutation, 'killed' | 'total'>;
  };
}

/** Where a bundle is to be loaded. */
export interface Place {
  readonly audience?: string;
  /** What was accepted there before, as `accept` gave it. */
  readonly history?: string;
}

/** The bundle of a name that was accepted last. */
export interface AcceptedBundle {
  readonly name: string;
  readonly version: string;
  readonly id: string;
}

export interface BundleVerdict {
  readonly verified: boolean;
  readonly steps: readonly ShownStep[];
  /** Absent when the file cannot even be opened. */
  readonly bundle?: ShownBundle;
}

/** The work on bundles, as the worker has it and as the client offers it. */
export interface Bundles {
  preview(ask: BundleAsk): BundleAnswer<BundlePreview>;
  /** Tries mistakes in the rules; `onTried` hears how far it is. */
  mutate(
    files: ReadonlyMap<string, string>,
    onTried?: (done: number, total: number) => void,
  ): BundleAnswer<Mutation>;
  sign(ask: BundleAsk, key: SealedKey): BundleAnswer<SignedBundle>;
  /** `now`: epoch milliseconds. */
  verify(
    bytes: Uint8Array,
    trust: TrustSource,
    now: number,
    place?: Place,
  ): BundleAnswer<BundleVerdict>;
  /** A pack out of a plain ZIP, or out of a folder's files; IMPORT_REFUSED says why it is none. */
  importPack(source: Uint8Array | readonly PackEntry[]): BundleAnswer<ImportedPack>;
  /** A pack for the tools that a server's answer to tools/list names; IMPORT_REFUSED says why it is none. */
  packFromTools(name: string, list: string): BundleAnswer<ToolsPack>;
  /** The history with a verified bundle in it: what is older, or another of its version, is refused from then on. */
  accept(history: string | undefined, bundle: ShownBundle): BundleAnswer<string>;
  /** The history without what is known of a name. */
  forget(history: string, name: string): BundleAnswer<string>;
  /** By name. */
  readHistory(history: string): BundleAnswer<readonly AcceptedBundle[]>;
  /** A new Ed25519 key; with a passphrase also its backup. */
  makeKey(passphrase?: string): BundleAnswer<MadeKey>;
  /** A key out of PEM or JWK, sealed. */
  restoreKey(text: string, passphrase?: string): BundleAnswer<SealedKey>;
  /** A public key out of PEM or JWK. */
  readPublicKey(text: string): BundleAnswer<PublicKey>;
  publicKeyText(key: LabelledKey, form: PublicKeyForm): BundleAnswer<string>;
}

/** The same in a worker of its own, which is started when it is first asked for anything. */
export interface BundleClient extends Bundles {
  /** Ends the worker and with it whatever is under way; the next call starts another. */
  stop(): void;
}
