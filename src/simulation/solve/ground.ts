import { isJsonObject, type Json } from '../../cedar/json/lossless.ts';
import { readConstraints } from '../../decision/constraints.ts';
import type { Pack } from '../../pack/read.ts';
import { printJson } from '../json-text.ts';
import type { Ground } from './cells.ts';
import { draftsOf, type Draft } from './draft.ts';

/** A few values a name are enough to start from. */
const MAX_KNOWN = 4;

/** What is known before any search: the pack, and what its own scenarios send. */
export function groundOf(pack: Pack): Ground {
  const known = new Map<string, Map<string, Json>>();
  const learn = (name: string, json: Json): void => {
    const values = known.get(name) ?? new Map<string, Json>();
    if (values.size < MAX_KNOWN) values.set(printJson(json, 'sorted'), json);
    known.set(name, values);
    if (isJsonObject(json)) for (const [inner, value] of json) learn(inner, value);
  };
  for (const { run } of pack.scenarios) {
    if (!run.ok) continue;
    const { context, constraints, side_effects, success_criteria } = run.value.check;
    for (const [name, json] of context) learn(name, json);
    for (const word of side_effects) learn('side_effects', word);
    for (const word of success_criteria) learn('success_criteria', word);
    for (const text of constraints) {
      const { limits } = readConstraints([text], pack.policies.limits);
      if (!text.includes(':')) continue;
      const written = text.slice(text.indexOf(':') + 1).trim();
      for (const key of limits.keys())
        learn(`limits.${key}`, /^\d+$/.test(written) ? Number(written) : written);
    }
  }
  return {
    policies: pack.policies,
    known: new Map([...known].map(([name, values]) => [name, [...values.values()]])),
  };
}

/** Thousands of scenarios are alike in groups; ranking all of them for every search would be most of its time. */
const MAX_STARTS = 400;

/** Where searches start: with almost nothing, and with saved scenarios. */
export function startsOf(pack: Pack): readonly Draft[] {
  const step = Math.ceil(pack.scenarios.length / MAX_STARTS);
  const some = pack.scenarios.filter((_, index) => index % step === 0);
  const saved = some.flatMap(({ run }) => (run.ok ? draftsOf(run.value) : []));
  return [emptyDraft(saved[0]?.at ?? WORKDAY), ...saved];
}

/** A Monday morning. */
const WORKDAY = Date.parse('2026-03-16T10:00:00Z');

function emptyDraft(at: number): Draft {
  return {
    at,
    goal: 'Do what was agreed',
    criteria: [],
    constraints: [],
    tool: undefined,
    sideEffects: [],
    context: new Map(),
  };
}
