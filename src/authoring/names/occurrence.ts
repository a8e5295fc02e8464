/**
 * Every place in a pack that names something: rules, entity types, actions, attributes, entities and common
 * types. Definition, references, rename and hover all read this one list.
 */
import type { Span } from '../../base/span.ts';
import type { NamedEntity, Policy } from '../../cedar/ast.ts';
import { entityUid, type EntityUid } from '../../cedar/value.ts';
import { ENVIRONMENT, ROLE } from '../../decision/policies.ts';
import { SCHEMA_FILE, SETTINGS_FILE } from '../../pack/files.ts';
import type { EntityMention } from '../json/entities.ts';
import { memberOf, readJsonTree, type JsonNode } from '../json/tree.ts';
import type { EntityFile, PackModel, PolicyFile, ScenarioFile } from '../model.ts';
import { entitiesIn, expressions, typeNamesIn } from '../walk.ts';

export type SymbolKind = 'rule' | 'entity-type' | 'action' | 'attribute' | 'entity' | 'common-type';

/** Something with a name. */
export interface PackSymbol {
  readonly kind: SymbolKind;
  /** Tells it from every other of its kind. */
  readonly key: string;
  /** As people call it: `Role::"admin"`, `approved_by`. */
  readonly name: string;
}

export interface Occurrence {
  readonly symbol: PackSymbol;
  readonly path: string;
  /** The name alone, with its quotes if it has any. */
  readonly span: Span;
  readonly role: 'declaration' | 'reference';
  /** How the name is written there, which is how another would be written. */
  readonly form: 'identifier' | 'string' | 'json';
}

/** All occurrences, by file and position. Broken policies are not among them. */
export function* occurrences(model: PackModel): Generator<Occurrence, void> {
  for (const file of model.policyFiles) {
    for (const policy of file.policies) yield* inPolicy(model, file, policy);
  }
  if (model.schemaIsCurrent) yield* inSchema(model);
  for (const file of model.entityFiles) yield* inEntities(model, file);
  for (const file of model.scenarioFiles) yield* inScenario(model, file);
  yield* inSettings(model);
}

/** What is named at a place, the innermost name when several touch it. */
export function occurrenceAt(
  model: PackModel,
  path: string,
  offset: number,
): Occurrence | undefined {
  let found: Occurrence | undefined;
  for (const one of occurrences(model)) {
    const { start, end } = one.span;
    if (one.path !== path || offset < start || offset > end) continue;
    if (found === undefined || end - start < found.span.end - found.span.start) found = one;
  }
  return found;
}

export function sameSymbol(a: PackSymbol, b: PackSymbol): boolean {
  return a.kind === b.kind && a.key === b.key;
}

function typeSymbol(name: string): PackSymbol {
  return { kind: 'entity-type', key: name, name };
}

function actionSymbol(uid: EntityUid): PackSymbol {
  return { kind: 'action', key: uid.toString(), name: uid.id };
}

/** Attributes are told apart by where they are declared: a common type's are one in all that use it. */
function attributeSymbol(name: string, declared: Span): PackSymbol {
  return { kind: 'attribute', key: String(declared.start), name };
}

function entitySymbol(uid: EntityUid): PackSymbol {
  return { kind: 'entity', key: uid.toString(), name: uid.id };
}

function* inPolicy(
  model: PackModel,
  { path, text }: PolicyFile,
  policy: Policy,
): Generator<Occurrence, void> {
  const id = policy.annotations.find(({ name }) => name === 'id');
  if (id?.valueSpan !== undefined) {
    const symbol: PackSymbol = { kind: 'rule', key: id.value, name: id.value };
    yield { symbol, path, span: id.valueSpan, role: 'declaration', form: 'string' };
  }
  for (const entity of entitiesIn(policy)) {
    const { type, id: idSpan } = entityParts(text, entity);
    const isAction = model.schema?.actions.has(entity.uid.toString()) === true;
    const symbol = isAction ? actionSymbol(entity.uid) : entitySymbol(entity.uid);
    yield { symbol, path, span: idSpan, role: 'reference', form: 'string' };
    if (isAction) continue;
    yield {
      symbol: typeSymbol(entity.uid.type),
      path,
      span: type,
      role: 'reference',
      form: 'identifier',
    };
  }
  for (const { name, span } of typeNamesIn(policy)) {
    yield {
      symbol: typeSymbol(name),
      path,
      span: lastSegment(text, span),
      role: 'reference',
      form: 'identifier',
    };
  }
  const types = model.typesOf(policy);
  if (types === undefined) return;
  for (const expr of expressions(policy)) {
    const names = expr.kind === 'attribute' ? [expr.name] : expr.kind === 'has' ? expr.path : [];
    for (const name of names) {
      const form = text[name.span.start] === '"' ? 'string' : 'identifier';
      const declared = new Set(types.attributesOf(name).flatMap(({ span }) => span ?? []));
      for (const place of declared) {
        const symbol = attributeSymbol(name.text, place);
        yield { symbol, path, span: name.span, role: 'reference', form };
      }
    }
  }
}

/** Type (its last segment) and id of an entity literal, which may stand in parentheses. */
function entityParts(
  text: string,
  { span }: NamedEntity,
): { readonly type: Span; readonly id: Span } {
  const slice = text.slice(span.start, span.end);
  const quote = slice.indexOf('"');
  let end = quote + 1;
  while (end < slice.length && slice[end] !== '"') end += slice[end] === '\\' ? 2 : 1;
  const id = { start: span.start + quote, end: span.start + end + 1 };
  const before = slice.slice(0, quote).replace(/[\s:]+$/, '');
  const type = lastSegment(text, { start: span.start, end: span.start + before.length });
  return { type, id };
}

