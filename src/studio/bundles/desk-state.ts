import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Result } from '../../base/result.ts';
import type { KeyList } from '../../store/store.ts';
import type {
  AcceptedBundle,
  BundleAsk,
  BundleFailure,
  BundlePreview,
  BundleVerdict,
  Mutation,
  PublicKey,
  SignedBundle,
} from '../../worker/bundle-api.ts';

/** A file that was chosen or dropped. */
export interface ChosenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Whose signatures count: the keys of this browser, a trust.json, or one public key. */
export type TrustChoice =
  | { readonly kind: 'own' }
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'key'; readonly name: string; readonly key: PublicKey };

/** What the form says beside the pack. */
export interface ReleaseWords {
  readonly by: string;
  readonly reason: string;
  /** A day as date fields have it, `2027-03-16`; empty: never. */
  readonly expires: string;
  /** Separated by commas; empty: anybody. */
  readonly audience: string;
}

/** A pack that was looked at: exactly this is what will be signed. */
export interface Looked {
  readonly ask: Pick<BundleAsk, 'files' | 'problems' | 'previous'>;
  readonly answer: Result<BundlePreview, BundleFailure>;
}

/** The mistakes that are tried in the pack that was looked at. */
export type Tried =
  | { readonly kind: 'running'; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly mutation: Mutation }
  | { readonly kind: 'skipped' };

/** Everything the screen is drawn from. */
export interface DeskState {
  /** Undefined until they were read. */
  readonly keys: KeyList | undefined;
  readonly keyid: string | undefined;
  /** Whether the browser has promised not to clear what it keeps. */
  readonly persistent: boolean | undefined;
  readonly looking: boolean;
  readonly looked: Looked | undefined;
  /** Undefined until it begins. */
  readonly tried: Tried | undefined;
  readonly previous: ChosenFile | undefined;
  readonly words: ReleaseWords;
  readonly signing: boolean;
  readonly signed: (Omit<SignedBundle, 'bytes'> & { readonly size: number }) | undefined;
  /** Why it was not signed. */
  readonly problem: string | undefined;
  readonly file: ChosenFile | undefined;
  readonly trust: TrustChoice;
  /** Where the bundle is to be loaded, if it is for somebody. */
  readonly audience: string;
  readonly checking: boolean;
  readonly verdict: BundleVerdict | undefined;
  /** Why nothing could be verified. */
  readonly verifyProblem: string | undefined;
  /** What was accepted here before, by name; undefined until it was read. */
  readonly accepted: readonly AcceptedBundle[] | undefined;
}

export type DeskStore = StoreApi<DeskState>;

/** The desk before anything is known. */
export function createDeskState(): DeskStore {
  return createStore<DeskState>(() => ({
    keys: undefined,
    keyid: undefined,
    persistent: undefined,
    looking: false,
    looked: undefined,
    tried: undefined,
    previous: undefined,
    words: { by: '', reason: '', expires: '', audience: '' },
    signing: false,
    signed: undefined,
    problem: undefined,
    file: undefined,
    trust: { kind: 'own' },
    audience: '',
    checking: false,
    verdict: undefined,
    verifyProblem: undefined,
    accepted: undefined,
  }));
}

/** The key that is chosen, or the newest. */
export function chosenKey({ keys, keyid }: DeskState) {
  return keys?.keys.find((key) => key.keyid === keyid) ?? keys?.keys.at(-1);
}

/** What keeps the bundle from being signed, in a sentence. */
export function obstacle(state: DeskState): string | undefined {
  const { looked, words, looking, tried } = state;
  if (looking) return 'The pack is being looked at.';
  if (looked === undefined) return 'The pack was not looked at.';
  if (!looked.answer.ok) return looked.answer.error.message;
  if (tried === undefined || tried.kind === 'running')
    return 'Mistakes in the rules are still tried.';
  if (chosenKey(state) === undefined) return 'It needs a key to sign with.';
  if (words.by.trim() === '') return 'It needs the name of the one who releases it.';
  if (looked.answer.value.doubts.length > 0 && words.reason.trim() === '') {
    return 'It needs a written reason.';
  }
  return undefined;
}
