/** What check, engine, ladder and verdicts came to in one decision. */
import type { ToolDecision } from '../decision/decide.ts';
import type { Finding } from '../decision/finding.ts';
import { riskOf } from '../decision/verdict.ts';
import type { FlowNodeState, FlowStates } from './flow-states.ts';
import {
  CHECK_NODE,
  ENGINE_NODE,
  LADDER,
  ladderNodeId,
  verdictNodeId,
  type FlowGraph,
  type LadderStep,
} from './flow.ts';

/** Adds them to the states of the rules, which are known by now. */
export function addFixed(
  nodes: Map<string, FlowNodeState>,
  graph: FlowGraph,
  tool: ToolDecision,
  endedAt: FlowStates['endedAt'],
): void {
  const noticed = tool.findings.filter(isNotice);
  const ends = (standing: Finding['standing']): boolean =>
    noticed.some((finding) => finding.standing === standing);
  const engineDecides =
    (endedAt === 'deny' && ends('denies')) || (endedAt === 'defer' && ends('defers'));
  nodes.set(CHECK_NODE, { state: 'true', isDecisive: true });
  nodes.set(ENGINE_NODE, {
    state: noticed.length > 0 ? 'true' : 'false',
    isDecisive: engineDecides,
    why: noticed.map(({ issue }) => issue?.message ?? '').join(' ') || 'All facts can be read.',
  });
  const reached = endedAt === 'allow' ? LADDER.length : LADDER.indexOf(endedAt) + 1;
  for (const [index, step] of LADDER.entries()) {
    const state = index >= reached ? 'not-reached' : step === endedAt ? 'true' : 'false';
    nodes.set(ladderNodeId(step), {
      state,
      isDecisive: index < reached,
      ...(state === 'not-reached'
        ? {}
        : { why: whyStep(step, state === 'true', graph, nodes, tool) }),
    });
  }
  for (const verdict of ['ALLOW', 'DEFER', 'DENY'] as const) {
    const isIt = verdict === tool.verdict;
    nodes.set(verdictNodeId(verdict), {
      state: isIt ? 'true' : 'not-reached',
      isDecisive: isIt,
    });
  }
}

/** What the engine noticed in the request, as opposed to what the ladder itself concludes. */
export function isNotice({ rule, issue }: Finding): boolean {
  const code = issue?.code;
  return rule === undefined && code !== 'NOT_PERMITTED' && code !== 'RISK_THRESHOLD_EXCEEDED';
}

function whyStep(
  step: LadderStep,
  ends: boolean,
  graph: FlowGraph,
  nodes: ReadonlyMap<string, FlowNodeState>,
  tool: ToolDecision,
): string {
  const standing = { deny: 'denies', permit: 'permits', defer: 'defers', risk: 'permits' } as const;
  const those = tool.findings
    .filter(
      (finding) =>
        finding.standing === standing[step] && (finding.rule !== undefined || isNotice(finding)),
    )
    .map(({ rule, issue }) => rule?.id ?? issue?.code ?? 'the engine');
  const names = [...new Set(those)].join(', ');
  switch (step) {
    case 'deny':
      return ends ? `Denied by ${names}.` : 'No rule denies.';
    case 'permit': {
      const about = graph.rules.some(
        ({ id, tier }) => tier === 'permit' && nodes.get(id)?.state !== 'not-reached',
      );
      if (!ends) return `Permitted by ${names}.`;
      return about ? 'The permits for this do not apply.' : 'No permit is about this.';
    }
    case 'defer':
      return ends ? `Deferred by ${names}.` : 'No rule defers.';
    case 'risk':
      return `The risk is ${riskOf(tool.findings)} of ${graph.threshold}.`;
  }
}