/** The last name of a path. */
function lastSegment(text: string, { start, end }: Span): Span {
  const name = /[A-Za-z_]\w*$/.exec(text.slice(start, end))?.[0] ?? '';
  return { start: end - name.length, end };
}

function* inSchema({ schema, files }: PackModel): Generator<Occurrence, void> {
  const path = SCHEMA_FILE;
  const text = files.get(path) ?? '';
  if (schema === undefined) return;
  const form = (span: Span) => (text[span.end - 1] === '"' ? 'string' : 'identifier');
  const declared = (symbol: PackSymbol, span: Span): Occurrence => {
    return { symbol, path, span, role: 'declaration', form: form(span) };
  };
  const seen = new Set<number>();
  const attributes = function* attributes(type: AnyType): Generator<Occurrence, void> {
    if (type.kind === 'set' && type.element !== undefined) yield* attributes(type.element);
    for (const [name, attribute] of type.attributes ?? []) {
      if (seen.has(attribute.span.start)) continue;
      seen.add(attribute.span.start);
      yield declared(attributeSymbol(name, attribute.span), attribute.span);
      yield* attributes(attribute.type);
    }
  };
  for (const type of schema.entityTypes.values()) {
    yield declared(typeSymbol(type.name), type.nameSpan);
    yield* attributes({ kind: 'record', attributes: type.attributes });
    if (type.tags !== undefined) yield* attributes(type.tags);
  }
  for (const { name, nameSpan, type } of schema.commonTypes.values()) {
    yield declared({ kind: 'common-type', key: name, name }, nameSpan);
    yield* attributes(type);
  }
  for (const { uid, nameSpan, appliesTo } of schema.actions.values()) {
    yield declared(actionSymbol(uid), nameSpan);
    if (appliesTo !== undefined) yield* attributes(appliesTo.context);
  }
  for (const { span, target, name } of schema.references) {
    const isAction = target === 'action';
    const place = isAction ? actionName(text, span) : lastSegment(text, span);
    const uid = schema.actions.get(name)?.uid;
    const symbol: PackSymbol | undefined =
      target === 'entity'
        ? typeSymbol(name)
        : target === 'common'
          ? { kind: 'common-type', key: name, name }
          : uid && actionSymbol(uid);
    if (symbol !== undefined)
      yield { symbol, path, span: place, role: 'reference', form: form(place) };
  }
}

interface AnyType {
  readonly kind: string;
  readonly element?: AnyType;
  readonly attributes?: ReadonlyMap<string, { readonly span: Span; readonly type: AnyType }>;
}

/** Of `"view"` and `App::Action::"view"` the id. */
function actionName(text: string, span: Span): Span {
  const quote = text.slice(span.start, span.end).indexOf('"');
  return quote < 0 ? lastSegment(text, span) : { start: span.start + quote, end: span.end };
}

function* inEntities(
  model: PackModel,
  { path, mentions, tree }: EntityFile,
): Generator<Occurrence, void> {
  for (const mention of mentions) {
    const { uid, typeSpan, idSpan } = mention;
    const role = mention.role === 'declaration' ? 'declaration' : 'reference';
    yield { symbol: entitySymbol(uid), path, span: idSpan, role, form: 'json' };
    yield { symbol: typeSymbol(uid.type), path, span: typeSpan, role: 'reference', form: 'json' };
  }
  for (const entity of tree.elements) {
    const own = declarationIn(mentions, entity);
    const attributes = own && model.schema?.entityTypes.get(own.uid.type)?.attributes;
    for (const { name, nameSpan } of memberOf(entity, 'attrs')?.members ?? []) {
      const attribute = attributes?.get(name);
      if (attribute === undefined) continue;
      const symbol = attributeSymbol(name, attribute.span);
      yield { symbol, path, span: nameSpan, role: 'reference', form: 'json' };
    }
  }
}

function declarationIn(mentions: readonly EntityMention[], entity: JsonNode) {
  return mentions.find(({ entitySpan }) => entitySpan?.start === entity.span.start);
}

function* inScenario(model: PackModel, { path, facts }: ScenarioFile): Generator<Occurrence, void> {
  const reference = (symbol: PackSymbol, span: Span): Occurrence => {
    return { symbol, path, span, role: 'reference', form: 'json' };
  };
  const { role, environment, tools, fields } = facts;
  if (role !== undefined) yield reference(entitySymbol(entityUid(ROLE, role.text)), role.span);
  if (environment !== undefined) {
    yield reference(entitySymbol(entityUid(ENVIRONMENT, environment.text)), environment.span);
  }
  for (const { text, span } of tools)
    yield reference(actionSymbol(entityUid('Action', text)), span);
  for (const { text, span } of fields) {
    const declared = new Set<number>();
    for (const { appliesTo } of model.schema?.actions.values() ?? []) {
      const attribute = appliesTo?.context.attributes.get(text);
      if (attribute === undefined || declared.has(attribute.span.start)) continue;
      declared.add(attribute.span.start);
      yield reference(attributeSymbol(text, attribute.span), span);
    }
  }
}

function* inSettings({ files }: PackModel): Generator<Occurrence, void> {
  const text = files.get(SETTINGS_FILE);
  if (text === undefined) return;
  for (const { name, nameSpan } of memberOf(readJsonTree(text), 'tools')?.members ?? []) {
    const symbol = actionSymbol(entityUid('Action', name));
    yield { symbol, path: SETTINGS_FILE, span: nameSpan, role: 'reference', form: 'json' };
  }
}
