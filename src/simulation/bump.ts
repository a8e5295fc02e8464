/**
 * Which version a change deserves. What a reviewer must not overlook decides: something that was stopped
 * is now allowed, a rule decides otherwise, or requests that were understood no longer are.
 */
import { raiseVersion, type Bump } from '../pack/version.ts';
import type { Pack } from '../pack/read.ts';
import { decidesOtherwise, type PackDiff } from './diff.ts';
import type { FlipReport, FlipRow } from './flips.ts';
import type { RuleShape } from './pack-shape.ts';

export interface BumpSuggestion {
  /** `none`: the packs are the same, letter by letter. */
  readonly bump: Bump | 'none';
  /** The version that follows `before`'s; with `none` it is that. */
  readonly version: string;
  /** Scenarios that are ALLOW and were not: never to be shipped unseen. */
  readonly newlyAllowed: readonly string[];
  /**
   * Rules (`schema`, `entities` and `settings` for those) whose change may let through what no scenario
   * asks about: a permit that is new or other, a forbid that is gone or other, a higher risk threshold.
   */
  readonly mayAllow: readonly string[];
  /** One sentence each, the weightiest first. */
  readonly reasons: readonly string[];
}

/** What a suggestion asks of flips. */
export interface KnownFlips extends Pick<FlipReport, 'before' | 'after'> {
  readonly rows: readonly Pick<FlipRow, 'id' | 'to'>[];
}

/** Suggests the version of `after`, where `before` is what it was made from. */
export function suggestBump(before: Pack, diff: PackDiff, flips: KnownFlips): BumpSuggestion {
  if (flips.before.digest === flips.after.digest) {
    const reasons = ['Nothing has changed.'];
    return { bump: 'none', version: before.version, newlyAllowed: [], mayAllow: [], reasons };
  }
  const allowed = flips.rows.filter(({ to }) => to === 'ALLOW').map(({ id }) => id);
  const broken = brokenFields(diff);
  const deciding = decidingChanges(diff);
  const bump: Bump =
    broken.length > 0
      ? 'major'
      : allowed.length > 0 || deciding.length > 0 || flips.rows.length > 0
        ? 'minor'
        : 'patch';
  const reasons = [
    ...list(broken, 'Requests may no longer be understood: the schema changed'),
    ...list(allowed, 'Newly allowed'),
    ...list(deciding, 'Decides otherwise'),
    ...(bump === 'patch' ? ['Nothing that decides has changed.'] : []),
  ];
  return {
    bump,
    version: raiseVersion(before.version, bump),
    newlyAllowed: allowed,
    mayAllow: mayAllow(diff),
    reasons,
  };
}

/** What clients may send or rely on and that is gone or of another type. */
function brokenFields({ schema }: PackDiff): readonly string[] {
  const required = [...schema.added].flatMap(([name, text]) =>
    name.includes('.') && !name.includes('"') && !text.startsWith('optional ') ? name : [],
  );
  const other = [...schema.updated].flatMap(([name, [from, to]]) =>
    to === `optional ${from}` ? [] : name,
  );
  return [...schema.removed.keys(), ...other, ...required];
}

function decidingChanges(diff: PackDiff): readonly string[] {
  const { rules, entities, settings, schema } = diff;
  const updated = [...rules.updated].filter(([, pair]) => decidesOtherwise(pair));
  const beside = [
    ['entities', entities],
    ['settings', settings],
    ['schema', schema],
  ] as const;
  return [
    ...rules.added.keys(),
    ...updated.map(([id]) => id),
    ...rules.removed.keys(),
    ...beside.flatMap(([name, { added, updated: other, removed }]) =>
      added.size + other.size + removed.size > 0 ? name : [],
    ),
  ];
}

function mayAllow(diff: PackDiff): readonly string[] {
  const { rules, entities, settings, schema } = diff;
  const permits = (rule: RuleShape): boolean => rule.effect === 'permit';
  const changed = [...rules.updated].filter(([, pair]) => decidesOtherwise(pair));
  const threshold = settings.updated.get('risk.threshold');
  const zone = settings.updated.has('timeZone');
  return [
    ...[...rules.added].filter(([, rule]) => permits(rule)).map(([id]) => id),
    ...changed.map(([id]) => id),
    ...[...rules.removed].filter(([, rule]) => !permits(rule)).map(([id]) => id),
    // A permit may carry the risk that kept something from being allowed.
    ...[...rules.removed]
      .filter(([, rule]) => permits(rule) && rule.annotations['risk'] !== undefined)
      .map(([id]) => id),
    ...(entities.added.size + entities.updated.size + entities.removed.size > 0
      ? ['entities']
      : []),
    ...(schema.added.size + schema.updated.size + schema.removed.size > 0 ? ['schema'] : []),
    ...(zone || (threshold !== undefined && Number(threshold[1]) > Number(threshold[0]))
      ? ['settings']
      : []),
  ];
}

function list(names: readonly string[], what: string): readonly string[] {
  const shown = names.slice(0, 5).join(', ');
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return names.length === 0 ? [] : [`${what}: ${shown}${more}.`];
}
