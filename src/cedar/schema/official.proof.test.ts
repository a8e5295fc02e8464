import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import * as official from '@cedar-policy/cedar-wasm/nodejs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildEntities } from '../entities.ts';
import { readEntities } from '../json/entities.ts';
import { jsonFromUnknown } from '../json/from-unknown.ts';
import { isJsonArray, isJsonObject, type Json, parseJson } from '../json/lossless.ts';
import { readContext, readEntityUid } from '../json/value.ts';
import { entityUid } from '../value.ts';
import type { Attributes, Schema, Type } from './model.ts';
import { readSchemaJson } from './read-json.ts';
import { readSchema } from './resolve.ts';
import { validateEntities, validateRequest } from './validate.ts';

/*
 * Official Cedar (wasm) as oracle: it and this room have to accept the same schemas, entities and
 * requests, and to understand the same by a schema.
 */

type Plain = { [key: string]: unknown };
type OfficialSchema = official.SchemaJson<string>;

/** What a schema says, all names resolved, in one canonical form. */
function ours(schema: Schema): Plain {
  const entities: Plain = {};
  for (const [name, type] of schema.entityTypes) {
    entities[name] = {
      memberOf: type.memberOf.toSorted(),
      attributes: attributesOf(type.attributes),
      tags: type.tags === undefined ? null : typeOf(type.tags),
      enum: type.enumIds ?? null,
    };
  }
  const actions: Plain = {};
  for (const [name, action] of schema.actions) {
    actions[name] = {
      memberOf: action.memberOf.map(String).toSorted(),
      principals: (action.appliesTo?.principals ?? []).toSorted(),
      resources: (action.appliesTo?.resources ?? []).toSorted(),
      context: attributesOf(action.appliesTo?.context.attributes ?? new Map()),
    };
  }
  return { entities, actions };
}

function attributesOf(attributes: Attributes): Plain {
  return Object.fromEntries(
    [...attributes].map(([name, { type, required }]) => [name, [typeOf(type), required]]),
  );
}

function typeOf(type: Type): unknown {
  if (type.kind === 'set') return { set: typeOf(type.element) };
  if (type.kind === 'record') return attributesOf(type.attributes);
  if (type.kind === 'entity') return { entity: type.name };
  return type.kind === 'extension' ? type.name : type.kind;
}

const BUILTINS: ReadonlyMap<string, string> = new Map([
  ['Long', 'long'],
  ['String', 'string'],
  ['Boolean', 'bool'],
  ['Bool', 'bool'],
]);

/** The same of the official schema with resolved names, its common types put in. */
function theirs(schema: OfficialSchema): Plain {
  const qualify = (namespace: string, name: string) =>
    namespace === '' ? name : `${namespace}::${name}`;
  const commons = new Map<string, Plain>();
  for (const [namespace, { commonTypes = {} }] of Object.entries(schema)) {
    for (const [name, type] of Object.entries(commonTypes)) {
      commons.set(qualify(namespace, name), type as unknown as Plain);
    }
  }
  const typeIn = (type: Plain): unknown => {
    const kind = String(type['type']);
    if (kind === 'Set') return { set: typeIn(type['element'] as Plain) };
    if (kind === 'Record') return attributesIn(type['attributes'] as Record<string, Plain>);
    if (kind === 'Entity') return { entity: type['name'] };
    if (kind === 'Extension') return type['name'];
    const common = commons.get(kind);
    const name = kind.replace('__cedar::', '');
    return common === undefined ? (BUILTINS.get(name) ?? name) : typeIn(common);
  };
  const attributesIn = (attributes: Record<string, Plain>): Plain =>
    Object.fromEntries(
      Object.entries(attributes).map(([name, type]) => [
        name,
        [typeIn(type), type['required'] !== false],
      ]),
    );
  const unique = (names: readonly string[] = []) => [...new Set(names)].toSorted();
  const entities: Plain = {};
  const actions: Plain = {};
  for (const [namespace, definition] of Object.entries(schema)) {
    for (const [name, type] of Object.entries(definition.entityTypes)) {
      const isEnum = 'enum' in type;
      const shape = isEnum ? undefined : type.shape;
      entities[qualify(namespace, name)] = {
        memberOf: isEnum ? [] : unique(type.memberOfTypes),
        attributes: shape === undefined ? {} : typeIn(shape),
        tags: isEnum || type.tags === undefined ? null : typeIn(type.tags as unknown as Plain),
        enum: isEnum ? [...new Set(type.enum)] : null,
      };
    }
    for (const [id, action] of Object.entries(definition.actions)) {
      const applies = action.appliesTo;
      const context = applies?.context as unknown as Plain | undefined;
      actions[entityUid(qualify(namespace, 'Action'), id).toString()] = {
        memberOf: (action.memberOf ?? [])
          .map((one) => entityUid(one.type ?? '', one.id).toString())
          .toSorted(),
        principals: unique(applies?.principalTypes),
        resources: unique(applies?.resourceTypes),
        context: context === undefined ? {} : typeIn(context),
      };
    }
  }
  return { entities, actions };
}

