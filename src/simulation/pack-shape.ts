/**
 * What a pack says, without where and how it is written: plain data by name. Layout, comments, the order
 * of annotations and the file that something stands in are not in it, so two packs with one shape decide
 * alike and say the same. (The order of rules orders issues of one severity, and nothing else.)
 */
import type { Policy } from '../cedar/ast.ts';
import { printExpr, printPolicy } from '../cedar/print.ts';
import type { Attributes, Schema, Type } from '../cedar/schema/model.ts';
import { printValue } from '../cedar/value.ts';
import type { DecisionPolicies } from '../decision/policies.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { Pack } from '../pack/read.ts';
import type { Scenario } from '../pack/scenario.ts';
import { printJson } from './json-text.ts';

export interface PackShape {
  /** By rule id. */
  readonly rules: ReadonlyMap<string, RuleShape>;
  /** `Agent`, `Agent.level`, `Action::"payout"`, `CheckContext.amount_usd` → what is declared of it. */
  readonly schema: ReadonlyMap<string, string>;
  /** By Cedar text of the uid: `{parents, attrs, tags}`, as Cedar text. */
  readonly entities: ReadonlyMap<string, string>;
  /** `timeZone`, `risk.threshold`, `tools.<tool>` → JSON text. */
  readonly settings: ReadonlyMap<string, string>;
  /** By scenario id. */
  readonly scenarios: ReadonlyMap<string, ScenarioShape>;
}

export interface RuleShape {
  readonly effect: Policy['effect'];
  readonly verdict: Verdict;
  /** By name, `id` left out. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Each as Cedar text in one spelling: `action in Action::"payout"`. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly conditions: readonly { readonly kind: 'when' | 'unless'; readonly body: string }[];
}

export interface ScenarioShape {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Moment and request as text; what is wrong with a broken one. */
  readonly run: string;
  readonly verdict: Verdict | undefined;
  readonly issues: readonly string[];
  readonly without: readonly string[];
}

export function packShape({ rules, policies, scenarios }: Pack): PackShape {
  const verdicts = new Map(rules.map(({ id, verdict }) => [id, verdict]));
  return {
    rules: new Map(
      policies.policySet.policies.map(({ id, policy }) => [
        id,
        ruleShape(policy, verdicts.get(id) ?? 'DENY'),
      ]),
    ),
    schema: schemaShape(policies.schema),
    entities: entitiesShape(policies),
    settings: settingsShape(policies),
    scenarios: new Map(scenarios.map((scenario) => [scenario.id, scenarioShape(scenario)])),
  };
}

/** A rule in one spelling. */
function ruleShape(policy: Policy, verdict: Verdict): RuleShape {
  const annotations = policy.annotations
    .filter(({ name }) => name !== 'id')
    .map(({ name, value }) => [name, value] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    effect: policy.effect,
    verdict,
    annotations: Object.fromEntries(annotations),
    principal: scopeText(policy, 'principal'),
    action: scopeText(policy, 'action'),
    resource: scopeText(policy, 'resource'),
    conditions: policy.conditions.map(({ kind, body }) => ({ kind, body: printExpr(body) })),
  };
}

const ANY = { kind: 'any', span: { start: 0, end: 0 } } as const;

/** One part of a scope as Cedar text: what stands between the others in the head of a policy. */
function scopeText(policy: Policy, part: keyof typeof SCOPES): string {
  const open = { principal: ANY, action: ANY, resource: ANY, annotations: [], conditions: [] };
  const head = printPolicy({ ...policy, ...open, [part]: policy[part] });
  return SCOPES[part].exec(head)?.[1] ?? head;
}

const SCOPES = {
  principal: /^\w+ \(\s*([\s\S]*),\s*action,\s*resource\s*\);$/,
  action: /^\w+ \(\s*principal,\s*([\s\S]*),\s*resource\s*\);$/,
  resource: /^\w+ \(\s*principal,\s*action,\s*([\s\S]*?)\s*\);$/,
} as const;

