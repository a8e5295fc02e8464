import { describe, expect, test } from 'vitest';
import { jsonFromUnknown } from '../cedar/json/from-unknown.ts';
import { readSchema } from '../cedar/schema/resolve.ts';
import { printValue } from '../cedar/value.ts';
import { readInput } from './input.ts';

const SCHEMA = `entity Null;
entity Unknown;
entity mode enum ["read", "write"];
entity labels = { owner?: String } tags Long;
entity nested tags labels;
entity Other;
type Input = {
  path?: String, n?: Long, amount?: decimal, since?: datetime, wait?: duration, from?: ipaddr,
  mode?: mode, modes?: Set<mode>, labels?: labels, nested?: nested, any?: Unknown, other?: Other,
  choice?: { typeChoice0?: Long, typeChoice1?: mode, typeChoice2?: { deep: String }, typeChoice3?: Null },
  list?: Set<{ typeChoice0?: String, typeChoice1?: Null }>,
};
action "t" appliesTo { principal: Other, resource: Other, context: { input: Input } };`;

const schema = readSchema(SCHEMA);
if (!schema.ok) throw new Error(JSON.stringify(schema.error));
const declared = schema.value;
const type = declared.actions.get('Action::"t"')?.appliesTo?.context.attributes.get('input')?.type;
if (type === undefined) throw new Error('no input');

function read(input: object): readonly string[] {
  const json = jsonFromUnknown(input);
  if (!json.ok || json.value === null || type === undefined) throw new Error('no JSON');
  const result = readInput(json.value, type, declared);
  if (!result.ok) return result.error.map(({ code, path }) => `${code} ${path}`);
  const { value, entities } = result.value;
  return [
    value === undefined ? 'absent' : printValue(value),
    ...entities.map(
      ({ uid, attrs, tags }) => `${uid} ${printValue(attrs)} tags ${printValue(tags)}`,
    ),
  ];
}

describe('arguments of a tool', () => {
  test.each([
    [{ path: 'a', n: 1, amount: 1.5 }, ['{"amount": decimal("1.5"), "n": 1, "path": "a"}']],
    [{ mode: 'read' }, ['{"mode": mode::"read"}']],
    [{ modes: ['write', 'read'] }, ['{"modes": [mode::"read", mode::"write"]}']],
    [{ wait: 'P1DT2H3M4S' }, ['{"wait": duration("93784000ms")}']],
    [{ wait: '90m' }, ['{"wait": duration("5400000ms")}']],
    [{ any: { deep: [1, null] } }, ['{"any": Unknown::"{\\"deep\\":[1,null]}"}']],
    [{ any: null, mode: null, undeclared: 1 }, ['{}']],
    [{ choice: 3 }, ['{"choice": {"typeChoice0": 3}}']],
    [{ choice: 'write' }, ['{"choice": {"typeChoice1": mode::"write"}}']],
    [{ choice: { deep: 'x' } }, ['{"choice": {"typeChoice2": {"deep": "x"}}}']],
    [{ choice: null }, ['{"choice": {"typeChoice3": Null::"null"}}']],
    [{ list: ['a', null] }, ['{"list": [{"typeChoice0": "a"}, {"typeChoice1": Null::"null"}]}']],
    [
      { labels: { owner: 'me', size: 3, none: null } },
      [
        '{"labels": labels::"input/labels"}',
        'labels::"input/labels" {"owner": "me"} tags {"size": 3}',
      ],
    ],
    [
      { nested: { a: { x: 1 } } },
      [
        '{"nested": nested::"input/nested"}',
        'labels::"input/nested/a" {} tags {"x": 1}',
        'nested::"input/nested" {} tags {"a": labels::"input/nested/a"}',
      ],
    ],
  ])('%j', (input, expected) => {
    expect(read(input)).toEqual(expected);
  });

  test.each([
    [{ mode: 'delete' }, ['TYPE_MISMATCH /input/mode']],
    [{ mode: 1 }, ['TYPE_MISMATCH /input/mode']],
    [{ modes: ['read', null] }, ['NULL_VALUE /input/modes/1']],
    [{ n: 1.5 }, ['TYPE_MISMATCH /input/n']],
    [{ amount: 1.234_56 }, ['BAD_EXTENSION_VALUE /input/amount']],
    [{ wait: 'P' }, ['BAD_EXTENSION_VALUE /input/wait']],
    [{ labels: { size: 'large' } }, ['TYPE_MISMATCH /input/labels']],
    [{ labels: ['size'] }, ['TYPE_MISMATCH /input/labels']],
    [{ other: 'x' }, ['TYPE_MISMATCH /input/other']],
    [{ choice: 'delete' }, ['TYPE_MISMATCH /input/choice']],
  ])('that do not fit are refused: %j', (input, expected) => {
    expect(read(input)).toEqual(expected);
  });
});
