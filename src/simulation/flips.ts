/**
 * What a change does to verdicts: two packs over the union of their scenarios.
 *
 * A scenario that both have with the same request is run once on each side. One whose request was
 * edited stands twice, as before and as after: a change that also rewrites the scenario which would
 * have shown it must not pass unseen.
 */
import { decide, type Decision } from '../decision/decide.ts';
import type { DecisionRecord } from '../decision/record.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { Pack } from '../pack/read.ts';
import type { Scenario } from '../pack/scenario.ts';
import { sameJson } from './json-text.ts';
import { issueCodes } from './outcome.ts';
import type { Progress, Sliced } from './sliced.ts';

/** One of the scenarios that two packs have between them. */
export interface ComparedScenario {
  readonly scenario: Scenario;
  /** Which side has it with this very request. */
  readonly standsIn: 'both' | 'before' | 'after';
}

/** What one scenario came to on both sides. */
export type Comparison =
  /** Decided alike: same verdict, issues and risk. */
  | { readonly kind: 'same' }
  | { readonly kind: 'decided'; readonly row: FlipRow }
  | { readonly kind: 'undecided'; readonly row: UndecidedRow };

/** One scenario decided by both sides. */
export interface FlipRow {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly standsIn: ComparedScenario['standsIn'];
  readonly from: Verdict;
  readonly to: Verdict;
  /** Codes that only the one record has, in its order. */
  readonly issuesGone: readonly string[];
  readonly issuesNew: readonly string[];
  readonly risk: readonly [before: number, after: number];
  /** Ids of the rules that held on one side only, on any tool: those that hold now first. */
  readonly rules: readonly string[];
  readonly before: DecisionRecord;
  readonly after: DecisionRecord;
}

/** One scenario that a side could not decide: its file is broken, or it asks for another version. */
export interface UndecidedRow {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly problem: string;
}

export interface FlipReport {
  readonly before: PackVersion;
  readonly after: PackVersion;
  /** Scenarios that both sides decided. */
  readonly compared: number;
  /** How many of `rows` end with ALLOW, DENY and DEFER. */
  readonly newlyAllowed: number;
  readonly newlyDenied: number;
  readonly newlyDeferred: number;
  /** The verdicts that differ: what is newly allowed first, most of all from DENY, then by id. */
  readonly rows: readonly FlipRow[];
  /** The same verdict, but other issues or another risk. */
  readonly quiet: readonly FlipRow[];
  readonly undecided: readonly UndecidedRow[];
}

