import { AIMessage, ToolMessage, type BaseMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import {
  Command,
  END,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { createAgent, FakeToolCallingModel } from 'langchain';
import { describe, expect, test } from 'vitest';
import { gateMiddleware } from '../langchain/gate-middleware.ts';
import type { Gate } from '../gate.ts';
import { gateSuite } from '../testing/gate-suite.ts';
import type { GateHost, HostOptions, ModelCall } from '../testing/host.ts';
import { CALLS, openWorld, TOOL_NAMES, type World } from '../testing/world.ts';
import { gatedToolNode } from './gate-node.ts';
import type { Waiting } from '../message-turn.ts';

const ANYTHING = { type: 'object', properties: {}, additionalProperties: true } as const;

interface Runnable {
  readonly invoke: (input: never, config: object) => Promise<object>;
}
type Build = (
  gate: Gate,
  tools: ReturnType<typeof toolsOf>,
  calls: readonly ModelCall[],
  saver: MemorySaver,
) => Runnable;

function toolsOf({ tools, run }: Pick<HostOptions, 'tools' | 'run'>) {
  return tools.map((name) =>
    tool(async (input) => run(name, input), { name, description: name, schema: ANYTHING }),
  );
}

function wanted(calls: readonly ModelCall[]) {
  return calls.map(({ tool: name, arguments: args }, index) => ({
    name,
    args: structuredClone(args),
    id: `call_${index}`,
    type: 'tool_call' as const,
  }));
}

const buildGraph: Build = (gate, tools, calls, checkpointer) =>
  new StateGraph(MessagesAnnotation)
    .addNode('model', () => ({
      messages: [new AIMessage({ content: '', tool_calls: wanted(calls) })],
    }))
    .addNode('tools', gatedToolNode(gate, tools))
    .addEdge(START, 'model')
    .addEdge('model', 'tools')
    .addEdge('tools', END)
    .compile({ checkpointer });

const buildAgent: Build = (gate, tools, calls, checkpointer) =>
  createAgent({
    model: new FakeToolCallingModel({ toolCalls: [wanted(calls), []] }),
    tools,
    middleware: [gateMiddleware(gate)],
    checkpointer,
  });

const GO_ON = { messages: [{ role: 'user', content: 'Go on' }] };
let threads = 0;

/** What the model sees of each call. */
function told(messages: readonly BaseMessage[], calls: number): readonly string[] {
  return Array.from({ length: calls }, (_, index) => {
    const message = messages.find(
      (one) => ToolMessage.isInstance(one) && one.tool_call_id === `call_${index}`,
    );
    return typeof message?.content === 'string' ? message.content : '';
  });
}

interface Stopped {
  readonly messages: readonly BaseMessage[];
  readonly __interrupt__?: readonly { readonly value: Waiting }[];
}

async function invoke(graph: Runnable, input: object, config: object): Promise<Stopped> {
  return (await graph.invoke(input as never, config)) as Stopped;
}

async function answers(stopped: Stopped, person: HostOptions['person']) {
  const given: Record<string, unknown> = {};
  for (const { value } of stopped.__interrupt__ ?? []) {
    for (const { call, pending } of value.stage0) {
      const answer = await person(JSON.stringify(pending));
      const none = { approved: false, reason: pending.questions.join(' ') };
      given[call] = { pending, answer: answer ?? none };
    }
  }
  return given;
}

function open(options: HostOptions, build: Build): GateHost {
  return {
    turn: async (calls, signal) => {
      threads += 1;
      const graph = build(
        options.gate,
        toolsOf(options),
        structuredClone(calls),
        new MemorySaver(),
      );
      const config = { configurable: { thread_id: `t${threads}` }, ...(signal ? { signal } : {}) };
      let result = await invoke(graph, GO_ON, config);
      if ((result.__interrupt__ ?? []).length > 0) {
        const resume = await answers(result, options.person);
        result = await invoke(graph, new Command({ resume }), config);
      }
      return told(result.messages, calls.length);
    },
  };
}

const BUILDS: readonly (readonly [string, Build])[] = [
  ['LangGraph', buildGraph],
  ['LangChain agent', buildAgent],
];

for (const [name, build] of BUILDS) {
  gateSuite({ name, asks: true, cancels: true, open: async (options) => open(options, build) });
}

describe.each(BUILDS)('%s: a graph that stops', (_name, build) => {
  const secret = 'the same in every process of these tests';
  const config = { configurable: { thread_id: 'kept' } };
  const calls = [CALLS.allowed, CALLS.deferred, { ...CALLS.deferred, arguments: { amount: 7 } }];
  const anew = (world: World, saver: MemorySaver) =>
    build(world.gate, toolsOf({ tools: TOOL_NAMES, run: world.run }), calls, saver);

  async function suspended() {
    const world = await openWorld({ secret });
    const saver = new MemorySaver();
    const stopped = await invoke(anew(world, saver), GO_ON, config);
    // As a checkpointer on a disk has it.
    const storage = JSON.stringify(saver.storage, bytesAsText);
    const writes = JSON.stringify(saver.writes, bytesAsText);
    const restored = (): MemorySaver => {
      const other = new MemorySaver();
      other.storage = JSON.parse(storage, textAsBytes) as typeof saver.storage;
      other.writes = JSON.parse(writes, textAsBytes) as typeof saver.writes;
      return other;
    };
    return { world, stopped, restored };
  }

  test('stops once for all who are needed, before anything has run', async () => {
    const { world, stopped } = await suspended();
    expect(stopped.__interrupt__).toHaveLength(1);
    expect(stopped.__interrupt__?.[0]?.value.stage0).toHaveLength(2);
    expect(world.runs('look_up')).toEqual([]);
  });

  test('goes on in another process, and runs each call once, however often it is resumed', async () => {
    const { world, stopped, restored } = await suspended();
    const resume = await answers(stopped, () => ({ approved: true, by: 'l.haas' }));
    await invoke(anew(world, restored()), new Command({ resume }), config);
    expect(world.runs('look_up')).toHaveLength(1);
    expect(world.runs('payments_api')).toHaveLength(2);
    const again = await invoke(anew(world, restored()), new Command({ resume }), config);
    expect(world.runs('payments_api')).toHaveLength(2);
    expect(told(again.messages, 3)[1]).toContain('APPROVAL_USED');
  });

  test('an answer to one call is none to the other', async () => {
    const { world, stopped, restored } = await suspended();
    const all = Object.entries(await answers(stopped, () => ({ approved: true, by: 'l.haas' })));
    const resume = Object.fromEntries(all.slice(0, 1));
    const done = await invoke(anew(world, restored()), new Command({ resume }), config);
    expect(world.runs('payments_api')).toHaveLength(1);
    expect(told(done.messages, 3)[2]).toContain('did not run');
  });

  test.each([true, 'yes', null, { approved: true }, []])('%j answers nothing', async (resume) => {
    const { world, restored } = await suspended();
    await invoke(anew(world, restored()), new Command({ resume }), config).catch(() => undefined);
    expect(world.runs('payments_api')).toEqual([]);
  });
});

function bytesAsText(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;
}

function textAsBytes(_key: string, value: unknown): unknown {
  const { base64 } = (value ?? {}) as { readonly base64?: unknown };
  return typeof base64 === 'string' ? new Uint8Array(Buffer.from(base64, 'base64')) : value;
}
