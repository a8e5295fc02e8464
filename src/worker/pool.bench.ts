/**
 * What the pool costs: the same scenarios decided by the same two packs, once in a bare loop and once
 * through workers with all that goes to and fro. `npm run bench` builds this and runs it in Chromium.
 */
import { decide } from '../decision/decide.ts';
import { packDigest } from '../pack/digest.ts';
import { readPack, type Pack } from '../pack/read.ts';
import { filesThatDecide } from './open-pack.ts';
import { Outcomes, type Decider } from './outcomes.ts';
import { Pool } from './pool.ts';
import { CLOCK } from './turns.ts';

/** Milliseconds that one round took each way. */
export interface Round {
  readonly bare: number;
  /** With one worker: what messages and bookkeeping cost. */
  readonly one: number;
  /** With a worker a core. */
  readonly all: number;
}

type Files = readonly (readonly [string, string])[];

/** Runs both sides in rounds, one way after the other. */
export async function poolRounds(before: Files, after: Files, rounds: number) {
  const sides = [readSide(before), readSide(after)] as const;
  const { scenarios } = sides[1].pack;
  const [one, all] = [new Pool({ size: 1 }), new Pool()];
  const throughPool = async (pool: Pool): Promise<number> => {
    const outcomes = new Outcomes(CLOCK, pool);
    const began = performance.now();
    const found = await outcomes.find(sides, scenarios, {
      onDone: () => undefined,
      isOver: () => false,
    });
    if (!found.ok) throw new Error(found.error.message);
    return performance.now() - began;
  };
  const times: Round[] = [];
  // The first rounds are for the compilers of all these threads.
  for (let round = -2; round < rounds; round += 1) {
    const time = {
      bare: bareLoop(sides),
      one: await throughPool(one),
      all: await throughPool(all),
    };
    if (round >= 0) times.push(time);
  }
  one.close();
  all.close();
  return { times, workers: all.size, decisions: 2 * scenarios.length };
}

/** Kept, so that nothing is left out as unused. */
const kept: { last?: unknown } = {};

function bareLoop(sides: readonly { readonly pack: Pack }[]): number {
  const scenarios = sides[1]?.pack.scenarios ?? [];
  const began = performance.now();
  for (const { pack } of sides) {
    for (const { run } of scenarios) {
      if (!run.ok) continue;
      const { check, now } = run.value;
      kept.last = decide(pack.policies, check, { now, requestId: 'bench' });
    }
  }
  return performance.now() - began;
}

function readSide(list: Files): Decider & { readonly pack: Pack } {
  const all = new Map(list);
  const { pack } = readPack(all);
  if (pack === undefined) throw new Error('The pack cannot be read.');
  const files = filesThatDecide(all);
  return { key: packDigest(files), files, pack };
}
