import type { PackProblem } from '../pack/problem.ts';
import { SAID_BY_LINT } from './lint/annotations.ts';
import { lint } from './lint/registry.ts';
import type { PackModel } from './model.ts';
import { byLocation, type Problem } from './problem.ts';

/** An answer of the official validator, made problems, with the texts that it is about. */
export interface OfficialResult {
  readonly texts: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
}

/** Rules of ours that the official validator checks as well, and in more detail. */
const ALSO_OFFICIAL: ReadonlySet<string> = new Set([
  'condition-always-false',
  'type-error',
  'rule-never-matches',
]);

/**
 * Everything that is wrong with a pack, by path and position, each thing once: what the pack's readers say,
 * what lint adds, and what the official validator said about files that have not changed since.
 */
export function mergeProblems(
  model: PackModel,
  pack: readonly PackProblem[],
  official?: OfficialResult,
): readonly Problem[] {
  const own = lint(model);
  const said = new Set(own.map((problem) => problem.code));
  const read = pack
    .filter(({ code }) => !said.has(SAID_BY_LINT.get(code) ?? ''))
    .map(({ path, span, severity, code, message }): Problem => {
      const problem = { path, severity, source: 'pack', code, message, fixes: [] } as const;
      // A reader may point past the end, where something is missing; an editor has no such place.
      const length = model.files.get(path)?.length ?? 0;
      const clamp = (at: number): number => Math.min(at, length);
      return span === undefined
        ? problem
        : Object.assign({ span: { start: clamp(span.start), end: clamp(span.end) } }, problem);
    });
  const theirs = fresh(model, official).filter((problem) => !own.some((one) => same(one, problem)));
  return [...read, ...own, ...theirs].toSorted(byLocation);
}

/** What the validator said about texts that still stand. */
function fresh(model: PackModel, official: OfficialResult | undefined): readonly Problem[] {
  if (official === undefined) return [];
  const { texts, problems } = official;
  const isCurrent = (path: string) => model.files.get(path) === texts[path];
  return isCurrent('schema.cedarschema') ? problems.filter(({ path }) => isCurrent(path)) : [];
}

/** Whether one of ours says what the validator says: an error of types at the same place. */
function same(own: Problem, official: Problem): boolean {
  if (own.path !== official.path || own.span === undefined || official.span === undefined)
    return false;
  if (official.severity === 'warning') {
    const inside = official.span.start <= own.span.start && own.span.end <= official.span.end;
    return ALSO_OFFICIAL.has(own.code) && inside && /impossible|applicable/.test(official.message);
  }
  const apart = own.span.end <= official.span.start || official.span.end <= own.span.start;
  const types = ['type-error', 'forbid-can-error', 'unguarded-optional'].includes(own.code);
  return types && own.severity === 'error' && !apart;
}
