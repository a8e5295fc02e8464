import fc from 'fast-check';
import { expect, test } from 'vitest';
import { receivedSide, sentSide } from './sent-side.ts';

const files = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('', 'x', 'y'))
  .map((texts) => new Map(Object.entries(texts)));

test('a side arrives as it was sent, whatever the pack is like', () => {
  fc.assert(
    fc.property(files, files, (side, working) => {
      const whole = { kind: 'files', key: 'k', files: side } as const;
      expect(receivedSide(sentSide(whole, working), working)).toEqual(whole);
    }),
  );
});

test('only what differs crosses', () => {
  const working = new Map([
    ['a', 'x'],
    ['b', 'y'],
  ]);
  const side = new Map([
    ['a', 'x'],
    ['c', 'z'],
  ]);
  expect(sentSide({ kind: 'files', key: 'k', files: side }, working)).toMatchObject({
    changes: [
      { path: 'c', text: 'z' },
      { path: 'b', text: undefined },
    ],
  });
});
