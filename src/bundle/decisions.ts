/**
 * `tests/decisions.json`: what every scenario of the pack asks and what the engine that signed answered,
 * record by record. Whoever loads the bundle decides them again and compares the bytes, so that an engine
 * that would decide otherwise refuses to start. JSON as in RFC 8785, but for what that has no form for:
 * integers past 2^53 keep all their digits and fractions their spelling, since Cedar reads them exactly.
 */
import { canonicalJson } from '../base/canonical-json.ts';
import { isJsonArray, isJsonObject, parseJson } from '../cedar/json/lossless.ts';
import { z } from '../decision/zod.ts';
import type { Pack } from '../pack/read.ts';
import { printJson } from '../simulation/json-text.ts';
import { runScenario, type ScenarioResult } from '../simulation/run.ts';

const DECISIONS_FORMAT = 'stage0-decisions/v1';

/** The shape of the file, for those who read it in another language. */
export const Decisions = z.strictObject({
  format: z.literal(DECISIONS_FORMAT),
  decisions: z.array(
    z.strictObject({
      /** The file's stem below `scenarios/`. */
      scenario: z.string().min(1),
      /** Epoch milliseconds at which it is decided. */
      now: z.int().min(0),
      /** The body of `POST /check`. */
      request: z.record(z.string(), z.unknown()),
      /** The response, `request_id` and all. */
      record: z.looseObject({
        request_id: z.string(),
        verdict: z.enum(['ALLOW', 'DENY', 'DEFER']),
      }),
    }),
  ),
});

/** All of a pack's scenarios decided, and the file that says how. */
export interface DecidedScenarios {
  readonly results: readonly ScenarioResult[];
  /** The content of `tests/decisions.json`. */
  readonly text: string;
}

/** Decides every scenario; those that cannot be run have no decision to write down. */
export function decideScenarios(pack: Pack): DecidedScenarios {
  const results: ScenarioResult[] = [];
  const entries: string[] = [];
  for (const scenario of pack.scenarios) {
    const result = runScenario(pack, scenario);
    results.push(result);
    if (!scenario.run.ok || result.record === undefined) continue;
    const { now, request } = scenario.run.value;
    const members = [
      `"now":${now}`,
      `"record":${sortedJson(result.record)}`,
      `"request":${printJson(request, 'sorted')}`,
      `"scenario":${canonicalJson(scenario.id)}`,
    ];
    entries.push(`{${members.join(',')}}`);
  }
  const format = canonicalJson(DECISIONS_FORMAT);
  // A line each: the difference between two bundles reads as the scenarios that changed.
  const text = `{"decisions":[\n${entries.join(',\n')}\n],"format":${format}}\n`;
  return { results, text };
}

/** The first scenario in which two such files differ; `undefined` when none can be named. */
export function firstDifference(a: string, b: string): string | undefined {
  const [left, right] = [recordsOf(a), recordsOf(b)];
  return [...new Set([...left.keys(), ...right.keys()])].find(
    (id) => left.get(id) !== right.get(id),
  );
}

/** Each scenario's entry as text. */
function recordsOf(text: string): ReadonlyMap<string, string> {
  const json = parseJson(text);
  const list = json.ok && isJsonObject(json.value) ? json.value.get('decisions') : undefined;
  if (list === undefined || !isJsonArray(list)) return new Map();
  return new Map(
    list.flatMap((entry) => {
      const id = isJsonObject(entry) ? entry.get('scenario') : undefined;
      return typeof id === 'string' ? [[id, printJson(entry, 'sorted')] as const] : [];
    }),
  );
}

/** What is plain data, with members by name and without those that are undefined. */
function sortedJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (!isRecord(value)) return 'null';
  let members = '';
  // By UTF-16 code units, as RFC 8785 has it.
  for (const name of Object.keys(value).toSorted()) {
    const member = value[name];
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${sortedJson(member)}`;
  }
  return `{${members}}`;
}

function isRecord(value: object): value is Readonly<Record<string, unknown>> {
  return !Array.isArray(value);
}
