/**
 * What the JSON files of a pack may hold, for completion and hover: the zod schemas of the runtime say
 * whether a file is right, this says what it means. A test holds the two together.
 */
import type { Attribute, Attributes, Type } from '../../cedar/schema/model.ts';
import { knownValues, idsOf, issueCodes, toolsOf } from '../complete/values.ts';
import type { PackModel } from '../model.ts';
import { fileKind } from '../../pack/files.ts';
import { typeText } from '../types/inferred.ts';
import { DERIVED_FIELDS, ENGINE_ISSUES } from '../vocabulary.ts';
import { memberOf } from './tree.ts';

export type Shape =
  | { readonly kind: 'object'; readonly members: readonly ShapeMember[]; readonly others?: Shape }
  | { readonly kind: 'array'; readonly element: Shape }
  | { readonly kind: 'string'; readonly values: readonly ShapeValue[] }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'number'; readonly example: string };

export interface ShapeValue {
  readonly value: string;
  readonly doc?: string;
}

export interface ShapeMember {
  readonly name: string;
  readonly doc: string;
  readonly detail: string;
  readonly required: boolean;
  readonly shape: Shape;
  /** As the schema declares it; absent where no schema does, or where its actions differ. */
  readonly type?: Type;
}

/** The shape of a file; `undefined` for files that are no JSON of the pack. */
export function shapeOfFile(model: PackModel, path: string): Shape | undefined {
  switch (fileKind(path)) {
    case 'metadata':
      return METADATA;
    case 'settings':
      return settingsShape(model);
    case 'entities':
      return { kind: 'array', element: entityShape(model) };
    case 'scenario':
      return scenarioShape(model);
    case 'policies':
    case 'schema':
    case 'other':
      return undefined;
  }
}

const text = (...values: readonly string[]): Shape => ({
  kind: 'string',
  values: values.map((value) => ({ value })),
});
const object = (...members: readonly ShapeMember[]): Shape => ({ kind: 'object', members });
const arrayOf = (element: Shape): Shape => ({ kind: 'array', element });
const number = (example: string): Shape => ({ kind: 'number', example });
const BOOLEAN: Shape = { kind: 'boolean' };

function member(name: string, shape: Shape, doc: string, required = false): ShapeMember {
  return { name, shape, doc, required, detail: required ? 'required' : 'optional' };
}

const METADATA = object(
  member(
    'cedar_version',
    text('4.5.0'),
    'The version of Cedar that the policies are written in.',
    true,
  ),
  member(
    'policy_store',
    object(
      member('id', text(), 'Identifies the store, whatever its name.', true),
      member('name', text(), 'The pack, as requests name it: `name@version`.', true),
      member('description', text(), 'What the pack is for.'),
      member('version', text('1.0.0'), 'Semantic version of the pack.', true),
      member('created_date', text('2026-01-01T00:00:00Z'), 'When the pack was made.'),
      member('updated_date', text('2026-01-01T00:00:00Z'), 'When the pack last changed.'),
    ),
    'Name and version of the pack.',
    true,
  ),
);

const COST = arrayOf(number('0.01'));

function settingsShape(model: PackModel): Shape {
  const tool = object(
    member('cost_usd', COST, 'What one call costs in US dollars: [least, most].'),
  );
  const zones = ['UTC', 'Europe/Berlin', 'Europe/London', 'America/New_York', 'Asia/Tokyo'];
  return object(
    member('timeZone', text(...zones), 'IANA time zone of `session.hour` and its kin.', true),
    member(
      'risk',
      object(
        member(
          'threshold',
          number('80'),
          'From this risk on, what would be allowed is denied. 1 to 100.',
          true,
        ),
        member('high', number('50'), 'From this risk on, `high_risk` is true. 1 to 100.', true),
      ),
      'Where risk begins to matter.',
      true,
    ),
    member(
      'tools',
      {
        kind: 'object',
        members: toolsOf(model).map((name) => member(name, tool, 'A tool of the schema.')),
        others: tool,
      },
      'What is known about tools beside the rules.',
    ),
  );
}

function entityShape(model: PackModel): Shape {
  const types = [...(model.schema?.entityTypes.keys() ?? [])];
  const ids = types.flatMap((type) => idsOf(model, type));
  const uid = object(
    member('type', text(...types), 'The entity type, as the schema declares it.', true),
    member('id', text(...new Set(ids)), 'The id: the text in `Type::"id"`.', true),
  );
  const attributes = [...(model.schema?.entityTypes.values() ?? [])].flatMap((type) =>
    attributeMembers(model, type.attributes, type.name),
  );
  return object(
    member('uid', uid, 'The name of the entity.', true),
    member('attrs', { kind: 'object', members: attributes }, 'Its attributes.', true),
    member('parents', arrayOf(uid), 'The entities that it is directly in.', true),
    member('tags', { kind: 'object', members: [] }, 'Its tags.'),
  );
}

