import { err, ok, type Result } from '../base/result.ts';
import { isJsonObject, type Json } from '../cedar/json/lossless.ts';
import { readCheck, type Check } from '../decision/check.ts';
import type { Verdict } from '../decision/verdict.ts';
import { z } from '../decision/zod-mini.ts';
import { placedProblems, plainJson, readJsonFile, shapeOf } from './json-file.ts';
import type { PackProblem } from './problem.ts';

/** A saved check with the verdict expected. */
export interface Scenario {
  /** The file's stem; unique in its pack. */
  readonly id: string;
  readonly path: string;
  /** As the file says, else the id. */
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly expect: Expectation | undefined;
  /** What to run, or why it cannot be run. */
  readonly run: Result<ScenarioRun, readonly PackProblem[]>;
}

export interface Expectation {
  readonly verdict: Verdict;
  /** Codes that the record must have among its issues, in any order. */
  readonly issues: readonly string[];
  /** Codes that it must not have: what another rule says already is not said again. */
  readonly without?: readonly string[] | undefined;
}

export interface ScenarioRun {
  /** Epoch milliseconds at which the check is decided. */
  readonly now: number;
  readonly check: Check;
  /** The request as the file has it. */
  readonly request: Json;
}

/** One to so many characters. */
const words = (most: number) => z.string().check(z.minLength(1), z.maxLength(most));
const Codes = z.readonly(z.array(words(200)).check(z.maxLength(200)));

const ScenarioFile = z.strictObject({
  name: words(200),
  description: z._default(z.string().check(z.maxLength(4000)), ''),
  tags: z._default(z.readonly(z.array(words(100)).check(z.maxLength(50))), []),
  at: z.iso.datetime({ offset: true, error: 'must be a moment such as 2026-03-16T10:00:00Z' }),
  // Read on its own, by the contract.
  request: z.unknown().check(z.refine((request) => request !== undefined, 'is missing')),
  expect: z.strictObject({
    verdict: z.enum(['ALLOW', 'DENY', 'DEFER']),
    issues: z._default(Codes, []),
    without: z.optional(Codes),
  }),
});

/** Reads one `scenarios/<id>.json`. Always gives a scenario, so that a broken one still stands in the list. */
export function readScenario(path: string, text: string): Scenario {
  const id = path.slice(path.lastIndexOf('/') + 1).replace(/\.json$/, '');
  const broken = (problems: readonly PackProblem[], name = id): Scenario => ({
    id,
    path,
    name,
    description: '',
    tags: [],
    expect: undefined,
    run: err(problems),
  });

  const json = readJsonFile(path, text);
  if (!json.ok) return broken(json.error);
  const request = isJsonObject(json.value) ? json.value.get('request') : undefined;
  const check = request === undefined ? undefined : readCheck(request);
  const requestProblems =
    check?.ok === false ? placedProblems(check.error, path, text, '/request') : [];

  const shape = shapeOf(ScenarioFile, plainJson(json.value), path, text);
  if (!shape.ok) return broken([...shape.error, ...requestProblems], nameIn(json.value));
  const { name, description, tags, at, expect } = shape.value;
  const run: Scenario['run'] =
    check?.ok === true && request !== undefined
      ? ok({ now: Date.parse(at), check: check.value, request })
      : err(requestProblems);
  return { id, path, name, description, tags, expect, run };
}

/** The name to list a broken file under. */
function nameIn(json: Json): string | undefined {
  const name = isJsonObject(json) ? json.get('name') : undefined;
  return typeof name === 'string' && name !== '' ? name.slice(0, 200) : undefined;
}
