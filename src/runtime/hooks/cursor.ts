import { err, ok, type Result } from '../../base/result.ts';
import { z } from '../../decision/zod.ts';
import type { HookAnswer, HookHost, HookRuling, Where } from './host.ts';
import {
  fileCall,
  mcpCall,
  plainCall,
  shellCall,
  type HookCall,
  type LocalCall,
} from './local-tools.ts';
import { surroundings } from './places.ts';

const Common = {
  conversation_id: z.string().optional(),
  workspace_roots: z.array(z.string()).readonly().default([]),
  cwd: z.string().optional(),
};
const Input = z.record(z.string(), z.unknown());

/** The events that can be stopped. After the others the thing has happened. */
const Event = z.discriminatedUnion('hook_event_name', [
  z.object({ ...Common, hook_event_name: z.literal('beforeShellExecution'), command: z.string() }),
  z.object({
    ...Common,
    hook_event_name: z.literal('beforeMCPExecution'),
    tool_name: z.string().min(1),
    /** An object, or the text of one. */
    tool_input: z.union([z.string(), Input]).optional(),
    server: z.string().optional(),
    url: z.string().optional(),
    command: z.string().optional(),
  }),
  z.object({ ...Common, hook_event_name: z.literal('beforeReadFile'), file_path: z.string() }),
  z.object({
    ...Common,
    hook_event_name: z.literal('preToolUse'),
    tool_name: z.string().min(1),
    tool_input: Input,
  }),
]);
type Event = z.infer<typeof Event>;

/** Events whose answer may be a question to the person at the machine. */
const CAN_ASK: ReadonlySet<Event['hook_event_name']> = new Set([
  'beforeShellExecution',
  'beforeMCPExecution',
]);

/**
 * The hooks of Cursor that come before something happens. The answer is `permission`; exit code 2 blocks.
 * Source: the page on hooks of its documentation.
 */
export const cursor: HookHost = {
  name: 'cursor',
  setUp: `In .cursor/hooks.json, the same for beforeMCPExecution, beforeReadFile and preToolUse:
  {"version": 1, "hooks": {"beforeShellExecution":
    [{"command": "stage0 hook cursor --pack policies/coding-agent", "failClosed": true}]}}`,
  read,
  answer,
  refuse: (why) => ({
    code: 2,
    out: permission('deny', `Stage0 refused: ${why}`),
    error: `Stage0 refused: ${why}\n`,
  }),
};

function read(json: unknown, where: Where): Result<HookCall, string> {
  const event = Event.safeParse(json);
  if (!event.success)
    return err(`this is no event that can be stopped: ${z.prettifyError(event.error)}`);
  const call = callOf(event.data, where);
  const { conversation_id: id } = event.data;
  const run = id === undefined ? {} : { run_id: id };
  return ok({
    ...call,
    input: inputOf(event.data),
    context: { agent_name: 'cursor', ...run, ...call.context },
  });
}

/** What the call is about, for its hash. */
function inputOf(event: Event): unknown {
  switch (event.hook_event_name) {
    case 'beforeShellExecution':
      return { command: event.command };
    case 'beforeReadFile':
      return { file_path: event.file_path };
    case 'beforeMCPExecution':
    case 'preToolUse':
      return typeof event.tool_input === 'object' ? event.tool_input : { input: event.tool_input };
  }
}

function callOf(event: Event, where: Where): LocalCall {
  const [root] = event.workspace_roots;
  const cwd = event.cwd === undefined || event.cwd === '' ? (root ?? where.cwd) : event.cwd;
  const at = surroundings(where.project ?? root ?? cwd, cwd);
  switch (event.hook_event_name) {
    case 'beforeShellExecution':
      return shellCall(event.command, undefined, at);
    case 'beforeMCPExecution': {
      const { tool_name: tool, tool_input: input, server, url, command } = event;
      return mcpCall(
        server ?? url ?? command ?? 'unknown',
        tool,
        typeof input === 'string' ? undefined : input,
      );
    }
    case 'beforeReadFile':
      return fileCall('read_file', event.file_path, at);
    case 'preToolUse':
      return toolCall(event.tool_name, event.tool_input, at);
  }
}

function toolCall(
  tool: string,
  input: Readonly<Record<string, unknown>>,
  at: ReturnType<typeof surroundings>,
): LocalCall {
  const text = (...names: readonly string[]): string | undefined =>
    names.map((name) => input[name]).find((value) => typeof value === 'string');
  const path = text('file_path', 'path', 'target_file');
  switch (tool) {
    case 'Shell':
      return shellCall(text('command') ?? '', text('description'), at);
    case 'Read':
      return fileCall('read_file', path, at);
    case 'Write':
    case 'Edit':
      return fileCall('write_file', path, at);
    case 'Delete':
      return fileCall('delete_file', path, at);
    case 'Grep':
    case 'Glob':
    case 'LS':
      return fileCall('search_files', path ?? at.cwd, at);
    case 'Task':
      return plainCall('run_agent', text('description') ?? tool);
    default:
      return tool.startsWith('MCP:')
        ? mcpCall('unknown', tool.slice(4), input)
        : plainCall(tool, tool);
  }
}

const PERMISSIONS = { ALLOW: 'allow', DEFER: 'ask', DENY: 'deny' } as const;

function answer({ record, reason }: HookRuling, json: unknown): HookAnswer {
  const { hook_event_name: name } = Event.parse(json);
  const pauses = record.verdict !== 'DEFER' || CAN_ASK.has(name);
  return { code: 0, out: permission(pauses ? PERMISSIONS[record.verdict] : 'deny', reason) };
}

function permission(decided: 'allow' | 'ask' | 'deny', reason: string): string {
  const told = decided === 'allow' ? {} : { user_message: reason, agent_message: reason };
  return `${JSON.stringify({ permission: decided, ...told })}\n`;
}
