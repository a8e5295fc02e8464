import type { Problem } from '../authoring/problem.ts';
import { LineIndex, type Position } from '../base/span.ts';
import type { PackFiles } from '../pack/files.ts';
import type { Host } from './host.ts';
import { printProblem } from './problem.ts';

/** How many of them there are. */
export interface ProblemCount {
  readonly errors: number;
  readonly warnings: number;
}

/** Prints what is wrong or doubtful in a pack, one a line or as JSON, and counts it. */
export function reportProblems(
  host: Pick<Host, 'out'>,
  folder: string,
  files: PackFiles,
  found: readonly Pick<Problem, 'path' | 'span' | 'severity' | 'code' | 'message'>[],
  json: boolean,
): ProblemCount {
  const problems = found.map(({ path, span, severity, code, message }) => {
    const lines = new LineIndex(files.get(path) ?? '');
    const place: Partial<Position> = span === undefined ? {} : lines.position(span.start);
    return Object.assign({ path }, place, { severity, code, message });
  });
  const count = (wanted: string): number =>
    problems.filter(({ severity }) => severity === wanted).length;
  const [errors, warnings] = [count('error'), count('warning')];
  if (json) host.out(`${JSON.stringify(problems)}\n`);
  else {
    for (const { path, severity, code, message, ...place } of problems) {
      const text = `${severity}: ${message} (${code})`;
      const file = path === '' ? folder : `${folder.replace(/\/+$/, '')}/${path}`;
      host.out(`${printProblem({ file, ...place, message: text })}\n`);
    }
    host.out(`${errors} errors, ${warnings} warnings\n`);
  }
  return { errors, warnings };
}
