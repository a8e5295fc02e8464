/** The rules of a flow graph: what each asks for in words, and where its word goes. */
import type { Policy } from '../cedar/ast.ts';
import type { PolicyWords, Words } from '../cedar/words.ts';
import { ruleWords } from '../decision/rule-words.ts';
import type { Standing } from '../decision/rules.ts';
import type { Pack, PackRule } from '../pack/read.ts';
import {
  edge,
  ladderNodeId,
  type FlowCondition,
  type FlowEdge,
  type FlowRule,
  type FlowScope,
  type FlowTier,
} from './flow.ts';

function ruleNodeId(ruleId: string): string {
  return `rule:${ruleId}`;
}

type Reading = Pack['policies']['rules'][number];

/** A rule with its words, and the scope that leads to it. */
export function ruleNode(
  rule: PackRule,
  policy: Policy,
  reading: Reading,
): { readonly node: FlowRule; readonly scope: Omit<FlowScope, 'kind'> } {
  const words = ruleWords(policy, reading.standing);
  const id = ruleNodeId(rule.id);
  const text = scopeText(words);
  const scope = { id: `scope:${text}`, text };
  const { issue, question } = reading;
  const node: FlowRule = {
    kind: 'rule',
    id,
    ruleId: rule.id,
    tier: TIERS[reading.standing],
    verdict: rule.verdict,
    scopeId: scope.id,
    text: words.sentence,
    ...(issue === undefined
      ? {}
      : { issue: issue.code, severity: issue.severity, message: issue.message }),
    ...(question === undefined ? {} : { question }),
    risk: reading.risk,
    path: rule.path,
    span: rule.span,
    action: words.scope.action.text,
    clauses: words.clauses.map((clause, index) => ({
      id: `${id}/${index}`,
      kind: clause.kind,
      span: clause.span,
      condition: conditionNode(clause.words, `${id}/${index}/`),
    })),
  };
  return { node, scope };
}

const TIERS: Readonly<Record<Standing, FlowTier>> = {
  permits: 'permit',
  defers: 'defer',
  denies: 'deny',
};

function scopeText({ scope: { principal, action, resource } }: PolicyWords): string {
  const parts = [action, principal, resource].filter(({ isAny }) => !isAny);
  return parts.length === 0 ? 'everything' : parts.map(({ text }) => text).join(', ');
}

/** The recursion is as deep as the expression, whose depth the parser limits. */
function conditionNode(words: Words, id: string): FlowCondition {
  const { kind, text, negation, span, reads } = words;
  const parts = words.parts.map((part, index) => conditionNode(part, `${id}${index}.`));
  return { id, kind, text, negation, span, reads, parts };
}

/** What leads to a rule, and what it says to the ladder. */
export function ruleEdges(rule: FlowRule): readonly FlowEdge[] {
  const says = edge(rule.id, ladderNodeId(rule.tier), 'says');
  const applies = edge(rule.scopeId, rule.id, 'applies');
  switch (rule.tier) {
    case 'deny':
      return [applies, says];
    case 'defer':
      return [applies, says, edge(rule.id, ladderNodeId('deny'), 'fails')];
    case 'permit':
      return rule.risk === 0
        ? [applies, says]
        : [applies, says, edge(rule.id, ladderNodeId('risk'), 'risk')];
  }
}
