import { describe, expect, test } from 'vitest';
import type { Schema } from './model.ts';
import { SCHEMA_LIMITS } from '../limits.ts';
import { readSchema } from './resolve.ts';
import { printType } from './types.ts';

function schemaOf(text: string): Schema {
  const result = readSchema(text);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** Each issue as its code and the text that its span covers. */
function issuesOf(text: string): readonly string[] {
  const result = readSchema(text);
  if (result.ok) return [];
  return result.error.map(({ code, span }) => `${code} ${text.slice(span.start, span.end)}`);
}

const APPLIES = 'appliesTo { principal: E, resource: E, context:';

describe('what no schema may say', () => {
  const cases: readonly [text: string, ...issues: string[]][] = [
    ['entity A, A;', 'DUPLICATE_DECLARATION A'],
    ['type T = Long; type T = Long;', 'DUPLICATE_DECLARATION T'],
    ['action a, "a";', 'DUPLICATE_DECLARATION "a"'],
    ['namespace N {} namespace N {}', 'DUPLICATE_NAMESPACE N'],
    ['namespace N::__cedar {}', 'RESERVED_NAME N::__cedar'],
    ['entity __cedar;', 'RESERVED_NAME __cedar'],
    ['type __cedar = Long;', 'RESERVED_NAME __cedar'],
    ['type Record = Long; type Boolean = Long;', 'RESERVED_NAME Record', 'RESERVED_NAME Boolean'],
    ['entity Action;', 'ACTION_ENTITY_TYPE Action'],
    ['namespace N { entity A; } entity A;', 'SHADOWED_DECLARATION A'],
    ['namespace N { type A = Long; } type A = Long;', 'SHADOWED_DECLARATION A'],
    ['namespace N { action a; } action a;', 'SHADOWED_DECLARATION a'],
    ['entity A in [B, C];', 'UNKNOWN_TYPE B', 'UNKNOWN_TYPE C'],
    [
      'entity A = { a: N::A, b: Set<X> } tags Y;',
      'UNKNOWN_TYPE N::A',
      'UNKNOWN_TYPE X',
      'UNKNOWN_TYPE Y',
    ],
    ['type T = Long; entity A in T;', 'UNKNOWN_TYPE T'],
    ['action x; entity A in Action;', 'UNKNOWN_TYPE Action'],
    [`entity E; action a ${APPLIES} E };`, 'UNKNOWN_TYPE E'],
    [`entity E; action a ${APPLIES} Long };`, 'NOT_A_RECORD Long'],
    ['action a appliesTo { principal: P, resource: R };', 'UNKNOWN_TYPE P', 'UNKNOWN_TYPE R'],
    ['action a in b;', 'UNKNOWN_ACTION b'],
    ['action a in N::Action::"b";', 'UNKNOWN_ACTION N::Action::"b"'],
    ['action a in c; action b in a; action c in [b];', 'ACTION_CYCLE a'],
    ['type A = Set<B>; type B = { a: A };', 'TYPE_CYCLE A'],
    ['type A = A; type B = A; entity E = { a: B };', 'TYPE_CYCLE A'],
  ];
  test.each(cases)('%s', (text, ...issues) => {
    expect(issuesOf(text)).toEqual(issues);
  });

  test('a cycle is named in full', () => {
    const result = readSchema('type A = Set<B>; type B = { a: A };');
    expect(result.ok ? '' : result.error[0]?.message).toContain('A → B → A');
  });

  test('common types may not add up to a depth that no walk should take', () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, index) => `type T${index} = Set<T${index + 1}>;`).join('\n');
    expect(
      issuesOf(`${chain(SCHEMA_LIMITS.depth)} type T${SCHEMA_LIMITS.depth} = Set<Long>;`),
    ).toEqual([]);
    const tooLong = readSchema(`${chain(5000)} type T5000 = Long;`);
    expect(tooLong.ok ? [] : [tooLong.error.length, tooLong.error[0]?.code]).toEqual([
      1,
      'TOO_DEEP',
    ]);
  });

  test('no more issues than the limit', () => {
    const text = Array.from({ length: 300 }, (_, index) => `entity A${index} in X;`).join('\n');
    expect(issuesOf(text)).toHaveLength(SCHEMA_LIMITS.issues);
  });
});

