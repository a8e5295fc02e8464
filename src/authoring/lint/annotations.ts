import { quote } from '../../cedar/strings.ts';
import { annotationProblems } from '../../pack/annotations.ts';
import type { PackProblem } from '../../pack/problem.ts';
import { grouped } from '../group.ts';
import type { Fix } from '../problem.ts';
import { nearest } from '../text.ts';
import { ANNOTATION_WORDS } from '../vocabulary.ts';
import {
  annotationOf,
  annotationValue,
  effectSpan,
  headOf,
  insertAnnotation,
  policyRule,
  removeLine,
  replace,
  type LintPolicy,
  type LintRule,
} from './rule.ts';

/** Codes of the pack's reader that a rule here says too, with a fix: one of the two is enough. */
export const SAID_BY_LINT: ReadonlyMap<string, string> = new Map([
  ['POLICY_ID_MISSING', 'missing-id'],
  ['POLICY_ID_DUPLICATE', 'duplicate-id'],
  ['POLICY_ID_FORM', 'annotation-value'],
  ['VERDICT_UNKNOWN', 'annotation-value'],
  ['VERDICT_ON_PERMIT', 'verdict-on-permit'],
  ['SEVERITY_UNKNOWN', 'annotation-value'],
  ['SEVERITY_ON_PERMIT', 'annotation-value'],
  ['RISK_FORM', 'annotation-value'],
  ['ISSUE_FORM', 'annotation-value'],
  ['ISSUE_MISSING', 'annotation-value'],
  ['GUARDRAIL_FORM', 'annotation-value'],
  ['ANNOTATION_EMPTY', 'annotation-value'],
  ['ANNOTATION_UNKNOWN', 'unknown-annotation'],
]);

export const forbidWithoutIssue = policyRule(
  {
    id: 'forbid-without-issue',
    severity: 'warning',
    doc: 'A forbid without @issue changes the verdict and leaves no code in the record: clients cannot tell why. Name one.',
  },
  function* check(rule) {
    const { policy, file } = rule;
    if (policy.effect !== 'forbid' || annotationOf(policy, 'issue') !== undefined) return;
    const id = annotationValue(policy, 'id') ?? 'rule-applies';
    const code = id
      .toUpperCase()
      .replaceAll(/[^A-Z0-9]+/g, '_')
      .replaceAll(/^[_\d]+|_+$/g, '');
    const fix = {
      title: `Add @issue("${code || 'ISSUE'}")`,
      edits: [insertAnnotation(rule, `@issue("${code || 'ISSUE'}")`)],
    };
    const message = 'This rule has no @issue: records would not say why it applied.';
    yield { span: effectSpan(policy, file.text), message, fixes: [fix] };
  },
);

export const unknownAnnotation = policyRule(
  {
    id: 'unknown-annotation',
    severity: 'info',
    doc: 'The engine reads only the annotations of the contract. Others are kept and mean nothing; most are misspelt.',
  },
  function* check({ policy, path, file }) {
    const taken = new Set(policy.annotations.map(({ name }) => name));
    for (const { name, span } of policy.annotations) {
      if (ANNOTATION_WORDS.has(name)) continue;
      const meant = nearest(name, ANNOTATION_WORDS.keys());
      const nameSpan = { start: span.start + 1, end: span.start + 1 + name.length };
      const remove = {
        title: `Remove @${name}`,
        edits: [removeLine(path, file.text, span)],
      };
      const fixes: Fix[] = [remove];
      if (meant !== undefined && !taken.has(meant)) {
        fixes.unshift({ title: `Change to @${meant}`, edits: [replace(path, nameSpan, meant)] });
      }
      const message =
        meant === undefined
          ? `The engine does not read @${name}.`
          : `@${name} means nothing here. @${meant}?`;
      yield { span, message, fixes, ...(meant === undefined ? {} : { severity: 'warning' }) };
    }
  },
);

export const annotationValueRule = policyRule(
  {
    id: 'annotation-value',
    severity: 'error',
    doc: 'A record is built from annotations, so a value that cannot be read would change a verdict, a severity or a risk unseen.',
  },
  function* check(rule) {
    for (const problem of annotationProblems(rule.path, rule.policy)) {
      if (SAID_BY_LINT.get(problem.code) !== 'annotation-value' || problem.span === undefined)
        continue;
      const { span, message, severity } = problem;
      yield { span, message, severity, fixes: valueFixes(rule, problem, span) };
    }
  },
);

