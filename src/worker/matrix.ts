import { err, ok, type Result } from '../base/result.ts';
import { packDigest } from '../pack/digest.ts';
import type { FlipMatrix, MatrixVersion } from './compare-api.ts';
import { SUPERSEDED } from './compare-run.ts';
import type { Side } from './compare-sides.ts';
import type { EngineFailure } from './engine-api.ts';
import { filesThatDecide } from './open-pack.ts';
import type { Decider, Outcomes, Search } from './outcomes.ts';

/** Runs the scenarios of the working copy by each version; see `Compare.matrix`. */
export async function runMatrix(
  outcomes: Outcomes,
  working: Side,
  versions: readonly MatrixVersion[],
  search: Search,
): Promise<Result<FlipMatrix, EngineFailure>> {
  const columns: readonly Decider[] = [
    ...versions.map(({ files }) => {
      const deciding = filesThatDecide(files);
      return { key: packDigest(deciding), files: deciding };
    }),
    working,
  ];
  const scenarios = working.pack.scenarios.filter(({ run }) => run.ok);
  // Versions that differ in scenarios alone are one.
  const distinct = [...new Map(columns.map((column) => [column.key, column])).values()];
  const found = await outcomes.find(distinct, scenarios, search);
  if (!found.ok) return found;
  if (search.isOver()) return err(SUPERSEDED);
  const cells = new Uint8Array(scenarios.length * columns.length);
  for (const [row, scenario] of scenarios.entries()) {
    for (const [column, { key }] of columns.entries()) {
      cells[row * columns.length + column] = outcomes.code(key, scenario) & 3;
    }
  }
  const problems = columns.map((column) => {
    const isMute = scenarios.every((scenario) => (outcomes.code(column.key, scenario) & 3) === 0);
    const [any] = scenarios;
    return isMute && any !== undefined ? outcomes.get(column, any)?.said : undefined;
  });
  return ok({ scenarios: scenarios.map(({ id }) => id), columns: columns.length, cells, problems });
}
