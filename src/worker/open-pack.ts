import type { DecisionPolicies } from '../decision/policies.ts';
import { PackDigester } from '../pack/digest.ts';
import { fileKind } from '../pack/files.ts';
import type { PackProblem } from '../pack/problem.ts';
import { PackReader, type Pack, type PackRule, type ReadPack } from '../pack/read.ts';
import type { Scenario } from '../pack/scenario.ts';
import { saidBy, type Outcome } from '../simulation/outcome.ts';
import { runScenario } from '../simulation/run.ts';
import type { EngineSnapshot, FileChange, RuleRow, ScenarioRow } from './engine-api.ts';

/** What a pack shows of itself. */
export type PackView = Pick<
  EngineSnapshot,
  'packVersion' | 'problems' | 'rules' | 'scenarios' | 'stale' | 'digest'
>;

/** What decides now, and whether it is older than the files. */
export interface Deciding {
  readonly policies: DecisionPolicies;
  readonly rules: ReadonlyMap<string, RuleSource>;
  readonly stale: boolean;
}

/** A pack that decides, with its rules in the shape that leaves the worker. */
interface Sound {
  readonly pack: Pack;
  readonly rules: readonly RuleRow[];
  readonly sources: ReadonlyMap<string, RuleSource>;
}

/** A rule with the text that was compiled, which the editor's may have left behind. */
export interface RuleSource {
  readonly rule: RuleRow;
  readonly text: string;
}

/** One scenario's last run. */
interface Run {
  /** The reader gives the same object for as long as the file's text stays the same. */
  readonly scenario: Scenario;
  readonly epoch: number;
  readonly row: ScenarioRow;
}

/** One pack that is being edited: its files, the last state of it that compiled, and each scenario's last run. */
export class OpenPack {
  /** Counts the changes, from 1. */
  revision = 0;
  /** Counts the texts that changed. */
  edits = 0;
  /** Whether the run of this revision was called off. */
  cancelled = false;
  readonly #files = new Map<string, string>();
  readonly reader = new PackReader();
  readonly #digester = new PackDigester();
  #read: ReadPack = { scenarios: [], problems: [] };
  #unread = true;
  #digest = '';
  #sound: Sound | undefined;
  /** Counts the states of what decides: a verdict of an earlier one no longer counts. */
  #epoch = 0;
  #scenarios: readonly Scenario[] = [];
  readonly #runs = new Map<string, Run>();

  /** The texts as they are now. */
  get files(): ReadonlyMap<string, string> {
    return this.#files;
  }

