/** Which edges one decision went along, and which of them decided. */
import type { ToolDecision } from '../decision/decide.ts';
import { isNotice } from './flow-ladder-states.ts';
import type { FlowEdgeState, FlowNodeState, FlowStates } from './flow-states.ts';
import {
  CHECK_NODE,
  ENGINE_NODE,
  ladderNodeId,
  verdictNodeId,
  type FlowEdge,
  type LadderStep,
} from './flow.ts';

/** The step whose rules made the verdict possible: an ALLOW, and a risk, come from permits. */
function settledAt(endedAt: FlowStates['endedAt']): LadderStep {
  return endedAt === 'allow' || endedAt === 'risk' ? 'permit' : endedAt;
}

/** What became of one edge; `nodes`: all states of nodes. */
export function edgeState(
  { from, to, kind }: FlowEdge,
  nodes: ReadonlyMap<string, FlowNodeState>,
  tool: ToolDecision,
  endedAt: FlowStates['endedAt'],
): FlowEdgeState {
  const start = nodes.get(from);
  const end = nodes.get(to);
  const state = start?.state ?? 'not-reached';
  const both = start?.isDecisive === true && end?.isDecisive === true;
  switch (kind) {
    case 'applies':
      // Into a rule goes what its scope lets through; into a scope, what it matches.
      return from === CHECK_NODE && to !== ENGINE_NODE
        ? { state: end?.state ?? 'not-reached', isDecisive: both }
        : { state: state === 'false' ? 'not-reached' : state, isDecisive: both };
    case 'says': {
      const isDecisive = both && to === ladderNodeId(settledAt(endedAt));
      if (from !== ENGINE_NODE) return { state, isDecisive };
      const standing = to === ladderNodeId('deny') ? 'denies' : 'defers';
      const says = tool.findings.some(
        (finding) => isNotice(finding) && finding.standing === standing,
      );
      return { state: says ? 'true' : 'false', isDecisive: isDecisive && says };
    }
    case 'fails':
      return state === 'error'
        ? { state: 'true', isDecisive: both }
        : { state: 'not-reached', isDecisive: false };
    case 'risk':
      return { state, isDecisive: both && endedAt === 'risk' };
    case 'next':
      return end?.state === 'not-reached' || end === undefined
        ? { state: 'not-reached', isDecisive: false }
        : { state: 'true', isDecisive: both };
    case 'decides': {
      const taken =
        to === verdictNodeId(tool.verdict) &&
        from === ladderNodeId(endedAt === 'allow' ? 'risk' : endedAt);
      return { state: taken ? 'true' : 'not-reached', isDecisive: taken };
    }
  }
}
