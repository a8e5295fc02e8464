import {
  Agent,
  Runner,
  RunState,
  setTracingDisabled,
  tool,
  Usage,
  type Model,
} from '@openai/agents';
import { describe, expect, test } from 'vitest';
import { gateSuite } from '../testing/gate-suite.ts';
import type { GateHost, HostOptions, ModelCall } from '../testing/host.ts';
import { CALLS, openWorld, TOOL_NAMES, type World } from '../testing/world.ts';
import { gateAgents, type AgentsGate } from './gate-tool.ts';

setTracingDisabled(true);

const ANYTHING = {
  type: 'object' as const,
  properties: {},
  required: [],
  additionalProperties: true as const,
};
let turns = 0;

/** Calls these tools at once, then is done. */
function fakeModel(calls: readonly ModelCall[]): Model {
  turns += 1;
  const turn = turns;
  let asked = 0;
  const next = () => {
    asked += 1;
    const wanted = calls.map((call, index) => ({
      type: 'function_call' as const,
      callId: `call_${turn}_${index}`,
      name: call.tool,
      arguments: JSON.stringify(call.arguments),
      status: 'completed' as const,
    }));
    const done = {
      type: 'message' as const,
      role: 'assistant' as const,
      status: 'completed' as const,
      content: [{ type: 'output_text' as const, text: 'Done.' }],
    };
    return asked === 1 ? wanted : [done];
  };
  return {
    getResponse: async () => ({ usage: new Usage(), output: next() }),
    async *getStreamedResponse() {
      const usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
      yield { type: 'response_done', response: { id: 'r', usage, output: next() } };
    },
  };
}

function agentOf({ tools, run }: Pick<HostOptions, 'tools' | 'run'>, gated: AgentsGate) {
  return gated.gateAgent(
    new Agent({
      name: 'billing',
      tools: tools.map((name) =>
        tool({
          name,
          description: name,
          parameters: ANYTHING,
          strict: false,
          execute: async (input) => run(name, input),
        }),
      ),
    }),
  );
}

/** What the model sees of each call, in the order of the calls. */
function outputs(
  items: readonly { readonly type: string; readonly rawItem?: unknown }[],
): readonly string[] {
  return items
    .flatMap(({ type, rawItem }) => {
      if (type !== 'tool_call_output_item') return [];
      const { callId, output } = rawItem as { readonly callId: string; readonly output: unknown };
      const text = typeof output === 'string' ? output : JSON.stringify(output);
      return [{ index: Number(callId.split('_').at(-1)), text }];
    })
    .toSorted((a, b) => a.index - b.index)
    .map(({ text }) => text);
}

function open(options: HostOptions, stream: boolean): GateHost {
  const gated = gateAgents(options.gate);
  const agent = agentOf(options, gated);
  return {
    turn: async (calls, signal) => {
      const runner = new Runner({
        model: fakeModel(structuredClone(calls)),
        tracingDisabled: true,
      });
      const how = signal === undefined ? {} : { signal };
      const go = async (input: Parameters<typeof runner.run>[1]) => {
        if (!stream) return runner.run(agent, input as string, how);
        const streamed = await runner.run(agent, input as string, { ...how, stream: true });
        await streamed.completed;
        return streamed;
      };
      let result = await go('Go on');
      for (let round = 0; result.interruptions.length > 0 && round < 3; round += 1) {
        for (const item of result.interruptions) {
          const pending = await gated.pending(item);
          const answer = await options.person(JSON.stringify(pending));
          gated.answer(
            result.state,
            item,
            pending,
            answer ?? { approved: false, reason: waitingWords(pending) },
          );
        }
        result = await go(result.state as unknown as string);
      }
      return outputs(result.newItems);
    },
  };
}

/** What a host that gets no answer tells the model. */
function waitingWords(pending: unknown): string {
  const { questions = [] } = (pending ?? {}) as { readonly questions?: readonly string[] };
  return questions.join(' ');
}

for (const stream of [false, true]) {
  gateSuite({
    name: `OpenAI Agents SDK${stream ? ', streamed' : ''}`,
    asks: true,
    cancels: true,
    hears: false,
    open: async (options) => open(options, stream),
  });
}

describe('a run that ends while a person thinks', () => {
  async function suspended() {
    const world = await openWorld({ secret: 'the same in every process of these tests' });
    const gated = gateAgents(world.gate);
    const agent = agentOf({ tools: TOOL_NAMES, run: world.run }, gated);
    const runner = new Runner({
      model: fakeModel([CALLS.allowed, CALLS.deferred]),
      tracingDisabled: true,
    });
    const { state } = await runner.run(agent, 'Go on');
    return { world, runner, text: state.toString() };
  }

  /** As another process finds it, with a gate of its own. */
  async function takenUp(world: World, text: string) {
    const gated = gateAgents(world.gate);
    const agent = agentOf({ tools: TOOL_NAMES, run: world.run }, gated);
    const state = await RunState.fromString(agent, text);
    const [item] = state.getInterruptions();
    if (item === undefined) throw new Error('Nothing waits.');
    return { gated, agent, state, item };
  }

  test('goes on in another process: its sibling has run once, and the payment runs once', async () => {
    const { world, runner, text } = await suspended();
    const { gated, agent, state, item } = await takenUp(world, text);
    gated.answer(state, item, await gated.pending(item), { approved: true, by: 'l.haas' });
    await runner.run(agent, state);
    expect(world.runs('look_up')).toHaveLength(1);
    expect(world.runs('payments_api')).toEqual([CALLS.deferred.arguments]);
  });

  test('a state that calls itself approved runs nothing', async () => {
    const { world, runner, text } = await suspended();
    const { agent, state, item } = await takenUp(world, text);
    state.approve(item);
    const result = await runner.run(agent, await RunState.fromString(agent, state.toString()));
    expect(world.runs('payments_api')).toEqual([]);
    expect(outputs(result.newItems).join(' ')).toContain('did not run');
  });

  test('the same approval twice runs once', async () => {
    const { world, runner, text } = await suspended();
    for (let time = 0; time < 2; time += 1) {
      const { gated, agent, state, item } = await takenUp(world, text);
      gated.answer(state, item, await gated.pending(item), { approved: true, by: 'l.haas' });
      await runner.run(agent, state);
    }
    expect(world.runs('payments_api')).toHaveLength(1);
  });
});

describe('what no gate can stand in front of', () => {
  test('is named when the agent is wrapped', async () => {
    const { gate } = await openWorld();
    const { gateAgent } = gateAgents(gate);
    const hosted = { type: 'hosted_tool', name: 'web_search' } as const;
    const agent = new Agent({ name: 'a', tools: [hosted] });
    expect(() => gateAgent(agent)).toThrow(/hosted_tool tool web_search/);
    expect(gateAgent(agent, { ungated: ['web_search'] }).tools).toEqual([hosted]);
  });

  test('agents that are handed over to are gated too, each once', async () => {
    const world = await openWorld();
    const gated = gateAgents(world.gate);
    const inner = new Agent({ name: 'inner', tools: [] });
    const outer = new Agent({ name: 'outer', handoffs: [inner] });
    inner.handoffs = [outer];
    const copy = gated.gateAgent(outer);
    const [copied] = copy.handoffs;
    expect(copied).not.toBe(inner);
    expect(copied).toMatchObject({ name: 'inner', handoffs: [copy] });
  });
});
