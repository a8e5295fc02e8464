import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runConformance } from './testing/conformance.ts';
import { cases } from './testing/generate.ts';
import { officialAnswers } from './testing/official.ts';

/**
 * Cases that official Cedar answered once, kept in its own test layout, so that the proof is in the
 * repository. `CEDAR_GOLDENS=make npx vitest run src/cedar/goldens.test.ts` makes them anew.
 */
const FOLDER = new URL('goldens/', import.meta.url);
const COUNT = 40;

test.runIf(process.env['CEDAR_GOLDENS'] === 'make')('goldens are made', () => {
  mkdirSync(FOLDER, { recursive: true });
  const samples = fc.sample(cases(12, 6), { numRuns: COUNT, seed: 20_261_123 });
  for (const [number, sample] of samples.entries()) {
    const name = String(number).padStart(3, '0');
    const answers = officialAnswers(sample);
    const requests = sample.requests.map((request, index) => ({
      ...request,
      decision: answers[index]?.decision,
      reason: answers[index]?.reasons,
      errors: answers[index]?.errors.map((error) => error.split(' ')[0]),
    }));
    const json = { policies: `${name}.cedar`, entities: `${name}.entities.json`, requests };
    write(`${name}.cedar`, `${sample.policies.map((policy) => policy.trim()).join('\n')}\n`);
    write(`${name}.entities.json`, `${JSON.stringify(sample.entities, null, 1)}\n`);
    write(`${name}.json`, `${JSON.stringify(json, null, 1)}\n`);
  }
  expect(samples).toHaveLength(COUNT);
});

test('goldens are answered as official Cedar answered them', () => {
  const names = readdirSync(FOLDER).filter((name) => /^\d+\.json$/.test(name));
  const results = names.map((name) => runConformance(name, read, false));
  const requests = results.reduce((sum, result) => sum + result.requests, 0);
  process.stdout.write(`goldens: compared ${requests} requests\n`);
  expect(results.flatMap((result) => result.disagreements)).toEqual([]);
  expect(names).toHaveLength(COUNT);
  expect(requests).toBeGreaterThan(COUNT);
});

function read(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}

function write(name: string, text: string): void {
  writeFileSync(new URL(name, FOLDER), text);
}
