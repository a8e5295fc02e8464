import type { Expr } from '../../cedar/ast.ts';
import { walk } from '../walk.ts';
import { annotationOf, policyRule, removeLine } from './rule.ts';

/** What a check announces about the action itself: no answer changes it. */
const ANNOUNCED: ReadonlySet<string> = new Set(['constraints', 'tools', 'side_effects']);

export const deferWithoutEvidence = policyRule(
  {
    id: 'defer-without-evidence',
    severity: 'warning',
    doc: 'A rule that defers asks for something. When nothing that the caller could send or change makes it stop applying, the check waits forever: name the evidence in `unless`, or let the rule deny.',
  },
  function* check({ policy, path, file, defers }) {
    if (!defers) return;
    const verdict = annotationOf(policy, 'verdict');
    if (verdict === undefined) return;
    const canFlip = policy.conditions.some(({ kind, body }) => asks(body, kind === 'unless'));
    if (canFlip) return;
    const { end } = policy.span;
    const fixes = [
      {
        title: 'Add an `unless` with the evidence',
        edits: [
          {
            path,
            span: { start: end - 1, end: end - 1 },
            text: '\nunless { context has approved_by && context.approved_by != "" }',
          },
        ],
      },
      {
        title: 'Deny instead: remove @verdict',
        edits: [removeLine(path, file.text, verdict.span)],
      },
    ];
    const message =
      'Nothing that a caller could send makes this rule stop applying: it defers forever. Name the evidence in `unless`.';
    yield { span: verdict.span, message, fixes };
  },
);

/**
 * Whether an answer could make `expr` (of an `unless`: negated) false: a comparison, which another value
 * turns, or something whose absence the rule complains about.
 */
function asks(expr: Expr, negated: boolean): boolean {
  switch (expr.kind) {
    case 'not':
      return asks(expr.operand, !negated);
    case 'and':
    case 'or':
      return expr.operands.some((operand) => asks(operand, negated));
    case 'if':
      return [expr.condition, expr.consequent, expr.alternative].some(
        (part) => asks(part, negated) || asks(part, !negated),
      );
    case 'compare':
    case 'like':
      return readsRequest(expr);
    case 'extension':
      return readsRequest(expr);
    case 'attribute':
    case 'has':
    case 'in':
    case 'is':
      return negated && readsRequest(expr);
    case 'method':
      if (expr.method === 'isEmpty') return !negated && readsRequest(expr);
      return readsRequest(expr) && (negated || !readsOnlyAnnounced(expr));
    case 'literal':
    case 'entity':
    case 'variable':
    case 'negate':
    case 'arithmetic':
    case 'set':
    case 'record':
      return false;
  }
}

function readsRequest(expr: Expr): boolean {
  for (const inner of walk(expr)) if (inner.kind === 'variable') return true;
  return false;
}

/** Whether all that is read of the context is what the action announces. */
function readsOnlyAnnounced(expr: Expr): boolean {
  for (const inner of walk(expr)) {
    const isField =
      inner.kind === 'attribute' &&
      inner.subject.kind === 'variable' &&
      inner.subject.name === 'context';
    if (isField && !ANNOUNCED.has(inner.name.text)) return false;
  }
  return true;
}
