import { describe, expect, test } from 'vitest';
import { readPack } from '../../pack/read.ts';
import { packFromTools } from './pack-from-tools.ts';
import { problemsOf, text, tool, whole } from './testing/tools.ts';
import { readToolList, type McpTool } from './tool-list.ts';

const KINDS: readonly McpTool[] = [
  { ...tool('look', { q: text }, { required: ['q'] }), annotations: { readOnlyHint: true } },
  {
    ...tool('search_web', { q: text }, { required: ['q'] }),
    annotations: { readOnlyHint: true, openWorldHint: true },
  },
  {
    ...tool('add-note', { body: text, 'at time': { type: 'string', format: 'date-time' } }, {}),
    annotations: { destructiveHint: false, openWorldHint: false },
  },
  { ...tool('send', { to: text }, { required: ['to'] }), annotations: { destructiveHint: false } },
  tool('drop', {
    table: { type: 'string', enum: ['a', 'b'] },
    if: text,
    how: { anyOf: [text, { type: 'object', properties: { deep: whole } }, { type: 'null' }] },
  }),
];

describe('a pack from tools', () => {
  test('has no problems, and all its scenarios pass', () => {
    expect(problemsOf(packFromTools('kinds', KINDS))).toEqual([]);
    for (const one of KINDS) expect(problemsOf(packFromTools('one', [one]))).toEqual([]);
  });

  test('proposes a verdict for each kind of tool', () => {
    const { files, proposed } = packFromTools('kinds', KINDS);
    expect(proposed).toEqual({ ALLOW: 2, DEFER: 2, DENY: 1 });
    const { pack } = readPack(files);
    const verdicts = pack?.scenarios.map(({ id, expect: wanted }) => `${id} ${wanted?.verdict}`);
    expect(verdicts?.toSorted()).toEqual([
      'add-note ALLOW',
      'drop DENY',
      'drop-approved DENY',
      'look ALLOW',
      'planning ALLOW',
      'search-web DEFER',
      'search-web-approved ALLOW',
      'send DEFER',
      'send-approved ALLOW',
      'unknown-tool DENY',
    ]);
    expect(JSON.parse(files.get('tools.json') ?? '')).toEqual({
      look: { side_effects: [] },
      search_web: { side_effects: ['external_communication'] },
      'add-note': { side_effects: ['write'] },
      send: { side_effects: ['write', 'external_communication'] },
      drop: { side_effects: ['delete', 'external_communication'] },
    });
  });

  test('a silent tool is taken for the worst that MCP lets it be', () => {
    const { files } = packFromTools('silent', [{ name: 'x', inputSchema: {} }]);
    expect(files.get('schema.cedarschema')).toContain(
      'action "x" in ["call_tool", "changing_tools", "destructive_tools", "open_world_tools"]',
    );
  });

  test('leaves out a tool that bears a name of the engine, and says so', () => {
    const { files, notes } = packFromTools('taken', [tool('plan', {}), ...KINDS]);
    expect(notes).toEqual([expect.stringContaining('plan')]);
    expect(files.get('tools.json')).not.toContain('"plan"');
  });

  test('hostile names and schemas make a pack all the same, with types of their own', () => {
    const self = { type: 'object', properties: { me: { $ref: '#/$defs/Self' } } };
    const deep = Array.from({ length: 200 }).reduce<object>((inner) => {
      return { type: 'array', items: inner };
    }, text);
    const hostile = [
      tool('a-b', { o: { type: 'object', properties: {} } }),
      tool('a_b', { o: { type: 'object', properties: {} } }),
      tool('1', { '': text, '"});': text, __cedar: text, __proto__: text }),
      tool('"; permit (principal, action, resource); //', { x: { $ref: '#/$defs/None' } }),
      tool('😀', { self: { $ref: '#/$defs/Self' } }, { $defs: { Self: self } }),
      tool('deep', { deep }, { required: ['deep'] }),
      tool('a', { Input: { type: 'object', properties: { x: text } } }),
      tool('Unknown', { x: {}, y: true, z: [] }),
      { name: 'typed', description: '"\n\\', inputSchema: { properties: [], required: 'x' } },
    ];
    const pack = packFromTools('hostile', hostile);
    expect(problemsOf(pack)).toEqual([]);
    expect(readPack(pack.files).pack?.rules.map(({ id }) => id)).toHaveLength(4);
  });
});

describe('a list of tools', () => {
  const list = [{ name: 'x', inputSchema: { type: 'object' } }];

  test('is read as a server answers it, or alone', () => {
    for (const given of [
      list,
      { tools: list },
      { jsonrpc: '2.0', id: 1, result: { tools: list } },
    ]) {
      expect(readToolList(JSON.stringify(given))).toMatchObject({ ok: true, value: list });
    }
  });

  test.each([
    ['no list of tools', ''],
    ['no list of tools', '{"tools": 1}'],
    ['no tools in it', '[]'],
    ['Tool 1: inputSchema', '[{"name": "x"}]'],
    ['Tool 1: name', '[{"inputSchema": {}}]'],
    ['there twice', JSON.stringify([...list, ...list])],
    ['more than 1000', JSON.stringify(Array.from({ length: 1001 }, () => list[0]))],
    ['too long', ' '.repeat(4_000_001)],
  ])('that is none says so: %s', (message, source) => {
    const read = readToolList(source);
    expect(read.ok ? '' : read.error).toContain(message);
  });
});
