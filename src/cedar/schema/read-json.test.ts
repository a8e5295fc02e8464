import * as official from '@cedar-policy/cedar-wasm/nodejs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSchemaJson } from './read-json.ts';

type Plain = { [key: string]: unknown };

const schema = (parts: Plain) => ({ '': { entityTypes: {}, actions: {}, ...parts } });
const entity = (type: unknown, more: Plain = {}) =>
  schema({ entityTypes: { A: type, B: {} }, ...more });
const attribute = (type: unknown, more: Plain = {}) =>
  entity({ shape: { type: 'Record', attributes: { x: type } } }, more);
const action = (type: unknown) => schema({ entityTypes: { A: {} }, actions: { x: type, g: {} } });
const applies = (more: Plain) =>
  action({ appliesTo: { principalTypes: ['A'], resourceTypes: ['A'], ...more } });
const T = { commonTypes: { T: { type: 'Record', attributes: {}, annotations: { doc: 'x' } } } };
const LONG = { type: 'Long' };

/** Schemas, each with the codes of its issues. */
const CASES: readonly [schema: unknown, ...codes: string[]][] = [
  [{}],
  [null, 'BAD_JSON'],
  [{ '': {} }, 'BAD_JSON', 'BAD_JSON'],
  [schema({ zzz: 1 }), 'BAD_JSON'],
  [{ 'A::B': { entityTypes: {}, actions: {}, annotations: { doc: 'b', c: null } } }],
  [{ 'A b': { entityTypes: {}, actions: {} } }, 'BAD_JSON'],
  [{ __cedar: { entityTypes: {}, actions: {} } }, 'RESERVED_NAME'],
  [schema({ annotations: { a: 'b' } }), 'BAD_JSON'],
  [schema({ annotations: {} })],
  [{ X: { entityTypes: {}, actions: {}, annotations: { 'a b': 'b' } } }, 'BAD_JSON'],
  [{ X: { entityTypes: {}, actions: {}, annotations: { a: 1 } } }, 'BAD_JSON'],
  [schema({ entityTypes: [] }), 'BAD_JSON'],
  [schema({ entityTypes: { 'a::b': {} } }), 'BAD_JSON'],
  [schema({ entityTypes: { if: {} } }), 'BAD_JSON'],
  [schema({ entityTypes: { Action: {} } }), 'ACTION_ENTITY_TYPE'],
  [schema({ commonTypes: { 'a b': LONG } }), 'BAD_JSON'],
  [schema({ commonTypes: { T: null } }), 'BAD_JSON'],
  [schema({ commonTypes: { T: { ...LONG, required: false } } }), 'BAD_JSON'],
  [schema({ commonTypes: { Long: LONG } }), 'RESERVED_NAME'],
  [schema({ commonTypes: { T: { type: 'T' } } }), 'TYPE_CYCLE'],
  [
    entity(
      { annotations: { doc: 'x' }, memberOfTypes: ['B'], tags: LONG, shape: { type: 'T' } },
      T,
    ),
  ],
  [entity(null), 'BAD_JSON'],
  [entity({ zzz: 1 }), 'BAD_JSON'],
  [entity({ memberOfTypes: 'B' }), 'BAD_JSON'],
  [entity({ memberOfTypes: [1] }), 'BAD_JSON', 'BAD_JSON'],
  [entity({ memberOfTypes: ['C'] }), 'UNKNOWN_TYPE'],
  [entity({ shape: null }), 'BAD_JSON'],
  [entity({ shape: LONG }), 'NOT_A_RECORD'],
  [entity({ shape: { type: 'Record' } }), 'BAD_JSON'],
  [
    entity({ shape: { type: 'Record', attributes: {}, additionalAttributes: true } }),
    'UNSUPPORTED',
  ],
  [entity({ shape: { type: 'Record', attributes: {}, additionalAttributes: false } })],
  [entity({ shape: { type: 'Record', attributes: {}, additionalAttributes: 'no' } }), 'BAD_JSON'],
  [entity({ tags: { type: 'Nope' } }), 'UNKNOWN_TYPE'],
  [entity({ enum: ['a'], annotations: { doc: 'x' } })],
  [entity({ enum: [] }), 'BAD_JSON'],
  [entity({ enum: null }), 'BAD_JSON', 'BAD_JSON'],
  [entity({ enum: ['a'], tags: LONG }), 'BAD_JSON'],
  [attribute({ type: 'Boolean', required: false, annotations: { doc: 'x' } })],
  [attribute({ type: 'String', required: 'no' }), 'BAD_JSON'],
  [attribute({ type: 'String', zzz: 1 }), 'BAD_JSON'],
  [attribute('Long'), 'BAD_JSON'],
  [attribute({}), 'BAD_JSON'],
  [attribute({ type: 'Set', element: LONG })],
  [attribute({ type: 'Set', element: 1 }), 'BAD_JSON'],
  [attribute({ type: 'Set' }), 'BAD_JSON'],
  [attribute({ type: 'Set', element: { ...LONG, required: true } }), 'BAD_JSON'],
  [attribute({ type: 'Entity', name: 'B' })],
  [attribute({ type: 'Entity', name: 'Long' }), 'UNKNOWN_TYPE'],
  [attribute({ type: 'Entity' }), 'BAD_JSON', 'BAD_JSON'],
  [attribute({ type: 'EntityOrCommon', name: 'Long' })],
  [attribute({ type: 'EntityOrCommon', name: 'zz' }), 'UNKNOWN_TYPE'],
  [attribute({ type: 'Extension', name: 'ipaddr' })],
  [attribute({ type: 'Extension', name: 'ip' }), 'UNKNOWN_TYPE'],
  [attribute({ type: '__cedar::decimal' })],
  [attribute({ type: 'B' }), 'UNKNOWN_TYPE'],
  [attribute({ type: 'a b' }), 'BAD_JSON'],
  [attribute({ type: 'T', name: 'B' }, T), 'BAD_JSON'],
  [attribute({ type: 'Record', attributes: { y: { ...LONG, required: false } } })],
  [action({ memberOf: null, appliesTo: null, attributes: null, annotations: {} })],
  [action({ memberOf: [{ id: 'g' }, { id: 'g', type: 'Action' }, { id: 'g', type: null }] })],
  [action({ memberOf: [{ id: 'g', type: 'A' }] }), 'UNKNOWN_ACTION'],
  [action({ memberOf: [{ id: 'g', type: 'a b' }] }), 'BAD_JSON'],
  [action({ memberOf: [{ id: 'g', zz: 1 }] }), 'BAD_JSON'],
  [action({ memberOf: [{ type: 'Action' }] }), 'BAD_JSON'],
  [action({ memberOf: ['g'] }), 'BAD_JSON'],
  [action({ memberOf: {} }), 'BAD_JSON'],
  [action({ memberOf: [{ id: 'x' }] }), 'ACTION_CYCLE'],
  [action({ attributes: {} }), 'UNSUPPORTED'],
  [action({ appliesTo: {} }), 'BAD_JSON', 'BAD_JSON'],
  [action({ appliesTo: { principalTypes: [], resourceTypes: [] } })],
  [applies({})],
  [applies({ context: { type: 'Record', attributes: {} } })],
  [applies({ context: LONG }), 'NOT_A_RECORD'],
  [applies({ context: null }), 'BAD_JSON'],
  [applies({ principalTypes: null }), 'BAD_JSON'],
  [applies({ zz: 1 }), 'BAD_JSON'],
];

