/**
 * The fields of a request that could be otherwise, and how each is changed. What a policy reads is not
 * always what a client sends: a role comes from `context.actor_role`, a limit from a constraint string.
 */
import { readFact } from '../cedar/json/fact.ts';
import { isJsonArray, type Json } from '../cedar/json/lossless.ts';
import type { Attributes, Type } from '../cedar/schema/model.ts';
import { Decimal } from '../cedar/extensions/decimal.ts';
import { CedarSet, isLong, type Value } from '../cedar/value.ts';
import type { FieldPath } from '../cedar/words.ts';
import type { Check } from '../decision/check.ts';
import { readConstraints, snakeCase } from '../decision/constraints.ts';
import { plainName } from '../decision/context.ts';
import {
  contextOf,
  CALL_TOOL,
  ENVIRONMENT,
  ROLE,
  type DecisionPolicies,
} from '../decision/policies.ts';
import type { ToolDecision } from '../decision/decide.ts';
import { someValue, jsonOf, valuesNear, type Anchors } from './change-values.ts';
import { distinctJson } from './change-json.ts';
import type { Samples } from './change-samples.ts';
import { jsonAt, limitIndex, requestPointer } from './flow-fields.ts';

/** One field that a condition reads, and what it could be instead. */
export interface Knob {
  /** JSON pointer into the request. */
  readonly pointer: string;
  /** What the field could be instead, the likeliest first. `undefined`: not there at all. */
  readonly options: (anchors: readonly Value[]) => readonly (Json | undefined)[];
}

export interface KnobContext {
  readonly policies: DecisionPolicies;
  readonly check: Check;
  readonly tool: ToolDecision;
  readonly now: number;
  readonly samples: Samples;
}

/** The knob behind a field that a condition reads; `undefined` when no request can change it. */
export function knobFor(field: FieldPath, at: KnobContext): Knob | undefined {
  const { policies, check, tool } = at;
  const pointer = requestPointer(field, check, tool.tool, policies);
  if (pointer === undefined) return undefined;
  const [first, second] = field.path;
  switch (field.root) {
    case 'principal':
      return field.path.length === 0 ? nameKnob('/context/actor_role', ROLE, at) : undefined;
    case 'resource':
      return field.path.length === 0 ? nameKnob(pointer, ENVIRONMENT, at) : undefined;
    case 'action':
      return undefined;
    case 'context':
      break;
  }
  switch (first) {
    case undefined:
    case 'tools':
      return undefined;
    case 'goal':
      return { pointer, options: () => [GOAL] };
    case 'session':
      return sessionKnob(second, pointer, at);
    case 'limits':
      return second === undefined ? undefined : limitKnob(second, at);
    case 'constraints':
      return wordsKnob(pointer, check.constraints, (text) => wordsOf(text, policies));
    case 'side_effects':
      return wordsKnob(pointer, check.side_effects, (text) => [snakeCase(text)], ['example']);
    case 'success_criteria':
      return wordsKnob(pointer, check.success_criteria, (text) => [text], [CRITERION]);
    case 'environment':
      return nameKnob(pointer, ENVIRONMENT, at);
    case 'actor_role':
      return nameKnob(pointer, ROLE, at);
    default:
      return factKnob(field.path, pointer, at);
  }
}

/** A goal that says what it should: that it can be judged, nobody can know beforehand. */
const GOAL = 'Say here what should exist when the work is done, and for whom';
const CRITERION = 'Say here how anyone can tell that it worked';

// ---------------------------------------------------------------- facts

function factKnob(path: readonly string[], pointer: string, at: KnobContext): Knob | undefined {
  const type = declaredType(path, at);
  if (type === undefined) return undefined;
  const json = jsonAt(at.check.context, pointer.replace(/^\/context/, ''));
  return {
    pointer,
    options: (values) => {
      const current = valueAt(path, at);
      const anchors: Anchors = { values, current, now: at.now };
      const tried = valuesNear(type, anchors).map(jsonOf);
      const some = someValue(type, at.now);
      // Some scenarios send on purpose what cannot be read.
      const known = (at.samples.get(pointer) ?? []).filter((one) => readFact(one, type).ok);
      return distinctJson([
        ...tried.filter((one) => one !== undefined),
        ...known,
        ...(some === undefined ? [] : [jsonOf(some) ?? null]),
        ...(json === undefined ? [] : [undefined]),
      ]);
    },
  };
}

