/**
 * Calls of a coding agent as the pack `coding-agent` knows them: named by what they do, with the facts that
 * its rules ask about. Hosts call the same things by different names; their adapters all end here.
 */
import { hostOf, shellFacts } from './command-facts.ts';
import { fileFacts, placeOf, type Surroundings } from './places.ts';

/** One call, as it is to be checked. */
export interface HookCall extends LocalCall {
  /** The arguments as the host gave them. */
  readonly input: unknown;
}

/** What is to be checked of it. */
export interface LocalCall {
  readonly tool: string;
  /** For people who read the log; rules do not look at it. */
  readonly goal: string;
  readonly side_effects: readonly string[];
  readonly context: Readonly<Record<string, unknown>>;
}

type FileTool = 'read_file' | 'search_files' | 'write_file' | 'delete_file';

const SIDE_EFFECTS: Readonly<Record<FileTool, readonly string[]>> = {
  read_file: [],
  search_files: [],
  write_file: ['file_write'],
  delete_file: ['file_write', 'delete'],
};

/** A shell command. */
export function shellCall(
  command: string,
  purpose: string | undefined,
  at: Surroundings,
): LocalCall {
  const facts = shellFacts(command, at);
  return {
    tool: 'shell',
    goal: purpose ?? command,
    side_effects: ['shell'],
    context: { ...facts },
  };
}

/** A tool that touches one file; `undefined` when the call does not say which. */
export function fileCall(tool: FileTool, path: string | undefined, at: Surroundings): LocalCall {
  const place = path === undefined || path === '' ? undefined : placeOf(path, at);
  return {
    tool,
    goal: `${tool} ${path ?? ''}`.trim(),
    side_effects: SIDE_EFFECTS[tool],
    context: { files: fileFacts(place === undefined ? [] : [place], at) },
  };
}

/** Fetching an address. One that cannot be read names no host, and no rule takes that for a known one. */
export function fetchCall(address: string): LocalCall {
  const host = hostOf(address);
  return {
    tool: 'fetch_web',
    goal: `fetch ${address}`,
    side_effects: ['network'],
    context: { hosts: host === undefined ? [] : [host] },
  };
}

/** A tool about which there is nothing more to say. */
export function plainCall(
  tool: string,
  goal: string,
  sideEffects: readonly string[] = [],
): LocalCall {
  return { tool, goal, side_effects: sideEffects, context: {} };
}

/** A tool of an MCP server: under its own name, with its arguments. */
export function mcpCall(server: string, tool: string, input: unknown): LocalCall {
  return {
    tool,
    goal: `${tool} of ${server}`,
    side_effects: [],
    context: { mcp_server: server, request_channel: 'mcp', input },
  };
}
