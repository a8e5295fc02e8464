import { describe, expect, test } from 'vitest';
import { flowOf } from '../simulation/flow.ts';
import { flowView } from '../simulation/flow-view.ts';
import { changed, examplePacks, packOf } from '../simulation/testing/examples.ts';
import { layoutFlow, type FlowBox } from './flow-layout.ts';

const packs = examplePacks(
  import.meta.glob<string>('../../policies/**/*.{json,cedar,cedarschema}', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);

function overlap(a: FlowBox, b: FlowBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe.each([...packs])('the layout of %s', (_name, files) => {
  const graph = flowOf(packOf(files));

  test.each([
    ['closed', [] as string[]],
    ['with every rule open', graph.rules.map((rule) => rule.id)],
  ])('gives every node a place of its own, %s', (_state, open) => {
    const view = flowView(graph);
    const { boxes } = layoutFlow(view, new Set(open));
    expect([...boxes.keys()].toSorted()).toEqual(view.nodes.map((node) => node.id).toSorted());
    const list = [...boxes];
    for (const [index, [id, box]] of list.entries()) {
      for (const [other, otherBox] of list.slice(index + 1)) {
        expect(overlap(box, otherBox), `${id} over ${other}`).toBe(false);
      }
    }
  });

  test('opening one rule moves only what stands below it', () => {
    const view = flowView(graph);
    const closed = layoutFlow(view, new Set());
    const first = graph.rules.find((rule) => rule.clauses.length > 0);
    if (first === undefined) throw new Error('no rule has conditions');
    const opened = layoutFlow(view, new Set([first.id]));
    const at = closed.boxes.get(first.id);
    const column = (boxes: ReadonlyMap<string, FlowBox>) =>
      graph.rules.map(({ id }) => boxes.get(id)?.x);
    expect(column(opened.boxes)).toEqual(column(closed.boxes));
    const above = graph.rules.filter(
      ({ id }) => (closed.boxes.get(id)?.y ?? 0) < (at?.y ?? Number.NaN),
    );
    for (const { id } of above) expect(opened.boxes.get(id)).toEqual(closed.boxes.get(id));
  });
});

test('editing a rule leaves every other rule where it was', () => {
  const files = packs.get('guard');
  const path = 'policies/loops.cedar';
  const text = files?.get(path) ?? '';
  const edited = text.replace('>= context.limits.max_retries', '> context.limits.max_retries');
  expect(edited).not.toBe(text);
  const before = layoutFlow(flowView(flowOf(packOf(files))), new Set());
  const after = layoutFlow(flowView(flowOf(packOf(changed(files, { [path]: edited })))), new Set());
  expect(after.boxes).toEqual(before.boxes);
});
