import type { Span } from '../../base/span.ts';
import type { Condition, Expr } from '../../cedar/ast.ts';
import { printExpr } from '../../cedar/print.ts';
import { isName } from '../../cedar/schema/names.ts';
import { quote } from '../../cedar/strings.ts';
import type { Fix } from '../problem.ts';
import { nearest } from '../text.ts';
import type { PolicyTypes } from '../types/check-policy.ts';
import { children } from '../walk.ts';
import {
  effectSpan,
  policyRule,
  removeLine,
  replace,
  type LintContext,
  type LintPolicy,
} from './rule.ts';

export const conditionAlwaysTrue = policyRule(
  {
    id: 'condition-always-true',
    severity: 'warning',
    doc: 'A condition that every request meets says nothing, and hides that the rule is unconditional. Remove it, or ask what was meant.',
  },
  function* check({ policy, path, file, types }) {
    if (types === undefined || types.environments.length === 0) return;
    for (const { span, kind, body } of policy.conditions) {
      if (meets(types, kind, body) !== true) {
        yield* redundant(types, body);
        continue;
      }
      const message = `This \`${kind}\` is met by every request that the scope matches.`;
      const fixes = [
        { title: `Remove the \`${kind}\``, edits: [removeLine(path, file.text, span)] },
      ];
      yield { span, message, fixes };
    }
  },
);

export const conditionAlwaysFalse = policyRule(
  {
    id: 'condition-always-false',
    severity: 'warning',
    doc: 'A condition that no request can meet: the rule, or this part of it, never counts. Mostly a misspelt name, or a type that the action does not have.',
  },
  function* check(rule) {
    const { policy, types } = rule;
    if (types === undefined || types.environments.length === 0) return;
    let said = false;
    for (const { span, kind, body } of policy.conditions) {
      if (meets(types, kind, body) === false) {
        said = true;
        const message = `No request can meet this \`${kind}\`: the rule never applies.`;
        yield { span, message, fixes: absentFixes(rule, body) };
      } else {
        for (const part of settledParts(types, body, false)) {
          const message = `\`${printExpr(part)}\` is false for every request.`;
          yield { span: part.span, message, fixes: absentFixes(rule, part) };
        }
      }
    }
    const first = policy.conditions[0];
    if (!said && first !== undefined && types.outcome === 'never') {
      const message = 'No request can meet all conditions of this rule: it never applies.';
      yield { span: first.span, message };
    }
  },
);

export const ruleNeverMatches = policyRule(
  {
    id: 'rule-never-matches',
    severity: 'warning',
    doc: 'The schema admits no request with this principal, action and resource together. Look at what the action applies to.',
  },
  function* check({ policy, file, types }, context) {
    if (types === undefined || types.environments.length > 0) return;
    // A name that nothing declares is said already, and is why.
    const scope = [policy.principal, policy.action, policy.resource];
    const isSaid = types.findings.some(({ code, span }) => {
      const named = code.startsWith('unknown-') || code === 'empty-set';
      return (
        named && scope.some((part) => part.span.start <= span.start && span.end <= part.span.end)
      );
    });
    if (isSaid) return;
    const start = policy.principal.span.start;
    const span: Span = { start, end: policy.resource.span.end };
    yield {
      span: span.end > start ? span : effectSpan(policy, file.text),
      message: why(policy, context),
    };
  },
);

function why({ action }: LintPolicy['policy'], { model }: LintContext): string {
  const named = action.kind === 'any' ? [] : 'entity' in action ? [action.entity] : action.entities;
  const [only] = named;
  const applies = only && model.schema?.actions.get(only.uid.toString())?.appliesTo;
  if (named.length !== 1 || only === undefined || applies === undefined) {
    return 'No request has this principal, action and resource together: the rule never applies.';
  }
  const { principals, resources } = applies;
  return `${only.uid} is only done by ${principals.join(' or ')} on ${resources.join(' or ')}: the rule never applies.`;
}

/** Whether every request (true) or no request (false) that reaches the condition meets it. */
function meets(types: PolicyTypes, kind: Condition['kind'], body: Expr): boolean | undefined {
  const value = types.settledValue(body);
  return value === undefined ? undefined : value === (kind === 'when');
}

/** Parts of a condition that are `value` for every request, the outermost of them. */
function* settledParts(types: PolicyTypes, whole: Expr, value: boolean): Generator<Expr, void> {
  if (!['and', 'or', 'not', 'if'].includes(whole.kind)) return;
  for (const part of children(whole)) {
    if (types.settledValue(part) === value) yield part;
    else yield* settledParts(types, part, value);
  }
}

/** Operands that ask what is never in doubt. Asking again for what a `has` before has found is harmless. */
function* redundant(types: PolicyTypes, body: Expr) {
  for (const part of settledParts(types, body, true)) {
    if (part.kind === 'literal') continue;
    if (part.kind === 'has' && !isRequired(types, part)) continue;
    if (part.kind === 'and' || part.kind === 'or' || part.kind === 'not') continue;
    const message = `\`${printExpr(part)}\` is true for every request.`;
    yield { span: part.span, message, severity: 'info' as const };
  }
}

function isRequired(types: PolicyTypes, { path }: Expr & { readonly kind: 'has' }): boolean {
  return path.every((name) => types.attributesOf(name).every(({ required }) => required));
}

/** For each `has` of a name that nothing declares: the name that was most likely meant. */
function absentFixes({ path, types, file }: LintPolicy, within: Expr): readonly Fix[] {
  const fixes: Fix[] = [];
  for (const name of types?.absent ?? []) {
    if (name.span.start < within.span.start || name.span.end > within.span.end) continue;
    const known = new Set<string>();
    for (const { context } of types?.environments ?? []) {
      for (const attribute of context.attributes.keys()) known.add(attribute);
      for (const { type } of context.attributes.values()) {
        if (type.kind === 'record') for (const inner of type.attributes.keys()) known.add(inner);
      }
    }
    const meant = nearest(name.text, known);
    if (meant === undefined) continue;
    const isQuoted = file.text[name.span.start] === '"';
    if (!isQuoted && !isName(meant)) continue;
    const text = isQuoted ? quote(meant) : meant;
    fixes.push({ title: `Change to ${meant}`, edits: [replace(path, name.span, text)] });
  }
  return fixes;
}
