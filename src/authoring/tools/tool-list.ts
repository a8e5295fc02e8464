/** The tools of an MCP server, from its answer to `tools/list`. It is as hostile as the server may be. */
import { err, ok, type Result } from '../../base/result.ts';
import { z } from '../../decision/zod.ts';

const LIMITS = { characters: 4_000_000, tools: 1000 };

const Hint = z.boolean().optional().catch(undefined);

const ToolShape = z.looseObject({
  name: z
    .string('must be a name')
    .min(1, 'must be a name')
    .max(200, 'is longer than 200 characters'),
  title: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  inputSchema: z.record(z.string(), z.unknown(), 'must be a JSON schema, an object'),
  annotations: z
    .looseObject({ readOnlyHint: Hint, destructiveHint: Hint, openWorldHint: Hint })
    .optional()
    .catch(undefined),
});

/** One tool as its server describes it. */
export type McpTool = Readonly<z.output<typeof ToolShape>>;

/**
 * Reads a list of tools: the answer to `tools/list` whole, its `result`, or the list alone. The error names
 * the first tool that is wrong.
 */
export function readToolList(text: string): Result<readonly McpTool[], string> {
  if (text.length > LIMITS.characters) return err('The list of tools is too long.');
  const list = listIn(parse(text));
  if (list === undefined) {
    return err('This is no list of tools: paste what a server answers to tools/list, in JSON.');
  }
  if (list.length === 0) return err('The list has no tools in it.');
  if (list.length > LIMITS.tools) return err(`There are more than ${LIMITS.tools} tools.`);
  const tools: McpTool[] = [];
  for (const [at, one] of list.entries()) {
    const tool = ToolShape.safeParse(one);
    if (!tool.success) {
      const [issue] = tool.error.issues;
      return err(`Tool ${at + 1}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is wrong'}`);
    }
    if (tools.some(({ name }) => name === tool.data.name)) {
      return err(`Tool ${at + 1}: the name ${tool.data.name} is there twice.`);
    }
    tools.push(tool.data);
  }
  return ok(tools);
}

function listIn(value: unknown): readonly unknown[] | undefined {
  if (isList(value)) return value;
  if (!isObject(value)) return undefined;
  return listIn(
    value['tools'] ?? (isObject(value['result']) ? value['result']['tools'] : undefined),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// ---------------------------------------------------------------- what a tool says about itself

export interface ToolNature {
  readonly looksOnly: boolean;
  readonly destructive: boolean;
  readonly openWorld: boolean;
}

/**
 * What a tool's annotations say, and what MCP assumes where they are silent: a tool that does not claim to
 * only look may destroy, and may reach the world outside. One that only looks stays inside unless it says
 * otherwise, since looking has no effect there.
 */
export function natureOf({ annotations }: McpTool): ToolNature {
  const looksOnly = annotations?.readOnlyHint === true;
  return {
    looksOnly,
    destructive: !looksOnly && annotations?.destructiveHint !== false,
    openWorld: annotations?.openWorldHint ?? !looksOnly,
  };
}

/** The side effects that this amounts to, in the words of the contract. */
export function sideEffectsOf({
  looksOnly,
  destructive,
  openWorld,
}: ToolNature): readonly string[] {
  return [
    ...(looksOnly ? [] : [destructive ? 'delete' : 'write']),
    ...(openWorld ? ['external_communication'] : []),
  ];
}
