/** From a check to Cedar: one request for each proposed tool, or one for the plan when none is proposed. */
import { ok, type Result } from '../base/result.ts';
import type { Request } from '../cedar/authorize.ts';
import { bareEntity, type Entities, type Entity } from '../cedar/entities.ts';
import type { JsonObject } from '../cedar/json/lossless.ts';
import type { RecordType } from '../cedar/schema/model.ts';
import { entityUid, type EntityUid } from '../cedar/value.ts';
import type { Check } from './check.ts';
import { clip } from './clip.ts';
import { readConstraints, type Constraints } from './constraints.ts';
import { contextReader, plainName, type NameField } from './context.ts';
import { engineFinding, type Finding } from './finding.ts';
import { joined, layered } from './people.ts';
import { AGENT, CALL_TOOL, ENVIRONMENT, PLAN, ROLE, type DecisionPolicies } from './policies.ts';
import type { At } from './record.ts';

/** A check in the policies' terms. */
export interface MappedCheck {
  readonly constraints: Constraints;
  readonly environment: string;
  readonly tools: readonly MappedTool[];
}

export interface MappedTool {
  /** The tool's name, cut when it is absurdly long, or `plan` when the check proposes none. */
  readonly tool: string;
  readonly request: Request;
  readonly entities: Entities;
  /** What the engine noticed while reading the check for this tool. */
  readonly noticed: readonly Finding[];
}

/** Maps a check. Fails only where the pack itself cannot be right, and says how. */
export function mapCheck(
  policies: DecisionPolicies,
  check: Check,
  now: number,
  doubted?: At['doubted'],
): Result<MappedCheck, string> {
  const constraints = readConstraints(check.constraints, policies.limits);
  const proposed = proposedTools(check);
  const readContext = contextReader(policies, check, proposed, constraints, { now, doubted });
  const principal = entityUid(AGENT, nameIn(check.context, 'agent_name') ?? 'agent');
  const environment = nameIn(check.context, 'environment') ?? 'unspecified';
  const people = policies.people(principal, roleOf(check.context));
  if (!people.ok) return people;

  const tools: MappedTool[] = [];
  const resource = entityUid(ENVIRONMENT, environment);
  for (const tool of proposed.length === 0 ? NO_TOOL : proposed) {
    const action = actionOf(policies, tool);
    const entities = action.declared ? people : layered(people.value, toolEntity(action.uid));
    if (!entities.ok) return entities;
    const context = readContext(action.context, tool);
    const all = context.entities.length === 0 ? entities : joined(entities.value, context.entities);
    if (!all.ok) return all;
    tools.push({
      tool: clip(tool ?? PLAN.id),
      request: { principal, action: action.uid, resource, context: context.record },
      entities: all.value,
      noticed: action.reserved ? [RESERVED, ...context.noticed] : context.noticed,
    });
  }
  return ok({ constraints, environment, tools });
}

/** Each tool once, in the order proposed. */
function proposedTools(check: Check): readonly string[] {
  const names = check.tools.map(plainName);
  return names.length < 2 ? names : [...new Set(names)];
}

/** What stands in for the tools of a check that proposes none: the plan. */
const NO_TOOL: readonly undefined[] = [undefined];

function nameIn(context: JsonObject, field: NameField): string | undefined {
  const name = context.get(field);
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function roleOf(context: JsonObject): EntityUid | undefined {
  const role = nameIn(context, 'actor_role') ?? nameIn(context, 'user_role');
  return role === undefined ? undefined : entityUid(ROLE, role);
}

// ---------------------------------------------------------------- action

/** An action that the schema does not declare is a tool like any other: a member of `call_tool`. */
function toolEntity(action: EntityUid): Entity {
  return bareEntity(action, [CALL_TOOL]);
}

interface MappedAction {
  readonly uid: EntityUid;
  /** Whether the schema knows it, and with it the pack's entities. */
  readonly declared: boolean;
  readonly context: RecordType | undefined;
  /** A tool that bears the plan's or a group's name would get the permits that are meant for those. */
  readonly reserved: boolean;
}

const RESERVED = engineFinding('TOOL_NAME_RESERVED');

function actionOf({ actions }: DecisionPolicies, tool: string | undefined): MappedAction {
  if (tool === undefined) {
    const plan = actions.get(PLAN.id);
    const context = plan?.appliesTo?.context;
    return { uid: PLAN, declared: plan !== undefined, context, reserved: false };
  }
  const known = actions.get(tool);
  if (known === undefined) {
    const context = actions.get(CALL_TOOL.id)?.appliesTo?.context;
    return { uid: entityUid('Action', tool), declared: false, context, reserved: false };
  }
  const { uid, appliesTo } = known;
  const reserved = appliesTo === undefined || uid.equals(PLAN);
  return { uid, declared: true, context: appliesTo?.context, reserved };
}
