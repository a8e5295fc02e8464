import { readConfigureGlobal } from 'fast-check';
import { expect, test } from 'vitest';
import { properties } from './testing/properties.ts';

/** So often each; `npm run fuzz` goes on for as long as it is told to. */
const RUNS = 150;

/** Another each time unless the run fixes it: a failure says which it was. */
const seed = readConfigureGlobal().seed ?? Date.now() | 0;

test.each(properties().map((property) => [property.name, property] as const))(
  '%s',
  (name, { check }) => {
    const { compared, failure } = check({ seed, numRuns: RUNS });
    process.stdout.write(`${name}: ${compared} compared\n`);
    expect(failure).toBeUndefined();
    expect(compared).toBeGreaterThanOrEqual(RUNS);
  },
  60_000,
);
