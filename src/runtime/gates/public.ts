/**
 * The entry point `./gates`: what every gate is made of, for hosts that have no gate of their own here.
 *
 *     const gate = createGate({ decider, tools: { payments_api: { side_effects: ['money movement'] } } });
 *     const outcome = await runTool(gate, { tool: 'payments_api', arguments: args }, pay, { ask });
 */
export type { Answer, Approval, Pending, UsedApprovals } from './approval.ts';
export { usedInMemory } from './approval.ts';
export type { ToolCall } from './call.ts';
export type { ToolDescription, ToolDescriptions } from './describe.ts';
export {
  createGate,
  type DecideHow,
  type Gate,
  type GateEvent,
  type GateOptions,
  type Outcome,
  type Ruling,
  type RunOnce,
  type Tool,
} from './gate.ts';
export type { Refusal } from './refusal.ts';
export { resumeTool, runTool, type RunHow } from './run-tool.ts';
