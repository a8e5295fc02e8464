/** What replaying a decision log costs, beside `JSON.parse` of the same lines. */
import type { Contestant } from '../cedar/contestants.bench.ts';
import { decide } from '../decision/decide.ts';
import type { PackFiles } from '../pack/files.ts';
import { readPack } from '../pack/read.ts';
import { eventMembers } from './log/event.ts';
import { replayLine } from './log/replay.ts';

/** Of a contestant here only the running counts. */
type Replayer = Pick<Contestant, 'name' | 'run'>;

/**
 * A log of all that a pack's scenarios ask, in the order of their clocks, as a log is.
 * @throws when a line does not come out as it was decided
 */
export function replayContestants(name: string, files: PackFiles) {
  const { pack, scenarios } = readPack(files);
  if (pack === undefined) throw new Error(`The pack ${name} cannot be read`);
  const { policies } = pack;
  const runs = scenarios.flatMap(({ run }) => (run.ok ? [run.value] : []));
  const lines = runs
    .toSorted((a, b) => a.now - b.now)
    .map(({ check, now, request }, index) => {
      const decision = decide(policies, check, { now, requestId: `0198c5a0-${index}` });
      if (!decision.ok) throw new Error(decision.error.message);
      const { record } = decision.value;
      const event = {
        input: request,
        record,
        text: JSON.stringify(record),
        now,
        bundle: { name: pack.name, revision: policies.digest },
        requestedBy: 'bench',
        run: undefined,
        flip: undefined,
        dryRun: false,
      };
      return `{${eventMembers(event, [])},"prev":"sha256:${'0'.repeat(64)}"}`;
    });
  for (const line of lines) {
    const { kind } = replayLine(policies, pack.name, line);
    if (kind !== 'same') throw new Error(`A line comes out as ${kind}: ${line}`);
  }
  const at = (index: number): string => lines[index] ?? '';
  const contestants: readonly Replayer[] = [
    { name: 'JSON.parse', run: (index) => JSON.parse(at(index)) as unknown },
    { name: 'replay', run: (index) => replayLine(policies, pack.name, at(index)) },
  ];
  const bytes = lines.reduce((sum, line) => sum + line.length, 0) / lines.length;
  return { contestants, lines: lines.length, bytes };
}
