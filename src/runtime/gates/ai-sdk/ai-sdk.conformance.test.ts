import {
  generateText,
  isStepCount,
  jsonSchema,
  simulateReadableStream,
  streamText,
  tool,
  type ModelMessage,
  type ToolSet,
} from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { describe, expect, test } from 'vitest';
import { gateSuite } from '../testing/gate-suite.ts';
import type { GateHost, HostOptions, ModelCall } from '../testing/host.ts';
import { CALLS, openWorld, TOOL_NAMES } from '../testing/world.ts';
import { gateTools } from './gate-tools.ts';

type Streaming = Extract<
  ConstructorParameters<typeof MockLanguageModelV4>[0],
  { doStream?: unknown }
>['doStream'];
type Streamed = Awaited<ReturnType<Extract<Streaming, (...args: never) => unknown>>>;
type StreamPart = Streamed['stream'] extends ReadableStream<infer Part> ? Part : never;

const NO_USAGE = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
};
let turns = 0;

/** Calls these tools at once, then is done. */
function fakeModel(calls: readonly ModelCall[]): MockLanguageModelV4 {
  turns += 1;
  const turn = turns;
  let asked = 0;
  const next = () => {
    asked += 1;
    const wanted = calls.map((call, index) => ({
      type: 'tool-call' as const,
      toolCallId: `call_${turn}_${index}`,
      toolName: call.tool,
      input: JSON.stringify(call.arguments),
    }));
    return asked === 1 ? wanted : [{ type: 'text' as const, text: 'Done.' }];
  };
  const finish = () => ({
    finishReason: {
      unified: asked === 1 ? ('tool-calls' as const) : ('stop' as const),
      raw: undefined,
    },
    usage: NO_USAGE,
  });
  return new MockLanguageModelV4({
    doGenerate: async () => {
      const content = next();
      return { content, ...finish(), warnings: [] };
    },
    doStream: async () => {
      const parts = next().flatMap((part): StreamPart[] =>
        part.type === 'text'
          ? [
              { type: 'text-start' as const, id: 't' },
              { type: 'text-delta' as const, id: 't', delta: part.text },
              { type: 'text-end' as const, id: 't' },
            ]
          : [part],
      );
      const chunks: StreamPart[] = [
        { type: 'stream-start', warnings: [] },
        ...parts,
        { type: 'finish', ...finish() },
      ];
      return {
        stream: simulateReadableStream({ chunks, initialDelayInMs: null, chunkDelayInMs: null }),
      };
    },
  });
}

function toolsOf({ tools, run }: Pick<HostOptions, 'tools' | 'run'>): ToolSet {
  return Object.fromEntries(
    tools.map((name) => [
      name,
      tool({
        description: name,
        inputSchema: jsonSchema<Record<string, unknown>>({ type: 'object' }),
        execute: async (input) => run(name, input),
      }),
    ]),
  );
}

/** What the model sees of each call. */
function told(messages: readonly ModelMessage[], calls: number): readonly string[] {
  const seen = new Map<number, string>();
  for (const { role, content } of messages) {
    if (role !== 'tool') continue;
    for (const part of content) {
      if (part.type !== 'tool-result') continue;
      const { output } = part;
      const text = 'value' in output ? JSON.stringify(output.value) : JSON.stringify(output);
      seen.set(Number(part.toolCallId.split('_').at(-1)), text);
    }
  }
  return Array.from({ length: calls }, (_, index) => seen.get(index) ?? '');
}

function open({ gate, tools, run, person }: HostOptions, stream: boolean): GateHost {
  const gated = gateTools(gate, toolsOf({ tools, run }));
  return {
    turn: async (calls, signal) => {
      const model = fakeModel(structuredClone(calls));
      const messages: ModelMessage[] = [{ role: 'user', content: 'Go on' }];
      const how = {
        model,
        tools: gated.tools,
        toolApproval: gated.toolApproval,
        stopWhen: isStepCount(4),
        maxRetries: 0,
        ...(signal === undefined ? {} : { abortSignal: signal }),
      };
      for (let round = 0; round < 3; round += 1) {
        const result = stream
          ? streamText({ ...how, messages, onError: () => undefined })
          : await generateText({ ...how, messages });
        if (stream && 'consumeStream' in result) await result.consumeStream();
        messages.push(...(await result.responseMessages));
        const requests = (await result.content).filter(
          (part) => part.type === 'tool-approval-request',
        );
        const waiting = requests.filter(({ isAutomatic }) => isAutomatic !== true);
        if (waiting.length === 0) break;
        const content = [];
        for (const request of waiting) {
          const pending = await gated.pending(request);
          const given = await person(JSON.stringify(pending));
          const none = { approved: false as const, reason: pending?.questions.join(' ') ?? '' };
          content.push(gated.answer(request, pending, given ?? none));
        }
        messages.push({ role: 'tool', content });
      }
      return told(messages, calls.length);
    },
  };
}

for (const stream of [false, true]) {
  gateSuite({
    name: `AI SDK${stream ? ', streamed' : ''}`,
    asks: true,
    cancels: true,
    hears: false,
    open: async (options) => open(options, stream),
  });
}

describe('messages that were kept while a person thinks', () => {
  async function suspended() {
    const world = await openWorld({ secret: 'the same in every process of these tests' });
    const anew = () => gateTools(world.gate, toolsOf({ tools: TOOL_NAMES, run: world.run }));
    const model = fakeModel([CALLS.allowed, CALLS.deferred]);
    const { tools, toolApproval } = anew();
    const first = await generateText({ model, tools, toolApproval, prompt: 'Go on' });
    const request = first.content.find((part) => part.type === 'tool-approval-request');
    if (request === undefined) throw new Error('Nothing waits.');
    const kept = JSON.stringify([{ role: 'user', content: 'Go on' }, ...first.responseMessages]);
    const goOn = (gated: ReturnType<typeof anew>, part: ReturnType<typeof gated.answer>) => {
      const messages: ModelMessage[] = [
        ...(JSON.parse(kept) as ModelMessage[]),
        { role: 'tool', content: [part] },
      ];
      return generateText({
        model,
        tools: gated.tools,
        toolApproval: gated.toolApproval,
        messages,
      });
    };
    return { world, anew, request, goOn };
  }

  test('go on in another process: the sibling has run once, and the payment runs once', async () => {
    const { world, anew, request, goOn } = await suspended();
    for (let time = 0; time < 2; time += 1) {
      const gated = anew();
      const part = gated.answer(request, await gated.pending(request), {
        approved: true,
        by: 'l.haas',
      });
      await goOn(gated, part).catch(() => undefined);
    }
    expect(world.runs('look_up')).toHaveLength(1);
    expect(world.runs('payments_api')).toEqual([CALLS.deferred.arguments]);
  });

  test('an approval that is only a message runs nothing', async () => {
    const { world, anew, request, goOn } = await suspended();
    const { approvalId } = request;
    await goOn(anew(), { type: 'tool-approval-response', approvalId, approved: true });
    expect(world.runs('payments_api')).toEqual([]);
  });
});

test('tools that run elsewhere are named', async () => {
  const { gate } = await openWorld();
  const tools: ToolSet = {
    client: tool({ inputSchema: jsonSchema<Record<string, unknown>>({ type: 'object' }) }),
  };
  expect(() => gateTools(gate, tools)).toThrow(/client, which run elsewhere/);
  expect(gateTools(gate, tools, { ungated: ['client'] }).tools).toEqual(tools);
});
