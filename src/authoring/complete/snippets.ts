import type { PackModel } from '../model.ts';
import { grouped } from '../group.ts';
import { idsOf, toolsOf } from './values.ts';
import { escapeSnippet, type Proposal } from './item.ts';

/** Whole rules, with the pack's own names in the places to fill. */
export function ruleSnippets(model: PackModel): readonly Proposal[] {
  const group = firstGroup(model);
  const [role = 'operator'] = idsOf(model, 'Role');
  const action = (place: number) => `action in Action::"\${${place}:${escapeSnippet(group)}}"`;
  const rule = (label: string, doc: string, lines: readonly string[]): Proposal => ({
    label,
    kind: 'snippet',
    detail: 'whole rule',
    doc,
    insertText: lines.join('\n'),
    snippet: true,
    rank: 3,
  });
  return [
    rule('permit rule', 'Allows, unless another rule objects.', [
      '@id("${1:who-may-do-what}")',
      'permit (',
      `  principal in Role::"\${2:${escapeSnippet(role)}}",`,
      `  ${action(3)},`,
      '  resource',
      ');',
      '$0',
    ]),
    rule('deny without role', 'Refuses whoever does not act in a role.', [
      '@id("${1:only-this-role}")',
      '@issue("${2:ROLE_NOT_AUTHORIZED}")',
      '@severity("${3|HIGH,CRITICAL|}")',
      '@message("${4:What is wrong. Who may do this instead.}")',
      '@risk("${5:50}")',
      'forbid (',
      '  principal,',
      `  ${action(6)},`,
      '  resource',
      ')',
      `unless { principal in Role::"\${7:${escapeSnippet(role)}}" };`,
      '$0',
    ]),
    rule('defer without approval', 'Waits until someone has approved, by name.', [
      '@id("${1:needs-approval}")',
      '@verdict("DEFER")',
      '@issue("${2:APPROVAL_REQUIRED}")',
      '@message("${3:This needs an approval. Ask someone who may approve it.}")',
      '@question("${4:Who approved this?}")',
      '@guardrail("${5:approval_required}")',
      '@risk("${6:40}")',
      'forbid (',
      '  principal,',
      `  ${action(7)},`,
      '  resource',
      ')',
      'unless',
      '{',
      '  context has approval_status &&',
      '  context.approval_status == "approved" &&',
      '  context has approved_by &&',
      '  context.approved_by != ""',
      '};',
      '$0',
    ]),
    rule('limit', 'Refuses what passes a limit that the request states.', [
      '@id("${1:limit-holds}")',
      '@issue("${2:LIMIT_EXCEEDED}")',
      '@message("${3:This passes a limit that the request itself states.}")',
      '@risk("${4:30}")',
      'forbid (principal, action, resource)',
      'when',
      '{',
      '  context.limits has ${5:max_records} &&',
      '  context has ${6:record_count} &&',
      '  context.${6:record_count} > context.limits.${5:max_records}',
      '};',
      '$0',
    ]),
    rule('time window', 'Waits outside of working hours, Monday to Friday.', [
      '@id("${1:in-business-hours}")',
      '@verdict("DEFER")',
      '@issue("${2:OUTSIDE_WINDOW}")',
      '@message("${3:This waits for business hours.}")',
      '@question("${4:Who accepts this outside business hours?}")',
      '@risk("${5:20}")',
      'forbid (',
      '  principal,',
      `  ${action(6)},`,
      '  resource',
      ')',
      'unless',
      '{',
      '  context.session.weekday <= 5 &&',
      '  context.session.minute_of_day >= ${7:540} &&',
      '  context.session.minute_of_day < ${8:1020}',
      '};',
      '$0',
    ]),
  ];
}

/** The group of actions that most are in, else any action that a request may name. */
function firstGroup(model: PackModel): string {
  const groups = [...(model.schema?.actions.values() ?? [])].flatMap(({ memberOf }) =>
    memberOf.map(({ id }) => id),
  );
  const bySize = [...grouped(groups, (id) => id)].toSorted(([, a], [, b]) => b.length - a.length);
  return bySize[0]?.[0] ?? toolsOf(model)[0] ?? 'call_tool';
}