describe('what names refer to', () => {
  test('the own namespace, then the unnamed one; common types before entity types', () => {
    const schema = schemaOf(`
      entity Both; type Both = Long; entity Outer; type Alias = Inner; entity Inner;
      namespace N {
        entity Own, E = { own: Own, outer: Outer, both: Both, alias: Alias, act: Action, far: M::F };
        action a;
      }
      namespace M { entity F; }`);
    const attributes = schema.entityTypes.get('N::E')?.attributes ?? [];
    const types = Object.fromEntries(
      [...attributes].map(([name, { type }]) => [name, printType(type)]),
    );
    expect(types).toEqual({
      own: 'N::Own',
      outer: 'Outer',
      both: 'Long',
      alias: 'Inner',
      act: 'N::Action',
      far: 'M::F',
    });
  });

  test('a declaration hides a built-in type, which keeps its full name', () => {
    const schema = schemaOf(
      'type decimal = String; entity Long; entity A = { a: decimal, b: __cedar::decimal, c: Long, d: __cedar::Long };',
    );
    const types = [...(schema.entityTypes.get('A')?.attributes.values() ?? [])].map(
      ({ type }) => type.kind,
    );
    expect(types).toEqual(['string', 'extension', 'entity', 'long']);
  });

  test('actions in groups, unqualified and qualified', () => {
    const schema = schemaOf(
      'action top; namespace N { action grp in top; action a in [grp, "b", N::Action::"grp", Action::"top"]; action b; }',
    );
    const action = schema.actions.get('N::Action::"a"');
    expect(action?.memberOf.map(String)).toEqual([
      'N::Action::"grp"',
      'N::Action::"b"',
      'N::Action::"grp"',
      'Action::"top"',
    ]);
  });

  test('references lead from every use to its declaration', () => {
    const text =
      'entity A in B; entity B = { a: Set<T>, n: Long }; type T = { b: A }; action a in g appliesTo { principal: A, resource: B, context: T }; action g;';
    const shown = schemaOf(text).references.map(
      ({ span, target, name }) => `${text.slice(span.start, span.end)} ${target} ${name}`,
    );
    expect(shown).toEqual([
      'B entity B',
      'T common T',
      'A entity A',
      'g action Action::"g"',
      'A entity A',
      'B entity B',
      'T common T',
    ]);
  });
});

test('the model keeps what an editor shows', () => {
  const text = `@doc("outer") namespace N {
    @doc("a user") @x entity User enum ["a", "b", "a"];
    entity Doc in [Doc, Doc] = { @doc("its owner") owner?: User, } tags Set<String>;
    @doc("shape") type T = { };
    @doc("look") action look appliesTo { principal: [User, User], resource: Doc, context: T };
    action group;
  }`;
  const { entityTypes, actions, commonTypes, namespaces } = schemaOf(text);
  const user = entityTypes.get('N::User');
  const doc = entityTypes.get('N::Doc');
  expect(user).toMatchObject({ doc: 'a user', enumIds: ['a', 'b'], memberOf: [] });
  expect([...(user?.annotations ?? [])]).toEqual([
    ['doc', 'a user'],
    ['x', ''],
  ]);
  expect(text.slice(user?.span.start, user?.span.end)).toBe(
    '@doc("a user") @x entity User enum ["a", "b", "a"];',
  );
  expect(text.slice(user?.nameSpan.start, user?.nameSpan.end)).toBe('User');
  expect(doc).toMatchObject({ memberOf: ['N::Doc'], tags: { kind: 'set' } });
  expect(doc?.attributes.get('owner')).toMatchObject({ required: false, doc: 'its owner' });
  expect(commonTypes.get('N::T')).toMatchObject({ doc: 'shape', type: { kind: 'record' } });
  expect(namespaces.get('N')).toMatchObject({ doc: 'outer' });
  expect(actions.get('N::Action::"look"')).toMatchObject({
    doc: 'look',
    appliesTo: { principals: ['N::User'], resources: ['N::Doc'] },
  });
  expect(actions.get('N::Action::"group"')?.appliesTo).toBeUndefined();
});

test('what official Cedar accepts and nobody means is a warning', () => {
  const text =
    'entity A = { x: Long, x: String, y: Bool, x: Nope2 }; type A = Long; entity decimal; entity Nope2;';
  const { warnings, entityTypes } = schemaOf(text);
  expect(warnings.map(({ code, span }) => `${code} ${span.start}`)).toEqual([
    'DUPLICATE_ATTRIBUTE 13',
    'DUPLICATE_ATTRIBUTE 22',
    'SHADOWED_ENTITY 59',
    'SHADOWED_BUILTIN 76',
  ]);
  expect(entityTypes.get('A')?.attributes.get('x')?.type).toEqual({
    kind: 'entity',
    name: 'Nope2',
  });
});

test('types print as the schema syntax writes them', () => {
  const schema = schemaOf(
    'entity A = { a: Bool, b: Set<Set<String>>, c: { x: Long, y: A }, d: duration };',
  );
  const printed = [...(schema.entityTypes.get('A')?.attributes.values() ?? [])].map(({ type }) =>
    printType(type),
  );
  expect(printed).toEqual(['Bool', 'Set<Set<String>>', '{x, y}', 'duration']);
});
