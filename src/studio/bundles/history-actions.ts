/** Which bundles were accepted here: after that, what is older or contradicts them is refused. */
import type { BundleAnswer, ShownBundle } from '../../worker/bundle-api.ts';
import { readAccepted, writeAccepted } from '../state/remembered.ts';
import type { Desk } from './desk.ts';
import { verify } from './verify-actions.ts';

/** One tab at a time: what two write at once would be lost. */
const LOCK = 'stage0-accepted-bundles';

/** Reads what was accepted. */
export async function readHistory({ studio, bundles, store }: Desk): Promise<void> {
  const text = await readAccepted(studio.parts.store);
  if (!text.ok) {
    studio.refuse(text.error);
    return;
  }
  const answer = text.value === undefined ? undefined : await bundles.readHistory(text.value);
  if (answer?.ok === false) studio.parts.notify('error', answer.error.message);
  else store.setState({ accepted: answer?.value ?? [] });
}

/** Takes a verified bundle for the newest of its name. */
export async function accept(desk: Desk, bundle: ShownBundle): Promise<void> {
  const { name, version } = bundle;
  const changed = await change(desk, (history) => desk.bundles.accept(history, bundle));
  if (!changed) return;
  desk.studio.parts.notify(
    'info',
    `Accepted ${name} ${version}: older ones are refused from now on.`,
  );
}

/** Forgets what was accepted of a name; can be undone. */
export async function forget(desk: Desk, name: string): Promise<void> {
  const before = await readAccepted(desk.studio.parts.store);
  const history = before.ok ? before.value : undefined;
  if (history === undefined) return;
  if (!(await change(desk, (text) => desk.bundles.forget(text ?? history, name)))) return;
  desk.studio.parts.notify('info', `Forgot which ${name} was accepted.`, () => {
    void change(desk, () => Promise.resolve({ ok: true, value: history }));
  });
}

async function change(
  desk: Desk,
  next: (history: string | undefined) => BundleAnswer<string>,
): Promise<boolean> {
  const { studio } = desk;
  const { store, notify } = studio.parts;
  if (store === undefined) {
    notify('error', 'This needs storage, which this browser refuses.');
    return false;
  }
  const done = await navigator.locks.request(LOCK, async () => {
    const before = await readAccepted(store);
    if (!before.ok) {
      studio.refuse(before.error);
      return false;
    }
    const after = await next(before.value);
    if (!after.ok) {
      notify('error', after.error.message);
      return false;
    }
    const written = await writeAccepted(store, after.value);
    if (!written.ok) studio.refuse(written.error);
    return written.ok;
  });
  await readHistory(desk);
  await verify(desk);
  return done;
}
