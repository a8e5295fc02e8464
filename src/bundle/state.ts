import { canonicalJson } from '../base/canonical-json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { z } from '../decision/zod.ts';
import { utf8 } from './bytes.ts';
import { readJsonAs } from './canonical-file.ts';
import { compareVersions, Previous, type Manifest } from './manifest.ts';

const STATE_FORMAT = 'stage0-state/v1';

/** What was accepted last, by the bundle's name. Who loads bundles keeps it where no bundle can write. */
export const StateFile = z
  .strictObject({
    format: z.literal(STATE_FORMAT),
    bundles: z.record(z.string(), Previous),
  })
  .readonly();

export type BundleState = z.output<typeof StateFile>;

/** Nothing was accepted yet. */
export const NO_STATE: BundleState = { format: STATE_FORMAT, bundles: {} };

/** Reads a state file. A broken one is an error: taking it for an empty one would allow a rollback. */
export function readState(text: string): Result<BundleState, string> {
  return readJsonAs(utf8(text), StateFile);
}

/** The state file's text. */
export function stateText(state: BundleState): string {
  return `${canonicalJson({ ...state, bundles: { ...state.bundles } })}\n`;
}

/** The state after a bundle was accepted. */
export function acceptedState(state: BundleState, name: string, accepted: Previous): BundleState {
  return { ...state, bundles: { ...state.bundles, [name]: accepted } };
}

/** Why the bundle must not follow what was accepted last. */
export function historyProblem(
  state: BundleState,
  id: string,
  { name, version, previous }: Pick<Manifest, 'name' | 'version' | 'previous'>,
): Result<undefined, { readonly code: 'E_ROLLBACK' | 'E_EQUIVOCATION'; readonly message: string }> {
  const last = Object.hasOwn(state.bundles, name) ? state.bundles[name] : undefined;
  if (last === undefined || last.id === id) return ok(undefined);
  const order = compareVersions(version, last.version);
  if (order < 0) {
    const message = `${name} ${version} is older than ${last.version}, which was accepted before.`;
    return err({ code: 'E_ROLLBACK', message });
  }
  if (order === 0) {
    const message = `Another bundle of ${name} ${last.version} was accepted before: ${last.id}.`;
    return err({ code: 'E_EQUIVOCATION', message });
  }
  if (previous?.version === last.version && previous.id !== last.id) {
    const message = `It follows a ${name} ${last.version} that is not the one accepted before.`;
    return err({ code: 'E_EQUIVOCATION', message });
  }
  return ok(undefined);
}
