import { Command } from 'commander';
import { reviewAsHtml } from '../../simulation/report-html.ts';
import { reviewAsJson } from '../../simulation/report-json.ts';
import { flipsAsJunit } from '../../simulation/report-junit.ts';
import { reviewAsMarkdown } from '../../simulation/report-markdown.ts';
import { changeLines, reviewInSlices, type Review } from '../../simulation/review.ts';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { readPackSource, TRUST_OPTION } from '../pack-source.ts';
import { failed } from '../problem.ts';
import { stepping } from '../progress.ts';
import { oneOnOutput, writeReports } from '../report-file.ts';

interface Options {
  readonly json?: true;
  readonly markdown?: true;
  readonly junit?: string;
  readonly html?: string;
  readonly trust?: string;
}

/** 1 stays what it is for every command: nothing was compared. So a broken command never looks like "some". */
const DIFF_EXIT = { none: EXIT.ok, some: 2, allowed: 3 } as const;

const EXAMPLE = `
Exit code: 0 no verdict flips, 2 some do, 3 something is newly allowed, 1 the packs cannot be compared.
A scenario that one side cannot decide counts as a flip.

Examples:
  stage0 diff main/policies/payments policies/payments --markdown >> "$GITHUB_STEP_SUMMARY"
  stage0 diff payments-1.3.0.cjar policies/payments --trust trust.json`;

/** `stage0 diff`: which verdicts flip between two packs, over the scenarios of both. */
export function diffCommand(host: Host, end: (code: number) => void): Command {
  return new Command('diff')
    .description('show which verdicts flip between two packs')
    .argument('<before>', 'the pack as it was: a folder or a bundle')
    .argument('<after>', 'the pack as it is now: a folder or a bundle')
    .option('--markdown', 'print it for a pull request')
    .option('--json', 'print everything as JSON')
    .option('--junit <file>', 'write the flips as a JUnit report; - is the standard output')
    .option('--html <file>', 'write a page that stands alone; - is the standard output')
    .option(...TRUST_OPTION)
    .addHelpText('after', EXAMPLE)
    .action(async (before: string, after: string, options: Options) =>
      end(await run(host, before, after, options)),
    );
}

async function run(host: Host, from: string, to: string, options: Options): Promise<number> {
  const { trust, json, markdown, junit, html } = options;
  const crowd = oneOnOutput(json, markdown, junit, html);
  if (crowd.length > 0) return failed(host, crowd, options);
  const before = await readPackSource(host, from, trust);
  const after = await readPackSource(host, to, trust);
  if (!before.ok || !after.ok) {
    const problems = [before, after].flatMap((side) => (side.ok ? [] : side.error));
    return failed(host, problems, options);
  }
  const review = stepping(host, reviewInSlices(before.value.pack, after.value.pack), 'scenarios');
  const unwritten = await writeReports(host, [
    [junit, () => flipsAsJunit(review.flips)],
    [html, () => reviewAsHtml(review)],
  ]);
  if (unwritten.length > 0) return failed(host, unwritten, options);
  if (json === true) host.out(`${JSON.stringify(reviewAsJson(review))}\n`);
  else if (markdown === true) host.out(reviewAsMarkdown(review));
  else if (junit !== '-' && html !== '-') host.out(pretty(review));
  return exitCode(review);
}

function exitCode({ flips }: Review): number {
  if (flips.newlyAllowed > 0) return DIFF_EXIT.allowed;
  return flips.rows.length + flips.undecided.length > 0 ? DIFF_EXIT.some : DIFF_EXIT.none;
}

function pretty({ flips, diff, bump }: Review): string {
  const { rows, quiet, undecided, compared, newlyAllowed, newlyDenied, newlyDeferred } = flips;
  const numbers =
    rows.length === 0
      ? `no verdict flips: ${compared} scenarios decide as before`
      : `${newlyAllowed} newly allowed, ${newlyDenied} newly denied, ${newlyDeferred} newly deferred (of ${compared} scenarios)`;
  return [
    ...rows.map(({ id, name, from, to }) => `${from} → ${to}  ${id}  ${name}`),
    ...quiet.map(({ id, issuesNew, issuesGone, risk }) => {
      const issues = [...issuesNew.map((one) => `+${one}`), ...issuesGone.map((one) => `-${one}`)];
      const risks = risk[0] === risk[1] ? [] : [`risk ${risk[0]} → ${risk[1]}`];
      return `· ${id}  ${[...issues, ...risks].join(' ')}`;
    }),
    ...undecided.map(({ id, problem }) => `? ${id}  ${problem}`),
    ...changeLines(diff).map(({ kind, name, what }) => `${kind} ${name}: ${what}`),
    numbers,
    bump.bump === 'none'
      ? 'the packs are the same: there is nothing to release\n'
      : `suggested version: ${bump.version} (${bump.bump})\n`,
  ].join('\n');
}