/** The body of `POST /check`: what a scenario asks. */
export function requestShape(model: PackModel): Shape {
  const tools: Shape = arrayOf(text(...toolsOf(model)));
  const words = (name: string): Shape => arrayOf(valuesShape(model, `context.${name}`));
  return object(
    member('goal', text(), 'What the agent says it wants to reach.', true),
    member('tools', tools, 'Tools that the agent proposes to call. None: the check is a plan.'),
    member('side_effects', words('side_effects'), 'What the action does to the world.'),
    member(
      'constraints',
      words('constraints'),
      'Limits and requirements, as `key: value` or words.',
    ),
    member('success_criteria', arrayOf(text()), 'How anyone could tell that the goal was reached.'),
    member('context', { kind: 'object', members: contextMembers(model) }, 'Runtime facts.'),
    member(
      'environment',
      valuesShape(model, 'context.environment'),
      'Used when the context has none.',
    ),
    member('policy_pack_version', text(), 'Empty, or the `name@version` that must be loaded.'),
    member('pro', BOOLEAN, 'Asks for the long answer.'),
    member('debug_store_input', BOOLEAN, 'Asks to keep the input.'),
  );
}

function scenarioShape(model: PackModel): Shape {
  const codes = [...issueCodes(model), ...ENGINE_ISSUES.keys()];
  const verdicts: Shape = {
    kind: 'string',
    values: [
      { value: 'ALLOW', doc: 'A permit applies and nothing objects.' },
      { value: 'DENY', doc: 'A forbid applies, or no permit does.' },
      { value: 'DEFER', doc: 'Evidence is missing.' },
    ],
  };
  const tags = model.scenarioFiles.flatMap(({ tree }) =>
    (memberOf(tree, 'tags')?.elements ?? []).map(({ value }) => value),
  );
  return object(
    member('name', text(), 'How lists show the scenario.', true),
    member('description', text(), 'What the scenario is about.'),
    member('tags', arrayOf(text(...new Set(tags))), 'Words to find it by.'),
    member('at', text('2026-03-16T10:00:00Z'), 'The moment at which the check is decided.', true),
    member('request', requestShape(model), 'The body of `POST /check`.', true),
    member(
      'expect',
      object(
        member('verdict', verdicts, 'The verdict expected.', true),
        member('issues', arrayOf(text(...codes)), 'Codes that must be among the issues.'),
        member('without', arrayOf(text(...codes)), 'Codes that must not be among them.'),
      ),
      'What must come out.',
      true,
    ),
  );
}

/** Facts that the actions of the schema declare, derived ones aside; required where any action says so. */
function contextMembers(model: PackModel): readonly ShapeMember[] {
  const all = new Map<string, Attribute & { readonly differs: boolean }>();
  for (const { appliesTo } of model.schema?.actions.values() ?? []) {
    for (const [name, attribute] of appliesTo?.context.attributes ?? []) {
      if (DERIVED_FIELDS.has(name)) continue;
      const known = all.get(name);
      const differs =
        known !== undefined &&
        (known.differs ||
          (known.type !== attribute.type && typeText(known.type) !== typeText(attribute.type)));
      all.set(name, {
        ...attribute,
        differs,
        required: attribute.required || known?.required === true,
      });
    }
  }
  return attributeMembers(model, all, 'context').map((one) => {
    if (all.get(one.name)?.differs !== true) return one;
    const { type: _, ...rest } = one;
    return rest;
  });
}

function attributeMembers(
  model: PackModel,
  attributes: Attributes,
  of: string,
): readonly ShapeMember[] {
  return [...attributes].map(([name, { type, required, doc = '' }]) => ({
    name,
    doc,
    required,
    detail: `${typeText(type)}${required ? '' : ', optional'}`,
    shape: typeShape(model, type, `${of}.${name}`),
    type,
  }));
}

function typeShape(model: PackModel, type: Type, subject: string): Shape {
  switch (type.kind) {
    case 'bool':
      return BOOLEAN;
    case 'long':
      return number('1');
    case 'string':
      return valuesShape(model, subject);
    case 'set':
      return arrayOf(typeShape(model, type.element, subject));
    case 'record':
      return { kind: 'object', members: attributeMembers(model, type.attributes, subject) };
    case 'entity':
      return object(
        member('type', text(type.name), 'The entity type.', true),
        member('id', text(...idsOf(model, type.name)), 'The id.', true),
      );
    case 'extension':
      if (type.name === 'decimal') return number('0.00');
      return text(type.name === 'datetime' ? '2026-03-16T10:00:00Z' : '');
  }
}

function valuesShape(model: PackModel, subject: string): Shape {
  const values = knownValues(model, subject).map(({ label, detail = '' }) => ({
    value: label,
    doc: detail,
  }));
  return { kind: 'string', values };
}
