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

/** A draft as a scenario that expects what its record says. */
export function writeScenario(
  draft: Draft,
  record: DecisionRecord,
  { name, description, tags }: ScenarioTitle,
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

/** A file's stem: lower case, digits and hyphens. */
function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 60)
      .replace(/^-|-$/g, '') || 'scenario'
  );
}
