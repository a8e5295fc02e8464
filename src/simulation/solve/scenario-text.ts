import type { Json } from '../../cedar/json/lossless.ts';
import type { DecisionRecord } from '../../decision/record.ts';
import type { Verdict } from '../../decision/verdict.ts';
import { printJson } from '../json-text.ts';
import { requestOf, type Draft } from './draft.ts';

/** A scenario that is not saved yet. */
export interface NewScenario {
  /** What its file's stem is made from; another scenario may have the same. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly verdict: Verdict;
  readonly issues: readonly string[];
  /** The whole file. */
  readonly text: string;
}

export interface ScenarioTitle {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
}

/** A draft as a scenario that expects what its record says, and that some issues stay away. */
export function writeScenario(
  draft: Draft,
  record: DecisionRecord,
  { name, description, tags }: ScenarioTitle,
  without: readonly string[] = [],
): NewScenario {
  const issues = [...new Set(record.issues.map(({ code }) => code))];
  const file = new Map<string, Json>([
    ['name', name],
    ['description', description],
    ['tags', tags],
    ['at', new Date(draft.at).toISOString().replace('.000Z', 'Z')],
    ['request', requestOf(draft)],
    [
      'expect',
      new Map<string, Json>([
        ['verdict', record.verdict],
        ['issues', issues],
        ...(without.length === 0 ? [] : [['without', without] as const]),
      ]),
    ],
  ]);
  return {
    id: slug(name),
    name,
    description,
    verdict: record.verdict,
    issues,
    text: `${printJson(file, 'indented')}\n`,
  };
}

const LONGEST_STEM = 60;

/** A file's stem: lower case, digits and hyphens, of whole words as far as they fit. */
function slug(text: string): string {
  const stem = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (stem.length <= LONGEST_STEM) return stem === '' ? 'scenario' : stem;
  const cut = stem.slice(0, LONGEST_STEM + 1);
  return cut.slice(0, Math.max(cut.lastIndexOf('-'), LONGEST_STEM / 2));
}
