import type { FlipRow } from './flips.ts';
import { changeLines, type ChangeLine, type Review } from './review.ts';

/** Rows of one table in a comment; a reviewer reads no more, and hosts cut long ones. */
const MAX_ROWS = 50;

/** A review as Markdown for a pull request: three numbers first, what is newly allowed on top. */
export function reviewAsMarkdown(review: Review): string {
  const { before, after, rows, quiet, undecided } = review.flips;
  return [
    `### ${cell(`${before.name}@${before.version}`)} → ${cell(`${after.name}@${after.version}`)}`,
    headline(review),
    table(['scenario', 'before', 'after', 'because'], rows.map(flipCells)),
    section(
      'Same verdict, other issues or risk',
      table(['scenario', 'verdict', 'issues', 'risk'], quiet.map(quietCells)),
    ),
    section(
      'Not decided',
      table(
        ['scenario', 'problem'],
        undecided.map(({ id, problem }) => [code(id), cell(problem)]),
      ),
    ),
    section('What changed', changesTable(changeLines(review.diff))),
    suggestion(review),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function headline({ flips }: Review): string {
  const { newlyAllowed, newlyDenied, newlyDeferred, rows, compared } = flips;
  if (rows.length === 0) return `No verdict flips: ${compared} scenarios decide as before.`;
  return `**${newlyAllowed} newly allowed** · ${newlyDenied} newly denied · ${newlyDeferred} newly deferred (of ${compared} scenarios)`;
}

function flipCells({ id, name, from, to, after }: FlipRow): readonly string[] {
  const loud = to === 'ALLOW' ? `**${to}**` : to;
  return [`${code(id)}<br>${cell(name)}`, from, loud, cell(after.reason)];
}

function quietCells({ id, to, issuesGone, issuesNew, risk }: FlipRow): readonly string[] {
  const issues = [...issuesNew.map((one) => `+${one}`), ...issuesGone.map((one) => `−${one}`)];
  const risks = risk[0] === risk[1] ? `${risk[0]}` : `${risk[0]} → ${risk[1]}`;
  return [code(id), to, cell(issues.join(' ')), risks];
}

function changesTable(lines: readonly ChangeLine[]): string {
  return table(
    ['what', 'name', ''],
    lines.map(({ kind, name, what }) => [kind, code(name), what]),
  );
}

function suggestion({ bump }: Review): string {
  if (bump.bump === 'none') return 'The packs are the same: there is nothing to release.';
  const may =
    bump.mayAllow.length === 0
      ? ''
      : ` Look at what may allow more than the scenarios show: ${bump.mayAllow.map(code).join(', ')}.`;
  return `Suggested version: **${bump.version}** (${bump.bump}).${may}`;
}

function section(title: string, body: string): string {
  return body === '' ? '' : `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const more = rows.length > MAX_ROWS ? `\n\n… and ${rows.length - MAX_ROWS} more.` : '';
  return [line(head), line(head.map(() => '---')), ...rows.slice(0, MAX_ROWS).map(line)]
    .join('\n')
    .concat(more);
}

/** Text in a table's cell: nothing in it is Markdown, HTML or a mention. */
function cell(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_{}[\]()#+!|~$]/g, String.raw`\$&`)
    .replaceAll('@', '&#64;')
    .replace(/\s+/g, ' ')
    .trim();
}

function code(text: string): string {
  return `<code>${cell(text)}</code>`;
}
