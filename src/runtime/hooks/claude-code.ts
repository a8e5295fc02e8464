import { err, ok, type Result } from '../../base/result.ts';
import { z } from '../../decision/zod.ts';
import type { HookAnswer, HookHost, HookRuling, Where } from './host.ts';
import {
  fetchCall,
  fileCall,
  mcpCall,
  plainCall,
  shellCall,
  type HookCall,
  type LocalCall,
} from './local-tools.ts';
import { surroundings } from './places.ts';

/** What of the event of `PreToolUse` is looked at. Hosts add fields as they go; those are theirs. */
const Event = z.object({
  hook_event_name: z.literal('PreToolUse'),
  session_id: z.string().optional(),
  cwd: z.string(),
  permission_mode: z.string().optional(),
  tool_name: z.string().min(1),
  tool_input: z.record(z.string(), z.unknown()),
});

/** Modes in which nobody is asked: there a question would be no pause. */
const UNATTENDED = new Set(['bypassPermissions', 'dontAsk']);
/** The agent's own affairs. */
const OWN = new Set([
  'TodoWrite',
  'TaskCreate',
  'TaskUpdate',
  'TaskList',
  'TaskGet',
  'EnterPlanMode',
  'ExitPlanMode',
  'AskUserQuestion',
  'Skill',
  'ToolSearch',
  'BashOutput',
  'TaskOutput',
]);

/**
 * The hook `PreToolUse` of Claude Code. Exit code 0 with `permissionDecision`, or 2, which blocks: every
 * other code lets the call go on. Source: the hooks reference of its documentation.
 */
export const claudeCode: HookHost = {
  name: 'claude-code',
  setUp: `In .claude/settings.json:
  {"hooks": {"PreToolUse": [{"matcher": "*", "hooks":
    [{"type": "command", "command": "stage0 hook claude-code --pack policies/coding-agent"}]}]}}`,
  read,
  answer,
  refuse: (why) => ({ code: 2, error: `Stage0 refused: ${why}\n` }),
};

function read(json: unknown, where: Where): Result<HookCall, string> {
  const event = Event.safeParse(json);
  if (!event.success) return err(`this is no PreToolUse event: ${z.prettifyError(event.error)}`);
  const { data } = event;
  const call = callOf(data, where);
  const run = data.session_id === undefined ? {} : { run_id: data.session_id };
  return ok({
    ...call,
    input: data.tool_input,
    context: { agent_name: 'claude-code', ...run, ...call.context },
  });
}

function callOf(
  { tool_name: tool, tool_input: input, cwd }: z.infer<typeof Event>,
  where: Where,
): LocalCall {
  const at = surroundings(where.project ?? where.env['CLAUDE_PROJECT_DIR'] ?? cwd, cwd);
  const text = (name: string): string | undefined => {
    const value = input[name];
    return typeof value === 'string' ? value : undefined;
  };
  switch (tool) {
    case 'Bash':
      return shellCall(text('command') ?? '', text('description'), at);
    case 'Read':
    case 'NotebookRead':
      return fileCall('read_file', text('file_path') ?? text('notebook_path'), at);
    case 'Write':
    case 'Edit':
    case 'MultiEdit':
    case 'NotebookEdit':
      return fileCall('write_file', text('file_path') ?? text('notebook_path'), at);
    case 'Glob':
    case 'Grep':
    case 'LS':
      return fileCall('search_files', text('path') ?? cwd, at);
    case 'WebFetch':
      return fetchCall(text('url') ?? '');
    case 'WebSearch':
      return plainCall('search_web', `search ${text('query') ?? ''}`, ['network']);
    case 'Task':
    case 'Agent':
      return plainCall('run_agent', text('description') ?? tool);
    default: {
      const [prefix, server, ...name] = tool.split('__');
      if (prefix === 'mcp' && server !== undefined && name.length > 0)
        return mcpCall(server, tool, input);
      // Any other tool is checked under its own name, which the pack does not permit unless it declares it.
      return plainCall(OWN.has(tool) ? 'manage_work' : tool, tool);
    }
  }
}

const DECISIONS = { ALLOW: 'allow', DEFER: 'ask', DENY: 'deny' } as const;

function answer({ record, reason }: HookRuling, json: unknown): HookAnswer {
  const { permission_mode: mode } = Event.parse(json);
  const unattended = record.verdict === 'DEFER' && UNATTENDED.has(mode ?? '');
  const permissionDecision = unattended ? 'deny' : DECISIONS[record.verdict];
  const permissionDecisionReason = unattended
    ? `${reason}\nNobody is asked in the mode ${mode}.`
    : reason;
  const hookSpecificOutput = {
    hookEventName: 'PreToolUse',
    permissionDecision,
    permissionDecisionReason,
  };
  return { code: 0, out: `${JSON.stringify({ hookSpecificOutput })}\n` };
}
