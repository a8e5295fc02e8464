/** How large each card of the rule flow is, in pixels at zoom 1. The style sheet draws them as large. */
import type { FlowGroup } from '../simulation/flow-groups.ts';
import type { FlowCondition, FlowNode, FlowRule } from '../simulation/flow.ts';

type ViewNode = FlowNode | FlowGroup;

export const RULE_WIDTH = 300;
/** A rule's card while it is closed, and a group's: name, issue, and two lines of words. */
const CLOSED = 98;
const GROUP_HEAD = 36;

const LINE = 18;
const PADDING = 20;
/** Letters that surely fit into a line: the font is proportional, so this is on the safe side. */
const LETTERS = { rule: 40, scope: 17, plain: 16, ladder: 20 } as const;
/** The least height of cards whose words are drawn larger from afar. */
const LEAST = 80;

function lines(text: string, letters: number): number {
  return Math.max(1, Math.ceil(text.length / letters));
}

/** The height of a condition tree as `condition-words.tsx` draws it. */
function treeHeight(condition: FlowCondition, depth: number): number {
  const letters = Math.max(14, LETTERS.rule - 8 - depth * 2);
  if (condition.parts.length === 0) return lines(condition.text, letters) * LINE + 6;
  return condition.parts.reduce((sum, part) => sum + treeHeight(part, depth + 1), LINE + 6);
}

/** The height of a rule's card: three lines, or whole with its conditions when it is open. */
function ruleHeight(rule: FlowRule, isOpen: boolean): number {
  if (!isOpen) return CLOSED;
  const head = PADDING + 24 + LINE + 8;
  const body = lines(rule.text, LETTERS.rule) * LINE;
  return rule.clauses.reduce(
    (sum, clause) => sum + LINE + 6 + treeHeight(clause.condition, 1),
    head + body + 6,
  );
}

/** The height of a node's card. `open`: ids of the rules that show their conditions. */
export function nodeHeight(node: ViewNode, open: ReadonlySet<string>): number {
  switch (node.kind) {
    case 'rule':
      return ruleHeight(node, open.has(node.id));
    case 'group':
      return node.isOpen ? GROUP_HEAD : CLOSED;
    case 'scope':
      return Math.max(LEAST, PADDING + lines(node.text, LETTERS.scope) * LINE);
    case 'check':
    case 'engine':
      return Math.max(LEAST, PADDING + lines(node.text, LETTERS.plain) * LINE);
    case 'ladder':
      return Math.max(LEAST, PADDING + lines(node.text, LETTERS.ladder) * LINE);
    case 'verdict':
      return 52;
  }
}
