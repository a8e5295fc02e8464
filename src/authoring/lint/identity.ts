import { quote } from '../../cedar/strings.ts';
import {
  annotationOf,
  annotationValue,
  effectSpan,
  policyRule,
  replace,
  type LintContext,
  type LintRule,
} from './rule.ts';

export const missingId = policyRule(
  {
    id: 'missing-id',
    severity: 'error',
    doc: 'The @id is the name that a rule has in records, lists, links and flips. Without it the rule cannot be talked about.',
  },
  function* check({ policy, path, file }, context) {
    if (annotationOf(policy, 'id') !== undefined) return;
    const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.cedar$/, '');
    const id = freeId(`${stem.replaceAll(/[^a-z0-9]+/g, '-')}-rule`, context);
    const { start } = policy.span;
    const edits = [{ path, span: { start, end: start }, text: `@id(${quote(id)})\n` }];
    const message = 'The policy needs an @id: the name it has in records, lists and links.';
    const fixes = [{ title: `Add @id("${id}")`, edits }];
    yield { span: effectSpan(policy, file.text), message, fixes };
  },
);

export const duplicateId: LintRule = {
  id: 'duplicate-id',
  severity: 'error',
  doc: 'Two rules with one @id cannot be told apart in a record. Give the later one a name of its own.',
  *check(context) {
    const first = new Map<string, string>();
    for (const { policy, path } of context.policies) {
      const annotation = annotationOf(policy, 'id');
      if (annotation === undefined) continue;
      const { value } = annotation;
      const other = first.get(value);
      if (other === undefined) {
        first.set(value, path);
        continue;
      }
      const id = freeId(value, context);
      const span = annotation.valueSpan ?? annotation.span;
      const edits = [replace(path, span, quote(id))];
      const message = `Another policy, in ${other}, has the id "${value}" already.`;
      yield { path, span, message, fixes: [{ title: `Change to "${id}"`, edits }] };
    }
  },
};

function freeId(wanted: string, { policies }: LintContext): string {
  const taken = new Set(policies.map(({ policy }) => annotationValue(policy, 'id')));
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted}-${number}`)) number += 1;
  return `${wanted}-${number}`;
}