/** Fails unless both are deeply equal. `expect` says it better, but takes most of the time here. */
function agree(a: unknown, b: unknown, about: unknown): void {
  if (!isDeepStrictEqual(a, b)) {
    throw new Error(
      `We and official Cedar disagree: ${inspect({ ours: a, theirs: b, about }, { depth: 12 })}`,
    );
  }
}

/** Compares one schema, and its JSON form too if wanted; says whether it was accepted. */
function compareSchema(text: string, inJson = true): boolean {
  const result = readSchema(text);
  const answer = official.checkParseSchema(text);
  agree(result.ok, answer.type === 'success', [text, answer, result.ok || result.error]);
  if (!result.ok) return false;
  const resolved = official.schemaToJsonWithResolvedTypes(text);
  agree(ours(result.value), resolved.type === 'success' && theirs(resolved.json), text);
  if (!inJson) return true;
  const json = official.schemaToJson(text);
  const fromJson = readSchemaJson(JSON.stringify(json.type === 'success' ? json.json : undefined));
  agree(fromJson.ok && ours(fromJson.value), ours(result.value), text);
  return true;
}

function compareEntities(schema: Schema, text: string, entities: unknown): boolean {
  const json = jsonFromUnknown(entities);
  const read = json.ok ? readEntities(json.value, schema) : json;
  const built = read.ok ? buildEntities(read.value) : read;
  const answer = official.checkParseEntities({
    entities: entities as official.Entities,
    schema: text,
  });
  const about = [text, entities, answer, built.ok || built.error];
  agree(built.ok, answer.type === 'success', about);
  const valid = built.ok && validateEntities(schema, built.value).ok;
  agree(valid, built.ok, about);
  return valid;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

describe('generated', () => {
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
  const schema = fc
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

  test('schemas mean the same, or are refused by both', { timeout: 120_000 }, () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(schema, onBase), (text) => {
        if (compareSchema(text)) accepted += 1;
      }),
      { numRuns: 400 },
    );
    expect(accepted).toBeGreaterThan(30);
  });

  test('schemas with a token more, less or swapped are read alike', { timeout: 120_000 }, () => {
    const tokens = '{ } [ ] , ; : :: < = ? @ ( " // \\ 1 é'.split(' ');
    const words = 'in entity action type tags enum appliesTo attributes namespace Set'.split(' ');
    const edit = fc.tuple(
      fc.nat(),
      fc.nat(3),
      fc.oneof(fc.constant(''), fc.constantFrom(...tokens), fc.constantFrom(...words)),
    );
    let compared = 0;
    fc.assert(
      fc.property(
        fc.oneof(schema, onBase),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (text, edits) => {
          let changed = text;
          for (const [at, length, put] of edits) {
            const start = at % (changed.length + 1);
            changed = `${changed.slice(0, start)}${put}${changed.slice(start + length)}`;
          }
          compareSchema(changed);
          compared += 1;
        },
      ),
      { numRuns: 400 },
    );
    expect(compared).toBeGreaterThanOrEqual(400);
  });

  const SCHEMA = `
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
  const known = readSchema(SCHEMA);

  test('entities are read alike', { timeout: 120_000 }, () => {
    if (!known.ok) throw new Error(JSON.stringify(known.error));
    let accepted = 0;
    const single = fc
      .tuple(keys, json, fc.constantFrom('U', 'H', 'G'))
      .map(([key, value, type]) => [
        { uid: { type, id: 'a' }, attrs: { [key]: value }, parents: [] },
      ]);
    fc.assert(
      fc.property(fc.oneof(single, fc.array(anEntity, { maxLength: 3 })), (entities) => {
        if (compareEntities(known.value, SCHEMA, entities)) accepted += 1;
      }),
      { numRuns: 800 },
    );
    expect(accepted).toBeGreaterThan(30);
  });

  test('requests are validated alike', { timeout: 120_000 }, () => {
    if (!known.ok) throw new Error(JSON.stringify(known.error));
    const contexts = fc.tuple(
      fc.dictionary(fc.constantFrom('n', 'd', 'e', 'c', 'act', 'zz'), json, { maxKeys: 2 }),
      fc.constantFrom<Plain>({ r: {} }, { r: {} }, { r: { a: '::1' } }, {}),
    );
    const mostly = (usual: { type: string; id: string }) =>
      fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: uid });
    const request = fc.record({
      principal: mostly({ type: 'U', id: 'a' }),
      action: mostly({ type: 'Action', id: 'view' }),
      resource: mostly({ type: 'G', id: 'a' }),
      context: contexts.map((parts) => Object.assign({}, ...parts) as unknown),
    });
    let accepted = 0;
    fc.assert(
      fc.property(request, (call) => {
        if (compareRequest(known.value, SCHEMA, call)) accepted += 1;
      }),
      { numRuns: 400 },
    );
    expect(accepted).toBeGreaterThan(30);
  });
});

interface Call {
  readonly principal: { type: string; id: string };
  readonly action: { type: string; id: string };
  readonly resource: { type: string; id: string };
  readonly context: unknown;
}

/** Whether we let the request pass. `context` is plain JSON. */
function accepts(schema: Schema, call: Call): boolean {
  const json = jsonFromUnknown(call);
  if (!json.ok || !isJsonObject(json.value)) return false;
  const [principal, action, resource] = ['principal', 'action', 'resource'].map((part) =>
    readEntityUid((json.value as ReadonlyMap<string, Json>).get(part) ?? null),
  );
  if (principal?.ok !== true || action?.ok !== true || resource?.ok !== true) return false;
  const declared = schema.actions.get(action.value.toString());
  if (declared?.appliesTo === undefined) return false;
  const context = readContext(json.value.get('context') ?? null, declared.appliesTo.context);
  if (!context.ok) return false;
  const request = {
    principal: principal.value,
    action: action.value,
    resource: resource.value,
    context: context.value,
  };
  return validateRequest(schema, request).ok;
}

function compareRequest(schema: Schema, text: string, call: Call): boolean {
  const answer = official.isAuthorized({
    ...call,
    context: call.context as official.Context,
    schema: text,
    validateRequest: true,
    policies: { staticPolicies: '' },
    entities: [],
  });
  const ok = accepts(schema, call);
  agree(ok, answer.type === 'success', [call, answer]);
  return ok;
}

const folder = process.env['CEDAR_CORPUS'];

describe.skipIf(folder === undefined)(
  'the official data (skipped unless CEDAR_CORPUS names its folder)',
  () => {
    const corpus = () => untar(gunzipSync(readFileSync(join(folder ?? '', 'corpus.tar.gz'))));
    const handwritten = () =>
      untar(gunzipSync(readFileSync(join(folder ?? '', 'handwritten.tar.gz'))));

    test('every schema of the corpus means the same', { timeout: 600_000 }, () => {
      let count = 0;
      for (const [path, text] of corpus()) {
        if (!path.endsWith('.cedarschema')) continue;
        // Each tenth in JSON as well: the oracle is slow, and both forms are resolved by one code.
        expect([path, compareSchema(text, count % 10 === 0)]).toEqual([path, true]);
        count += 1;
      }
      say(`official corpus: ${count} schemas compared, each tenth in JSON as well`);
      expect(count).toBeGreaterThan(0);
    });

    test(
      'entities and requests of the corpus pass, spoilt ones as official Cedar says',
      { timeout: 600_000 },
      () => {
        const files = corpus();
        const count = { entities: 0, spoilt: 0, refused: 0, requests: 0 };
        for (const [path, schemaText] of files) {
          if (!path.endsWith('.cedarschema')) continue;
          const schema = readSchema(schemaText);
          if (!schema.ok) throw new Error(path);
          const base = path.replace('.cedarschema', '');
          const entities = files.get(`${base}.entities.json`) ?? '';
          const plain = JSON.parse(entities) as Plain[];
          const json = parseJson(entities);
          expect([path, json.ok && readEntities(json.value, schema.value).ok]).toEqual([
            path,
            true,
          ]);
          count.entities += 1;
          count.requests += checkRequests(schema.value, files.get(`${base}.json`) ?? '');
          // Integers past 2^53 reach the oracle rounded: with those, only the lossless reading counts.
          if (/\d{16}/.test(entities)) continue;
          if (!compareEntities(schema.value, schemaText, spoil(plain, count.spoilt)))
            count.refused += 1;
          count.spoilt += 1;
        }
        say(
          `official corpus: ${count.entities} entity files and ${count.requests} requests read and validated; ` +
            `${count.spoilt} spoilt entity files compared, ${count.refused} of them refused by both`,
        );
        expect(count.requests).toBeGreaterThan(0);
      },
    );

    test('the handwritten tests are read by their schema', () => {
      const files = handwritten();
      const count = { files: 0, requests: 0 };
      for (const [path, text] of files) {
        if (!path.startsWith('tests/') || !path.endsWith('.json')) continue;
        const { schema: schemaPath, entities: entitiesPath } = JSON.parse(text) as Record<
          string,
          string
        >;
        const schemaText = files.get(schemaPath ?? '') ?? '';
        const schema = readSchema(schemaText);
        if (!schema.ok) throw new Error(path);
        const entities: unknown = JSON.parse(files.get(entitiesPath ?? '') ?? '');
        expect([path, compareEntities(schema.value, schemaText, entities)]).toEqual([path, true]);
        count.requests += checkRequests(schema.value, text);
        count.files += 1;
      }
      say(`official handwritten tests: ${count.files} files, ${count.requests} requests`);
      expect(count.requests).toBeGreaterThan(0);
    });
  },
);

/** Validates all requests of one test file, which are all valid; says how many there were. */
function checkRequests(schema: Schema, text: string): number {
  const json = parseJson(text);
  const requests = json.ok && isJsonObject(json.value) ? json.value.get('requests') : undefined;
  if (requests === undefined || !isJsonArray(requests)) return 0;
  for (const request of requests) {
    const plain = Object.fromEntries(isJsonObject(request) ? request : []) as unknown as Call;
    expect(accepts(schema, plain)).toBe(true);
  }
  return requests.length;
}

/** Makes one thing wrong, or at least different, about a list of entities; which, depends on `seed`. */
function spoil(entities: readonly Plain[], seed: number): unknown {
  const at = seed % Math.max(entities.length, 1);
  return entities.map((entity, index) => {
    if (index !== at) return entity;
    const attrs = entity['attrs'] as Plain;
    const [first] = Object.keys(attrs);
    const other = entities[(at + 1) % entities.length];
    switch (seed % 5) {
      case 0:
        return { ...entity, attrs: { ...attrs, [first ?? 'new']: 'spoilt' } };
      case 1:
        return { ...entity, attrs: Object.fromEntries(Object.entries(attrs).slice(1)) };
      case 2:
        return { ...entity, parents: [other?.['uid']] };
      case 3:
        return { ...entity, attrs: { ...attrs, [first ?? 'new']: other?.['uid'] } };
      default:
        return { ...entity, tags: { spoilt: 1 } };
    }
  });
}

/** The text files of a tar archive. */
function untar(bytes: Uint8Array): ReadonlyMap<string, string> {
  const decoder = new TextDecoder();
  const text = (start: number, length: number) =>
    decoder.decode(bytes.subarray(start, start + length)).replace(/\0.*$/s, '');
  const files = new Map<string, string>();
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0;) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const isFile = ['0', ''].includes(text(at + 156, 1));
    if (isFile) files.set(text(at, 100), decoder.decode(bytes.subarray(at + 512, at + 512 + size)));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