export interface PackVersion {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

/** The scenarios of both packs, those of `after` first, each distinct request of an id once. */
export function unionOfScenarios(before: Pack, after: Pack): readonly ComparedScenario[] {
  const earlier = new Map(before.scenarios.map((scenario) => [scenario.id, scenario]));
  const union: ComparedScenario[] = [];
  const shared = new Set<string>();
  for (const scenario of after.scenarios) {
    const other = earlier.get(scenario.id);
    const both = other !== undefined && sameRun(other, scenario);
    if (both) shared.add(scenario.id);
    union.push({ scenario, standsIn: both ? 'both' : 'after' });
  }
  for (const scenario of before.scenarios) {
    if (!shared.has(scenario.id)) union.push({ scenario, standsIn: 'before' });
  }
  return union;
}

/** Decides one scenario on both sides. Never throws. */
export function compareScenario(
  before: Pack,
  after: Pack,
  { scenario, standsIn }: ComparedScenario,
): Comparison {
  const { id, path, name, tags, run } = scenario;
  const undecided = (problem: string): Comparison => ({
    kind: 'undecided',
    row: { id, path, name, problem },
  });
  if (!run.ok) return undecided(run.error[0]?.message ?? 'The scenario cannot be read.');
  const at = { now: run.value.now, requestId: `scenario:${id}` };
  const first = decide(before.policies, run.value.check, at);
  if (!first.ok) return undecided(first.error.message);
  const second = decide(after.policies, run.value.check, at);
  if (!second.ok) return undecided(second.error.message);
  const sides = [first.value, second.value] as const;
  const failed = sides.find(({ record }) => record.decision === 'ERROR');
  if (failed !== undefined) return undecided(failed.record.reason);
  const row = flipRow({ id, path, name, tags, standsIn }, ...sides);
  // Ten thousand rows of which few say anything would only fill memory.
  return row.from === row.to && !saysOtherwise(row) ? { kind: 'same' } : { kind: 'decided', row };
}

function flipRow(
  scenario: Pick<FlipRow, 'id' | 'path' | 'name' | 'tags' | 'standsIn'>,
  first: Decision,
  second: Decision,
): FlipRow {
  const [before, after] = [first.record, second.record];
  const [gone, added] = [issueCodes(before), issueCodes(after)];
  return {
    ...scenario,
    from: before.verdict,
    to: after.verdict,
    issuesGone: gone.filter((code) => !added.includes(code)),
    issuesNew: added.filter((code) => !gone.includes(code)),
    risk: [before.risk_score, after.risk_score],
    rules: rulesThatTurned(first, second),
    before,
    after,
  };
}

function rulesThatTurned(first: Decision, second: Decision): readonly string[] {
  const [was, is] = [heldIn(first), heldIn(second)];
  const turned = [
    ...[...is].filter(([key]) => !was.has(key)),
    ...[...was].filter(([key]) => !is.has(key)),
  ];
  return [...new Set(turned.map(([, rule]) => rule))];
}

/** The rules that held, by tool and rule. */
function heldIn({ tools }: Decision): ReadonlyMap<string, string> {
  return new Map(
    tools.flatMap(({ tool, satisfied }) => satisfied.map((rule) => [`${tool} ${rule}`, rule])),
  );
}

/**
 * Makes the report of what was compared, in whatever order or thread; `alike`: how many more scenarios are
 * known to be decided alike.
 */
export function flipReport(
  before: Pack,
  after: Pack,
  comparisons: Iterable<Comparison>,
  alike = 0,
): FlipReport {
  const rows: FlipRow[] = [];
  const quiet: FlipRow[] = [];
  const undecided: UndecidedRow[] = [];
  let compared = alike;
  for (const comparison of comparisons) {
    switch (comparison.kind) {
      case 'undecided':
        undecided.push(comparison.row);
        continue;
      case 'decided':
        (comparison.row.from === comparison.row.to ? quiet : rows).push(comparison.row);
        break;
      case 'same':
        break;
    }
    compared += 1;
  }
  const ending = (verdict: Verdict): number => rows.filter(({ to }) => to === verdict).length;
  return {
    before: versionOf(before),
    after: versionOf(after),
    compared,
    newlyAllowed: ending('ALLOW'),
    newlyDenied: ending('DENY'),
    newlyDeferred: ending('DEFER'),
    rows: rows.toSorted((a, b) => loudness(a) - loudness(b) || byId(a, b)),
    quiet: quiet.toSorted(byId),
    undecided: undecided.toSorted(byId),
  };
}

/** Compares two packs. Each step has compared the next `size` scenarios. */
export function* flipsInSlices(before: Pack, after: Pack, size = 50): Sliced<FlipReport> {
  const union = unionOfScenarios(before, after);
  const step = size >= 1 ? Math.trunc(size) : 1;
  const comparisons: Comparison[] = [];
  for (let at = 0; at < union.length; at += step) {
    for (const one of union.slice(at, at + step)) {
      comparisons.push(compareScenario(before, after, one));
    }
    yield { done: comparisons.length, total: union.length } satisfies Progress;
  }
  return flipReport(before, after, comparisons);
}

/** `from → to`, and what is loudest comes first: what may now happen and could not before. */
function loudness({ from, to }: FlipRow): number {
  return LOUDEST.indexOf(`${from} ${to}`);
}

const LOUDEST: readonly string[] = [
  'DENY ALLOW',
  'DEFER ALLOW',
  'DENY DEFER',
  'ALLOW DENY',
  'DEFER DENY',
  'ALLOW DEFER',
];

function saysOtherwise({ issuesGone, issuesNew, risk }: FlipRow): boolean {
  return issuesGone.length > 0 || issuesNew.length > 0 || risk[0] !== risk[1];
}

function sameRun({ run: a }: Scenario, { run: b }: Scenario): boolean {
  if (a === b) return true;
  if (!a.ok || !b.ok) return a.ok === b.ok;
  return a.value.now === b.value.now && sameJson(a.value.request, b.value.request);
}

/** What a report says about a pack. */
export function versionOf({ name, version, policies }: Pack): PackVersion {
  return { name, version, digest: policies.digest };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
