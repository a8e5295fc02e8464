import { describe, expect, test } from 'vitest';
import { flowOf } from '../simulation/flow-of.ts';
import { flowView } from '../simulation/flow-view.ts';
import { changed, examplePacks, packOf } from '../simulation/testing/examples.ts';
import { layoutFlow, type FlowBox, type FlowLayout } from './flow-layout.ts';

const packs = examplePacks(
  import.meta.glob<string>('../../policies/**/*.{json,cedar,cedarschema}', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);

function centre({ y, height }: FlowBox): number {
  return y + height / 2;
}

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

test('a longer rule moves what stands below it and nothing beside it, open or closed', () => {
  const files = packs.get('guard');
  const path = 'policies/loops.cedar';
  const text = files?.get(path) ?? '';
  const at = text.lastIndexOf('};');
  const edited = `${text.slice(0, at)} && context.goal != "stop" && context.goal != "end" ${text.slice(at)}`;
  const graphs = [files, changed(files, { [path]: edited })].map((each) => flowOf(packOf(each)));
  for (const isOpen of [false, true]) {
    const [before, after] = graphs.map((graph) =>
      layoutFlow(flowView(graph), new Set(isOpen ? graph.rules.map(({ id }) => id) : [])),
    );
    const moved = graphs[0]?.rules.filter(
      ({ id }) => before?.boxes.get(id)?.y !== after?.boxes.get(id)?.y,
    );
    const columns = ({ boxes }: FlowLayout) => [...boxes].map(([id, { x }]) => [id, x]);
    expect(before && columns(before)).toEqual(after && columns(after));
    const last = graphs[0]?.rules.findLast((rule) => rule.path === path);
    const top = before?.boxes.get(last?.id ?? '')?.y ?? 0;
    for (const rule of moved ?? []) expect(before?.boxes.get(rule.id)?.y).toBeGreaterThan(top);
    expect(isOpen || moved?.length === 0).toBe(true);
  }
});

test('a rule added at the end of its tier moves none of the others of the tier', () => {
  const files = packs.get('guard');
  const path = 'policies/zz-last.cedar';
  const added = `@id("last-of-all") permit (principal, action == Action::"plan", resource);`;
  const graph = flowOf(packOf(files));
  const before = layoutFlow(flowView(graph), new Set());
  const after = layoutFlow(flowView(flowOf(packOf(changed(files, { [path]: added })))), new Set());
  for (const rule of graph.rules.filter(({ tier }) => tier === 'permit')) {
    expect(after.boxes.get(rule.id)).toEqual(before.boxes.get(rule.id));
  }
});

describe('lines', () => {
  const graph = flowOf(packOf(packs.get('guard')));

  test.each(['none', 'file', 'verdict'] as const)('join what they say, grouped by %s', (group) => {
    const view = flowView(graph, group === 'none' ? {} : { group });
    const { boxes, routes } = layoutFlow(view, new Set());
    expect([...routes.keys()].toSorted()).toEqual(view.edges.map(({ id }) => id).toSorted());
    for (const { id, from, to, kind } of view.edges) {
      const numbers = [...(routes.get(id) ?? '').matchAll(/-?[\d.]+/gu)].map(Number);
      const [start, end] = [boxes.get(from), boxes.get(to)];
      if (start === undefined || end === undefined) throw new Error(`no boxes for ${id}`);
      if (kind === 'next') continue;
      const ends = [numbers[0], numbers[1], numbers.at(-2), numbers.at(-1)];
      const wanted = [start.x + start.width, centre(start), end.x, centre(end)];
      for (const [at, number] of ends.entries()) {
        expect(Math.abs((number ?? Number.NaN) - (wanted[at] ?? 0)), `at ${id}`).toBeLessThan(0.1);
      }
    }
  });

  test('of rules cross no card', () => {
    const view = flowView(graph);
    const { boxes, routes } = layoutFlow(view, new Set());
    const cards = graph.rules.flatMap(({ id }) => boxes.get(id) ?? []);
    for (const { id } of view.edges) {
      const points = [...(routes.get(id) ?? '').matchAll(/(-?[\d.]+) (-?[\d.]+)/gu)].map(
        ([, x, y]) => [Number(x), Number(y)] as const,
      );
      for (const [x, y] of points) {
        const inside = cards.some(
          (box) =>
            box.x < x - 1 &&
            x + 1 < box.x + box.width &&
            box.y < y - 1 &&
            y + 1 < box.y + box.height,
        );
        expect(inside, `${id} at ${x} ${y}`).toBe(false);
      }
    }
  });
});
