import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explain } from './explain.ts';
import { authorize } from './authorize.ts';
import { cases } from './testing/generate.ts';
import { officialAnswers, ourAnswers, prepare } from './testing/official.ts';

const RUNS = Number(process.env['CEDAR_FUZZ_RUNS'] ?? 150);
const SEED = process.env['CEDAR_FUZZ_SEED'];
const parameters = { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) };

describe('against the official engine', () => {
  test('every generated policy set gives the same decisions, reasons and kinds of errors', () => {
    let requests = 0;
    let policies = 0;
    let errors = 0;
    fc.assert(
      fc.property(cases(), (input) => {
        const ours = ourAnswers(input);
        requests += ours.length;
        policies += input.policies.length;
        errors += ours.reduce((sum, answer) => sum + answer.errors.length, 0);
        expect(ours).toEqual(officialAnswers(input));
      }),
      parameters,
    );
    process.stdout.write(
      `compared with official Cedar: ${requests} requests, ${policies} policies, ${errors} errors\n`,
    );
    expect(requests).toBeGreaterThan(0);
  }, 600_000);
});

describe('the explanation', () => {
  test('agrees with the decision on every policy', () => {
    fc.assert(
      fc.property(cases(), (input) => {
        const { set, entities, requests } = prepare(input);
        for (const request of requests) {
          const explained = explain(set, request, entities);
          const { decision, reasons, errors } = authorize(set, request, entities);
          const satisfied = explained.filter(({ outcome }) => outcome === 'satisfied');
          const effect = satisfied.some((policy) => policy.effect === 'forbid')
            ? 'forbid'
            : 'permit';
          const determining = satisfied.filter((policy) => policy.effect === effect);
          expect(determining.map(({ policyId }) => policyId)).toEqual(reasons);
          expect(decision === 'allow').toBe(effect === 'permit' && satisfied.length > 0);
          expect(explained.flatMap(({ error }) => error ?? [])).toEqual(errors);
        }
      }),
      parameters,
    );
  }, 600_000);
});
