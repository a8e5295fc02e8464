/**
 * What a tool does, told once: by whoever hands it to an agent, not by the model that calls it.
 *
 *     payments_api: { side_effects: ['money movement'], facts: { amount_usd: '/amount' }, secret: ['/iban'] }
 *     db_delete:    { side_effects: ['delete'], environment: { argument: '/environment' } }
 */
import type { KnownFacts } from '../../decision/could-allow.ts';
import { z } from '../../decision/zod.ts';
import type { CheckInput } from '../check-result.ts';
import type { CheckedCall } from './call.ts';
import { readPointer, valueAt, type Pointer } from './pointer.ts';

/** Facts about an approval come from an approval that the gate has seen, and from nowhere else. */
const APPROVAL_FACTS = [
  'approval_status',
  'approved_by',
  'approved_at',
  'approval_reason',
] as const;

const Place = z
  .string()
  .refine((text) => readPointer(text) !== undefined, 'must be a JSON pointer such as /amount');
const Words = z.array(z.string()).readonly();
const RESERVED: ReadonlySet<string> = new Set([...APPROVAL_FACTS, 'input']);

const ToolDescriptionShape = z.strictObject({
  side_effects: Words.optional(),
  constraints: Words.optional(),
  success_criteria: Words.optional(),
  environment: z.union([z.string().min(1), z.strictObject({ argument: Place })]).optional(),
  cost_usd: z.number().min(0).optional(),
  facts: z
    .record(
      z.string().refine((name) => !RESERVED.has(name), 'cannot be taken from arguments'),
      Place,
    )
    .optional(),
  secret: z.array(Place).readonly().optional(),
});

/** What a tool does and which of its arguments matter to policies. Places are RFC 6901 pointers. */
export interface ToolDescription {
  /** In free words: `money movement`, `delete`; none for a tool that only looks. */
  readonly side_effects?: readonly string[] | undefined;
  /** Constraint strings that hold for every call: `approval required`, `max_records: 50`. */
  readonly constraints?: readonly string[] | undefined;
  readonly success_criteria?: readonly string[] | undefined;
  /** Where it takes effect, or the argument that says so; the host's own environment when absent. */
  readonly environment?: string | { readonly argument: string } | undefined;
  /** The most that a call costs, in US dollars: it is added to the run's `cumulative_cost_usd`. */
  readonly cost_usd?: number | undefined;
  /** Facts of the context, by name, and the arguments that they are. */
  readonly facts?: Readonly<Record<string, string>> | undefined;
  /** Arguments that never leave the gate; `*` stands for any member or element. */
  readonly secret?: readonly string[] | undefined;
}

/** Descriptions by the tool's name. */
export type ToolDescriptions = Readonly<Record<string, ToolDescription>>;

export interface DescribedTool extends ToolDescription {
  readonly hidden: readonly Pointer[];
}

/**
 * Reads descriptions, of whoever wrote them.
 * @throws TypeError that names every tool and field that is wrong
 */
export function readDescriptions(tools: unknown): ReadonlyMap<string, DescribedTool> {
  const read = z.record(z.string(), ToolDescriptionShape).safeParse(tools);
  if (read.success) {
    return new Map(Object.entries(read.data).map(([name, one]) => [name, withHidden(one)]));
  }
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new TypeError(`The tools are not described well. ${problems.join('; ')}`);
}

function withHidden(description: ToolDescription): DescribedTool {
  return { ...description, hidden: (description.secret ?? []).map(pointer) };
}

/** What a gate is told once for all its checks. */
export interface CheckBase {
  /** What the agent is after. */
  readonly goal?: string | undefined;
  readonly success_criteria?: readonly string[] | undefined;
  readonly constraints?: readonly string[] | undefined;
  /** Facts that the host vouches for: `actor_role`, `environment`, `run_id`. None may come from the model. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** `name@semver` of the pack that must decide. */
  readonly policy_pack_version?: string | undefined;
}

/** What a person's yes adds to a check. */
export interface Evidence {
  /** Their answers to other questions: what the host knows itself they do not change. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly approval: Readonly<Record<string, unknown>>;
}

export const NO_EVIDENCE: Evidence = { facts: {}, approval: {} };

/** The check that a call is. Everything about the arguments is taken from the masked ones. */
export function checkOf(
  call: Pick<CheckedCall, 'tool' | 'masked'>,
  tool: ToolDescription,
  base: CheckBase,
  evidence: Evidence,
): CheckInput {
  const context: Record<string, unknown> = { ...evidence.facts, ...base.context };
  for (const name of APPROVAL_FACTS) delete context[name];
  for (const [name, place] of Object.entries(tool.facts ?? {})) {
    // What the arguments do not say is absent, and never what the host happens to have under this name.
    context[name] = valueAt(call.masked, pointer(place));
  }
  const { environment, cost_usd: cost } = tool;
  if (environment !== undefined) {
    context['environment'] =
      typeof environment === 'string'
        ? environment
        : valueAt(call.masked, pointer(environment.argument));
  }
  if (cost !== undefined)
    context['cumulative_cost_usd'] = plus(context['cumulative_cost_usd'], cost);
  return {
    goal: base.goal ?? `Call the tool ${call.tool}`,
    success_criteria: [...(base.success_criteria ?? []), ...(tool.success_criteria ?? [])],
    constraints: [...(base.constraints ?? []), ...(tool.constraints ?? [])],
    tools: [call.tool],
    side_effects: tool.side_effects ?? [],
    context: { ...context, ...evidence.approval, input: call.masked },
    policy_pack_version: base.policy_pack_version ?? '',
  };
}

/** What is the same in every call of a tool: what the host says, unless it comes from the arguments. */
export function knownFacts(tool: ToolDescription, context: object): KnownFacts {
  const { environment, facts = {} } = tool;
  const said = Object.keys(context).filter((name) => !RESERVED.has(name));
  const standing =
    environment === undefined ? said.includes('environment') : typeof environment === 'string';
  const known = said.filter((name) => name !== 'environment' && !Object.hasOwn(facts, name));
  return {
    facts: new Set([...known, ...(standing ? ['environment'] : [])]),
    environment: standing,
  };
}

/** In US dollars with the four places that a decimal has, rounded up. */
function plus(spent: unknown, cost: number): unknown {
  if (spent === undefined || spent === null) return roundUp(cost);
  // What cannot be read is sent as it is: the engine says so, and defers.
  return typeof spent === 'number' ? roundUp(spent + cost) : spent;
}

function roundUp(amount: number): number {
  // 0.1 + 0.2 is a little more than 0.3, and must not become 0.3001.
  return Math.ceil(Number((amount * 10_000).toFixed(4))) / 10_000;
}

function pointer(text: string): Pointer {
  return readPointer(text) ?? [];
}
