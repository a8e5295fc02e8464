import { err, ok, type Result } from '../../base/result.ts';
import { z } from '../../decision/zod.ts';
import type { HookHost } from './host.ts';
import { mcpCall, type HookCall } from './local-tools.ts';

const Call = z.object({
  name: z.string().min(1),
  arguments: z.record(z.string(), z.unknown()).nullish(),
});
/** Older gateways write the field with a capital letter. */
const Request = z.union([
  z.object({ method: z.literal('tools/call'), params: Call }),
  z.object({ Params: Call }).transform(({ Params }) => ({ params: Params })),
]);

/**
 * `--interceptor before:exec:…` of the Docker MCP gateway. What is printed takes the place of the tool's
 * result; nothing printed lets the call go on, and any exit code but 0 fails it. The gateway cannot ask a
 * person, so DEFER refuses as well. Source: its `pkg/interceptors`.
 */
export const dockerMcp: HookHost = {
  name: 'docker-mcp',
  setUp: `  docker mcp gateway run --interceptor 'before:exec:stage0 hook docker-mcp --pack policies/my-tools'`,
  read,
  answer: ({ record, reason }) =>
    record.verdict === 'ALLOW' ? { code: 0 } : { code: 0, out: refusal(reason) },
  refuse: (why) => ({
    code: 0,
    out: refusal(`Stage0 refused: ${why}`),
    error: `Stage0 refused: ${why}\n`,
  }),
};

function read(json: unknown): Result<HookCall, string> {
  const request = Request.safeParse(json);
  if (!request.success) return err('this is no tools/call of the Docker MCP gateway');
  const { name, arguments: input } = request.data.params;
  const call = mcpCall('docker-mcp', name, input ?? {});
  return ok({
    ...call,
    input: input ?? {},
    context: { agent_name: 'docker-mcp', ...call.context },
  });
}

function refusal(text: string): string {
  return `${JSON.stringify({ content: [{ type: 'text', text }], isError: true })}\n`;
}
