/**
 * Random entities and requests: attributes mostly of the kind that expressions expect of their names, now and
 * then of another, and values that are valid more often than not.
 */
import fc from 'fast-check';

/** Plain data, in the form of the official JSON formats. */
export type Data = boolean | number | string | readonly Data[] | { readonly [name: string]: Data };

export interface UidData {
  readonly type: string;
  readonly id: string;
}

export interface EntityData {
  readonly uid: UidData;
  readonly parents: readonly UidData[];
  readonly attrs: { readonly [name: string]: Data };
  readonly tags: { readonly [name: string]: Data };
}

export interface RequestData {
  readonly principal: UidData;
  readonly action: UidData;
  readonly resource: UidData;
  readonly context: { readonly [name: string]: Data };
}

export type Kind =
  | 'bool'
  | 'long'
  | 'string'
  | 'entity'
  | 'set'
  | 'record'
  | 'decimal'
  | 'datetime'
  | 'duration'
  | 'ip';

export const TYPES = ['User', 'Team', 'NS::Doc'] as const;
const IDS = ['a', 'b', 'c', 'd', ''] as const;
export const ACTIONS = ['read', 'write', 'delete', 'all', 'some'] as const;

/** Attributes of entities and of the context, by what they should hold. */
export const ATTRIBUTES: Readonly<Record<Kind, readonly string[]>> = {
  bool: ['flag', 'on'],
  long: ['num', 'n2'],
  string: ['name', 'in some words'],
  entity: ['owner', 'lead'],
  set: ['names', 'nums', 'owners'],
  record: ['rec'],
  decimal: ['dec'],
  datetime: ['when'],
  duration: ['dur'],
  ip: ['addr'],
};

/** As the attributes of a declared type. */
export const DECLARED: ReadonlyMap<string, string> = new Map(
  Object.entries(ATTRIBUTES).flatMap(([kind, names]) => names.map((name) => [name, kind])),
);
export const KINDS: readonly Kind[] = [
  'bool',
  'long',
  'string',
  'entity',
  'set',
  'record',
  'decimal',
  'datetime',
  'duration',
  'ip',
];
export const STRINGS = [
  '',
  'a',
  'ab',
  'a*b',
  'héllo',
  '😀',
  '\\',
  '"',
  '\n',
  'name',
  'the quick fox',
] as const;
export const DECIMALS = [
  '0.0',
  '1.5',
  '-1.5',
  '1.50',
  '922337203685477.5807',
  '-922337203685477.5808',
  '922337203685477.5808',
  '1.23456',
  '1',
  '01.10',
] as const;
export const DATETIMES = [
  '2024-02-29',
  '2023-02-29',
  '2024-10-15T11:35:00Z',
  '2024-10-15T11:35:00.123Z',
  '2024-10-15T11:35:00+0130',
  '1969-12-31T23:59:59.999-2359',
  '0000-01-01',
  '9999-12-31T23:59:59.999Z',
  '2024-10-15T24:00:00Z',
  '2024-1-1',
] as const;
export const DURATIONS = [
  '1d',
  '-1d2h3m4s5ms',
  '0ms',
  '1h30m',
  '9223372036854775807ms',
  '-9223372036854775808ms',
  '9223372036854775808ms',
  '106751991168d',
  '2h1d',
  '',
] as const;
export const IPS = [
  '127.0.0.1',
  '10.0.0.0/8',
  '10.1.2.3',
  '224.0.0.1',
  '::1',
  '::',
  'ff00::1/8',
  '2001:db8::/32',
  '2001:db8::1',
  '256.0.0.1',
  '1.2.3.4/33',
  '::ffff:1.2.3.4',
] as const;

export function pick<T>(values: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...values);
}

export const uid: fc.Arbitrary<UidData> = fc.record({ type: pick(TYPES), id: pick(IDS) });
export const actionUid: fc.Arbitrary<UidData> = fc.record({
  type: fc.constant('Action'),
  id: pick(ACTIONS),
});

function extension(fn: string, args: readonly string[]): fc.Arbitrary<Data> {
  return pick(args).map((arg) => ({ __extn: { fn, arg } }));
}

const small: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  pick([2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 31]),
);

/** Data of one kind; the valid texts come first in the lists above. */
function data(kind: Kind): fc.Arbitrary<Data> {
  switch (kind) {
    case 'bool':
      return fc.boolean();
    case 'long':
      return small;
    case 'string':
      return pick(STRINGS);
    case 'entity':
      return uid.map((named) => ({ __entity: { ...named } }));
    case 'set':
      return fc.oneof(
        fc.array(pick(STRINGS), { maxLength: 3 }),
        fc.array(small, { maxLength: 3 }),
        fc.array(data('entity'), { maxLength: 3 }),
      );
    case 'record':
      return fc.record({ num: small, name: pick(STRINGS) }, { requiredKeys: [] }).map(compact);
    case 'decimal':
      return extension('decimal', DECIMALS.slice(0, 6));
    case 'datetime':
      return extension('datetime', [...DATETIMES.slice(2, 8), '2024-02-29']);
    case 'duration':
      return extension('duration', DURATIONS.slice(0, 6));
    case 'ip':
      return extension('ip', IPS.slice(0, 9));
  }
}

/** Some of the attributes there are, now and then one of another kind. */
const attributes: fc.Arbitrary<Readonly<Record<string, Data>>> = fc
  .record(
    Object.fromEntries(
      KINDS.flatMap((kind) =>
        ATTRIBUTES[kind].map((name) => [
          name,
          fc.oneof({ arbitrary: data(kind), weight: 9 }, { arbitrary: data('long'), weight: 1 }),
        ]),
      ),
    ),
    { requiredKeys: [] },
  )
  .map(compact);

/** Without the prototype that fast-check may leave off, and without holes. */
function compact(fields: { readonly [name: string]: Data | undefined }): Record<string, Data> {
  const kept: Record<string, Data> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value;
  return kept;
}

/** Entities whose parents come later in the order of types and ids, so that there is no cycle. */
export const entities: fc.Arbitrary<readonly EntityData[]> = fc
  .array(
    fc.record({
      uid,
      up: fc.array(uid, { maxLength: 3 }),
      attrs: attributes,
      tags: fc.dictionary(pick(['t1', 't2', 'name']), pick(STRINGS), { maxKeys: 2 }).map(compact),
    }),
    { maxLength: 8 },
  )
  .map((list) => {
    const seen = new Set<string>();
    const actions = ['read', 'write', 'delete'].map((id) => ({
      uid: { type: 'Action', id },
      parents: [{ type: 'Action', id: id === 'read' ? 'all' : 'some' }],
      attrs: {},
      tags: {},
    }));
    const some = {
      uid: { type: 'Action', id: 'some' },
      parents: [{ type: 'Action', id: 'all' }],
      attrs: {},
      tags: {},
    };
    const named = list.flatMap(({ uid: name, up, attrs, tags }) => {
      const key = JSON.stringify(name);
      if (seen.has(key)) return [];
      seen.add(key);
      const parents = up.filter((parent) => rank(parent) > rank(name));
      return [{ uid: name, parents, attrs, tags }];
    });
    return named.concat(actions, some);
  });

function rank({ type, id }: UidData): number {
  return TYPES.findIndex((known) => known === type) * 10 + IDS.findIndex((known) => known === id);
}

export const request: fc.Arbitrary<RequestData> = fc.record({
  principal: uid,
  action: actionUid,
  resource: uid,
  context: attributes,
});
