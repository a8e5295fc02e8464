import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bareEntity, buildEntities, type Entities } from '../cedar/entities.ts';
import { entityUid } from '../cedar/value.ts';
import { peopleOf } from './people.ts';

const role = (id: string) => entityUid('Role', id);
const agent = (id: string) => entityUid('Agent', id);

const built = buildEntities([
  bareEntity(role('staff')),
  bareEntity(role('admin'), [role('staff')]),
  bareEntity(agent('declared'), [role('staff')]),
  // Its parent is an agent that is no entity here.
  bareEntity(agent('deputy'), [agent('awaited')]),
]);
if (!built.ok) throw new Error('The entities of this test do not fit');
const PACK = built.value;

/** Everybody with everything above them, in text. */
function described(entities: Entities): readonly string[] {
  const above = (one: Entities) =>
    [...one].map(({ uid }) => {
      const ancestors = [...one.ancestors(uid).values()].map(String).toSorted();
      return `${uid} in ${ancestors.join(', ')}`;
    });
  return above(entities).toSorted();
}

const NAMES = ['bot', 'declared', 'deputy', 'awaited', 'staff', '', '__proto__', 'x'.repeat(300)];
const ROLES = [undefined, 'admin', 'staff', 'unknown', 'bot', '__proto__', 'y'.repeat(300)];

const pair = fc.oneof(
  fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...ROLES)),
  fc.tuple(fc.string(), fc.option(fc.string(), { nil: undefined })),
);

test('whoever was asked for before, an agent stands where it would stand alone', () => {
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 20 }), (pairs) => {
      const people = peopleOf(PACK);
      for (const [name, held] of [...pairs, ...pairs]) {
        const as = held === undefined ? undefined : role(held);
        const [kept, alone] = [people(agent(name), as), peopleOf(PACK)(agent(name), as)];
        expect(kept.ok && described(kept.value)).toEqual(alone.ok && described(alone.value));
      }
    }),
  );
});

test('an agent does not keep the role that it had', () => {
  const people = peopleOf(PACK);
  const isAdmin = (name: string, held: string | undefined) => {
    const found = people(agent(name), held === undefined ? undefined : role(held));
    return found.ok && found.value.isIn(agent(name), role('admin'));
  };
  for (const name of ['bot', 'declared', 'awaited']) {
    expect(['admin', undefined, 'staff', 'admin'].map((held) => isAdmin(name, held))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  }
});

test('few are kept: not those with long names, and not without end', () => {
  const people = peopleOf(PACK);
  const isKept = (name: string, held: string): boolean =>
    people(agent(name), role(held)) === people(agent(name), role(held));
  expect(isKept('bot', 'admin')).toBe(true);
  expect(isKept('x'.repeat(201), 'admin')).toBe(false);
  expect(isKept('bot', 'x'.repeat(201))).toBe(false);
  // Another role for these may mean another hierarchy, which is too large to keep.
  expect(isKept('declared', 'admin')).toBe(false);
  expect(isKept('awaited', 'admin')).toBe(false);

  const first = people(agent('bot'), role('admin'));
  for (let index = 0; index < 300; index += 1) people(agent(`bot${index}`), role('admin'));
  expect(people(agent('bot'), role('admin'))).not.toBe(first);
});
