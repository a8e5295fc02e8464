import { LineIndex, type Span } from '../base/span.ts';
import { jsonPlaces } from '../cedar/json/lossless.ts';
import { EXIT } from './exit.ts';
import type { Host } from './host.ts';

/** A text and what to call it. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** Why a command cannot go on. */
export interface Problem {
  /** Absent when it lies in the command line. */
  readonly file?: string;
  /** Both from 1; the column in UTF-16 code units. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

/** Problems at spans of one text. */
export function problemsAt(
  source: Source,
  issues: readonly { readonly span: Span; readonly message: string }[],
): readonly Problem[] {
  const lines = new LineIndex(source.text);
  return issues.map(({ span, message }) => ({
    file: source.name,
    ...lines.position(span.start),
    message,
  }));
}

/** Problems at RFC 6901 pointers into one JSON text. */
export function problemsIn(
  source: Source,
  issues: readonly { readonly path: string; readonly message: string }[],
): readonly Problem[] {
  const { values } = jsonPlaces(source.text);
  return problemsAt(
    source,
    issues.map(({ path, message }) => ({
      span: spanOf(values, path),
      message: path === '' ? message : `${path}: ${message}`,
    })),
  );
}

/** Of the value, or of the innermost one around it that the text has. */
function spanOf(values: ReadonlyMap<string, Span>, path: string): Span {
  for (let pointer = path; pointer !== '';) {
    const span = values.get(pointer);
    if (span !== undefined) return span;
    pointer = pointer.slice(0, pointer.lastIndexOf('/'));
  }
  return values.get('') ?? { start: 0, end: 0 };
}

/** As compilers write it: `file:line:column: message`. */
export function printProblem({ file, line, column, message }: Problem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return place === '' ? message : `${place}: ${message}`;
}

/** What `--json` prints in the place of an answer, when there is none. */
interface Failure {
  /** Everything, as it is written for people. */
  readonly error: string;
  readonly problems: readonly Problem[];
}

/** A failure as `--json` prints it: one line. */
export function failureJson(problems: readonly Problem[]): string {
  const plain = problems.map((problem) => ({
    ...problem,
    message: problem.message.replace(/^error: /, ''),
  }));
  const failure: Failure = { error: plain.map(printProblem).join('\n'), problems: plain };
  return `${JSON.stringify(failure)}\n`;
}

/**
 * Says why a command cannot go on: to people always, and with `--json` on the standard output as well.
 * @returns the exit code
 */
export function failed(
  host: Pick<Host, 'out' | 'error'>,
  problems: readonly Problem[],
  { json }: { readonly json?: true | undefined },
): number {
  for (const problem of problems) host.error(`${printProblem(problem)}\n`);
  if (json === true) host.out(failureJson(problems));
  return EXIT.failed;
}
