import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { z } from '../../decision/zod.ts';
import type { Decider } from '../check-result.ts';
import { runProgram } from '../program.ts';
import { quietHost } from '../testing/serving.ts';
import { claudeCode } from './claude-code.ts';
import { cursor } from './cursor.ts';
import { dockerMcp } from './docker-mcp.ts';
import type { HookHost } from './host.ts';
import { runHook } from './run-hook.ts';

vi.setConfig({ testTimeout: 60_000 });

const PACK = fileURLToPath(new URL('../../../policies/coding-agent', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'stage0-project-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));

async function stage0(args: readonly string[], event: unknown) {
  const quiet = quietHost();
  let out = '';
  const text = typeof event === 'string' ? event : JSON.stringify(event);
  const code = await runProgram(['hook', ...args], {
    ...quiet,
    read: async (path: string) =>
      path === '-' ? ({ ok: true, value: { name: '<stdin>', text } } as const) : quiet.read(path),
    out: (line: string): void => void (out += line),
  });
  return { code, out, error: quiet.said() };
}

/** An event that is there at once. */
const given = (value: string) => async () => ({ ok: true, value }) as const;

const Said = z.object({
  hookSpecificOutput: z
    .object({ permissionDecision: z.string(), permissionDecisionReason: z.string() })
    .optional(),
  permission: z.string().optional(),
  agent_message: z.string().optional(),
  isError: z.boolean().optional(),
});

const preToolUse = (tool_name: string, tool_input: unknown, more: object = {}) => ({
  hook_event_name: 'PreToolUse',
  session_id: 's1',
  transcript_path: '/x',
  cwd: project,
  permission_mode: 'default',
  tool_use_id: 'toolu_1',
  tool_name,
  tool_input,
  ...more,
});

describe('claude-code', () => {
  const ask = (event: unknown) =>
    stage0(['claude-code', '--pack', PACK, '--project', project], event);

  test.each([
    ['allow', 'Bash', { command: 'npm test', description: 'Run the tests' }],
    ['deny', 'Bash', { command: 'rm -rf ~' }],
    ['ask', 'Bash', { command: 'git push' }],
    ['allow', 'Read', { file_path: `${project}/src/a.ts` }],
    ['deny', 'Read', { file_path: `${project}/.env` }],
    ['allow', 'Edit', { file_path: `${project}/a.ts`, old_string: 'a', new_string: 'b' }],
    ['ask', 'Write', { file_path: '/srv/a.ts', content: 'x' }],
    ['ask', 'NotebookEdit', { notebook_path: '/srv/a.ipynb' }],
    ['ask', 'Write', {}],
    ['deny', 'Edit', { file_path: `${project}/.claude/settings.json` }],
    ['allow', 'Grep', { pattern: 'x' }],
    ['allow', 'WebFetch', { url: 'https://nodejs.org/api' }],
    ['ask', 'WebFetch', { url: 'https://blog.example.net' }],
    ['allow', 'WebSearch', { query: 'x' }],
    ['allow', 'Task', { description: 'x' }],
    ['allow', 'TodoWrite', { todos: [] }],
    ['allow', 'mcp__filesystem__read_text_file', { path: 'a' }],
    ['ask', 'mcp__payments__pay', { amount: 5 }],
    ['deny', 'SomethingNew', {}],
  ])('%s: %s %j', async (decision, tool, input) => {
    const { code, out, error } = await ask(preToolUse(tool, input));
    expect({ code, error }).toEqual({ code: 0, error: '' });
    const { hookSpecificOutput: said } = Said.parse(JSON.parse(out));
    expect(said?.permissionDecision).toBe(decision);
    expect(said?.permissionDecisionReason).toMatch(/ by coding-agent@1\.\d+\.\d+.*\(request /s);
  });

  test('asks nobody in a mode in which nobody is asked', async () => {
    const event = preToolUse(
      'Bash',
      { command: 'git push' },
      { permission_mode: 'bypassPermissions' },
    );
    const { hookSpecificOutput: said } = Said.parse(JSON.parse((await ask(event)).out));
    expect(said?.permissionDecision).toBe('deny');
  });

  test.each([
    ['no JSON', '{"hook_event_name": "PreToolUse"'],
    ['nothing', ''],
    ['another event', preToolUse('Bash', { command: 'ls' }, { hook_event_name: 'PostToolUse' })],
    ['no tool', preToolUse('', {})],
    ['no input', preToolUse('Bash', 'ls')],
    ['a list', []],
    ['null', null],
  ])('blocks on %s', async (_name, event) => {
    expect(await ask(event)).toMatchObject({ code: 2, out: '' });
  });

  test.each([
    [['claude-code']],
    [['claude-code', '--bundle', 'x.cjar']],
    [['claude-code', '--bundle', 'x.cjar', '--trust', 'none.json']],
    [['claude-code', '--pack', '/none']],
    [['claude-code', '--server', 'http://127.0.0.1:9']],
    [['claude-code', '--unknown']],
    [['claude-code', 'extra']],
    [['unknown-host']],
    [[]],
  ])('blocks when it is called wrongly: %j', async (args) => {
    const { code, out } = await stage0(args, preToolUse('Bash', { command: 'ls' }));
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  test('writes down what was decided, and says no when it cannot', async () => {
    const log = join(project, 'hook.log');
    const args = ['claude-code', '--pack', PACK, '--project', project, '--log'];
    const event = preToolUse('Bash', { command: 'git push --token=hunter2' });
    await stage0([...args, log], event);
    const line: unknown = JSON.parse(readFileSync(log, 'utf8'));
    expect(line).toMatchObject({ event: 'deferred', tool: 'shell', code: 'GIT_PUSH' });
    expect(line).toHaveProperty('hash', expect.stringMatching(/^sha256:[0-9a-f]{64}$/));
    expect(JSON.stringify(line)).not.toContain('hunter2');
    expect(await stage0([...args, join(project, 'none', 'hook.log')], event)).toMatchObject({
      code: 2,
      out: '',
    });
  });

  test('help is no error', async () => {
    expect(await stage0(['claude-code', '--help'], '')).toMatchObject({ code: 0 });
  });
});

describe('cursor', () => {
  const ask = (event: unknown) => stage0(['cursor', '--pack', PACK], event);
  const common = { conversation_id: 'c1', generation_id: 'g1', workspace_roots: [project] };

  test.each([
    ['allow', { hook_event_name: 'beforeShellExecution', command: 'npm test', cwd: project }],
    ['allow', { hook_event_name: 'beforeShellExecution', command: 'npm test', cwd: '' }],
    ['ask', { hook_event_name: 'beforeShellExecution', command: 'git push', cwd: project }],
    ['deny', { hook_event_name: 'beforeShellExecution', command: 'rm -rf /', cwd: project }],
    [
      'ask',
      {
        hook_event_name: 'beforeMCPExecution',
        tool_name: 'pay',
        tool_input: '{"a":1}',
        url: 'http://x',
      },
    ],
    [
      'allow',
      {
        hook_event_name: 'beforeMCPExecution',
        tool_name: 'read',
        tool_input: {},
        server: 'filesystem',
      },
    ],
    ['allow', { hook_event_name: 'beforeReadFile', file_path: `${project}/a.ts`, content: 'x' }],
    ['deny', { hook_event_name: 'beforeReadFile', file_path: `${project}/.env`, content: 'x' }],
    [
      'allow',
      {
        hook_event_name: 'preToolUse',
        tool_name: 'Write',
        tool_input: { file_path: `${project}/a` },
      },
    ],
    // Here the host asks nobody.
    [
      'deny',
      { hook_event_name: 'preToolUse', tool_name: 'Write', tool_input: { file_path: '/srv/a' } },
    ],
    [
      'deny',
      { hook_event_name: 'preToolUse', tool_name: 'Delete', tool_input: { path: '/srv/a' } },
    ],
    ['deny', { hook_event_name: 'preToolUse', tool_name: 'SomethingNew', tool_input: {} }],
  ])('%s: %j', async (permission, event) => {
    const { code, out } = await ask({ ...common, ...event });
    expect(code).toBe(0);
    expect(Said.parse(JSON.parse(out)).permission).toBe(permission);
  });

  test.each([
    ['an event after the fact', { ...common, hook_event_name: 'afterFileEdit', file_path: 'a' }],
    [
      'a command that is no text',
      { ...common, hook_event_name: 'beforeShellExecution', command: 5 },
    ],
    ['no JSON', 'x'],
  ])('blocks on %s', async (_name, event) => {
    const { code, out } = await ask(event);
    expect(code).toBe(2);
    expect(Said.parse(JSON.parse(out)).permission).toBe('deny');
  });
});

describe('docker-mcp', () => {
  const ask = (event: unknown) => stage0(['docker-mcp', '--pack', PACK], event);
  const decide = (verdict: 'ALLOW' | 'DENY' | 'DEFER'): Promise<Decider> =>
    Promise.resolve({
      check: async () => ({ decided: true, verdict, record: { ...RECORD, verdict } }) as never,
    });
  const RECORD = {
    decision: 'x',
    reason: 'Because.',
    defer_questions: ['Who?'],
    policy_version: 'p@1.0.0',
    request_id: 'r',
  };
  const run = async (verdict: 'ALLOW' | 'DENY' | 'DEFER') =>
    runHook(
      dockerMcp,
      given('{"method":"tools/call","params":{"name":"pay","arguments":{"amount":5}}}'),
      {
        where: { project, env: {}, cwd: project },
        decider: async () => ({ ok: true, value: await decide(verdict) }),
      },
    );

  test('prints nothing when the call may go on, and a result in its place when it may not', async () => {
    expect(await run('ALLOW')).toEqual({ code: 0 });
    for (const verdict of ['DENY', 'DEFER'] as const) {
      const { code, out } = await run(verdict);
      expect(code).toBe(0);
      expect(Said.parse(JSON.parse(out ?? ''))).toEqual({ isError: true });
      expect(out).toContain('Because.');
    }
  });

  test.each([
    [{ method: 'tools/list' }],
    [{ method: 'tools/call', params: { arguments: {} } }],
    ['x'],
    // The servers that the gateway runs are not on the list of the pack.
    [{ Params: { name: 'pay', arguments: {} } }],
  ])('refuses %j', async (event) => {
    const { out } = await ask(event);
    expect(Said.parse(JSON.parse(out))).toEqual({ isError: true });
  });
});

describe.each<readonly [string, HookHost, string]>([
  ['claude-code', claudeCode, JSON.stringify(preToolUse('Bash', { command: 'ls' }))],
  [
    'cursor',
    cursor,
    JSON.stringify({ hook_event_name: 'beforeShellExecution', command: 'ls', cwd: '/' }),
  ],
  ['docker-mcp', dockerMcp, '{"method":"tools/call","params":{"name":"x","arguments":{}}}'],
])('%s says no', (_name, host, event) => {
  const where = { project, env: {}, cwd: project };
  const isNo = ({ code, out }: Awaited<ReturnType<typeof runHook>>): boolean =>
    code === 2 || /"(?:permission|permissionDecision)":"deny"|"isError":true/.test(out ?? '');
  const deciders: readonly (readonly [string, () => Promise<Decider>])[] = [
    ['when there is no answer', () => Promise.reject(new Error('gone'))],
    [
      'when the answer is an error',
      async () => ({ check: () => Promise.reject(new Error('gone')) }),
    ],
    [
      'when nothing was decided',
      async () => ({
        check: async () => ({ decided: false, verdict: 'DENY', error: 'TIMEOUT', message: 'late' }),
      }),
    ],
    [
      'to a verdict that nobody knows',
      async () => ({
        check: async () =>
          ({
            decided: true,
            verdict: 'MAYBE',
            record: { verdict: 'MAYBE', defer_questions: [] },
          }) as never,
      }),
    ],
    [
      'to a record that is none',
      async () => ({ check: async () => ({ decided: true, verdict: 'ALLOW' }) as never }),
    ],
  ];
  test.each(deciders)('%s', async (_when, decider) => {
    const answer = await runHook(host, given(event), {
      where,
      decider: async () => ({ ok: true, value: await decider() }),
    });
    expect(isNo(answer)).toBe(true);
  });

  test('when the event is too large, or could not be read', async () => {
    const decider = () => Promise.reject(new Error('not asked'));
    expect(
      isNo(await runHook(host, async () => ({ ok: false, error: 'closed' }), { where, decider })),
    ).toBe(true);
    const large = given(' '.repeat(16_000_001));
    expect(isNo(await runHook(host, large, { where, decider }))).toBe(true);
  });

  test('when the event does not end', async () => {
    vi.useFakeTimers();
    try {
      const decider = () => Promise.reject(new Error('not asked'));
      const answer = runHook(host, () => new Promise(() => {}), { where, decider });
      await vi.advanceTimersByTimeAsync(9000);
      expect(isNo(await answer)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  test('when the decision takes too long', async () => {
    vi.useFakeTimers();
    try {
      const answer = runHook(host, given(event), {
        where,
        decider: () => new Promise(() => {}),
      });
      await vi.advanceTimersByTimeAsync(9000);
      expect(isNo(await answer)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

test('the skill asks something that can be decided', async () => {
  const skill = readFileSync(new URL('skill/ask-before-acting/SKILL.md', import.meta.url), 'utf8');
  const [, check] = /<<'CHECK'\n(.*?)\nCHECK/s.exec(skill) ?? [];
  const payments = fileURLToPath(new URL('../../../policies/payments', import.meta.url));
  const quiet = quietHost();
  const code = await runProgram(['check', payments, '-', '--json'], {
    ...quiet,
    read: async (path: string) =>
      path === '-'
        ? ({ ok: true, value: { name: '<stdin>', text: check ?? '' } } as const)
        : quiet.read(path),
  });
  expect([0, 3, 4]).toContain(code);
});
