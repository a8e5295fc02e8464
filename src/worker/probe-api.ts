/** What the studio asks about how well a pack's scenarios know its rules: plain data, shaped for showing. */
import type { Span } from '../base/span.ts';
import type { Boundary } from '../simulation/boundary.ts';
import type { MutantKind } from '../simulation/mutants.ts';
import type { MutationReport } from '../simulation/mutation.ts';
import type { Proposal } from '../simulation/solve.ts';
import type { NewScenario } from '../simulation/solve/scenario-text.ts';
import type { Answer } from './engine-api.ts';

/** A mistake that no scenario notices. */
export interface Survivor {
  /** Names it within its pack as long as its rule says the same. */
  readonly key: string;
  readonly ruleId: string;
  readonly kind: MutantKind;
  /** What the mistake is, in a few words. */
  readonly what: string;
  readonly path: string;
  /** What it changes, in the rule's file. */
  readonly span: Span;
  /** The text that stands there, and the text that would; either may be empty. */
  readonly before: string;
  readonly after: string;
}

/** What became of the mutants that were tried. */
export interface MutationResult extends Omit<MutationReport, 'survivors'> {
  readonly survivors: readonly Survivor[];
}

/** A scenario that would notice a mistake; absent when none was found. */
export interface Noticing {
  readonly key: string;
  readonly scenario?: NewScenario;
}

/** A comparison's cases, and the file that it stands in. */
export interface BoundaryRow extends Boundary {
  readonly path: string;
}

/** Hears how much of how much is done. */
export type OnProbed = (done: number, total: number) => void;

/**
 * Questions that take seconds. Each is SUPERSEDED when it is asked anew, cancelled, or when the pack
 * changes meanwhile; of a pack that has errors it is PACK_BROKEN.
 */
export interface Probe {
  /** Makes small mistakes in the rules, all there are or those named, and tells which no scenario notices. */
  mutate(
    packId: string,
    keys: readonly string[] | undefined,
    onProbed?: OnProbed,
  ): Answer<MutationResult>;
  /** Looks for scenarios that would notice mistakes; `onFound` hears of each as it is known. */
  notice(
    packId: string,
    keys: readonly string[],
    onFound?: (found: Noticing) => void,
  ): Answer<readonly Noticing[]>;
  /** A request for each thing that no scenario covers. */
  proposals(packId: string, onProbed?: OnProbed): Answer<readonly Proposal[]>;
  /** The cases on and beside each comparison of the rules, in the pack's order. */
  boundaries(packId: string, onProbed?: OnProbed): Answer<readonly BoundaryRow[]>;
  /** The coverage as the text of a file. */
  coverageText(packId: string, form: CoverageForm): Answer<string>;
  /** Ends what is under way of `mutate` and `notice`. */
  cancelProbe(packId: string): Promise<void>;
}

/** Coverage as a file: LCOV for other tools, or everything that is known as JSON. */
export type CoverageForm = 'lcov' | 'json';
