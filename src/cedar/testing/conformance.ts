/**
 * Runs test files in the official layout: `<name>.json` names policies, entities and a schema, and
 * gives requests with the decision, the determining policies and the erroring policies expected.
 */
import type { Result } from '../../base/result.ts';
import { authorize } from '../authorize.ts';
import { compilePolicies } from '../compile.ts';
import { buildEntities } from '../entities.ts';
import { explain } from '../explain.ts';
import { readEntities } from '../json/entities.ts';
import { isJsonArray, isJsonObject, parseJson, type Json } from '../json/lossless.ts';
import { readContext, readEntityUid } from '../json/value.ts';
import { parsePolicies } from '../parse.ts';
import { readSchema } from '../schema/resolve.ts';
import type { EntityUid } from '../value.ts';

export interface Conformance {
  readonly requests: number;
  /** What differs, one line each. */
  readonly disagreements: readonly string[];
}

/** Runs one test file; `read` gives the text of the files that it names. */
export function runConformance(
  name: string,
  read: (path: string) => string,
  withSchema: boolean,
): Conformance {
  const test = parse(read(name));
  const parsed = parsePolicies(read(text(test, 'policies')));
  if (parsed.errors.length > 0) return { requests: 0, disagreements: [`${name}: does not parse`] };
  const set = must(
    compilePolicies(parsed.policies.map((policy, index) => ({ id: `policy${index}`, policy }))),
  );
  const schema = withSchema ? must(readSchema(read(text(test, 'schema')))) : undefined;
  const entities = must(
    buildEntities(must(readEntities(parse(read(text(test, 'entities'))), schema))),
  );
  const requests = list(test, 'requests');
  const disagreements = requests.flatMap((json, number) => {
    const action = uid(json, 'action');
    const request = {
      principal: uid(json, 'principal'),
      action,
      resource: uid(json, 'resource'),
      context: must(
        readContext(
          field(json, 'context'),
          schema?.actions.get(action.toString())?.appliesTo?.context,
        ),
      ),
    };
    const answer = authorize(set, request, entities);
    const ours = show(
      answer.decision,
      answer.reasons,
      answer.errors.map((error) => error.policyId),
    );
    const theirs = show(text(json, 'decision'), texts(json, 'reason'), texts(json, 'errors'));
    const explained = explain(set, request, entities);
    const effect = answer.decision === 'allow' ? 'permit' : 'forbid';
    const explains = show(
      answer.decision,
      explained
        .filter((policy) => policy.outcome === 'satisfied' && policy.effect === effect)
        .map((policy) => policy.policyId),
      explained.filter((policy) => policy.outcome === 'error').map((policy) => policy.policyId),
    );
    return [
      ...(ours === theirs ? [] : [`${name} request ${number}: ours ${ours}, expected ${theirs}`]),
      ...(explains === ours
        ? []
        : [`${name} request ${number}: ours ${ours}, explained ${explains}`]),
    ];
  });
  return { requests: requests.length, disagreements };
}

function show(decision: string, reasons: readonly string[], errors: readonly string[]): string {
  return `${decision} [${reasons.toSorted().join(' ')}] errors [${errors.toSorted().join(' ')}]`;
}

function parse(source: string): Json {
  return must(parseJson(source));
}

function must<T, E>(result: Result<T, E>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

function field(json: Json, name: string): Json {
  return (isJsonObject(json) ? json.get(name) : undefined) ?? null;
}

function text(json: Json, name: string): string {
  const value = field(json, name);
  return typeof value === 'string' ? value : '';
}

function list(json: Json, name: string): readonly Json[] {
  const value = field(json, name);
  return isJsonArray(value) ? value : [];
}

function texts(json: Json, name: string): readonly string[] {
  return list(json, name).filter((value) => typeof value === 'string');
}

function uid(json: Json, name: string): EntityUid {
  return must(readEntityUid(field(json, name)));
}
