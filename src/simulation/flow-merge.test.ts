import { expect, test } from 'vitest';
import { mergeFlows } from './flow-merge.ts';
import { flowOf } from './flow-of.ts';
import { edited, examplePacks, packOf } from './testing/examples.ts';

const PACKS = examplePacks(
  import.meta.glob<string>('../../policies/{payments,guard}/**/*', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);
const PAYMENTS = PACKS.get('payments');
const HOURS = 'policies/hours.cedar';

test('a flow with itself is itself', () => {
  const flow = flowOf(packOf(PAYMENTS));
  expect(mergeFlows(flow, flow)).toBe(flow);
});

test('a rule that is gone stays as a ghost, where it was and with what it was tied to', () => {
  const [before, after] = [
    flowOf(packOf(PAYMENTS)),
    flowOf(packOf(edited(PAYMENTS, HOURS, () => '// nothing is left\n'))),
  ];
  const merged = mergeFlows(before, after);
  expect(merged.rules.map(({ id }) => id)).toEqual(before.rules.map(({ id }) => id));
  const gone = 'rule:payouts-in-business-hours';
  expect(after.nodes.some(({ id }) => id === gone)).toBe(false);
  const ties = (edges: typeof merged.edges) =>
    edges.filter(({ from, to }) => from === gone || to === gone).map(({ id }) => id);
  expect(ties(merged.edges)).toEqual(ties(before.edges));
});

test.each([
  ['payments', 'guard'],
  ['guard', 'payments'],
])('of %s and %s each rule stands once, and every line leads from a node to a node', (a, b) => {
  const [before, after] = [flowOf(packOf(PACKS.get(a))), flowOf(packOf(PACKS.get(b)))];
  const merged = mergeFlows(before, after);
  const ids = merged.nodes.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(merged.edges.map(({ id }) => id)).size).toBe(merged.edges.length);
  for (const { from, to } of merged.edges) expect(ids).toEqual(expect.arrayContaining([from, to]));
  const all = new Set([...before.rules, ...after.rules].map(({ id }) => id));
  expect(new Set(merged.rules.map(({ id }) => id))).toEqual(all);
  expect(merged.nodes.filter(({ kind }) => kind === 'rule')).toEqual(merged.rules);
});
