import { describe, expect, test } from 'vitest';
import { buildEntities, type Entity } from '../entities.ts';
import {
  EMPTY_RECORD,
  entityUid,
  recordOf,
  setOf,
  type CedarRecord,
  type Value,
} from '../value.ts';
import { datetimeFromMillis } from '../extensions/datetime.ts';
import { readSchema } from './resolve.ts';
import { hasType } from './types.ts';
import { actionEntities, validateEntities, validateRequest } from './validate.ts';

const schema = read(`
  entity Color enum ["red"];
  entity User in [Team] = { name: String, boss?: User, at?: datetime, nested?: { deep: Set<Color> } } tags Set<Long>;
  entity Team in [Org]; entity Org in [Org]; entity Doc;
  action all; action grp in all;
  action view in [grp, all] appliesTo { principal: [User, Color], resource: Doc, context: { n: Long, colors?: Set<Color>, act?: Action } };`);

function read(text: string) {
  const result = readSchema(text);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const user = entityUid('User', 'u');
const view = entityUid('Action', 'view');
const doc = entityUid('Doc', 'd');
const fields = (entries: Record<string, Value>): CedarRecord => recordOf(Object.entries(entries));

function requestIssues(parts: object): readonly string[] {
  const request = {
    principal: user,
    action: view,
    resource: doc,
    context: fields({ n: 1 }),
    ...parts,
  };
  const result = validateRequest(schema, request);
  return result.ok ? [] : result.error.map(({ code, path }) => `${code} ${path}`);
}

describe('requests', () => {
  const cases: readonly [name: string, parts: object, ...issues: string[]][] = [
    ['a right one', {}],
    [
      'with an optional field',
      { context: fields({ n: 1, colors: setOf([entityUid('Color', 'red')]), act: view }) },
    ],
    [
      'of an undeclared principal type',
      { principal: entityUid('Nope', 'x') },
      'UNDECLARED_TYPE /principal',
    ],
    ['of an action as principal', { principal: view }, 'UNDECLARED_TYPE /principal'],
    ['of a type that may not be the principal', { principal: doc }, 'TYPE_MISMATCH /principal'],
    [
      'of an id that is not listed',
      { principal: entityUid('Color', 'blue') },
      'ENUM_ID /principal',
    ],
    ['on the wrong resource', { resource: user }, 'TYPE_MISMATCH /resource'],
    ['of an unknown action', { action: entityUid('Action', 'nope') }, 'UNDECLARED_ACTION /action'],
    [
      'of a group',
      { action: entityUid('Action', 'grp'), context: EMPTY_RECORD },
      'TYPE_MISMATCH /principal',
      'TYPE_MISMATCH /resource',
    ],
    ['without a field', { context: EMPTY_RECORD }, 'MISSING_ATTRIBUTE /context'],
    [
      'with a field too much',
      { context: fields({ n: 1, z: 1 }) },
      'UNEXPECTED_ATTRIBUTE /context/z',
    ],
    ['with a field of another type', { context: fields({ n: 'x' }) }, 'TYPE_MISMATCH /context/n'],
    [
      'with a set of other things',
      { context: fields({ n: 1, colors: setOf([user]) }) },
      'TYPE_MISMATCH /context/colors',
    ],
    [
      'with an id that is not listed in a set',
      { context: fields({ n: 1, colors: setOf([entityUid('Color', 'blue')]) }) },
      'ENUM_ID /context/colors',
    ],
    [
      'with an undeclared action in a field',
      { context: fields({ n: 1, act: entityUid('Action', 'nope') }) },
      'UNDECLARED_ACTION /context/act',
    ],
  ];
  test.each(cases)('%s', (_name, parts, ...issues) => {
    expect(requestIssues(parts)).toEqual(issues);
  });

  test('an undeclared action can be checked as if it were a declared one', () => {
    const request = {
      principal: user,
      action: entityUid('Action', 'new'),
      resource: doc,
      context: fields({ n: 1 }),
    };
    expect(validateRequest(schema, request).ok).toBe(false);
    expect(validateRequest(schema, request, view)).toEqual({ ok: true, value: request });
  });
});

function entityIssues(...entities: readonly Partial<Entity>[]): readonly string[] {
  const built = buildEntities(
    entities.map((parts) =>
      Object.assign(
        {
          uid: user,
          parents: [],
          attrs: fields({ name: 'x' }),
          tags: EMPTY_RECORD,
        },
        parts,
      ),
    ),
  );
  if (!built.ok) throw new Error(JSON.stringify(built.error));
  const result = validateEntities(schema, built.value);
  return result.ok ? [] : result.error.map(({ code, path }) => `${code} ${path}`);
}

describe('entities', () => {
  const full = fields({
    name: 'x',
    boss: user,
    at: datetimeFromMillis(0),
    nested: fields({ deep: setOf([entityUid('Color', 'red')]) }),
  });
  const bare = { attrs: EMPTY_RECORD };
  const org = entityUid('Org', 'o');
  const cases: readonly [
    name: string,
    entities: readonly Partial<Entity>[],
    ...issues: string[],
  ][] = [
    [
      'a full one',
      [{ attrs: full, parents: [entityUid('Team', 't'), org], tags: fields({ t: setOf([1, 2]) }) }],
    ],
    ['the actions of the schema', actionEntities(schema)],
    ['an undeclared type', [{ uid: entityUid('Nope', 'x') }], 'UNDECLARED_TYPE /0'],
    ['an undeclared action', [{ uid: entityUid('Action', 'nope') }], 'UNDECLARED_ACTION /0'],
    [
      'an action in other groups',
      [{ ...bare, uid: view, parents: [entityUid('Action', 'grp')] }],
      'ACTION_MISMATCH /0',
    ],
    [
      'an action in a group that it is not in',
      [{ ...bare, uid: entityUid('Action', 'all'), parents: [view] }],
      'ACTION_MISMATCH /0',
    ],
    ['an action with attributes', [{ uid: entityUid('Action', 'all') }], 'ACTION_MISMATCH /0'],
    ['a missing attribute', [bare], 'MISSING_ATTRIBUTE /0/attrs'],
    [
      'a missing attribute inside',
      [{ attrs: fields({ name: 'x', nested: EMPTY_RECORD }) }],
      'MISSING_ATTRIBUTE /0/attrs/nested',
    ],
    [
      'an attribute too much',
      [{ attrs: fields({ name: 'x', 'a/b': 1 }) }],
      'UNEXPECTED_ATTRIBUTE /0/attrs/a~1b',
    ],
    ['a tag of another type', [{ tags: fields({ t: setOf(['x']) }) }], 'TYPE_MISMATCH /0/tags/t'],
    [
      'tags where there are none',
      [{ ...bare, uid: org, tags: fields({ t: 1 }) }],
      'TAGS_NOT_ALLOWED /0/tags/t',
    ],
    ['a parent of the wrong type', [{ parents: [doc] }], 'PARENT_NOT_ALLOWED /0/parents/0'],
    [
      'a parent whose id is not listed',
      [{ parents: [entityUid('Color', 'blue')] }],
      'ENUM_ID /0/parents/0',
      'PARENT_NOT_ALLOWED /0/parents/0',
    ],
    ['an id that is not listed', [{ ...bare, uid: entityUid('Color', 'blue') }], 'ENUM_ID /0/uid'],
    [
      'the second one',
      [{}, { ...bare, uid: doc, attrs: fields({ x: 1 }) }],
      'UNEXPECTED_ATTRIBUTE /1/attrs/x',
    ],
  ];
  test.each(cases)('%s', (_name, entities, ...issues) => {
    expect(entityIssues(...entities)).toEqual(issues);
  });

  test('issues are bounded', () => {
    const many = Array.from({ length: 200 }, (_, index) => ({
      uid: entityUid('Nope', `${index}`),
    }));
    const issues = entityIssues(...many);
    expect(issues).toHaveLength(101);
    expect(issues.at(-1)).toBe('TOO_MANY_ISSUES ');
  });
});

test('a schema put together by hand may dangle', () => {
  const dangling = {
    ...schema,
    entityTypes: new Map(schema.entityTypes),
    actions: new Map(schema.actions),
  };
  dangling.entityTypes.delete('Org');
  dangling.actions.delete('Action::"all"');
  const org = entityUid('Org', 'o');
  const team = {
    uid: entityUid('Team', 't'),
    parents: [org],
    attrs: EMPTY_RECORD,
    tags: EMPTY_RECORD,
  };
  const inDoc = { ...team, uid: entityUid('Team', 'd'), parents: [doc] };
  const all = entityUid('Action', 'all');
  const built = buildEntities([
    team,
    inDoc,
    { ...team, uid: entityUid('Action', 'grp'), parents: [all] },
  ]);
  const result = built.ok ? validateEntities(dangling, built.value) : built;
  expect(result).toMatchObject({
    ok: false,
    error: [{ code: 'PARENT_NOT_ALLOWED', path: '/1/parents/0' }],
  });
});

test('hasType looks into records and sets', () => {
  const nested = schema.entityTypes.get('User')?.attributes.get('nested')?.type ?? {
    kind: 'bool' as const,
  };
  const red = entityUid('Color', 'red');
  expect(hasType(fields({ deep: setOf([red]) }), nested)).toBe(true);
  expect(hasType(fields({ deep: setOf([red, user]) }), nested)).toBe(false);
  expect(hasType(fields({ deep: setOf([]), more: 1 }), nested)).toBe(false);
  expect(hasType(EMPTY_RECORD, nested)).toBe(false);
  expect(hasType(1, nested)).toBe(false);
  const optional = read('type R = { a?: Long }; entity E = { r: R };')
    .entityTypes.get('E')
    ?.attributes.get('r')?.type;
  expect(optional && hasType(EMPTY_RECORD, optional)).toBe(true);
  expect(hasType(true, { kind: 'bool' })).toBe(true);
});
