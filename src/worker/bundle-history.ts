import { err, ok, type Result } from '../base/result.ts';
import {
  acceptedState,
  historyProblem,
  NO_STATE,
  readState,
  stateText,
  type BundleState,
} from '../bundle/state.ts';
import type { AcceptedBundle, BundleAnswer, BundleFailure, ShownBundle } from './bundle-api.ts';

/** What was accepted before. What cannot be read is an error: as nothing it would allow a rollback. */
export function historyOf(text: string | undefined): Result<BundleState, BundleFailure> {
  if (text === undefined) return ok(NO_STATE);
  const state = readState(text);
  return state.ok ? state : refused(`What was accepted before cannot be read. ${state.error}`);
}

export async function acceptBundle(
  text: string | undefined,
  { id, name, version, previous }: ShownBundle,
): BundleAnswer<string> {
  const history = historyOf(text);
  if (!history.ok) return history;
  // Another tab may have accepted something since this one was verified.
  const problem = historyProblem(history.value, id, { name, version, previous });
  if (!problem.ok) return refused(`${problem.error.code}: ${problem.error.message}`);
  return ok(stateText(acceptedState(history.value, name, { version, id })));
}

export async function forgetAccepted(text: string, name: string): BundleAnswer<string> {
  const history = historyOf(text);
  if (!history.ok) return history;
  const rest = Object.entries(history.value.bundles).filter(([known]) => known !== name);
  return ok(stateText({ ...history.value, bundles: Object.fromEntries(rest) }));
}

export async function acceptedBundles(text: string): BundleAnswer<readonly AcceptedBundle[]> {
  const history = historyOf(text);
  if (!history.ok) return history;
  const list = Object.entries(history.value.bundles);
  return ok(
    list
      .map(([name, { version, id }]) => ({ name, version, id }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  );
}

function refused(message: string): Result<never, BundleFailure> {
  return err({ code: 'HISTORY_REFUSED', message });
}
