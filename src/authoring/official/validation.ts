/**
 * The border to the official validator, which runs elsewhere: what to hand to it, and its answer as problems.
 * Policies are handed over one by one under keys of ours, so that an answer leads back to the place, the
 * answers about one policy stand whatever is wrong with another, and what would kill the wasm is left out.
 */
import type { Span } from '../../base/span.ts';
import type { Policy } from '../../cedar/ast.ts';
import { SCHEMA_FILE } from '../../pack/files.ts';
import type { PackModel } from '../model.ts';
import { byLocation, type Problem } from '../problem.ts';
import { children } from '../walk.ts';
import { Utf8Index } from './utf8.ts';

/** What `validate` of `@cedar-policy/cedar-wasm` takes. */
export interface OfficialCall {
  readonly validationSettings: { readonly mode: 'strict' };
  readonly schema: string;
  readonly policies: {
    readonly staticPolicies: Readonly<Record<string, string>>;
    readonly templates: Readonly<Record<string, string>>;
  };
}

/** A request for validation. `call` and `texts` are plain data, fit for `postMessage`. */
export interface OfficialRequest {
  readonly call: OfficialCall;
  /** The texts that the answer will be about, to tell whether it is still about what is there. */
  readonly texts: Readonly<Record<string, string>>;
  readonly policies: readonly OfficialPolicy[];
}

interface OfficialPolicy {
  readonly key: string;
  readonly path: string;
  readonly start: number;
  readonly text: string;
}

/** `DetailedError` of the wasm, as far as it is read. */
export interface OfficialError {
  readonly message: string;
  readonly help?: string | null;
  readonly sourceLocations?: readonly { readonly start: number; readonly end: number }[];
}

/** `ValidationAnswer` of the wasm, as far as it is read. */
export type OfficialAnswer =
  | { readonly type: 'failure'; readonly errors: readonly OfficialError[] }
  | {
      readonly type: 'success';
      readonly validationErrors: readonly OfficialFinding[];
      readonly validationWarnings: readonly OfficialFinding[];
    };

export interface OfficialFinding {
  readonly policyId: string;
  readonly error: OfficialError;
}

/** Nesting and length of chains that the wasm survives, with room to spare. */
const MAX_DEPTH = 100;
const MAX_CHAIN = 200;

/** What to ask the official validator about a pack; `undefined` when there is no schema that reads. */
export function officialRequest(model: PackModel): OfficialRequest | undefined {
  const schema = model.files.get(SCHEMA_FILE);
  if (schema === undefined || !model.schemaIsCurrent) return undefined;
  const staticPolicies: Record<string, string> = {};
  const templates: Record<string, string> = {};
  const texts: Record<string, string> = { [SCHEMA_FILE]: schema };
  const policies: OfficialPolicy[] = [];
  for (const file of model.policyFiles) {
    texts[file.path] = file.text;
    for (const [index, policy] of file.policies.entries()) {
      if (!survives(policy)) continue;
      const { start, end } = policy.span;
      const text = file.text.slice(start, end);
      const key = `${file.path}#${index}`;
      (policy.slots.length > 0 ? templates : staticPolicies)[key] = text;
      policies.push({ key, path: file.path, start, text });
    }
  }
  const call: OfficialCall = {
    validationSettings: { mode: 'strict' },
    schema,
    policies: { staticPolicies, templates },
  };
  return { call, texts, policies };
}

/**
 * The validator's answer to `request` as problems, by path and position. Its messages lose the policy's key
 * and the action that they name, their help follows them, and each is said once.
 */
export function officialProblems(
  request: OfficialRequest,
  answer: OfficialAnswer,
): readonly Problem[] {
  if (answer.type === 'failure') {
    return answer.errors.map((error) => ({
      path: SCHEMA_FILE,
      severity: 'error',
      source: 'official',
      code: 'official-refused',
      message: textOf(error),
      fixes: [],
    }));
  }
  const known = new Map(request.policies.map((policy) => [policy.key, policy]));
  const problems = (
    findings: readonly OfficialFinding[],
    severity: 'error' | 'warning',
  ): readonly Problem[] =>
    findings.flatMap(({ policyId, error }) => {
      const policy = known.get(policyId);
      if (policy === undefined) return [];
      return [
        {
          path: policy.path,
          span: placeOf(policy, error),
          severity,
          source: 'official' as const,
          code: `official-${severity}`,
          message: textOf(error),
          fixes: [],
        },
      ];
    });
  const all = [
    ...problems(answer.validationErrors, 'error'),
    ...problems(answer.validationWarnings, 'warning'),
  ];
  // The validator looks at each action by itself and says the same of all.
  const key = ({ path, span, message }: Problem) =>
    `${path} ${span?.start} ${span?.end} ${message}`;
  return [...new Map(all.map((problem) => [key(problem), problem])).values()].toSorted(byLocation);
}

/** The place of an error in the file: its own, else the policy's. */
function placeOf({ start, text }: OfficialPolicy, { sourceLocations }: OfficialError): Span {
  const [place] = sourceLocations ?? [];
  if (place === undefined) return { start, end: start + text.length };
  const span = new Utf8Index(text).span(place.start, place.end);
  return { start: start + span.start, end: start + span.end };
}

function textOf({ message, help }: OfficialError): string {
  const plain = message
    .replace(/^for policy `[^`]*`[,:] /, '')
    .replace(/ in context for (?:\w+::)*Action::"(?:[^"\\]|\\.)*"/, ' in the context');
  const said =
    help === null || help === undefined
      ? plain
      : `${plain}; ${help.replace(/^for policy `[^`]*`[,:] /, '')}`;
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** Whether the wasm would live through this policy: its stack is small. */
function survives(policy: Policy): boolean {
  let level = policy.conditions.map(({ body }) => body);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return false;
    const next = level.map(children);
    if (next.some(({ length }) => length > MAX_CHAIN)) return false;
    level = next.flat();
  }
  return true;
}
