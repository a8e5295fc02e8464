/**
 * What changed between two packs, as data, rule by rule and not line by line; and the pure operations on
 * it. Where the change stands in both texts, `ruleChanges` says.
 */
import type { Pack } from '../pack/read.ts';
import { packShape, type PackShape, type RuleShape, type ScenarioShape } from './pack-shape.ts';
import {
  applyDiff,
  diffRecords,
  isEmptyDiff,
  reverseDiff,
  type RecordsDiff,
} from './records-diff.ts';

export interface PackDiff {
  readonly rules: RecordsDiff<RuleShape>;
  readonly schema: RecordsDiff<string>;
  readonly entities: RecordsDiff<string>;
  readonly settings: RecordsDiff<string>;
  readonly scenarios: RecordsDiff<ScenarioShape>;
}

export function diffPacks(before: Pack, after: Pack): PackDiff {
  // A scenario that was read once for both cannot differ, and there may be ten thousand of them.
  const earlier = new Set(before.scenarios);
  const shared = new Set(after.scenarios.filter((scenario) => earlier.has(scenario)));
  const own = (pack: Pack): Pack => {
    return { ...pack, scenarios: pack.scenarios.filter((scenario) => !shared.has(scenario)) };
  };
  return diffShapes(packShape(own(before)), packShape(own(after)));
}

export function diffShapes(before: PackShape, after: PackShape): PackDiff {
  return {
    rules: diffRecords(before.rules, after.rules),
    schema: diffRecords(before.schema, after.schema),
    entities: diffRecords(before.entities, after.entities),
    settings: diffRecords(before.settings, after.settings),
    scenarios: diffRecords(before.scenarios, after.scenarios),
  };
}

/** The other side: of the shape that the diff starts from it makes the one that it leads to. */
export function applyPackDiff(before: PackShape, diff: PackDiff): PackShape {
  return {
    rules: applyDiff(before.rules, diff.rules),
    schema: applyDiff(before.schema, diff.schema),
    entities: applyDiff(before.entities, diff.entities),
    settings: applyDiff(before.settings, diff.settings),
    scenarios: applyDiff(before.scenarios, diff.scenarios),
  };
}

/** The way back. */
export function reversePackDiff(diff: PackDiff): PackDiff {
  return {
    rules: reverseDiff(diff.rules),
    schema: reverseDiff(diff.schema),
    entities: reverseDiff(diff.entities),
    settings: reverseDiff(diff.settings),
    scenarios: reverseDiff(diff.scenarios),
  };
}

/** Whether the packs say the same. They may still be written differently. */
export function isSamePack({ rules, schema, entities, settings, scenarios }: PackDiff): boolean {
  return [rules, schema, entities, settings, scenarios].every(isEmptyDiff);
}

/** Annotations that people read and no verdict, issue code or number depends on. */
const WORDING: ReadonlySet<string> = new Set(['message', 'question', 'doc']);

/** Whether a rule changed in what it decides, and not in its wording alone. */
export function decidesOtherwise([from, to]: readonly [RuleShape, RuleShape]): boolean {
  return JSON.stringify(withoutWording(from)) !== JSON.stringify(withoutWording(to));
}

function withoutWording(rule: RuleShape): RuleShape {
  const said = Object.entries(rule.annotations).filter(([name]) => !WORDING.has(name));
  return { ...rule, annotations: Object.fromEntries(said) };
}
