/** What can be done with a comparison: take flips as expected, and hand it to others. */
import type { ComparedRow, ComparisonForm } from '../../worker/compare-api.ts';
import type { ScenarioRow } from '../../worker/engine-api.ts';
import { scenarioRows } from '../state/selectors.ts';
import { withExpectation } from '../state/scenario-text.ts';
import type { Studio } from '../state/studio.ts';
import { changeTexts } from '../state/text-edits.ts';

/** The scenario of the working copy that a row came from, when it can take another expectation. */
export function scenarioToAccept(
  rows: readonly ScenarioRow[],
  row: ComparedRow,
): ScenarioRow | undefined {
  if (row.standsIn === 'before') return undefined;
  const scenario = rows.find(({ id }) => id === row.id);
  return scenario?.state === 'fail' ? scenario : undefined;
}

/** Takes the verdicts that came out as those expected, with one undo for all of them. */
export function acceptFlips(studio: Studio, rows: readonly ComparedRow[]): void {
  const scenarios = scenarioRows(studio.state);
  const texts = new Map<string, string>();
  for (const row of rows) {
    const scenario = scenarioToAccept(scenarios, row);
    const text = scenario === undefined ? undefined : studio.state.files.get(scenario.path);
    if (scenario?.verdict === undefined || text === undefined) continue;
    const codes = [...new Set(scenario.issueCodes)];
    texts.set(scenario.path, withExpectation(text, scenario.verdict, codes));
  }
  const [only] = rows;
  const message =
    texts.size === 1 && only !== undefined
      ? `“${only.name}” now expects ${only.to}.`
      : `${texts.size} scenarios now expect what came out.`;
  if (texts.size > 0) changeTexts(studio, texts, message);
}

/** Copies a comparison as Markdown, for a pull request. */
export async function copyMarkdown(studio: Studio, comparisonId: number): Promise<void> {
  const text = await textOf(studio, comparisonId, 'markdown');
  if (text === undefined) return;
  try {
    await navigator.clipboard.writeText(text);
    studio.parts.notify('info', 'Copied as Markdown.');
  } catch {
    studio.parts.notify('error', 'The browser does not let this page write to the clipboard.');
  }
}

const FORMS = {
  json: { type: 'application/json', ending: 'json' },
  html: { type: 'text/html', ending: 'html' },
  junit: { type: 'application/xml', ending: 'xml' },
} as const;

/** Downloads a comparison as a file. */
export async function downloadComparison(
  studio: Studio,
  comparisonId: number,
  form: Exclude<ComparisonForm, 'markdown'>,
  name: string,
): Promise<void> {
  const text = await textOf(studio, comparisonId, form);
  if (text === undefined) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: FORMS[form].type }));
  link.download = `${name}.${FORMS[form].ending}`;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function textOf(
  studio: Studio,
  comparisonId: number,
  form: ComparisonForm,
): Promise<string | undefined> {
  const { packId } = studio.state;
  if (packId === undefined) return undefined;
  const text = await studio.parts.engine.comparisonText(packId, comparisonId, form);
  if (text.ok) return text.value;
  studio.parts.notify('error', text.error.message);
  return undefined;
}