  /** Takes these files in place of those there are. */
  replace(files: ReadonlyMap<string, string>): void {
    const gone = [...this.#files.keys()].filter((path) => !files.has(path));
    this.apply([
      ...gone.map((path) => ({ path, text: undefined })),
      ...[...files].map(([path, text]) => ({ path, text })),
    ]);
  }

  apply(changes: readonly FileChange[]): void {
    for (const { path, text } of changes) {
      if (this.#files.get(path) === text) continue;
      this.#unread = true;
      this.edits += 1;
      const kind = fileKind(path);
      if (kind !== 'scenario' && kind !== 'other') this.#epoch += 1;
      if (text === undefined) this.#files.delete(path);
      else this.#files.set(path, text);
    }
  }

  /** Begins a new revision, which ends the run of the one before. */
  change(): number {
    this.revision += 1;
    this.cancelled = false;
    return this.revision;
  }

  cancel(): void {
    this.cancelled = true;
  }

  /** Reads and compiles the files, unless that was done since they changed. */
  compile(): void {
    if (!this.#unread) return;
    this.#read = this.reader.read(this.#files);
    const { pack, scenarios } = this.#read;
    this.#digest = pack?.policies.digest ?? this.reader.digest(this.#files);
    // File names that are not safe keep everything from being read; the list stays for all that.
    const unread = pack === undefined && scenarios.length === 0;
    this.#scenarios = unread
      ? this.#scenarios.filter(({ path }) => this.#files.has(path))
      : scenarios;
    for (const path of this.#runs.keys()) if (!this.#files.has(path)) this.#runs.delete(path);
    this.#unread = false;
    if (pack === undefined) return;
    const rules = pack.rules.map(ruleRow);
    this.#sound = { pack, rules, sources: ruleSources(rules, this.#files) };
  }

  /** The scenarios whose verdict is not known for the pack as it is; none while it is broken. */
  pending(): readonly Scenario[] {
    if (this.#read.pack === undefined) return [];
    return this.#scenarios.filter((scenario) => scenario.run.ok && !this.#isFresh(scenario));
  }

  /** Runs one scenario and keeps what came of it. */
  run(scenario: Scenario): void {
    const { pack } = this.#read;
    if (pack === undefined) return;
    const { state, verdict, record, issues, satisfied, problem } = runScenario(pack, scenario);
    const row = {
      ...rowHead(scenario),
      state,
      issueCodes: issues,
      ...(verdict === undefined ? {} : { verdict }),
      satisfied,
      ...(record === undefined ? {} : { riskScore: record.risk_score }),
      ...(problem === undefined ? {} : { problem }),
    };
    this.#runs.set(scenario.path, { scenario, epoch: this.#epoch, row });
  }

  /** Everything there is to show. */
  view(): PackView {
    const sound = this.#sound;
    return {
      ...(sound === undefined ? {} : { packVersion: `${sound.pack.name}@${sound.pack.version}` }),
      problems: this.#read.problems,
      rules: sound?.rules ?? [],
      scenarios: this.#scenarios.map((scenario) => this.#row(scenario)),
      stale: this.#read.pack === undefined,
      digest: this.#digest,
    };
  }

  /** What is wrong with the files as they are. */
  readProblems(): readonly PackProblem[] {
    this.compile();
    return this.#read.problems;
  }

  /** The last state of the pack that compiled, with its scenarios as they are now. */
  sound(): { readonly pack: Pack | undefined; readonly stale: boolean } {
    this.compile();
    return { pack: this.#sound?.pack, stale: this.#read.pack === undefined };
  }

  /** What decides requests now; undefined when no state of the pack has compiled yet. */
  deciding(): Deciding | undefined {
    this.compile();
    if (this.#sound === undefined) return undefined;
    const { pack, sources } = this.#sound;
    return { policies: pack.policies, rules: sources, stale: this.#read.pack === undefined };
  }

  /** The files that decide, and their digest. */
  decidingFiles(): { readonly key: string; readonly files: ReadonlyMap<string, string> } {
    const files = filesThatDecide(this.#files);
    return { key: this.#digester.digest(files), files };
  }

  /** How scenarios came out in the last run of the pack as it is; those that were decided. */
  *outcomes(): Iterable<readonly [Scenario, Outcome]> {
    for (const scenario of this.#scenarios) {
      const row = this.#isFresh(scenario) ? this.#runs.get(scenario.path)?.row : undefined;
      if (row?.verdict === undefined || row.riskScore === undefined) continue;
      if (row.state === 'error') continue;
      const said = saidBy(row.issueCodes, row.riskScore);
      yield [scenario, { verdict: row.verdict, said }];
    }
  }

  /** A scenario as its file is now. */
  scenario(id: string): Scenario | undefined {
    this.compile();
    return this.#scenarios.find((scenario) => scenario.id === id);
  }

  #isFresh(scenario: Scenario): boolean {
    const run = this.#runs.get(scenario.path);
    return this.#read.pack !== undefined && run?.epoch === this.#epoch && run.scenario === scenario;
  }

  #row(scenario: Scenario): ScenarioRow {
    const head = rowHead(scenario);
    if (!scenario.run.ok) {
      const problem = scenario.run.error[0]?.message ?? 'The file cannot be read.';
      return { ...head, state: 'error', issueCodes: [], satisfied: [], problem };
    }
    const last = this.#runs.get(scenario.path)?.row;
    if (last !== undefined && this.#isFresh(scenario)) return last;
    if (last?.verdict === undefined)
      return { ...head, state: 'not-run', issueCodes: [], satisfied: [] };
    const { verdict, issueCodes, satisfied, riskScore } = last;
    return {
      ...head,
      state: 'stale',
      verdict,
      issueCodes,
      satisfied,
      ...(riskScore === undefined ? {} : { riskScore }),
    };
  }
}

function rowHead({ id, path, name, description, tags, expect }: Scenario) {
  return {
    id,
    path,
    name,
    description,
    tags,
    ...(expect === undefined ? {} : { expected: expect }),
  };
}

/** Scenarios, and files that nobody reads, decide nothing. */
export function filesThatDecide(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(
    [...files].filter(([path]) => {
      const kind = fileKind(path);
      return kind !== 'scenario' && kind !== 'other';
    }),
  );
}

/** Each rule with its text in these files, by id. */
export function ruleSources(
  rules: readonly RuleRow[],
  files: ReadonlyMap<string, string>,
): ReadonlyMap<string, RuleSource> {
  return new Map(
    rules.map((rule) => {
      const file = files.get(rule.path) ?? '';
      return [rule.id, { rule, text: file.slice(rule.span.start, rule.span.end) }];
    }),
  );
}

/** A rule in the shape that leaves the worker. */
export function ruleRow({ id, effect, verdict, path, span, annotations }: PackRule): RuleRow {
  return { id, effect, verdict, path, span, annotations: Object.fromEntries(annotations) };
}