// ---------------------------------------------------------------- schema

function schemaShape(schema: Schema): ReadonlyMap<string, string> {
  const shape = new Map<string, string>();
  const names = new Map([...schema.commonTypes].map(([name, { type }]) => [type, name]));
  const declare = (owner: string, attributes: Attributes): void => {
    for (const [name, { type, required }] of attributes) {
      shape.set(`${owner}.${name}`, `${required ? '' : 'optional '}${typeText(type, names)}`);
    }
  };
  for (const [name, { type }] of schema.commonTypes) {
    if (type.kind === 'record') {
      shape.set(name, 'type');
      declare(name, type.attributes);
    } else {
      shape.set(name, `type ${typeText(type, new Map())}`);
    }
  }
  for (const [name, type] of schema.entityTypes) {
    const ids = type.enumIds === undefined ? '' : ` enum [${type.enumIds.join(', ')}]`;
    const tags = type.tags === undefined ? '' : ` tags ${typeText(type.tags, names)}`;
    shape.set(name, `entity in [${type.memberOf.toSorted().join(', ')}]${ids}${tags}`);
    declare(name, type.attributes);
  }
  for (const [name, { memberOf, appliesTo }] of schema.actions) {
    const groups = memberOf.map(String).toSorted().join(', ');
    const applies =
      appliesTo === undefined
        ? ''
        : ` appliesTo [${appliesTo.principals.toSorted().join(', ')}] [${appliesTo.resources.toSorted().join(', ')}] ${typeText(appliesTo.context, names)}`;
    shape.set(name, `action in [${groups}]${applies}`);
  }
  return shape;
}

/** A type as text. One that has a name is only named: what changes in it is said once, there. */
function typeText(type: Type, names: ReadonlyMap<Type, string>): string {
  const name = names.get(type);
  if (name !== undefined) return name;
  switch (type.kind) {
    case 'bool':
      return 'Bool';
    case 'long':
      return 'Long';
    case 'string':
      return 'String';
    case 'set':
      return `Set<${typeText(type.element, names)}>`;
    case 'record':
      return `{${[...type.attributes]
        .map(
          ([key, { type: member, required }]) =>
            `${key}${required ? '' : '?'}: ${typeText(member, names)}`,
        )
        .toSorted()
        .join(', ')}}`;
    case 'entity':
    case 'extension':
      return type.name;
  }
}

// ---------------------------------------------------------------- the rest

function entitiesShape({ entities, schema }: DecisionPolicies): ReadonlyMap<string, string> {
  const shape = new Map<string, string>();
  for (const { uid, parents, attrs, tags } of entities) {
    // Actions stand in the schema.
    if (schema.actions.has(uid.toString())) continue;
    const above = parents.map(String).toSorted().join(', ');
    const facts = attrs.size === 0 ? '' : ` ${printValue(attrs)}`;
    shape.set(
      uid.toString(),
      `in [${above}]${facts}${tags.size === 0 ? '' : ` tags ${printValue(tags)}`}`,
    );
  }
  return shape;
}

function settingsShape({ settings }: DecisionPolicies): ReadonlyMap<string, string> {
  const { timeZone, risk, tools } = settings;
  return new Map([
    ['timeZone', JSON.stringify(timeZone)],
    ['risk.threshold', `${risk.threshold}`],
    ['risk.high', `${risk.high}`],
    ...Object.entries(tools).map(
      ([tool, cost]) => [`tools.${tool}`, JSON.stringify(cost)] as const,
    ),
  ]);
}

function scenarioShape({ name, description, tags, run, expect }: Scenario): ScenarioShape {
  const text = run.ok
    ? `${new Date(run.value.now).toISOString()} ${printJson(run.value.request, 'sorted')}`
    : run.error.map(({ code, message }) => `${code} ${message}`).join('\n');
  return {
    name,
    description,
    tags,
    run: text,
    verdict: expect?.verdict,
    issues: expect?.issues ?? [],
    without: expect?.without ?? [],
  };
}
