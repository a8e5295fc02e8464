import { expect, test } from 'vitest';
import { properties } from './testing/properties.ts';

/** So often each; `npm run fuzz` goes on for as long as it is told to. */
const RUNS = 150;

test.each(properties().map((property) => [property.name, property] as const))(
  '%s',
  (name, { check }) => {
    // Another seed each time: a failure says which.
    const { compared, failure } = check({ seed: Date.now() | 0, numRuns: RUNS });
    process.stdout.write(`${name}: ${compared} compared\n`);
    expect(failure).toBeUndefined();
    expect(compared).toBeGreaterThanOrEqual(RUNS);
  },
  60_000,
);
