import { LineIndex } from '../base/span.ts';
import type { PackFiles } from '../pack/files.ts';
import type { Coverage, RuleCoverage } from './coverage.ts';

/**
 * Coverage as LCOV, which CI services and editors draw: a rule is a function, called when it spoke; the
 * two sides of each part of a condition are branches; a line is hit as often as what begins on it was
 * reached. `prefix` goes before each path, such as `policies/payments/`.
 */
export function coverageAsLcov(coverage: Coverage, files: PackFiles, prefix = ''): string {
  const paths = [...new Set(coverage.rules.map(({ path }) => path))];
  return paths
    .map((path) => {
      const lines = new LineIndex(files.get(path) ?? '');
      const rules = coverage.rules.filter((rule) => rule.path === path);
      return fileRecord(`${prefix}${path}`, rules, (offset) => lines.position(offset).line);
    })
    .join('');
}

function fileRecord(
  path: string,
  rules: readonly RuleCoverage[],
  line: (offset: number) => number,
): string {
  const hits = new Map<number, number>();
  const hit = (at: number, times: number): void => {
    hits.set(at, Math.max(hits.get(at) ?? 0, times));
  };
  const branches: string[] = [];
  let branchesHit = 0;
  for (const [block, rule] of rules.entries()) {
    hit(line(rule.span.start), asked(rule));
    for (const [index, branch] of rule.branches.entries()) {
      const at = line(branch.span.start);
      const times = branch.seenTrue + branch.seenFalse + branch.error;
      hit(at, times);
      if (branch.constant) continue;
      for (const [side, taken] of [branch.seenTrue, branch.seenFalse].entries()) {
        branches.push(`BRDA:${at},${block},${index * 2 + side},${times === 0 ? '-' : taken}`);
        if (taken > 0) branchesHit += 1;
      }
    }
  }
  const spoken = rules.filter(({ satisfied }) => satisfied > 0).length;
  return [
    'TN:',
    `SF:${path}`,
    ...rules.map(({ id, span }) => `FN:${line(span.start)},${id}`),
    ...rules.map(({ id, satisfied }) => `FNDA:${satisfied},${id}`),
    `FNF:${rules.length}`,
    `FNH:${spoken}`,
    ...branches,
    `BRF:${branches.length}`,
    `BRH:${branchesHit}`,
    ...[...hits].toSorted(([a], [b]) => a - b).map(([at, times]) => `DA:${at},${times}`),
    `LF:${hits.size}`,
    `LH:${[...hits.values()].filter((times) => times > 0).length}`,
    'end_of_record\n',
  ].join('\n');
}

/** Requests whose scope met the rule. */
function asked({ satisfied, evaluatedFalse, error }: RuleCoverage): number {
  return satisfied + evaluatedFalse + error;
}
