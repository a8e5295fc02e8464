/** Random schemas, and entities and requests for one schema: right ones and wrong ones. */
import fc from 'fast-check';
import type { Call, Plain } from './official-schema.ts';

// Few names, so that they collide, shadow and dangle.
const NAMES = ['A', 'B', 'C', 'Set', 'Long', 'decimal', 'type', 'Action'];
const name = fc.constantFrom(...NAMES);
const path = fc.oneof(
  { weight: 8, arbitrary: name },
  name.map((text) => `N::${text}`),
  fc.constantFrom('__cedar::Long', '__cedar::decimal', 'String', 'Bool', 'ipaddr', 'N::M::A'),
);
const list = (item: fc.Arbitrary<string>, min = 0) =>
  fc.oneof(
    item,
    fc.array(item, { minLength: min, maxLength: 3 }).map((all) => `[${all.join(', ')}]`),
  );
const label = fc.constantFrom('a', 'b', '"c d"', '"\\u{e9}\\n"', 'in');
const annotation = fc.constantFrom('', '', '', '@doc("x")\n', '@a @b("")\n');
const nested = fc.letrec<{ type: string; record: string }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    path,
    tie('type').map((element) => `Set<${element}>`),
    tie('record'),
  ),
  record: fc
    .array(fc.tuple(annotation, label, fc.constantFrom('', '?'), tie('type')), { maxLength: 3 })
    .map(
      (all) =>
        `{ ${all.map(([note, key, mark, of]) => `${note}${key}${mark}: ${of}`).join(', ')} }`,
    ),
}));
const { type: aType, record } = nested;
const optional = (part: fc.Arbitrary<string>) => fc.option(part, { nil: '' });
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 2 }).map((all) => all.join(', '));
const anEntityType = fc
  .tuple(
    names,
    optional(list(path).map((all) => ` in ${all}`)),
    optional(record.map((shape) => ` = ${shape}`)),
    optional(aType.map((of) => ` tags ${of}`)),
  )
  .map((parts) => `entity ${parts.join('')};`);
const enumeration = name.map((text) => `entity ${text} enum ["x", "y"];`);
const common = fc.tuple(name, aType).map(([text, of]) => `type ${text} = ${of};`);
const ref = fc.constantFrom('a', 'b', '"c d"', 'Action::"a"', 'N::Action::"b"');
const applies = fc
  .tuple(
    list(path, 1),
    list(path, 1),
    optional(fc.oneof(record, path).map((of) => `, context: ${of}`)),
  )
  .map(([p, r, context]) => ` appliesTo { principal: ${p}, resource: ${r}${context} }`);
const action = fc
  .tuple(label, optional(list(ref, 1).map((refs) => ` in ${refs}`)), optional(applies))
  .map((parts) => `action ${parts.join('')};`);
const declaration = fc
  .tuple(annotation, fc.oneof(anEntityType, anEntityType, common, action, enumeration))
  .map((parts) => parts.join(''));
const declarations = fc.array(declaration, { maxLength: 5 }).map((all) => all.join('\n'));
const anySchema = fc
  .tuple(declarations, optional(declarations.map((inside) => `namespace N {\n${inside}\n}`)))
  .map((parts) => parts.join('\n'));
/** Mostly right: bases to build on, and no name that cannot be right. */
const BASE = 'entity A; entity B in [A]; type C = { a?: Long, b: Set<A> };\n';
const onBase = fc
  .tuple(fc.array(fc.oneof(record, aType), { maxLength: 4 }), record)
  .map(([all, context]) => {
    const commons = all.map((of, index) => `type T${index} = ${of};`).join('\n');
    const body = `${commons}\naction x appliesTo { principal: [A, B], resource: A, context: ${context} };`;
    return (
      BASE +
      body
        .replaceAll(/\b(?:Set(?!<)|N::\w+(?:::A)?|type(?! T\d)|Action)\b/g, 'A')
        .replaceAll(/\bin\b/g, 'i')
    );
  });

const tokens = '{ } [ ] , ; : :: < = ? @ ( " // \\ 1 é'.split(' ');
const words = 'in entity action type tags enum appliesTo attributes namespace Set'.split(' ');
const edit = fc.tuple(
  fc.nat(),
  fc.nat(3),
  fc.oneof(fc.constant(''), fc.constantFrom(...tokens), fc.constantFrom(...words)),
);

/** The text of a schema, with names that collide, shadow and dangle; about every fourth is right. */
export const anySchemaText: fc.Arbitrary<string> = fc.oneof(anySchema, onBase);

