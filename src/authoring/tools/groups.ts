/** The groups that tools are sorted into, as actions of the pack, and what the rules to begin with say of each. */
import type { McpTool, ToolNature } from './tool-list.ts';

/** Their names. */
export const GROUPS = {
  looks: 'read_only_tools',
  changes: 'changing_tools',
  destroys: 'destructive_tools',
  reaches: 'open_world_tools',
} as const;
/** Names of actions that are the engine's or this pack's own: no tool can have them. */
export const TAKEN: ReadonlySet<string> = new Set(['plan', 'call_tool', ...Object.values(GROUPS)]);

/** A tool and what it says about itself. */
export interface Described {
  readonly tool: McpTool;
  readonly nature: ToolNature;
}

/** What the rules to begin with say about a call that nobody approved. */
export function verdictOn({ destructive, openWorld }: ToolNature): 'ALLOW' | 'DEFER' | 'DENY' {
  if (destructive) return 'DENY';
  return openWorld ? 'DEFER' : 'ALLOW';
}

/** The groups that a tool is in. */
export function groupsOf({ looksOnly, destructive, openWorld }: ToolNature): readonly string[] {
  return [
    looksOnly ? GROUPS.looks : GROUPS.changes,
    ...(destructive ? [GROUPS.destroys] : []),
    ...(openWorld ? [GROUPS.reaches] : []),
  ];
}
