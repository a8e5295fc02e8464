import { describe, expect, test } from 'vitest';
import { bareEntity, buildEntities, type Entities, type Entity } from './entities.ts';
import { UidMap } from './uid-map.ts';
import { entityUid, recordOf } from './value.ts';

const uid = (id: string): ReturnType<typeof entityUid> => entityUid('E', id);
const entity = (id: string, ...parents: readonly string[]): Entity =>
  bareEntity(uid(id), parents.map(uid));

function build(...list: readonly Entity[]): Entities {
  const built = buildEntities(list);
  if (!built.ok) throw new Error(built.error[0]?.message);
  return built.value;
}

describe('entities', () => {
  test('are in themselves, their parents and what is above those', () => {
    const entities = build(
      entity('a', 'b', 'c'),
      entity('b', 'd'),
      entity('c', 'd'),
      entity('d', 'gone'),
    );
    expect(entities.isIn(uid('a'), uid('a'))).toBe(true);
    expect(entities.isIn(uid('a'), uid('d'))).toBe(true);
    expect(entities.isIn(uid('a'), uid('gone'))).toBe(true);
    expect(entities.isIn(uid('d'), uid('a'))).toBe(false);
    expect(entities.isIn(uid('nobody'), uid('a'))).toBe(false);
    expect(entities.isIn(uid('nobody'), uid('nobody'))).toBe(true);
    expect([...entities.ancestors(uid('a')).values()].map(({ id }) => id).toSorted()).toEqual([
      'b',
      'c',
      'd',
      'gone',
    ]);
    expect(entities.size).toBe(4);
    expect(entities.get(uid('gone'))).toBeUndefined();
    expect([...entities].map((each) => each.uid.id)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('many ancestors are found as few are', () => {
    const chain = Array.from({ length: 5000 }, (_, index) => entity(`${index}`, `${index + 1}`));
    const entities = build(...chain);
    expect(entities.isIn(uid('0'), uid('5000'))).toBe(true);
    expect(entities.isIn(uid('0'), uid('5001'))).toBe(false);
  });

  test('the same entity twice is one; a different one of the same name is a problem', () => {
    expect(build(entity('a', 'b', 'c'), entity('a', 'c', 'b')).size).toBe(1);
    const other = { ...entity('a'), attrs: recordOf([['x', 1]]) };
    const tagged = { ...entity('a'), tags: recordOf([['x', 1]]) };
    for (const second of [other, tagged, entity('a', 'b')]) {
      const built = buildEntities([entity('a'), second]);
      expect(!built.ok && built.error.map(({ code }) => code)).toEqual(['duplicate_entity']);
      expect(buildEntities([second, entity('a')]).ok).toBe(false);
    }
  });

  test('a cycle is named', () => {
    const built = buildEntities([
      entity('x', 'a'),
      entity('a', 'b'),
      entity('b', 'z', 'c'),
      entity('c', 'a'),
      entity('z'),
    ]);
    expect(built.ok).toBe(false);
    const [problem] = built.ok ? [] : built.error;
    expect(problem?.message).toBe(
      'the entity hierarchy has a cycle: E::"a" in E::"b" in E::"c" in E::"a"',
    );
    expect(buildEntities([entity('a', 'a')]).ok).toBe(false);
  });

  test('a few more are layered on top', () => {
    const base = build(entity('role', 'staff'), entity('agent', 'role'));
    const layered = base.with([entity('me', 'role'), entity('agent', 'role')]);
    if (!layered.ok) throw new Error('refused');
    expect(layered.value.isIn(uid('me'), uid('staff'))).toBe(true);
    expect(layered.value.size).toBe(3);
    expect([...layered.value].map((each) => each.uid.id)).toEqual(['me', 'role', 'agent']);
    expect(base.get(uid('me'))).toBeUndefined();
  });

  test('a layer cannot redefine what is there, nor close a cycle', () => {
    const base = build(entity('role', 'staff'), entity('agent', 'role'));
    const redefined = base.with([entity('agent', 'admin')]);
    expect(!redefined.ok && redefined.error.map(({ code }) => code)).toEqual(['duplicate_entity']);
    const cyclic = base.with([entity('staff', 'agent')]);
    expect(!cyclic.ok && cyclic.error.map(({ code }) => code)).toEqual(['entity_cycle']);
    const within = base.with([entity('p', 'q'), entity('q', 'p')]);
    expect(!within.ok && within.error.map(({ code }) => code)).toEqual(['entity_cycle']);
  });

  test('a layer that gives parents to a name that was only named moves those below it', () => {
    const base = build(entity('agent', 'role'));
    expect(base.isIn(uid('agent'), uid('staff'))).toBe(false);
    const once = base.with([entity('me', 'agent')]);
    const layered = once.ok ? once.value.with([entity('role', 'staff')]) : once;
    if (!layered.ok) throw new Error('refused');
    expect(layered.value.isIn(uid('agent'), uid('staff'))).toBe(true);
    expect(layered.value.isIn(uid('me'), uid('staff'))).toBe(true);
  });
});

describe('a map by entity', () => {
  test('tells apart what shares an id or a type', () => {
    const map = new UidMap<{ readonly at: number }>();
    const uids = ['A', 'B', 'C'].flatMap((type) => ['x', 'y'].map((id) => entityUid(type, id)));
    for (const [at, key] of uids.entries()) {
      expect([map.has(key), map.get(key), map.size]).toEqual([false, undefined, at]);
      map.set(key, { at: -1 });
      map.set(key, { at });
    }
    expect(uids.map((key) => map.get(key)?.at)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set([...map.values()].map(({ at }) => at))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
    expect([map.size, map.has(entityUid('D', 'x')), map.has(entityUid('A', 'z'))]).toEqual([
      6,
      false,
      false,
    ]);
  });
});
