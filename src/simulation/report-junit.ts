/** Reports as JUnit XML, which every CI service shows. */
import type { FlipReport, FlipRow } from './flips.ts';
import type { TestRun } from './test-run.ts';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly failure?: { readonly kind: 'failure' | 'error'; readonly message: string };
}

/** A test a scenario. */
export function testsAsJunit({ pack, results }: TestRun): string {
  return suite(
    `${pack.name}@${pack.version}`,
    results.map(({ id, name, path, state, problem }) => ({
      name: `${id}: ${name}`,
      file: path,
      ...(state === 'pass'
        ? {}
        : {
            failure: {
              kind: state === 'fail' ? 'failure' : 'error',
              message: problem ?? 'It did not pass.',
            },
          }),
    })),
  );
}

/** A test for each scenario that says something new: a flip is a failure until somebody accepts it. */
export function flipsAsJunit({ before, after, rows, quiet, undecided }: FlipReport): string {
  const flip = (row: FlipRow): Case => ({
    name: `${row.id}: ${row.name}`,
    file: row.path,
    failure: { kind: 'failure', message: `${row.from} became ${row.to}. ${row.after.reason}` },
  });
  return suite(`${before.name}@${before.version} to ${after.name}@${after.version}`, [
    ...rows.map(flip),
    ...undecided.map(({ id, name, path, problem }): Case => {
      return { name: `${id}: ${name}`, file: path, failure: { kind: 'error', message: problem } };
    }),
    ...quiet.map(({ id, name, path }): Case => ({ name: `${id}: ${name}`, file: path })),
  ]);
}

function suite(name: string, cases: readonly Case[]): string {
  const of = (kind: 'failure' | 'error'): number =>
    cases.filter(({ failure }) => failure?.kind === kind).length;
  const numbers = `tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(name)}" ${numbers}>`,
    `  <testsuite name="${xml(name)}" ${numbers}>`,
    ...cases.map((one) => testCase(name, one)),
    '  </testsuite>',
    '</testsuites>\n',
  ].join('\n');
}

function testCase(suiteName: string, { name, file, failure }: Case): string {
  const head = `    <testcase classname="${xml(suiteName)}" name="${xml(name)}" file="${xml(file)}"`;
  if (failure === undefined) return `${head}/>`;
  const { kind, message } = failure;
  return `${head}>\n      <${kind} message="${xml(message)}"/>\n    </testcase>`;
}

/** Text in XML; what XML 1.0 has no place for becomes U+FFFD. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
