import type { Expr } from '../../cedar/ast.ts';
import { printExpr } from '../../cedar/print.ts';
import { isName } from '../../cedar/schema/names.ts';
import { quote } from '../../cedar/strings.ts';
import type { Fix } from '../problem.ts';
import { nearest } from '../text.ts';
import type { TypeFinding } from '../types/finding.ts';
import { expressions, expressionsAt } from '../walk.ts';
import { mayOverflow } from './range.ts';
import { policyRule, replace, type LintPolicy } from './rule.ts';

const UNGUARDED: ReadonlySet<string> = new Set(['optional-attribute', 'optional-tag']);

export const forbidCanError = policyRule(
  {
    id: 'forbid-can-error',
    severity: 'error',
    doc: 'A forbid that fails while it runs is skipped by plain Cedar, which fails open; this engine denies with POLICY_ERROR instead. Ask with `has` before an optional attribute, and keep sums in range.',
  },
  function* check(rule) {
    const { policy, types } = rule;
    if (policy.effect !== 'forbid' || types === undefined) return;
    for (const finding of types.findings) {
      if (!UNGUARDED.has(finding.code)) continue;
      yield { span: finding.span, message: finding.message, fixes: guardFixes(rule, finding) };
    }
    for (const expr of expressions(policy)) {
      if (!mayOverflow(expr) || !types.isReached(expr)) continue;
      const message = `\`${printExpr(expr)}\` can pass the range of a Long and then fails: plain Cedar would skip this forbid.`;
      yield { span: expr.span, message, severity: 'warning' };
    }
  },
);

export const unguardedOptional = policyRule(
  {
    id: 'unguarded-optional',
    severity: 'error',
    doc: 'An optional attribute that is absent makes the whole permit fail, and the validator refuses it. Ask with `has` before.',
  },
  function* check(rule) {
    if (rule.policy.effect !== 'permit') return;
    for (const finding of rule.types?.findings ?? []) {
      if (!UNGUARDED.has(finding.code)) continue;
      yield { span: finding.span, message: finding.message, fixes: guardFixes(rule, finding) };
    }
  },
);

export const typeError = policyRule(
  {
    id: 'type-error',
    severity: 'error',
    doc: 'The schema does not have what this rule names, or not of this type. The official validator refuses it too.',
  },
  function* check({ path, types }) {
    for (const finding of types?.findings ?? []) {
      if (UNGUARDED.has(finding.code)) continue;
      const { span, message } = finding;
      yield { span, message, fixes: nameFixes(path, finding) };
    }
  },
);

/** The name that was most likely meant. */
function nameFixes(path: string, finding: TypeFinding): readonly Fix[] {
  const { span, candidates = [], expr } = finding;
  if (expr?.kind === 'attribute') {
    const meant = nearest(expr.name.text, candidates);
    if (meant === undefined) return [];
    const written = expr.name.span;
    const isQuoted = written.end - written.start !== expr.name.text.length;
    if (!isQuoted && !isName(meant)) return [];
    const text = isQuoted ? quote(meant) : meant;
    return [{ title: `Change to ${meant}`, edits: [replace(path, written, text)] }];
  }
  const meant = finding.written === undefined ? undefined : nearest(finding.written, candidates);
  if (meant === undefined) return [];
  return [{ title: `Change to ${meant}`, edits: [replace(path, span, meant)] }];
}

/** `subject has name && ` before the operand that the access stands in. */
function guardFixes({ policy, path }: LintPolicy, { expr }: TypeFinding): readonly Fix[] {
  const guard = guardText(expr);
  if (expr === undefined || guard === undefined) return [];
  const around = expressionsAt(policy, expr.span.start);
  let operand = around[0];
  for (const [index, outer] of around.entries()) {
    const inner = around[index + 1];
    if (inner === undefined || outer === expr) break;
    const { kind } = outer;
    if (kind === 'and' || kind === 'or' || kind === 'if') operand = inner;
  }
  if (operand === undefined || operand.kind === 'if') return [];
  const { start } = operand.span;
  const edits = [{ path, span: { start, end: start }, text: `${guard} && ` }];
  return [{ title: `Ask \`${guard}\` first`, edits }];
}

function guardText(expr: Expr | undefined): string | undefined {
  if (expr?.kind === 'attribute') {
    const { text } = expr.name;
    return `${printExpr(expr.subject)} has ${isName(text) ? text : quote(text)}`;
  }
  if (expr?.kind !== 'method') return undefined;
  return `${printExpr(expr.subject)}.hasTag(${expr.args.map(printExpr).join(', ')})`;
}
