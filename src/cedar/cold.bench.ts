/** What a process that has just started does for its first decision, and what rules cost in memory. */
import { at, must, ours, prepare } from './contestants.bench.ts';
import { compilePolicies } from './compile.ts';
import { parsePolicies } from './parse.ts';
import { workload } from './workload.bench.ts';

/** The texts that a first decision needs, to be handed to a new process. */
export function coldInput() {
  const work = workload({ rules: 100, scope: 'tool', population: 'few' });
  const request = at(work.requests, 0);
  const uid = (type: string, id: string) => ({ type, id });
  return {
    policies: work.policies,
    entities: [
      ...work.entities,
      {
        uid: uid('Agent', request.agent),
        attrs: {},
        parents: [uid('Role', request.role)],
      },
    ],
    principal: uid('Agent', request.agent),
    action: uid('Action', request.plain.tool),
    resource: uid('Environment', request.plain.environment),
    context: request.context,
  };
}

/** Bytes of heap that parsing and compiling ten thousand rules leave, for each; `collect` collects garbage. */
export function heapPerRule(collect: () => number): number {
  const rules = 10_000;
  const text = workload({ rules, scope: 'tool', population: 'few' }).policies;
  const before = collect();
  const { policies } = parsePolicies(text);
  const set = must(
    compilePolicies(policies.map((policy, index) => ({ id: `policy${index}`, policy }))),
  );
  const after = collect();
  // Both are alive until here.
  if (set.policies.length !== rules || text === '') throw new Error('The rules were not compiled');
  return (after - before) / rules;
}

/** Heap after each tenth of so many decisions, garbage collected. */
export function heapOverDecisions(decisions: number, collect: () => number): readonly number[] {
  const work = workload({ rules: 100, scope: 'tool', population: 'few' });
  const prepared = prepare(work);
  const { run } = ours(prepared);
  const decide = (count: number): void => {
    for (let index = 0; index < count; index++) run(index % work.requests.length);
  };
  decide(decisions / 20);
  const heaps = [collect()];
  for (let tenth = 0; tenth < 10; tenth++) {
    decide(decisions / 10);
    heaps.push(collect());
  }
  return heaps;
}
