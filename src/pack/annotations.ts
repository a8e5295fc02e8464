/**
 * The rules of the contract about annotations. A record is built from them, so what they say must be
 * exactly what their author meant: what would change a verdict, a severity or a risk is an error, what
 * would merely be lost is a warning.
 */
import type { Annotation, Policy } from '../cedar/ast.ts';
import { SEVERITIES } from '../decision/rules.ts';
import { problem, warning, type PackProblem } from './problem.ts';

const KNOWN = [
  'id',
  'verdict',
  'issue',
  'severity',
  'message',
  'question',
  'risk',
  'value_risk',
  'waste_risk',
  'guardrail',
];

/** What is wrong with the annotations of one policy, `@id` included (its uniqueness aside). */
export function annotationProblems(path: string, policy: Policy): readonly PackProblem[] {
  const named = new Map(policy.annotations.map((annotation) => [annotation.name, annotation]));
  const problems: PackProblem[] = [];
  if (!named.has('id')) {
    const message = 'The policy needs an @id: the name it has in records, lists and links.';
    problems.push(problem(path, 'POLICY_ID_MISSING', message, { span: policy.span }));
  }
  for (const annotation of policy.annotations) {
    problems.push(...annotationProblem(path, policy, annotation, named));
  }
  return problems;
}

function annotationProblem(
  path: string,
  policy: Policy,
  annotation: Annotation,
  named: ReadonlyMap<string, Annotation>,
): readonly PackProblem[] {
  const { name, value } = annotation;
  const where = { span: annotation.valueSpan ?? annotation.span };
  const wrong = (code: string, message: string): PackProblem[] => [
    problem(path, code, message, where),
  ];
  const doubtful = (code: string, message: string): PackProblem[] => [
    warning(path, code, message, where),
  ];
  switch (name) {
    case 'id':
      return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(value)
        ? []
        : wrong('POLICY_ID_FORM', `"${value}" is not in kebab-case, as in payout-needs-approval.`);
    case 'verdict':
      if (policy.effect === 'permit') {
        return wrong('VERDICT_ON_PERMIT', 'A permit has no @verdict: only a forbid can defer.');
      }
      return value === 'DEFER' || value === 'DENY'
        ? []
        : wrong('VERDICT_UNKNOWN', `@verdict is "DEFER" or left out, not "${value}".`);
    case 'severity':
      if (!SEVERITIES.some((severity) => severity === value)) {
        return wrong('SEVERITY_UNKNOWN', `@severity is ${SEVERITIES.join(', ')}, not "${value}".`);
      }
      if (policy.effect === 'permit' && (value === 'HIGH' || value === 'CRITICAL')) {
        return wrong('SEVERITY_ON_PERMIT', 'The issue of a permit is at most MEDIUM.');
      }
      return named.has('issue') ? [] : doubtful('ISSUE_MISSING', '@severity needs an @issue.');
    case 'risk':
    case 'value_risk':
    case 'waste_risk':
      return /^(?:[0-9]{1,2}|100)$/.test(value)
        ? []
        : wrong('RISK_FORM', `@${name} is a whole number from 0 to 100, not "${value}".`);
    case 'issue':
      return /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(value)
        ? []
        : wrong('ISSUE_FORM', `"${value}" is not a code, as in APPROVAL_REQUIRED.`);
    case 'message':
      if (value.trim() === '') return doubtful('ANNOTATION_EMPTY', '@message is empty.');
      return named.has('issue') ? [] : doubtful('ISSUE_MISSING', '@message needs an @issue.');
    case 'question':
      return value.trim() === '' ? doubtful('ANNOTATION_EMPTY', '@question is empty.') : [];
    case 'guardrail':
      return /^[a-z][a-z0-9_]*$/.test(value) && value !== 'unrecognized_constraints'
        ? []
        : wrong('GUARDRAIL_FORM', `"${value}" is not a guardrail's name, as in approval_required.`);
    default: {
      const meant = KNOWN.find((known) => nearlySame(name, known));
      if (meant === undefined) return [];
      const message = `@${name} means nothing here. @${meant}?`;
      return [warning(path, 'ANNOTATION_UNKNOWN', message, { span: annotation.span })];
    }
  }
}

/** Whether two names are one slip of the finger apart: case, a letter too many, too few, wrong or swapped. */
function nearlySame(a: string, b: string): boolean {
  const [x, y] = [a.toLowerCase().replaceAll('-', '_'), b];
  if (x === y) return true;
  if (Math.min(x.length, y.length) < 4 || Math.abs(x.length - y.length) > 1) return false;
  let start = 0;
  while (start < x.length && x[start] === y[start]) start += 1;
  const [restX, restY] = [x.slice(start), y.slice(start)];
  if (restX.slice(1) === restY.slice(1)) return true;
  if (restX.slice(1) === restY || restX === restY.slice(1)) return true;
  return restX[0] === restY[1] && restX[1] === restY[0] && restX.slice(2) === restY.slice(2);
}
