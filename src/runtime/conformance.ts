/**
 * Runs test files in the official layout: `<name>.json` names policies, entities and a schema, and gives
 * requests with the decision, the determining policies and the failing policies that official Cedar has
 * for them.
 */
import { err, ok, type Result } from '../base/result.ts';
import { authorize } from '../cedar/authorize.ts';
import { compilePolicies, type PolicySet } from '../cedar/compile.ts';
import type { Entities } from '../cedar/entities.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../cedar/json/lossless.ts';
import type { Schema } from '../cedar/schema/model.ts';
import {
  readEntityFile,
  readJson,
  readPolicies,
  readRequest,
  readSchemaFile,
  type Read,
} from './cedar-files.ts';
import { printProblem, problemsAt, type Problem, type Source } from './problem.ts';

/** What one request came to, as the test files write it; ids are sorted. */
export interface Outcome {
  readonly decision: string;
  readonly reason: readonly string[];
  readonly errors: readonly string[];
}

export interface Disagreement {
  readonly file: string;
  /** The request's number, from 0; absent when the whole file cannot be run. */
  readonly request?: number;
  readonly description?: string;
  readonly expected?: Outcome;
  readonly ours?: Outcome;
  /** Why there is no outcome of ours. */
  readonly problem?: string;
}

export interface Conformance {
  readonly passed: number;
  readonly disagreements: readonly Disagreement[];
}

/** Gives the text of a file that a test names. */
export type Open = (path: string) => Promise<Result<Source, Problem>>;

/** Runs one file. `undefined`: it is JSON, but no test. */
export async function runTestFile(source: Source, open: Open): Promise<Conformance | undefined> {
  const read = readJson(source);
  if (!read.ok) return broken(source, read.error);
  const test = read.value;
  if (!isJsonObject(test) || !test.has('requests') || !test.has('policies')) return undefined;
  const requests = test.get('requests');
  const world = await readWorld(test, open);
  if (!world.ok) return broken(source, world.error);
  if (requests === undefined || !isJsonArray(requests)) {
    return broken(source, [{ file: source.name, message: 'its "requests" are no list' }]);
  }
  const { name: file } = source;
  const disagreements = requests.flatMap((json, request): readonly Disagreement[] => {
    const found = runRequest(world.value, json);
    return found === undefined ? [] : [{ file, request, ...found }];
  });
  return { passed: requests.length - disagreements.length, disagreements };
}

/** One line for a person. */
export function printDisagreement(one: Disagreement): string {
  const { file, request, description, expected, ours, problem } = one;
  const where = request === undefined ? file : `${file} request ${request}`;
  const name = description === undefined ? '' : ` (${description})`;
  const ourSide = ours === undefined ? (problem ?? 'nothing') : printOutcome(ours);
  const theirs = expected === undefined ? '' : `, expected ${printOutcome(expected)}`;
  return `${where}${name}: ${ourSide}${theirs}`;
}

function printOutcome({ decision, reason, errors }: Outcome): string {
  return `${decision} [${reason.join(' ')}] errors [${errors.join(' ')}]`;
}

function broken(source: Source, problems: readonly Problem[]): Conformance {
  const problem = problems.map(printProblem).join('\n  ');
  return { passed: 0, disagreements: [{ file: source.name, problem }] };
}

interface World {
  readonly set: PolicySet;
  readonly schema: Schema | undefined;
  readonly entities: Entities;
}

async function readWorld(test: JsonObject, open: Open): Promise<Read<World>> {
  const file = async (field: string): Promise<Read<Source>> => {
    const path = test.get(field);
    if (typeof path !== 'string') return err([{ message: `the test names no "${field}"` }]);
    const source = await open(path);
    return source.ok ? source : err([source.error]);
  };
  const policySource = await file('policies');
  if (!policySource.ok) return policySource;
  const policies = readPolicies(policySource.value, { named: false });
  if (!policies.ok) return policies;
  const set = compilePolicies(policies.value.policies);
  if (!set.ok) return err(problemsAt(policySource.value, set.error));

  const schemaSource = test.has('schema') ? await file('schema') : undefined;
  if (schemaSource?.ok === false) return schemaSource;
  const isJson = schemaSource?.value.name.endsWith('.json') === true;
  const schema = schemaSource && readSchemaFile(schemaSource.value, isJson ? 'json' : 'cedar');
  if (schema?.ok === false) return schema;

  const entitySource = await file('entities');
  if (!entitySource.ok) return entitySource;
  const entities = readEntityFile(entitySource.value, schema?.value);
  if (!entities.ok) return entities;
  return ok({ set: set.value, schema: schema?.value, entities: entities.value });
}

/** What differs, if anything does. */
function runRequest(world: World, json: Json): Omit<Disagreement, 'file' | 'request'> | undefined {
  const described = member(json, 'description');
  const description = typeof described === 'string' ? { description: described } : {};
  const decided = member(json, 'decision');
  const expected = {
    decision: typeof decided === 'string' ? decided : 'no decision',
    reason: texts(json, 'reason'),
    errors: texts(json, 'errors'),
  };
  const validated = member(json, 'validateRequest') === true;
  const request = readRequest(json, world.schema, validated);
  if (!request.ok) {
    const problem = request.error.map(({ path, message }) => `${path}: ${message}`).join('; ');
    return { ...description, expected, problem };
  }
  const { decision, reasons, errors } = authorize(world.set, request.value, world.entities);
  const ours = {
    decision,
    reason: reasons.toSorted(),
    errors: errors.map(({ policyId }) => policyId).toSorted(),
  };
  const agrees = printOutcome(ours) === printOutcome(expected);
  return agrees ? undefined : { ...description, expected, ours };
}

function member(json: Json, name: string): Json | undefined {
  return isJsonObject(json) ? json.get(name) : undefined;
}

function texts(json: Json, name: string): readonly string[] {
  const list = member(json, name);
  if (list === undefined || !isJsonArray(list)) return [];
  return list.filter((text) => typeof text === 'string').toSorted();
}
