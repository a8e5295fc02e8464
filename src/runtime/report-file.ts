import { writeFile } from 'node:fs/promises';
import type { Host } from './host.ts';
import type { Problem } from './problem.ts';

/** Writes reports to their files, `-` being the standard output; one without a path is not wanted. Gives what went wrong. */
export async function writeReports(
  host: Pick<Host, 'out'>,
  reports: readonly (readonly [path: string | undefined, text: () => string])[],
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const [path, text] of reports) {
    if (path === '-') host.out(text());
    else if (path !== undefined) {
      try {
        await writeFile(path, text());
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        problems.push({ file: path, message: `cannot be written: ${why}` });
      }
    }
  }
  return problems;
}

/** Why these reports cannot all be on the standard output: a reader could not tell where one ends. */
export function oneOnOutput(
  ...reports: readonly (string | true | undefined)[]
): readonly Problem[] {
  const there = reports.filter((report) => report === true || report === '-');
  return there.length < 2
    ? []
    : [{ message: 'error: only one report can be on the standard output' }];
}