function declaredType(path: readonly string[], { policies, tool }: KnobContext): Type | undefined {
  const context =
    contextOf(policies.schema, tool.request.action) ?? contextOf(policies.schema, CALL_TOOL);
  let attributes: Attributes | undefined = context?.attributes;
  let type: Type | undefined;
  for (const name of path) {
    type = attributes?.get(name)?.type;
    attributes = type?.kind === 'record' ? type.attributes : undefined;
  }
  return type;
}

function valueAt(path: readonly string[], { tool }: KnobContext): Value | undefined {
  let value: Value | undefined = tool.request.context;
  for (const name of path) {
    value = typeof value === 'object' && 'get' in value ? value.get(name) : undefined;
  }
  return value;
}

/** A role or an environment: those that the pack declares, the ones that scenarios use first. */
function nameKnob(pointer: string, type: string, { policies, samples }: KnobContext): Knob {
  const declared = [...policies.entities].flatMap(({ uid }) => (uid.type === type ? [uid.id] : []));
  const used = (samples.get(pointer) ?? []).filter(
    (name) => typeof name === 'string' && declared.includes(name),
  );
  return {
    pointer,
    options: (anchors) => {
      const named = anchors.flatMap((value) => (value instanceof CedarSet ? [...value] : [value]));
      const said = named.filter((value) => typeof value === 'string');
      return distinctJson([...said, ...used, ...declared]);
    },
  };
}

// ---------------------------------------------------------------- the session

/** What the engine derives from the request. The time itself is nobody's to change. */
function sessionKnob(name: string | undefined, pointer: string, at: KnobContext): Knob | undefined {
  if (name === 'goal_length') return { pointer, options: () => [GOAL] };
  if (name !== 'same_tool_calls') return undefined;
  const recent = at.check.context.get('recent_tools') ?? null;
  if (!isJsonArray(recent)) return undefined;
  const isSame = (name_: Json): boolean =>
    typeof name_ === 'string' && plainName(name_) === at.tool.tool;
  const calls = recent.filter(isSame).length;
  // Ever fewer of the calls, the latest ones left out first.
  const options = Array.from({ length: calls }, (_, gone) => {
    let left = calls - gone - 1;
    return recent.filter((one) => !isSame(one) || left-- > 0);
  });
  return { pointer, options: () => options };
}

// ---------------------------------------------------------------- lists of words

function wordsKnob(
  pointer: string,
  current: readonly string[],
  read: (text: string) => readonly string[],
  spare: readonly string[] = [],
): Knob {
  const without = (gone: ReadonlySet<string>): readonly string[] =>
    current.filter((text) => !read(text).some((word) => gone.has(word)));
  return {
    pointer,
    options: (anchors) => {
      const lists = anchors.flatMap((value) => {
        const words = (value instanceof CedarSet ? [...value] : [value]).filter(
          (word) => typeof word === 'string',
        );
        const added = words.map((word) => [...current, word.replaceAll('_', ' ')]);
        return [...added, without(new Set(words))];
      });
      return distinctJson([...lists, ...spare.map((text) => [...current, text]), []]);
    },
  };
}

function wordsOf(text: string, policies: DecisionPolicies): readonly string[] {
  return readConstraints([text], policies.limits).words;
}

/** A limit is a constraint of the form `key: value`. */
function limitKnob(key: string, at: KnobContext): Knob | undefined {
  const { policies, check, now } = at;
  const type = policies.limits.get(key)?.type;
  if (type === undefined) return undefined;
  const index = limitIndex(key, check, policies);
  const current = readConstraints(check.constraints, policies.limits).limits.get(key);
  const others = check.constraints.filter(
    (text) => !readConstraints([text], policies.limits).limits.has(key),
  );
  return {
    pointer: '/constraints',
    options: (values) => {
      const some = LIMIT_EXAMPLES.get(key) ?? someValue(type, now);
      const tried = [
        ...valuesNear(type, { values, current, now }),
        ...(some === undefined ? [] : [some]),
      ];
      const stated = tried.flatMap((value) => {
        const text = limitText(value);
        return text === undefined ? [] : [[...others, `${key}: ${text}`]];
      });
      return distinctJson(index < 0 ? stated : [...stated, others]);
    },
  };
}

const LIMIT_EXAMPLES: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['allowed_change_window', 'business_hours'],
  ['max_iterations', 5],
  ['timeout_seconds', 600],
]);

function limitText(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (isLong(value)) return value < 0 ? undefined : String(value);
  if (value instanceof Decimal) return value.scaled < 0 ? undefined : value.toString();
  if (!(value instanceof CedarSet) || value.size === 0) return undefined;
  const names = [...value].filter((one) => typeof one === 'string');
  return names.length === value.size ? names.join(', ') : undefined;
}
