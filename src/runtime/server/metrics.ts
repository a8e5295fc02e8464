import { kept } from '../../base/kept.ts';
import { packVersion, type DecisionRecord } from '../../decision/record.ts';
import type { Verdict } from '../../decision/verdict.ts';
import type { PolicySet } from './policy-set.ts';
import type { PolicySource, Served } from './policy-source.ts';

/** Upper bounds of the latency histogram, in seconds. */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** Counts what the server does, for Prometheus. */
export class Metrics {
  readonly #counters = new Map<string, Map<string, number>>();
  /** How many answers came within each bound and not within the one before it. */
  readonly #buckets = BUCKETS.map(() => 0);
  #seconds = 0;
  #timed = 0;

  /** A check that was decided. */
  decided({ verdict, issues }: DecisionRecord): void {
    this.#add('stage0_decisions_total', DECIDED[verdict]);
    if (issues.length === 0) return;
    for (const code of new Set(issues.map((issue) => issue.code))) {
      this.#add('stage0_issues_total', issueLabel(code));
    }
  }

  /** A check that the shadow would have decided otherwise. */
  flipped(from: Verdict, to: Verdict): void {
    this.#add('stage0_shadow_flips_total', { from, to });
  }

  /** How long an answer took, decision or not. */
  took(seconds: number): void {
    this.#timed += 1;
    this.#seconds += seconds;
    const bucket = BUCKETS.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
  }

  /** An answer that is no decision. */
  refused(error: string): void {
    this.#add('stage0_refusals_total', { error });
  }

  /** A decision that could not be written down. */
  unlogged(): void {
    this.#add('stage0_log_failures_total', {});
  }

  /** A check whose quota or run could not be counted. */
  stateless(): void {
    this.#add('stage0_state_failures_total', {});
  }

  reloaded(result: 'ok' | 'failed'): void {
    this.#add('stage0_policy_reloads_total', { result });
  }

  shadowReloaded(result: 'ok' | 'failed'): void {
    this.#add('stage0_shadow_reloads_total', { result });
  }

  /** Everything in the Prometheus text format, version 0.0.4. */
  text(policies: PolicySet, dryRun: boolean, shadow: PolicySource | undefined): string {
    const lines: string[] = [];
    for (const [name, help] of Object.entries(COUNTERS)) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
      for (const [labels, count] of this.#counters.get(name) ?? []) {
        lines.push(`${name}${labels === '' ? '' : `{${labels}}`} ${count}`);
      }
    }
    lines.push(
      ...this.#histogram(),
      '# HELP stage0_dry_run Whether everything is answered with ALLOW.',
      '# TYPE stage0_dry_run gauge',
      `stage0_dry_run ${dryRun ? 1 : 0}`,
      ...policyLines(policies),
      ...(shadow === undefined ? [] : shadowLines(shadow)),
    );
    return `${lines.join('\n')}\n`;
  }

  #add(name: keyof typeof COUNTERS, labels: Readonly<Record<string, string>> | string): void {
    const counter = this.#counters.get(name) ?? new Map<string, number>();
    const key = typeof labels === 'string' ? labels : labelText(labels);
    counter.set(key, (counter.get(key) ?? 0) + 1);
    this.#counters.set(name, counter);
  }

  #histogram(): readonly string[] {
    const name = 'stage0_check_duration_seconds';
    let within = 0;
    return [
      `# HELP ${name} From the request's head to the answer's body.`,
      `# TYPE ${name} histogram`,
      ...BUCKETS.map((bound, index) => {
        within += this.#buckets[index] ?? 0;
        return `${name}_bucket{le="${bound}"} ${within}`;
      }),
      `${name}_bucket{le="+Inf"} ${this.#timed}`,
      `${name}_sum ${this.#seconds}`,
      `${name}_count ${this.#timed}`,
    ];
  }
}

/** Labels of every decision, written once. */
const DECIDED: Readonly<Record<Verdict, string>> = {
  ALLOW: 'verdict="ALLOW"',
  DENY: 'verdict="DENY"',
  DEFER: 'verdict="DEFER"',
};

/** Of each issue, which come from the pack and again and again. */
const issueLabel = kept((code) => labelText({ code }));

const COUNTERS = {
  stage0_decisions_total: 'Checks decided, by verdict.',
  stage0_issues_total: 'Checks decided that had an issue, by its code.',
  stage0_refusals_total: 'Answers that are no decision, by error.',
  stage0_shadow_flips_total: 'Checks that the shadow would have decided otherwise.',
  stage0_log_failures_total: 'Decisions that could not be written down.',
  stage0_state_failures_total: 'Checks whose quota or run could not be counted.',
  stage0_policy_reloads_total: 'Attempts to load policies, by result.',
  stage0_shadow_reloads_total: 'Attempts to load the shadow, by result.',
};

function policyLines(policies: PolicySet): readonly string[] {
  const all = policies.sources.flatMap((source) => source.loaded() ?? []);
  // A series that stands twice makes Prometheus refuse the whole answer.
  const loaded = [...new Map(all.map((served) => [packVersion(served.pack), served])).values()];
  const failed = policies.problem() === undefined ? 0 : 1;
  return [
    ...gauge('stage0_policy_reload_failed', 'Whether the last attempt to load policies failed.', [
      ` ${failed}`,
    ]),
    ...gauge('stage0_ready', 'Whether there are policies to decide with.', [
      ` ${policies.ready() ? 1 : 0}`,
    ]),
    ...gauge('stage0_policy_info', 'The policies that decide.', loaded.map(infoLine)),
    ...gauge(
      'stage0_policy_loaded_timestamp_seconds',
      'When they were loaded.',
      loaded.map(({ pack, loadedAt }) => `{${whose(pack)}} ${loadedAt / 1000}`),
    ),
    ...gauge(
      'stage0_policy_from_copy',
      'Whether they are the copy kept on disk, as their address gave nothing better.',
      loaded.map(({ pack, copy }) => `{${whose(pack)}} ${copy === undefined ? 0 : 1}`),
    ),
    ...gauge(
      'stage0_policy_expires_timestamp_seconds',
      'When they stop deciding.',
      loaded.flatMap(({ pack, expires }) =>
        expires === undefined ? [] : `{${whose(pack)}} ${expires / 1000}`,
      ),
    ),
  ];
}

/** Of the policies that look on, in words of their own: no alert on those that decide may mean them. */
function shadowLines(shadow: PolicySource): readonly string[] {
  const { served, ready, problem } = shadow.state();
  return [
    ...gauge('stage0_shadow_reload_failed', 'Whether the last attempt to load the shadow failed.', [
      ` ${problem === undefined ? 0 : 1}`,
    ]),
    ...gauge('stage0_shadow_ready', 'Whether there is a shadow that looks on.', [
      ` ${ready ? 1 : 0}`,
    ]),
    ...gauge(
      'stage0_shadow_info',
      'The policies that look on.',
      served === undefined ? [] : [infoLine(served)],
    ),
  ];
}

function gauge(name: string, help: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0
    ? []
    : [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines.map((line) => name + line)];
}

function infoLine({ pack: { name, version }, id, signed }: Served): string {
  return `{${labelText({ name, version, digest: id, signed: String(signed) })}} 1`;
}

/** Two versions of one pack may be served at once. */
function whose({ name, version }: Served['pack']): string {
  return labelText({ name, version });
}

/** Labels as the format escapes them: a rule's issue code is text that somebody wrote. */
function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => {
      const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
      return `${name}="${escaped}"`;
    })
    .join(',');
}
