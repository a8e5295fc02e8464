import type { FlipRow } from './flips.ts';
import { changeLines, type Review } from './review.ts';

/**
 * A review as one HTML file: no script, nothing loaded, both themes. Everything from the packs is
 * escaped, and the page's own policy would not let it run or fetch anything either.
 */
export function reviewAsHtml(review: Review): string {
  const { before, after, rows, quiet, undecided, compared } = review.flips;
  const title = `${before.name}@${before.version} → ${after.name}@${after.version}`;
  const { newlyAllowed, newlyDenied, newlyDeferred } = review.flips;
  const body = [
    `<h1>${text(title)}</h1>`,
    `<p class="numbers">${number('ALLOW', newlyAllowed, 'newly allowed')}${number('DENY', newlyDenied, 'newly denied')}${number('DEFER', newlyDeferred, 'newly deferred')}</p>`,
    rows.length === 0
      ? `<p>No verdict flips: ${compared} scenarios decide as before.</p>`
      : table(['Scenario', 'Before', 'After', 'Because'], rows.map(flipCells)),
    part(
      'Same verdict, other issues or risk',
      ['Scenario', 'Verdict', 'Issues', 'Risk'],
      quiet.map(quietCells),
    ),
    part(
      'Not decided',
      ['Scenario', 'Problem'],
      undecided.map(({ id, problem }) => [text(id), text(problem)]),
    ),
    part(
      'What changed',
      ['What', 'Name', ''],
      changeLines(review.diff).map(({ kind, name, what }) => [
        kind,
        `<code>${text(name)}</code>`,
        what,
      ]),
    ),
    review.bump.bump === 'none'
      ? '<p>The packs are the same: there is nothing to release.</p>'
      : `<p>Suggested version: <b>${text(review.bump.version)}</b> (${review.bump.bump}).</p>`,
    `<footer>${text(before.digest)}<br>${text(after.digest)}</footer>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body.join('\n')}
</body>
</html>
`;
}

function flipCells({ id, name, from, to, after }: FlipRow): readonly string[] {
  return [
    `${text(name)}<br><code>${text(id)}</code>`,
    `<span class="${from}">${from}</span>`,
    `<span class="${to}">${to}</span>`,
    text(after.reason),
  ];
}

function quietCells({ id, to, issuesGone, issuesNew, risk }: FlipRow): readonly string[] {
  const issues = [...issuesNew.map((one) => `+${one}`), ...issuesGone.map((one) => `−${one}`)];
  return [
    `<code>${text(id)}</code>`,
    to,
    text(issues.join(' ')),
    risk[0] === risk[1] ? `${risk[0]}` : `${risk[0]} → ${risk[1]}`,
  ];
}

function number(verdict: string, count: number, label: string): string {
  return `<span class="${count === 0 ? 'none' : verdict}"><b>${count}</b> ${label}</span>`;
}

function part(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return rows.length === 0 ? '' : `<h2>${title}</h2>\n${table(head, rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (tag: string, cells: readonly string[]): string =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table>\n<thead>${row('th', head)}</thead>\n<tbody>\n${rows.map((cells) => row('td', cells)).join('\n')}\n</tbody>\n</table>`;
}

function text(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 14px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.25rem; } h2 { font-size: 1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 4px 12px 4px 0; border-bottom: 1px solid #8884; }
code { font: 12px ui-monospace, monospace; opacity: 0.8; }
.numbers span { margin-right: 2rem; } .numbers b { font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.none { opacity: 0.6; } footer { margin-top: 2rem; font: 11px ui-monospace, monospace; opacity: 0.6; }
.ALLOW { color: light-dark(#2a7e3b, #71d083); } .DENY { color: light-dark(#ca3214, #ff977d); }
.DEFER { color: light-dark(#ab6400, #ffca16); }`;
