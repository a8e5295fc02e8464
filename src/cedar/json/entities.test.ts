import { describe, expect, test } from 'vitest';
import { readSchema } from '../schema/resolve.ts';
import type { Schema } from '../schema/model.ts';
import { printValue } from '../value.ts';
import { readEntities } from './entities.ts';
import { parseJson } from './lossless.ts';

const TEXT = `
  entity User in [Team] = { name: String, limit?: decimal, boss?: User } tags Set<String>;
  entity Team; entity Color enum ["red"];
  action all; action grp in all; action view in grp;`;

function schema(): Schema {
  const result = readSchema(TEXT);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

function read(text: string, by: Schema | undefined) {
  const json = parseJson(text);
  if (!json.ok) throw new Error(json.error.message);
  return readEntities(json.value, by);
}

function issuesOf(text: string, by: Schema | undefined = schema()): readonly string[] {
  const result = read(text, by);
  return result.ok ? [] : result.error.map(({ code, path }) => `${code} ${path}`);
}

const user = (parts: string) =>
  `[{"uid": {"type": "User", "id": "u"}, "attrs": {"name": "x"}, "parents": []${parts}}]`;
const bare = (type: string, id: string, parents = '') =>
  `{"uid": {"type": "${type}", "id": "${id}"}, "attrs": {}, "parents": [${parents}]}`;
const ALL = '{"type": "Action", "id": "all"}';
const GRP = '{"type": "Action", "id": "grp"}';

test('values are read by their declared types, and the actions of the schema come along', () => {
  const text = `[{"uid": {"__entity": {"type": "User", "id": "u"}},
    "attrs": {"name": "x", "limit": "1.5", "boss": {"type": "User", "id": "b"}},
    "parents": [{"type": "Team", "id": "t"}], "tags": {"k": ["v"]}, "ignored": 1}]`;
  const result = read(text, schema());
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  const [entity, ...actions] = result.value;
  expect(
    entity && [
      entity.uid.toString(),
      entity.parents.map(String),
      printValue(entity.attrs),
      printValue(entity.tags),
    ],
  ).toEqual([
    'User::"u"',
    ['Team::"t"'],
    '{"boss": User::"b", "limit": decimal("1.5"), "name": "x"}',
    '{"k": ["v"]}',
  ]);
  expect(actions.map(({ uid, parents }) => `${uid} in ${parents.join()}`)).toEqual([
    'Action::"all" in ',
    'Action::"grp" in Action::"all"',
    'Action::"view" in Action::"grp"',
  ]);
});

test('an action that is listed does not come twice', () => {
  const result = read(`[${bare('Action', 'grp', ALL)}]`, schema());
  expect(result.ok && result.value.map(({ uid }) => uid.id)).toEqual(['grp', 'all', 'view']);
});

describe('by a schema', () => {
  test.each<readonly [text: string, ...issues: string[]]>([
    ['{}', 'SHAPE '],
    ['[1]', 'SHAPE /0'],
    ['[{}]', 'SHAPE /0', 'SHAPE /0', 'SHAPE /0'],
    [
      '[{"uid": "x", "attrs": [], "parents": {}, "tags": null}]',
      'BAD_ENTITY_UID /0/uid',
      'SHAPE /0/attrs',
      'SHAPE /0/parents',
      'SHAPE /0/tags',
    ],
    [
      '[{"uid": {"type": "User", "id": "u"}, "attrs": {}, "parents": [5]}]',
      'BAD_ENTITY_UID /0/parents/0',
    ],
    [user('')],
    [user(', "tags": {"k": ["v", 1]}'), 'TYPE_MISMATCH /0/tags/k/1'],
    [
      '[{"uid": {"type": "User", "id": "u"}, "attrs": {"x": 1}, "parents": []}]',
      'MISSING_ATTRIBUTE /0/attrs',
      'UNEXPECTED_ATTRIBUTE /0/attrs/x',
    ],
    [`[${bare('Nope', 'x')}]`, 'UNDECLARED_TYPE /0'],
    [`[${bare('Team', 'x')}, ${bare('Color', 'blue')}]`, 'ENUM_ID /1/uid'],
    [`[${bare('Team', 'x', ALL)}]`, 'PARENT_NOT_ALLOWED /0/parents/0'],
    [`[${bare('Action', 'nope')}]`, 'UNDECLARED_ACTION /0'],
    [`[${bare('Action', 'view', GRP)}]`, 'ACTION_MISMATCH /0'],
    [`[${bare('Action', 'view', `${GRP}, ${ALL}, ${ALL}`)}]`],
    [`[${bare('Action', 'view', GRP)}, ${bare('Action', 'grp', ALL)}]`],
    [
      `[${bare('Action', 'view', '{"type": "Team", "id": "t"}')}]`,
      'PARENT_NOT_ALLOWED /0/parents/0',
    ],
  ])('%s', (text, ...issues) => {
    expect(issuesOf(text)).toEqual(issues);
  });
});

describe('without a schema', () => {
  test.each<readonly [text: string, ...issues: string[]]>([
    ['[]'],
    [`[${bare('Nope', 'x', ALL)}, ${bare('Nope', 'x', ALL)}]`],
    [`[${bare('N::Action', 'x', ALL)}]`],
    [
      `[${bare('N::Action', 'x', '{"type": "Team", "id": "t"}')}]`,
      'PARENT_NOT_ALLOWED /0/parents/0',
    ],
    [
      '[{"uid": {"type": "A", "id": ""}, "attrs": {"a": null}, "parents": [], "tags": {"t": 1.5}}]',
      'NULL_VALUE /0/attrs/a',
      'TYPE_MISMATCH /0/tags/t',
    ],
  ])('%s', (text, ...issues) => {
    const json = parseJson(text);
    const result = json.ok ? readEntities(json.value, undefined) : json;
    expect(
      result.ok
        ? []
        : (result.error as readonly { code: string; path: string }[]).map(
            ({ code, path }) => `${code} ${path}`,
          ),
    ).toEqual(issues);
  });
});
