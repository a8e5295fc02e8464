/** The way of a pack into a bundle: looked at, then signed exactly as it was looked at. */
import type { Studio } from '../state/studio.ts';
import type { BundleAsk } from '../../worker/bundle-api.ts';
import { chosenKey, obstacle, type ChosenFile, type ReleaseWords } from './desk-state.ts';
import type { Desk } from './desk.ts';
import { download } from './download.ts';

/** More problems than these say nothing new; longer messages spell out whole types. */
const MOST_PROBLEMS = 1000;
const LONGEST_MESSAGE = 2000;

/** Looks at the working copy as it is now. A newer look overtakes an older one. */
export async function look(
  { studio, bundles, store }: Desk,
  files: ReadonlyMap<string, string> = studio.state.files,
): Promise<void> {
  const { previous, tried } = store.getState();
  // Nobody waits for what is tried in a pack that is no more.
  if (tried?.kind === 'running') bundles.stop();
  store.setState({ looking: true, tried: undefined, signed: undefined, problem: undefined });
  const stillWanted = () =>
    studio.state.files === files &&
    store.getState().previous === previous &&
    store.getState().looking;
  const problems = await officialErrors(studio, files);
  if (!stillWanted()) return;
  const ask = {
    files,
    ...(problems !== undefined && { problems }),
    ...(previous !== undefined && { previous: previous.bytes }),
  };
  // Who and when change nothing of what is shown.
  const answer = await bundles.preview({ ...ask, by: '-', at: Date.now() });
  if (!stillWanted()) return;
  store.setState({ looked: { ask, answer }, looking: false });
  if (answer.ok) await tryMistakes({ studio, bundles, store });
}

/** Tries which mistakes in the rules the scenarios would notice; that goes into the evidence. */
export async function tryMistakes({ bundles, store }: Desk): Promise<void> {
  const { looked } = store.getState();
  if (looked === undefined) return;
  const stillWanted = () =>
    store.getState().looked === looked && store.getState().tried?.kind === 'running';
  store.setState({ tried: { kind: 'running', done: 0, total: 0 } });
  const answer = await bundles.mutate(looked.ask.files, (done, total) => {
    if (stillWanted()) store.setState({ tried: { kind: 'running', done, total } });
  });
  if (!stillWanted()) return;
  store.setState({
    tried: answer.ok ? { kind: 'done', mutation: answer.value } : { kind: 'skipped' },
  });
}

/** Goes on without what the scenarios would notice. */
export function skipMistakes({ bundles, store }: Desk): void {
  store.setState({ tried: { kind: 'skipped' } });
  bundles.stop();
}

/** Ends looking or signing. */
export function cancel({ bundles, store }: Desk): void {
  const { looking } = store.getState();
  bundles.stop();
  // What was looked at before is not what the pack is now.
  store.setState({ looking: false, signing: false, ...(looking && { looked: undefined }) });
}

/** What the official validator calls an error; undefined when it gives no answer. */
async function officialErrors(
  studio: Studio,
  files: ReadonlyMap<string, string>,
): Promise<BundleAsk['problems']> {
  let answer = await studio.parts.toolchain.validate(files);
  // The editor asks the same after every pause, and only the newest question is answered.
  for (let again = 0; again < 3 && !answer.ok && answer.error.code === 'SUPERSEDED'; again += 1) {
    answer = await studio.parts.toolchain.validate(files);
  }
  if (!answer.ok || !answer.value.validated) return undefined;
  return answer.value.problems
    .filter(({ severity }) => severity === 'error')
    .slice(0, MOST_PROBLEMS)
    .map(({ path, code, message }) => ({ path, code, message: message.slice(0, LONGEST_MESSAGE) }));
}

/** Signs what was looked at, and downloads it. */
export async function sign({ studio, bundles, store }: Desk): Promise<void> {
  const state = store.getState();
  const { looked, words } = state;
  const key = chosenKey(state);
  if (obstacle(state) !== undefined || looked === undefined || key === undefined) return;
  store.setState({ signing: true, problem: undefined, signed: undefined });
  const { jwk, keyid, privateKey } = key;
  const { tried } = state;
  const mutation = tried?.kind === 'done' ? tried.mutation : undefined;
  const ask = { ...askOf(looked.ask, words), ...(mutation !== undefined && { mutation }) };
  const signed = await bundles.sign(ask, { jwk, keyid, privateKey });
  if (!store.getState().signing) return;
  store.setState({ signing: false });
  if (!signed.ok) {
    const [first] = signed.error.code === 'BUNDLE_REFUSED' ? signed.error.problems : [];
    store.setState({ problem: first?.message ?? signed.error.message });
    return;
  }
  const { bytes, ...rest } = signed.value;
  download(rest.fileName, bytes);
  store.setState({ signed: { ...rest, size: bytes.length } });
  await studio.parts.store?.writeUi('author', words.by.trim());
}

function askOf(
  looked: Pick<BundleAsk, 'files' | 'problems' | 'previous'>,
  { by, reason, expires, audience }: ReleaseWords,
): BundleAsk {
  const places = [...new Set(audience.split(',').map((one) => one.trim()))].filter(Boolean);
  return {
    ...looked,
    by: by.trim(),
    at: Date.now(),
    reason: reason.trim(),
    ...(expires !== '' && { expires: `${expires}T23:59:59Z` }),
    ...(places.length > 0 && { audience: places }),
  };
}

export function say({ store }: Desk, words: Partial<ReleaseWords>): void {
  store.setState({ words: { ...store.getState().words, ...words }, problem: undefined });
}

/** Takes the bundle that this one replaces; undefined: there is none. */
export function replaces(desk: Desk, previous: ChosenFile | undefined): void {
  desk.store.setState({ previous });
  void look(desk);
}
