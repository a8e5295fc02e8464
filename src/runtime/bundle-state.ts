import { err, ok, type Result } from '../base/result.ts';
import {
  acceptedState,
  NO_STATE,
  readState,
  stateText,
  type BundleState,
} from '../bundle/state.ts';
import { isAbsent, readBytes, replaceFile } from './file-bytes.ts';
import type { Problem } from './problem.ts';

/** What was accepted before, out of its file. A file that is not there yet is an empty one; a broken one is an error. */
export async function loadState(path: string): Promise<Result<BundleState, Problem>> {
  if (await isAbsent(path)) return ok(NO_STATE);
  const bytes = await readBytes(path);
  if (!bytes.ok) return bytes;
  const state = readState(new TextDecoder().decode(bytes.value));
  return state.ok ? state : err({ file: path, message: `is no state file: ${state.error}` });
}

/** Remembers a bundle that was accepted, before it is used. */
export async function saveAccepted(
  path: string,
  state: BundleState,
  { id, name, version }: { readonly id: string; readonly name: string; readonly version: string },
): Promise<Result<undefined, Problem>> {
  return replaceFile(path, stateText(acceptedState(state, name, { version, id })));
}
