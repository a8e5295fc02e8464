import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parseJson } from '../cedar/json/lossless.ts';
import { readCheck } from '../decision/check.ts';
import { decide } from '../decision/decide.ts';
import { DecisionLog } from './log/decision-log.ts';
import { eventMembers, readMask, type Mask } from './log/event.ts';
import { replayLine } from './log/replay.ts';
import { readPackFolder, type PackFolder } from './pack-folder.ts';
import { runProgram } from './program.ts';
import { quietHost, remove } from './testing/serving.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const GUARD = new URL('../../policies/guard', import.meta.url).pathname;

let folder = '';
let guard: PackFolder;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stage0-replay-'));
  const read = await readPackFolder(quietHost(), GUARD);
  if (!read.ok) throw new Error('The example cannot be read');
  guard = read.value;
});

afterAll(() => remove(folder));

const NOW = Date.parse('2026-03-16T12:00:00Z');

/** What a server would write down about a request. */
function memberText(text: string, masks: readonly Mask[] = [], doubted?: Record<string, string>) {
  const { pack } = guard;
  const input = parseJson(text);
  const check = readCheck(input.ok ? input.value : null);
  if (!input.ok || !check.ok) throw new Error(text);
  const at = {
    now: NOW,
    requestId: 'one',
    doubted: doubted && new Map(Object.entries(doubted)),
  };
  const decision = decide(pack.policies, check.value, at);
  if (!decision.ok) throw new Error(decision.error.message);
  const { record } = decision.value;
  return eventMembers(
    {
      input: input.value,
      record,
      text: JSON.stringify(record),
      now: NOW,
      bundle: { name: pack.name, revision: 'sha256:0' },
      requestedBy: undefined,
      run: doubted && { filled: [], doubted },
      flip: undefined,
      dryRun: false,
    },
    masks,
  );
}

const lineOf = (...given: Parameters<typeof memberText>) => `{${memberText(...given)},"prev":"x"}`;
const replayed = (line: string) => replayLine(guard.pack.policies, 'guard', line);

test('with the same policies every scenario comes out as it was logged', () => {
  const { scenarios, policies } = guard.pack;
  expect(scenarios.length).toBeGreaterThan(100);
  for (const { run, id } of scenarios) {
    if (!run.ok) continue;
    const at = { now: run.value.now, requestId: 'one' };
    const decision = decide(policies, run.value.check, at);
    if (!decision.ok) throw new Error(decision.error.message);
    const { record } = decision.value;
    const event = {
      input: run.value.request,
      record,
      text: JSON.stringify(record),
      now: at.now,
      bundle: { name: 'guard', revision: 'sha256:0' },
      requestedBy: 'key',
      run: undefined,
      flip: undefined,
      dryRun: false,
    };
    const line = `{${eventMembers(event, [])},"prev":"x"}`;
    expect([id, replayed(line).kind]).toEqual([id, 'same']);
    // And when it said otherwise, that is found.
    const other = record.verdict === 'ALLOW' ? 'DENY' : 'ALLOW';
    const changed = line.replace(
      `"verdict":"${record.verdict}","reason"`,
      `"verdict":"${other}","reason"`,
    );
    expect(replayed(changed)).toMatchObject({
      kind: 'flip',
      flip: { from: other, to: record.verdict, decision_id: 'one' },
    });
  }
});

test('numbers are those that were sent', () => {
  // As a double the first is a whole number and the second another one: both would be read as counters.
  for (const iteration of ['7.0', '9007199254740993', '7e0', '1.23456']) {
    const line = lineOf(
      `{"goal":"Look for the newest report","tools":["search"],"constraints":["max_iterations: 5"],"context":{"current_iteration":${iteration}}}`,
    );
    expect([iteration, replayed(line).kind]).toEqual([iteration, 'same']);
  }
});

test('what a request says about results, or what was doubted, misleads nobody', () => {
  const goal = '"goal":"Look for the newest report"';
  const trap = `"context":{"x":{"a":1,"result":{"decision":"GO","verdict":"ALLOW"}}}`;
  const payout = `{${goal},"side_effects":["money movement"],${trap}}`;
  expect(replayed(lineOf(payout))).toEqual({ kind: 'same' });
  const doubted = { run_id: 'It was another.' };
  const line = lineOf(`{${goal},"success_criteria":["found"],"tools":["search"]}`, [], doubted);
  expect(line).toContain('"verdict":"DEFER"');
  expect(replayed(line)).toEqual({ kind: 'same' });
});

test('says which lines it cannot decide', () => {
  const request = '{"goal":"Look for the newest report","context":{"email":"x"}}';
  const mask = readMask('/input/context/email') ?? [];
  expect(replayed(lineOf(request, [mask]))).toEqual({ kind: 'masked' });
  expect(replayed(lineOf(request, [readMask('/result/reason') ?? []]))).toEqual({ kind: 'same' });
  expect(replayLine(guard.pack.policies, 'payments', lineOf(request))).toEqual({ kind: 'other' });
  for (const line of [
    '',
    'x',
    '{"bundles":{"guard":{}}}',
    '{"bundles":{"guard":{}},"input":{"goal":""}}',
  ]) {
    expect(['other', 'undecided']).toContain(replayed(line).kind);
  }
  const versioned = lineOf(
    '{"goal":"Look for the newest report","policy_pack_version":"guard@1.0.0"}',
  );
  expect(replayed(versioned.replaceAll('guard@1.0.0', 'guard@0.9.0'))).toEqual({ kind: 'same' });
});

test('stage0 replay lists the flips over all files of a log', async () => {
  const path = join(folder, 'decisions.log');
  const log = DecisionLog.open({ path, maxBytes: 3000 });
  if (!log.ok) throw new Error(log.error);
  const calm =
    '{"goal":"Look for the \u2028 newest report","success_criteria":["found"],"tools":["search"]}';
  for (const _ of [1, 2, 3]) expect(log.value.append(memberText(calm)).ok).toBe(true);
  log.value.close();
  const stage0 = async (pack: string, ...more: readonly string[]) => {
    const host = quietHost();
    const code = await runProgram(['replay', path, pack, ...more], host);
    return { code, said: host.said() };
  };
  expect(await stage0(GUARD)).toEqual({ code: 0, said: 'guard@1.0.0: 3 decided again, 0 flip\n' });

  const strict = join(folder, 'strict');
  await cp(GUARD, strict, { recursive: true });
  await writeFile(
    join(strict, 'policies/no-search.cedar'),
    '@id("no-search")\n@issue("NO_SEARCH")\nforbid (principal, action == Action::"search", resource);\n',
  );
  const flipped = await stage0(strict);
  expect(flipped.code).toBe(2);
  expect(flipped.said).toContain('2026-03-16T12:00:00.000Z  one  ALLOW → DENY  ');
  expect(flipped.said).toContain('guard@1.0.0: 3 decided again, 3 flip');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('"verdict":"ALLOW"', '"verdict":"DENY"'));
  const allowed = await stage0(GUARD, '--json');
  expect(allowed.code).toBe(3);
  expect(JSON.parse(allowed.said)).toMatchObject({ newly_allowed: 1, flipped: 1, masked: 0 });
  expect((await stage0(folder)).code).toBe(1);
  const none = quietHost();
  expect(await runProgram(['replay', join(folder, 'no.log'), GUARD], none)).toBe(1);
});
