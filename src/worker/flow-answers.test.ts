import { describe, expect, test } from 'vitest';
import type { Result } from '../base/result.ts';
import { createLocalEngine } from './engine.ts';
import type { EngineFailure } from './engine-api.ts';
import { tinyPack } from './tiny-pack.ts';
import { CLOCK, type Clock } from './turns.ts';

function must<T>(result: Result<T, EngineFailure>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** Time that passes with every look at it, so that each slice of work is one turn. */
function hastyClock(): Clock {
  let now = 0;
  return {
    now: () => {
      now += 50;
      return now;
    },
    pause: CLOCK.pause,
  };
}

/** The tiny pack with many more rules. */
function largePack(rules: number): Map<string, string> {
  const many = Array.from(
    { length: rules },
    (_, at) =>
      `@id("rule-${at}") forbid (principal, action, resource) when { context.goal == "g${at}" };`,
  );
  return tinyPack(4).set('policies/many.cedar', many.join('\n'));
}

describe('a large flow', () => {
  test('of 1,000 rules is drawn with progress, in groups or whole', async () => {
    const engine = createLocalEngine({ clock: hastyClock() });
    must(await engine.open('p', largePack(1000)));
    const heard: (readonly [number, number])[] = [];
    const closed = must(await engine.flow('p', {}, (done, total) => heard.push([done, total])));
    expect(heard.length).toBeGreaterThan(10);
    expect(heard.map(([done]) => done)).toEqual(
      heard.map(([done]) => done).toSorted((a, b) => a - b),
    );
    expect(new Set(heard.map(([, total]) => total))).toEqual(new Set([1002]));
    expect(closed.view).toMatchObject({ isCollapsed: true, grouping: 'file', matching: 1002 });
    expect(closed.layout.boxes.size).toBeLessThan(40);

    const toggledGroups = closed.view.nodes.flatMap(({ kind, id }) =>
      kind === 'group' ? [id] : [],
    );
    const opened = must(await engine.flow('p', { toggledGroups }));
    expect(opened.layout.boxes.size).toBeGreaterThan(1002);
    expect(opened.layout.routes.size).toBe(opened.view.edges.length);
  });

  test('is given up when cancelled, when asked anew, and when the pack changes', async () => {
    const engine = createLocalEngine({ clock: hastyClock() });
    let rules = 200;
    const cancelled = async (end: () => Promise<unknown>): Promise<string> => {
      // Other files each time: what was drawn once is known.
      rules += 1;
      must(await engine.open('p', largePack(rules)));
      const asked = engine.flow('p', {});
      await end();
      const answer = await asked;
      return answer.ok ? 'drawn' : answer.error.code;
    };
    expect(await cancelled(async () => engine.cancelFlow())).toBe('SUPERSEDED');
    expect(await cancelled(async () => engine.flow('p', { text: 'rule-7' }))).toBe('SUPERSEDED');
    expect(
      await cancelled(async () => engine.update('p', [{ path: 'policies/many.cedar', text: '' }])),
    ).toBe('SUPERSEDED');
    expect(await cancelled(async () => Promise.resolve())).toBe('drawn');
  });

  test('is counted with progress, and the count can be cancelled', async () => {
    const engine = createLocalEngine({ clock: hastyClock() });
    must(await engine.open('p', tinyPack(60)));
    const heard: number[] = [];
    const counts = must(await engine.flowCounts('p', (done) => heard.push(done)));
    expect(counts.checks).toBe(60);
    expect(heard.length).toBeGreaterThan(10);
    const asked = engine.flowCounts('p');
    await engine.cancelFlow();
    expect(await asked).toMatchObject({ ok: false, error: { code: 'SUPERSEDED' } });
  });
});

describe('the trace of a decision', () => {
  const RULES = `
    @id("calls-end") @verdict("DEFER") forbid (principal, action, resource)
    when { context has actor_role && context.actor_role == "operator" && context.goal == "" };
    @id("exceptions") forbid (principal, action, resource)
    when { context.goal != "" } unless { context.goal == "x" || context has actor_role };
    @id("elsewhere") forbid (principal, action, resource in Environment::"moon");`;

  async function traced() {
    const engine = createLocalEngine();
    must(await engine.open('p', tinyPack(1).set('policies/more.cedar', RULES)));
    const { tools } = must(await engine.explain('p', { kind: 'scenario', id: 's-0' }));
    return new Map(tools[0]?.policies.map((policy) => [policy.id, policy]));
  }

  test('says which condition kept a rule from counting', async () => {
    const policies = await traced();
    expect(policies.get('calls-end')?.miss).toMatchObject({
      text: 'condition 3 of 3 is false: goal is empty text',
      held: 2,
      of: 3,
    });
    expect(policies.get('no-guests')?.miss?.text).toBe(
      'condition 2 of 2 is false: actor role is guest',
    );
    expect(policies.get('exceptions')?.miss).toMatchObject({
      text: 'condition 3 of 3 rules it out: actor role is given',
      held: 2,
    });
    expect(policies.get('allow-all')?.miss).toBeUndefined();
    expect(policies.get('elsewhere')?.miss).toBeUndefined();
  });

  test('has the words of every condition, and where each value came from', async () => {
    const body = (await traced()).get('calls-end')?.conditions[0]?.body;
    expect(body?.words).toBe(
      'actor role is given and actor role is operator and goal is empty text',
    );
    expect(body?.children.map(({ words, inputs }) => ({ words, inputs }))).toEqual([
      {
        words: 'actor role is given',
        inputs: [
          { text: 'context.actor_role', value: '"operator"', pointer: '/context/actor_role' },
        ],
      },
      {
        words: 'actor role is operator',
        inputs: [
          { text: 'context.actor_role', value: '"operator"', pointer: '/context/actor_role' },
        ],
      },
      {
        words: 'goal is empty text',
        inputs: [{ text: 'context.goal', value: '"Read the ledger of March"', pointer: '/goal' }],
      },
    ]);
  });
});
