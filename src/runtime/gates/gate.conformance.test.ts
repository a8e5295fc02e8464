import { runTool } from './run-tool.ts';
import { gateSuite } from './testing/gate-suite.ts';
import type { GateHost, HostOptions } from './testing/host.ts';

function open({ gate, run, person }: HostOptions, asks: boolean): GateHost {
  return {
    turn: (calls, signal) =>
      Promise.all(
        calls.map(async (call) => {
          const outcome = await runTool(gate, call, (args) => run(call.tool, args), {
            signal,
            ...(asks ? { ask: async (pending) => person(JSON.stringify(pending)) } : {}),
          });
          return outcome.ran ? String(outcome.value) : outcome.refusal.message;
        }),
      ),
  };
}

gateSuite({
  name: 'a host that waits for a person',
  asks: true,
  cancels: true,
  open: async (options) => open(options, true),
});

gateSuite({
  name: 'a host that cannot wait',
  asks: false,
  cancels: true,
  open: async (options) => open(options, false),
});

/** A host that ends with the pending call, and begins anew with its approval. */
gateSuite({
  name: 'a host that is suspended',
  asks: true,
  cancels: true,
  open: async ({ gate, run, person }) => ({
    turn: (calls, signal) =>
      Promise.all(
        calls.map(async (call) => {
          const tool = (args: unknown) => run(call.tool, args);
          const first = await runTool(gate, call, tool, { signal });
          if (first.ran) return String(first.value);
          const stored: unknown = JSON.parse(JSON.stringify(first.pending ?? null));
          if (stored === null) return first.refusal.message;
          const answer = await person(JSON.stringify(stored));
          if (answer === undefined) return first.refusal.message;
          if (!answer.approved) return `${call.tool} did not run: ${answer.reason ?? ''}`;
          const approval = gate.approve(stored, answer);
          if (!approval.ok) return `${call.tool} did not run: ${approval.error}`;
          const kept: unknown = JSON.parse(JSON.stringify(approval.value));
          const second = await runTool(gate, call, tool, { signal, approval: kept });
          return second.ran ? String(second.value) : second.refusal.message;
        }),
      ),
  }),
});
