/**
 * A graph of a pack that no longer compiles: the last good one stays, and what is broken in it is shown
 * as broken.
 */
import { parsePolicies } from '../cedar/parse.ts';
import type { PackProblem } from '../pack/problem.ts';
import type { FlowGraph } from './flow.ts';

/**
 * Which rules of the last good graph are broken now, each with what is wrong: those that no longer stand
 * in their file as something that parses, and those that a problem lies in. By node id.
 */
export function brokenRules(
  graph: FlowGraph,
  files: ReadonlyMap<string, string>,
  problems: readonly PackProblem[],
): ReadonlyMap<string, string> {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const broken = new Map<string, string>();
  for (const path of new Set(errors.map((problem) => problem.path))) {
    const here = errors.filter((problem) => problem.path === path);
    const places = rulePlaces(files.get(path) ?? '');
    const rules = graph.rules.filter((rule) => rule.path === path);
    for (const rule of rules) {
      const place = places.get(rule.ruleId);
      const inside = here.find(
        ({ span }) =>
          place !== undefined &&
          span !== undefined &&
          place.start <= span.start &&
          span.end <= place.end,
      );
      const wrong = place === undefined ? here[0] : inside;
      if (wrong !== undefined) broken.set(rule.id, wrong.message);
    }
  }
  return broken;
}

/** Where each rule that can be read stands now. */
function rulePlaces(text: string) {
  return new Map(
    parsePolicies(text).policies.flatMap(({ annotations, span }) => {
      const id = annotations.find(({ name }) => name === 'id')?.value;
      return id === undefined ? [] : [[id, span] as const];
    }),
  );
}
