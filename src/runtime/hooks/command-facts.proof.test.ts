/**
 * What a real shell runs, the reader has seen: lines that nobody would write are given to bash with a
 * program `rm` that only leaves a mark. Where there is a mark, `rm` was among the programs, or the line
 * was said to be unreadable.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shellFacts } from './command-facts.ts';
import { surroundings } from './places.ts';

const RUNS = 400;
const bash = ['/bin/bash', '/usr/bin/bash'].find((path) => existsSync(path));

let folder = '';
let runs = 0;
let work = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stage0-shell-'));
  work = join(folder, 'work');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/rm'), '#!/bin/sh\necho ran >> "$MARK"\n');
  chmodSync(join(folder, 'bin/rm'), 0o755);
  for (const name of ['cat', 'env', 'find', 'xargs', 'bash', 'sh', 'nice', 'timeout']) {
    const real = ['/bin', '/usr/bin']
      .map((place) => join(place, name))
      .find((path) => existsSync(path));
    if (real !== undefined) symlinkSync(real, join(folder, 'bin', name));
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the line in an empty folder, and says whether `rm` was started. */
function starts(shell: string, line: string): boolean {
  // One for each: what a line leaves in the background may come late.
  runs += 1;
  const mark = join(folder, `mark-${runs}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  const env = { PATH: join(folder, 'bin'), HOME: work, MARK: mark, x: 'x' };
  spawnSync(shell, ['-c', line], {
    cwd: work,
    env,
    input: '',
    timeout: 2000,
    killSignal: 'SIGKILL',
  });
  return existsSync(mark);
}

const TOKENS = [
  ['rm y', 'rm y', 'rm', 'r', 'm', ' ', ' ', ' ', ';', '&&', '||', '|', '&', '\n', '\t'],
  ["'", "'", '"', '"', '\\', '\\\n', '`', '$', '$(', '$((', '))', ')', '(', '{', '}'],
  ['${x', '${x:-', '$x', '<<E\n', '\nE\n', "<<'E'\n", '<<<', '<(', '>(', '<', '>', '2>&1'],
  ['>&', '&>', '#', '!', '=', 'x=', '[', ']', 'if ', 'true', 'then ', 'else ', 'fi', 'while '],
  ['for x in a; do ', 'for x ', 'do ', 'done', 'case a in a) ', ';; esac', 'bash -c ', 'sh -c '],
  ['env ', 'eval ', 'xargs ', 'nice -n 1 ', 'timeout 1 ', 'find . -exec ', ' {} \\;', 'cat'],
  ['exec ', 'time ', 'command ', '. '],
].flat();
const tokens = (maxLength: number) => fc.array(fc.constantFrom(...TOKENS), { maxLength });
const lines = fc.oneof(
  tokens(12).map((all) => all.join('')),
  // More often something that runs.
  fc
    .tuple(tokens(5), tokens(5))
    .map(([before, after]) => `${before.join('')}rm y${after.join('')}`),
);

test.skipIf(bash === undefined)(
  'what bash runs was seen, or the line is unreadable',
  () => {
    let ran = 0;
    fc.assert(
      fc.property(lines, (line) => {
        if (!starts(bash ?? '', line)) return;
        ran += 1;
        const { command } = shellFacts(line, surroundings(work, work));
        expect(command.programs.includes('rm') || !command.readable).toBe(true);
      }),
      { numRuns: RUNS },
    );
    process.stdout.write(`shell lines: ${RUNS} run, of which ${ran} started the program\n`);
    expect(ran).toBeGreaterThan(RUNS / 40);
  },
  120_000,
);
