/** The types of `context.input` are those of Cedar's own MCP schema generator. */
import { generateSchema } from '@cedar-policy/mcp-schema-generator-wasm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Schema, Type } from '../../cedar/schema/model.ts';
import { readSchema } from '../../cedar/schema/resolve.ts';
import { packFromTools } from './pack-from-tools.ts';
import { problemsOf, text, tool, whole } from './testing/tools.ts';
import type { McpTool } from './tool-list.ts';

const STUB = `namespace S {
  entity Role;
  @mcp_principal entity Agent;
  @mcp_resource entity Environment;
  @mcp_action action "call_tool";
}`;
const CONFIG = { objectsAsRecords: true, flattenNamespaces: true, numbersAsDecimal: true };

function theirs(tools: readonly McpTool[]): Schema | string {
  const answer = JSON.parse(
    generateSchema(STUB, JSON.stringify(tools), JSON.stringify(CONFIG)),
  ) as { readonly schema: string | null; readonly error: string | null };
  if (answer.schema === null) return answer.error ?? 'failed';
  // Our engine's types stand in no namespace; the generator wants one.
  const bare = answer.schema.replace('namespace S {', '').replace(/\}\s*$/u, '');
  return schemaOf(bare.replaceAll('S::', ''));
}

function ours(tools: readonly McpTool[]): Schema {
  return schemaOf(packFromTools('x', tools).files.get('schema.cedarschema') ?? '');
}

function schemaOf(source: string): Schema {
  const schema = readSchema(source);
  if (!schema.ok) throw new Error(`${JSON.stringify(schema.error)}\n${source}`);
  return schema.value;
}

/** What a schema says about the arguments of a tool, with everything that hangs on it. */
function inputOf(schema: Schema, name: string): unknown {
  const action = [...schema.actions.values()].find(({ uid }) => uid.id === name);
  const input = action?.appliesTo?.context.attributes.get('input');
  const show = (type: Type): unknown => {
    switch (type.kind) {
      case 'set':
        return ['set', show(type.element)];
      case 'record':
        return [...type.attributes]
          .map(([key, one]) => [key, one.required, show(one.type)])
          .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
      case 'entity': {
        const entity = schema.entityTypes.get(type.name);
        const attributes = { kind: 'record' as const, attributes: entity?.attributes ?? new Map() };
        const tags = entity?.tags === undefined ? null : show(entity.tags);
        return [type.name, entity?.enumIds ?? null, show(attributes), tags];
      }
      case 'extension':
        return type.name;
      case 'bool':
      case 'long':
      case 'string':
        return type.kind;
    }
  };
  return {
    input: input && [input.required, show(input.type)],
    common: schema.commonTypes.has(`${name}Input`),
    group: action?.memberOf.some(({ id }) => id === 'call_tool'),
  };
}

function typeNames(schema: Schema): readonly string[] {
  const names = [...schema.commonTypes.keys(), ...schema.entityTypes.keys()];
  return names.filter((name) => /^\w+Input|_Input_/u.test(name)).toSorted();
}

const leaf = fc.oneof(
  fc.constantFrom('string', 'integer', 'number', 'boolean', 'null').map((type) => ({ type })),
  fc
    .constantFrom('date', 'date-time', 'time', 'duration', 'ipv4', 'ipv6', 'decimal', 'uri', 'uuid')
    .map((format) => ({ type: 'string', format })),
  fc
    .uniqueArray(fc.constantFrom('a', 'b c', '"', 'd'), { minLength: 1, maxLength: 3 })
    .map((choices) => ({ type: 'string', enum: choices })),
  fc.constantFrom<object>(
    {},
    { const: 'k' },
    { enum: ['a'] },
    { $ref: '#/$defs/T' },
    { $ref: '#/$defs/E' },
  ),
);
const key = fc.constantFrom('p', 'q', 'path', 'type', 'entity', 'camelCase', '_u');
const { node } = fc.letrec<{ node: object }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    { weight: 4, arbitrary: leaf },
    { weight: 1, arbitrary: tie('node').map((items) => ({ type: 'array', items })) },
    {
      weight: 2,
      arbitrary: fc
        .dictionary(key, tie('node'), { maxKeys: 3 })
        .chain((properties) =>
          fc
            .subarray(Object.keys(properties))
            .map((required) => ({ type: 'object', properties: { ...properties }, required })),
        ),
    },
    {
      weight: 1,
      arbitrary: tie('node').map((additionalProperties) => ({
        type: 'object',
        additionalProperties,
      })),
    },
    {
      weight: 1,
      arbitrary: fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    },
    {
      weight: 1,
      arbitrary: fc
        .uniqueArray(fc.constantFrom('string', 'integer', 'null', 'boolean'), { minLength: 1 })
        .map((type) => ({ type })),
    },
  ),
}));
const DEFS = {
  $defs: {
    T: { type: 'object', properties: { k: text, o: { type: 'object', properties: { p: whole } } } },
    E: { type: 'string', enum: ['on', 'off'] },
  },
};

describe("against Cedar's own generator", () => {
  test('the kinds of types, one by one', () => {
    const tools = [tool('t', { s: text, n: whole, list: { type: 'array', items: text } })];
    expect(inputOf(ours(tools), 't')).toEqual({
      input: [
        true,
        [
          ['list', false, ['set', 'string']],
          ['n', false, 'long'],
          ['s', false, 'string'],
        ],
      ],
      common: true,
      group: true,
    });
  });

  test('any schema that it takes gets the same names and types', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.dictionary(key, node, { maxKeys: 4 }), (properties) => {
        const tools = [tool('some_tool', { ...properties }, DEFS)];
        const their = theirs(tools);
        if (typeof their === 'string') return;
        compared += 1;
        const our = ours(tools);
        expect(inputOf(our, 'some_tool')).toEqual(inputOf(their, 'some_tool'));
        // What it declares and nothing uses is all that may be missing.
        expect(typeNames(their)).toEqual(expect.arrayContaining([...typeNames(our)]));
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  test('whatever the schema, the pack has no problems and its scenarios pass', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), node, { maxKeys: 4 }), (properties) => {
        const required = Object.keys(properties).slice(0, 2);
        const one = tool('some_tool', { ...properties }, { ...DEFS, required });
        expect(problemsOf(packFromTools('x', [one]))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