describe('schemas in JSON', () => {
  test.each(CASES.map(([json, ...codes]) => [JSON.stringify(json), json, codes] as const))(
    '%s',
    (text, json, codes) => {
      const result = readSchemaJson(text);
      expect(result.ok ? [] : result.error.map((issue) => issue.code)).toEqual(codes);
      expect(official.checkParseSchema(json as official.Schema).type === 'success').toBe(result.ok);
    },
  );

  test('issues point into the text', () => {
    const text = '{"": {"entityTypes": {"A": {"memberOfTypes": ["B", 5]}}, "actions": {}, "x": 1}}';
    const result = readSchemaJson(text);
    const shown = result.ok ? [] : result.error.map(({ span }) => text.slice(span.start, span.end));
    expect(shown).toEqual(['1', '5', '5']);
    expect(readSchemaJson('{"": ')).toMatchObject({
      error: [{ code: 'BAD_JSON', span: { start: 5, end: 5 } }],
    });
  });

  test('declarations keep their places', () => {
    const text = '{"N": {"entityTypes": {"A": {"annotations": {"doc": "an A"}}}, "actions": {}}}';
    const result = readSchemaJson(text);
    const found = result.ok ? result.value.entityTypes.get('N::A') : undefined;
    expect(found?.doc).toBe('an A');
    expect(text.slice(found?.nameSpan.start, found?.nameSpan.end)).toBe('"A"');
    expect(text.slice(found?.span.start, found?.span.end)).toBe('{"annotations": {"doc": "an A"}}');
  });

  test('no JSON makes it throw, and issues are bounded', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(
          typeof readSchemaJson(
            JSON.stringify({ '': value, N: { entityTypes: value, actions: value } }),
          ).ok,
        ).toBe('boolean');
      }),
    );
    const many = JSON.stringify(Array.from({ length: 500 }, (_, index) => `a b ${index}`));
    const result = readSchemaJson(
      `{"": {"entityTypes": {"A": {"memberOfTypes": ${many}}}, "actions": {}}}`,
    );
    expect(result.ok ? 0 : result.error.length).toBe(100);
  });
});