/** The same with a token or three more, less or swapped. */
export const spoiltSchemaText: fc.Arbitrary<string> = fc
  .tuple(anySchemaText, fc.array(edit, { minLength: 1, maxLength: 3 }))
  .map(([text, edits]) =>
    edits.reduce((changed, [at, length, put]) => {
      const start = at % (changed.length + 1);
      return `${changed.slice(0, start)}${put}${changed.slice(start + length)}`;
    }, text),
  );

/** A schema with everything in it. */
export const SCHEMA = `
  entity Color enum ["red"];
  entity U in [G] = {
    n?: Long, s?: String, b?: Bool, e?: U, c?: Color, d?: decimal, i?: ipaddr, t?: datetime, u?: duration,
    ns?: Set<Long>, es?: Set<U>, ds?: Set<decimal>, r?: { a: Long, b?: U, c?: { d?: decimal } }, act?: Action,
  } tags Set<String>;
  entity G in [H] tags decimal;
  entity H = { must: Bool };
  action top, act;
  action grp in [top];
  action view in [grp] appliesTo { principal: [U, Color], resource: G, context: { n?: Long, d?: decimal, e?: U, c?: Set<Color>, act?: Action, r: { a?: ipaddr } } };`;

const uid = fc.record({
  type: fc.constantFrom('U', 'G', 'H', 'Color', 'Action', 'Nope', 'if', 'A::B', ' U', '__cedar'),
  id: fc.constantFrom('a', 'b', 'red', 'view', 'grp', 'top', 'act'),
});
const text = fc.constantFrom(
  'x',
  '1.5',
  '1.23456',
  '10.0.0.1/8',
  '::1',
  '2024-02-30',
  '2024-02-29',
  '1h',
  '-1ms',
  '',
);
const fn = fc.constantFrom(
  'decimal',
  'ip',
  'datetime',
  'duration',
  'offset',
  'toTime',
  'toDate',
  'durationSince',
  'lessThan',
  'toDays',
  'nope',
  'isIpv4',
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      text,
      fc.boolean(),
      uid,
      fc.constantFrom(null, 1.5, 2 ** 53 - 1),
    ),
    uid.map((one) => ({ __entity: one })),
    fc.record({ fn, arg: tie('json') }),
    fc.record({ fn, args: fc.array(tie('json'), { maxLength: 2 }) }),
    fc.record({ fn, arg: text }).map((call) => ({ __extn: call })),
    fc
      .record({ fn, args: fc.array(tie('json'), { maxLength: 2 }) })
      .map((call) => ({ __extn: call })),
    fc.record({ __extn: tie('json') }),
    fc.record({ __entity: tie('json') }),
    fc.record({ __expr: tie('json') }),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'must'), tie('json'), { maxKeys: 3 }),
  ),
}));
const keys = fc.constantFrom(...'n s b e c d i t u ns es ds r act must zz'.split(' '));
const attrs = fc.oneof(fc.constant({}), fc.dictionary(keys, json, { maxKeys: 2 }));
const entityUids = fc.array(
  fc.oneof(
    uid,
    uid.map((one) => ({ __entity: one })),
  ),
  { maxLength: 2 },
);
const anEntity = fc
  .tuple(
    fc.oneof(uid, json),
    attrs,
    entityUids,
    fc.option(fc.dictionary(fc.constantFrom('k', 'l'), json, { maxKeys: 1 }), { nil: undefined }),
  )
  .map(([one, values, parents, tags]) => {
    const entity = { uid: one, attrs: values, parents };
    return tags === undefined ? entity : Object.assign(entity, { tags });
  });

const single = fc
  .tuple(keys, json, fc.constantFrom('U', 'H', 'G'))
  .map(([key, value, type]) => [{ uid: { type, id: 'a' }, attrs: { [key]: value }, parents: [] }]);

/** Entities for `SCHEMA` as plain JSON. */
export const entityLists: fc.Arbitrary<unknown> = fc.oneof(
  single,
  fc.array(anEntity, { maxLength: 3 }),
);

const contexts = fc.tuple(
  fc.dictionary(fc.constantFrom('n', 'd', 'e', 'c', 'act', 'zz'), json, { maxKeys: 2 }),
  fc.constantFrom<Plain>({ r: {} }, { r: {} }, { r: { a: '::1' } }, {}),
);
const mostly = (usual: { type: string; id: string }): fc.Arbitrary<{ type: string; id: string }> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: uid });

/** Requests for `SCHEMA` as plain JSON. */
export const calls: fc.Arbitrary<Call> = fc.record({
  principal: mostly({ type: 'U', id: 'a' }),
  action: mostly({ type: 'Action', id: 'view' }),
  resource: mostly({ type: 'G', id: 'a' }),
  context: contexts.map((parts): unknown => Object.assign({}, ...parts)),
});
