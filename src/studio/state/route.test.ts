import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRoute, printRoute, type Screen, type SideName } from './route.ts';

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

  test('name a screen and what it compares', () => {
    expect(parseRoute('#/payments?screen=compare&from=1.4.0&to=working')).toEqual({
      packId: 'payments',
      screen: {
        kind: 'compare',
        before: { kind: 'version', version: '1.4.0' },
        after: { kind: 'working' },
      },
    });
    expect(parseRoute('#/payments?screen=compare&from=pack%3Aguard')).toMatchObject({
      screen: { before: { kind: 'pack', packId: 'guard' }, after: { kind: 'working' } },
    });
    expect(parseRoute('#/payments?screen=versions').screen).toEqual({ kind: 'versions' });
    expect(parseRoute('#/payments?screen=elsewhere')).toEqual({ packId: 'payments' });
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
    const side = fc.oneof(
      fc.constant<SideName>({ kind: 'working' }),
      fc
        .tuple(fc.nat(), fc.nat(), fc.nat())
        .map((parts): SideName => ({ kind: 'version', version: `${parts.join('.')}-rc.1+build` })),
      segment.map((packId): SideName => ({ kind: 'pack', packId })),
      segment.map((file): SideName => ({ kind: 'file', name: file })),
    );
    const screens = fc.oneof(
      fc.constant<Screen>({ kind: 'versions' }),
      fc.constantFrom<Screen>(
        { kind: 'bundles', view: 'export' },
        { kind: 'bundles', view: 'verify' },
      ),
      fc.tuple(side, side).map(([before, after]): Screen => ({ kind: 'compare', before, after })),
      segment.map((at): Screen => {
        return { kind: 'compare', before: { kind: 'working' }, after: { kind: 'working' }, at };
      }),
      fc.constant<Screen>({ kind: 'matrix' }),
    );
    fc.assert(
      fc.property(
        segment,
        fc.option(fc.array(segment, { minLength: 1, maxLength: 3 }), { nil: undefined }),
        fc.option(segment, { nil: undefined }),
        fc.option(screens, { nil: undefined }),
        (packId, parts, scenarioId, screen) => {
          const route = {
            packId,
            ...(parts !== undefined && {
              path: parts.map((part) => part.replaceAll('/', '_')).join('/'),
            }),
            ...(scenarioId !== undefined && { scenarioId }),
            ...(screen !== undefined && { screen }),
          };
          expect(parseRoute(printRoute(route))).toEqual(route);
        },
      ),
    );
  });
});
