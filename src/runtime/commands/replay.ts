import { Command } from 'commander';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { filesOfLog } from '../log/decision-log.ts';
import { replayLine, type LogFlip } from '../log/replay.ts';
import { linesOf } from '../log/verify-log.ts';
import { readPackSource, TRUST_OPTION } from '../pack-source.ts';
import { failed } from '../problem.ts';
import type { Pack } from '../../pack/read.ts';

interface Options {
  readonly trust?: string;
  readonly json?: true;
}

/** What became of a log. */
interface Replay {
  /** Decided again. */
  compared: number;
  /** Left out: what decides may be masked. */
  masked: number;
  /** Left out: other packs' decisions. */
  others: number;
  /** How many of the flips end with ALLOW. */
  newly_allowed: number;
  flipped: number;
  readonly flips: LogFlip[];
  readonly undecided: { readonly file: string; readonly line: number; readonly message: string }[];
}

/** Of flips and of undecided lines: more are counted, and not listed. */
const LISTED = 10_000;
/** 1 stays what it is for every command: nothing was compared. As `stage0 diff` says it. */
const REPLAY_EXIT = { none: EXIT.ok, some: 2, allowed: 3 } as const;

const EXAMPLE = `
Each line is decided again with its own request, facts and clock. A line whose facts are masked is left out.
Exit code: 0 no verdict flips, 2 some do, 3 something is newly allowed, 1 nothing could be compared.
A line that cannot be decided counts as a flip.

Example:
  stage0 replay decisions.log policies/payments`;

/** `stage0 replay`: which logged decisions would come out otherwise. */
export function replayCommand(host: Host, end: (code: number) => void): Command {
  return new Command('replay')
    .description('decide what a log has again, and show which verdicts flip')
    .argument('<log>', 'as given to stage0 serve; its full files are found beside it')
    .argument('<pack>', 'the folder of a pack, or a bundle')
    .option(...TRUST_OPTION)
    .option('--json', 'print everything as JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (log: string, pack: string, options: Options) =>
      end(await run(host, log, pack, options)),
    );
}

async function run(host: Host, log: string, path: string, options: Options): Promise<number> {
  const source = await readPackSource(host, path, options.trust);
  if (!source.ok) return failed(host, source.error, options);
  const { pack } = source.value;
  try {
    const replay = await replayFiles(filesOfLog(log), pack);
    host.out(options.json === true ? `${JSON.stringify(replay)}\n` : printed(replay, pack));
    for (const { file, line, message } of replay.undecided) {
      host.error(`${file}:${line}: ${message}\n`);
    }
    const { compared, flipped, newly_allowed: allowed, undecided } = replay;
    if (compared + undecided.length === 0) {
      host.error(`${log}: there is nothing to compare\n`);
      return EXIT.failed;
    }
    if (allowed > 0) return REPLAY_EXIT.allowed;
    return flipped + undecided.length > 0 ? REPLAY_EXIT.some : REPLAY_EXIT.none;
  } catch (error) {
    const message = error instanceof Error ? error.message : 'cannot be read';
    return failed(host, [{ file: log, message }], options);
  }
}

async function replayFiles(files: readonly string[], { name, policies }: Pack): Promise<Replay> {
  const replay: Replay = {
    compared: 0,
    masked: 0,
    others: 0,
    newly_allowed: 0,
    flipped: 0,
    flips: [],
    undecided: [],
  };
  for (const file of files) {
    let line = 0;
    for await (const { bytes, whole } of linesOf(file)) {
      // What a crash left unfinished was never answered.
      if (!whole) break;
      line += 1;
      const replayed = replayLine(policies, name, bytes.toString());
      switch (replayed.kind) {
        case 'same':
          replay.compared += 1;
          break;
        case 'flip':
          replay.compared += 1;
          replay.flipped += 1;
          if (replayed.flip.to === 'ALLOW') replay.newly_allowed += 1;
          if (replay.flips.length < LISTED) replay.flips.push(replayed.flip);
          break;
        case 'masked':
          replay.masked += 1;
          break;
        case 'other':
          replay.others += 1;
          break;
        case 'undecided':
          if (replay.undecided.length < LISTED) {
            replay.undecided.push({ file, line, message: replayed.why });
          }
          break;
      }
    }
  }
  return replay;
}

function printed(replay: Replay, { name, version }: Pack): string {
  const { compared, masked, others, flipped, newly_allowed: allowed, flips } = replay;
  const left = [
    ...(masked === 0 ? [] : [`${masked} with masked facts left out`]),
    ...(others === 0 ? [] : [`${others} of other packs left out`]),
  ];
  return [
    ...flips.map(({ timestamp, decision_id: id, from, to, issues }) =>
      `${timestamp}  ${id}  ${from} → ${to}  ${issues.join(', ')}`.trimEnd(),
    ),
    ...(flips.length < flipped ? [`… and ${flipped - flips.length} more`] : []),
    [`${name}@${version}: ${compared} decided again, ${flipped} flip`, ...left].join(', '),
    ...(allowed === 0 ? [] : [`${allowed} newly allowed`]),
    '',
  ].join('\n');
}
