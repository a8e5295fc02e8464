import { entityUid } from '../../cedar/value.ts';
import { CALL_TOOL, ENVIRONMENT, ROLE } from '../../decision/policies.ts';
import type { Fact } from '../json/scenario.ts';
import { nearest } from '../text.ts';
import { ENGINE_ISSUES } from '../vocabulary.ts';
import { entitiesIn } from '../walk.ts';
import {
  annotationValue,
  policyRule,
  replace,
  type Finding,
  type LintContext,
  type LintRule,
} from './rule.ts';

/** Facts that the contract knows, which a pack need not declare. */
const CONTRACT_FIELDS: ReadonlySet<string> = new Set([
  'actor_role',
  'user_role',
  'agent_name',
  'tool_name',
  'tenant_id',
  'target_tenants',
  'approval_status',
  'approved_by',
  'approved_at',
  'approval_reason',
  'customer_visible_approved',
  'ticket_id',
  'rollback_plan',
  'mfa_verified',
  'environment',
  'resource_scope',
  'target_resources',
  'active_mcp_servers',
  'request_channel',
  'output_policy',
  'run_id',
  'current_iteration',
  'retry_count',
  'elapsed_seconds',
  'current_tool',
  'recent_tools',
  'cumulative_cost_usd',
]);

export const scenarioUnknownRole: LintRule = {
  id: 'scenario-unknown-role',
  severity: 'info',
  doc: 'A role that the entities do not declare has no rights of any other. That may be what the scenario is about; if not, it is misspelt.',
  *check(context) {
    const roles = idsOf(context, ROLE);
    if (roles.length === 0) return;
    for (const { path, facts } of context.model.scenarioFiles) {
      const { role } = facts;
      if (role === undefined || context.entities.has(entityUid(ROLE, role.text))) continue;
      yield unknown(path, role, `No entity file declares the role "${role.text}".`, roles);
    }
  },
};

export const scenarioUnknownTool: LintRule = {
  id: 'scenario-unknown-tool',
  severity: 'info',
  doc: 'A tool that the schema does not declare is in the group call_tool and nothing narrower. That may be what the scenario is about; if not, it is misspelt.',
  *check({ model, policies }) {
    const { schema } = model;
    if (schema === undefined) return;
    // A pack that permits any tool at all is made for tools that nobody has declared.
    const permitsAny = policies.some(
      ({ policy, types }) =>
        policy.effect === 'permit' &&
        types?.environments.some(({ action }) => action.uid.equals(CALL_TOOL)) === true,
    );
    const declared = [...schema.actions.values()].map(({ uid }) => uid.id);
    for (const { path, facts } of model.scenarioFiles) {
      for (const tool of facts.tools) {
        if (declared.includes(tool.text)) continue;
        const message = `The schema declares no tool "${tool.text}".`;
        const finding = unknown(path, tool, message, declared);
        if (!permitsAny || finding.fixes !== undefined) yield finding;
      }
    }
  },
};

export const scenarioUnknownField: LintRule = {
  id: 'scenario-unknown-field',
  severity: 'info',
  doc: 'A fact that the schema does not declare is left out before any rule sees it.',
  *check({ model }) {
    const known = new Set<string>();
    for (const { appliesTo } of model.schema?.actions.values() ?? []) {
      for (const name of appliesTo?.context.attributes.keys() ?? []) known.add(name);
    }
    if (known.size === 0) return;
    for (const { path, facts } of model.scenarioFiles) {
      for (const field of facts.fields) {
        if (known.has(field.text) || CONTRACT_FIELDS.has(field.text)) continue;
        const message = `The schema declares no fact "${field.text}": no rule can see it.`;
        yield unknown(path, field, message, known);
      }
    }
  },
};

export const scenarioUnknownIssue: LintRule = {
  id: 'scenario-unknown-issue',
  severity: 'warning',
  doc: 'The scenario expects an issue that no rule and not the engine can give, so it cannot pass.',
  *check({ model, policies }) {
    const codes = new Set(ENGINE_ISSUES.keys());
    for (const { policy } of policies) codes.add(annotationValue(policy, 'issue') ?? '');
    for (const { path, facts } of model.scenarioFiles) {
      for (const issue of facts.issues) {
        if (codes.has(issue.text)) continue;
        const message = `No rule gives the issue ${issue.text}.`;
        yield { ...unknown(path, issue, message, codes), severity: 'warning' };
      }
    }
  },
};

export const unknownEntity = policyRule(
  {
    id: 'unknown-entity',
    severity: 'warning',
    doc: 'The pack declares entities of this type, and this is none of them: nothing but a caller that makes up the same name can match.',
  },
  function* check({ policy, path }, context) {
    for (const { uid, span } of entitiesIn(policy)) {
      if (context.entities.has(uid) || context.model.schema?.actions.has(uid.toString()) === true)
        continue;
      const known = idsOf(context, uid.type);
      if (known.length === 0) continue;
      const meant = nearest(uid.id, known);
      const fixes =
        meant === undefined
          ? []
          : [
              {
                title: `Change to ${entityUid(uid.type, meant)}`,
                edits: [replace(path, span, entityUid(uid.type, meant).toString())],
              },
            ];
      const kind = uid.type === ROLE ? 'role' : uid.type === ENVIRONMENT ? 'environment' : 'entity';
      const message = `No entity file declares the ${kind} ${uid}.`;
      yield { span, message, fixes };
    }
  },
);

function idsOf({ entities }: LintContext, type: string): readonly string[] {
  return [...entities.values()].flatMap(({ uid }) => (uid.type === type ? [uid.id] : []));
}

/** A name near a known one is most likely misspelt: a warning. */
function unknown(path: string, fact: Fact, what: string, known: Iterable<string>): Finding {
  const meant = nearest(fact.text, known);
  if (meant === undefined) return { path, span: fact.span, message: what };
  const edits = [replace(path, fact.span, JSON.stringify(meant))];
  const message = `${what} "${meant}"?`;
  const fixes = [{ title: `Change to "${meant}"`, edits }];
  return { path, span: fact.span, message, severity: 'warning', fixes };
}
