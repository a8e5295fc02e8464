export interface Ordered<T> {
  /** Every node, each after all that it depends on, cycles aside. */
  readonly order: readonly T[];
  /** For each dependency that leads back to what needs it: the way round. */
  readonly cycles: readonly (readonly [T, ...T[]])[];
}

/**
 * Orders a dependency graph depth first, in linear time. The stack is a list of its own: the graph
 * comes from a text of strangers, and a long chain must not overflow ours.
 */
export function orderByDependency<T>(graph: ReadonlyMap<T, Iterable<T>>): Ordered<T> {
  const order: T[] = [];
  const cycles: (readonly [T, ...T[]])[] = [];
  const state = new Map<T, 'open' | 'done'>();
  for (const root of graph.keys()) {
    const path: { node: T; rest: Iterator<T> }[] = [];
    const enter = (node: T) => {
      state.set(node, 'open');
      path.push({ node, rest: (graph.get(node) ?? [])[Symbol.iterator]() });
    };
    if (!state.has(root)) enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.next();
      if (next.done === true) {
        state.set(top.node, 'done');
        order.push(top.node);
        path.pop();
      } else if (!state.has(next.value)) {
        enter(next.value);
      } else if (state.get(next.value) === 'open') {
        const nodes = path.map((step) => step.node);
        cycles.push([next.value, ...nodes.slice(nodes.indexOf(next.value) + 1)]);
      }
    }
  }
  return { order, cycles };
}