export const verdictOnPermit = policyRule(
  {
    id: 'verdict-on-permit',
    severity: 'error',
    doc: 'Only a forbid can defer. A permit allows when nothing objects; what should wait for evidence is a forbid with @verdict("DEFER").',
  },
  function* check({ policy, path, file }) {
    const verdict = annotationOf(policy, 'verdict');
    if (policy.effect !== 'permit' || verdict === undefined) return;
    const remove = { title: 'Remove @verdict', edits: [removeLine(path, file.text, verdict.span)] };
    const message = 'A permit has no @verdict: only a forbid can defer.';
    yield { span: verdict.span, message, fixes: [remove] };
  },
);

export const issueSeverityConflict: LintRule = {
  id: 'issue-severity-conflict',
  severity: 'warning',
  doc: 'Clients sort and alert by code. A code that is grave in one rule and harmless in another means nothing: give one of them a code of its own, or both one severity.',
  *check({ policies }) {
    const byCode = grouped(
      policies.filter(({ policy }) => (annotationValue(policy, 'issue') ?? '') !== ''),
      ({ policy }) => annotationValue(policy, 'issue') ?? '',
    );
    for (const [code, rules] of byCode) {
      const bySeverity = grouped(rules, severityOf);
      if (bySeverity.size < 2) continue;
      for (const rule of rules) {
        const mine = severityOf(rule);
        const others = [...bySeverity.keys()].filter((severity) => severity !== mine);
        const issue = annotationOf(rule.policy, 'issue');
        const span = annotationOf(rule.policy, 'severity')?.span ?? issue?.span ?? headOf(rule);
        const [other = ''] = others;
        const name = bySeverity.get(other)?.map(({ policy }) => annotationValue(policy, 'id'))[0];
        const message = `${code} is ${mine} here and ${other} in ${name ?? 'another rule'}.`;
        const fixes = others.flatMap((severity) => severityFix(rule, severity));
        yield { path: rule.path, span, message, fixes };
      }
    }
  },
};

function severityFix(rule: LintPolicy, severity: string): readonly Fix[] {
  if (rule.policy.effect === 'permit' && (severity === 'HIGH' || severity === 'CRITICAL'))
    return [];
  const present = annotationOf(rule.policy, 'severity');
  const text = `@severity("${severity}")`;
  const edit =
    present === undefined ? insertAnnotation(rule, text) : replace(rule.path, present.span, text);
  return [{ title: `Make it ${severity}`, edits: [edit] }];
}

function severityOf({ policy, defers }: LintPolicy): string {
  const standing = policy.effect === 'permit' ? 'LOW' : defers ? 'MEDIUM' : 'HIGH';
  return annotationValue(policy, 'severity') ?? standing;
}

/** What a value was most likely meant to be. */
function valueFixes(
  { policy, path, file }: LintPolicy,
  { code }: PackProblem,
  span: { readonly start: number; readonly end: number },
): readonly Fix[] {
  const annotation = policy.annotations.find(
    ({ span: own }) => own.start <= span.start && span.end <= own.end,
  );
  if (annotation === undefined) return [];
  const { name, value } = annotation;
  const to = (text: string): Fix => ({
    title: `Change to ${quote(text)}`,
    edits: [replace(path, annotation.span, `@${name}(${quote(text)})`)],
  });
  const remove = {
    title: `Remove @${name}`,
    edits: [removeLine(path, file.text, annotation.span)],
  };
  const word = ANNOTATION_WORDS.get(name);
  switch (code) {
    case 'VERDICT_UNKNOWN':
    case 'SEVERITY_UNKNOWN': {
      const values = (word?.values ?? []).map((known) => known.value);
      const meant = nearest(value, values) ?? nearest(value.toUpperCase(), values);
      const rest = values.filter((known) => known !== meant);
      return (meant === undefined ? rest : [meant, ...rest]).map(to);
    }
    case 'SEVERITY_ON_PERMIT':
      return [to('MEDIUM'), remove];
    case 'RISK_FORM': {
      const number = Math.round(Number.parseFloat(value));
      return Number.isNaN(number) ? [remove] : [to(String(Math.min(Math.max(number, 0), 100)))];
    }
    case 'POLICY_ID_FORM': {
      const kebab = words(value).join('-').toLowerCase();
      return kebab === '' ? [] : [to(kebab)];
    }
    case 'ISSUE_FORM': {
      const constant = words(value)
        .join('_')
        .toUpperCase()
        .replace(/^[\d_]+/, '');
      return constant === '' ? [remove] : [to(constant)];
    }
    case 'GUARDRAIL_FORM': {
      const snake = words(value)
        .join('_')
        .toLowerCase()
        .replace(/^[\d_]+/, '');
      return snake === '' ? [remove] : [to(snake)];
    }
    case 'ISSUE_MISSING':
    case 'ANNOTATION_EMPTY':
      return [remove];
    default:
      return [];
  }
}

function words(text: string): readonly string[] {
  return text.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').match(/[A-Za-z0-9]+/g) ?? [];
}
