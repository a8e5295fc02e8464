import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRoute, printRoute } from './route.ts';

describe('deep links', () => {
  test('name pack, file and scenario', () => {
    expect(
      parseRoute('#/payments/policies/payouts.cedar?scenario=payout-without-approval'),
    ).toEqual({
      packId: 'payments',
      path: 'policies/payouts.cedar',
      scenarioId: 'payout-without-approval',
    });
  });

  test.each(['', '#', '#payments', '#/', 'http://elsewhere/'])('%j names nothing', (hash) => {
    expect(parseRoute(hash)).toEqual({});
  });

  test('a broken escape is ignored, not thrown', () => {
    expect(parseRoute('#/payments/policies/%E0%A4%A')).toEqual({ packId: 'payments' });
  });

  test('print and parse are inverse', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    const segment = name.filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(
        segment,
        fc.option(fc.array(segment, { minLength: 1, maxLength: 3 }), { nil: undefined }),
        fc.option(segment, { nil: undefined }),
        (packId, parts, scenarioId) => {
          const route = {
            packId,
            ...(parts !== undefined && {
              path: parts.map((part) => part.replaceAll('/', '_')).join('/'),
            }),
            ...(scenarioId !== undefined && { scenarioId }),
          };
          expect(parseRoute(printRoute(route))).toEqual(route);
        },
      ),
    );
  });
});
