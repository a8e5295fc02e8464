/** A host in front of whose tools the gate stands, and the ways to use it that the suite has. */
import { expect } from 'vitest';
import type { Answer, Approval } from '../approval.ts';
import type { Gate } from '../gate.ts';
import { CALLS, openWorld, TOOL_NAMES, type World, type WorldOptions } from './world.ts';

/** A call as the model writes it. */
export interface ModelCall {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What a person sees of a pending call, and what they answer. */
export type Person = (shown: string) => Answer | undefined | Promise<Answer | undefined>;

export interface HostOptions {
  readonly gate: Gate;
  /** Names of all tools that the model is offered; each takes any object. */
  readonly tools: readonly string[];
  /** What a tool does. It must be called with the arguments that the gate hands on. */
  readonly run: (tool: string, args: unknown) => unknown;
  readonly person: Person;
}

/** A host with a model in it. */
export interface GateHost {
  /**
   * One turn of the model with all these calls in it. Gives what the model sees as each one's result: the
   * tool's own (`ran <tool>`), its error, or why it did not run.
   */
  readonly turn: (calls: readonly ModelCall[], signal?: AbortSignal) => Promise<readonly string[]>;
  readonly close?: () => Promise<void>;
}

export interface GateHarness {
  readonly name: string;
  /** Whether the host can ask a person and go on. Those that cannot must refuse. */
  readonly asks: boolean;
  /** Whether `turn` can be cancelled. */
  readonly cancels: boolean;
  /**
   * Whether the gate is told of that while it decides; `true` when absent. What some hosts ask first comes
   * without a signal: there the decision is made, and the tool does not run all the same.
   */
  readonly hears?: boolean;
  readonly open: (options: HostOptions) => Promise<GateHost>;
}

export interface StageOptions extends WorldOptions {
  /** Who says yes, when absent. */
  readonly person?: (shown: string, world: World) => ReturnType<Person>;
  /** The gate as the host sees it. */
  readonly changed?: (world: World) => Gate;
}

export interface Stage {
  readonly within: (
    options: StageOptions,
    play: (host: GateHost, world: World) => Promise<void>,
  ) => Promise<void>;
  /** One call whose tool must not run, and what the model is told. */
  readonly refused: (options: StageOptions, call?: ModelCall) => Promise<string>;
}

export const YES: Answer = { approved: true, by: 'l.haas' };

/** What the tests of one gate are written with. */
export function stageFor(harness: GateHarness): Stage {
  async function within(
    options: StageOptions,
    play: (host: GateHost, world: World) => Promise<void>,
  ): Promise<void> {
    const { person = () => YES, changed, ...more } = options;
    const world = await openWorld({ timeout: 20_000, ...more });
    const host = await harness.open({
      gate: changed?.(world) ?? world.gate,
      tools: TOOL_NAMES,
      run: world.run,
      person: (shown) => person(shown, world),
    });
    try {
      await play(host, world);
    } finally {
      await host.close?.();
    }
  }

  async function refused(options: StageOptions, call: ModelCall = CALLS.deferred): Promise<string> {
    let told = '';
    await within(options, async (host, world) => {
      [told = ''] = await host.turn([call]);
      expect(world.runs(call.tool)).toEqual([]);
      expect(told).toContain('did not run');
    });
    return told;
  }

  return { within, refused };
}

/** A gate whose approvals are changed between the person's yes and the second decision. */
export const tampering =
  (change: (approval: Approval, world: World) => unknown) =>
  (world: World): Gate => {
    let changed: unknown;
    return {
      ...world.gate,
      approve: (pending, answer) => {
        const approval = world.gate.approve(pending, answer);
        if (approval.ok) changed = change(approval.value, world);
        return approval;
      },
      decide: (call, how = {}) =>
        world.gate.decide(call, how.approval === undefined ? how : { ...how, approval: changed }),
    };
  };
