import { assertNever } from '../../base/assert.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Span } from '../../base/span.ts';
import { isName } from '../../cedar/schema/names.ts';
import type { Schema, Type } from '../../cedar/schema/model.ts';
import { quote } from '../../cedar/strings.ts';
import { AGENT, CALL_TOOL, ENVIRONMENT, PLAN, ROLE } from '../../decision/policies.ts';
import type { PackModel } from '../model.ts';
import { byLocation, type TextEdit } from '../problem.ts';
import { DERIVED_FIELDS, ENGINE_FACTS } from '../vocabulary.ts';
import {
  occurrenceAt,
  occurrences,
  sameSymbol,
  type Occurrence,
  type PackSymbol,
} from './occurrence.ts';

export type RenameRefusalCode =
  | 'NOTHING_TO_RENAME'
  | 'NAME_FIXED'
  | 'NAME_INVALID'
  | 'NAME_TAKEN'
  | 'FILE_BROKEN';

/** Why something cannot be renamed, in words for the author. */
export interface RenameRefusal {
  readonly code: RenameRefusalCode;
  readonly message: string;
}

/** What would be renamed: the name as it stands, without quotes, and its place without them. */
export interface RenameTarget {
  readonly span: Span;
  readonly name: string;
}

/** Whether what stands at `offset` can be renamed. */
export function prepareRename(
  model: PackModel,
  path: string,
  offset: number,
): Result<RenameTarget, RenameRefusal> {
  const here = occurrenceAt(model, path, offset);
  if (here === undefined)
    return refuse('NOTHING_TO_RENAME', 'There is no name here that could change.');
  const fixed = whyFixed(model, here.symbol);
  if (fixed !== undefined) return refuse('NAME_FIXED', fixed);
  const broken = brokenFile(model);
  if (broken !== undefined) {
    const message = `${broken} cannot be read, so its names cannot be followed. Settle its errors first.`;
    return refuse('FILE_BROKEN', message);
  }
  const { start, end } = here.span;
  const inner = here.form === 'identifier' ? here.span : { start: start + 1, end: end - 1 };
  return ok({ span: inner, name: here.symbol.name });
}

/** The edits that give what stands at `offset` another name, in every file, by path and position. */
export function rename(
  model: PackModel,
  path: string,
  offset: number,
  name: string,
): Result<readonly TextEdit[], RenameRefusal> {
  const target = prepareRename(model, path, offset);
  if (!target.ok) return target;
  const here = occurrenceAt(model, path, offset);
  if (here === undefined)
    return refuse('NOTHING_TO_RENAME', 'There is no name here that could change.');
  const { symbol } = here;
  if (name === symbol.name) return ok([]);
  const wrong = whyInvalid(symbol, name);
  if (wrong !== undefined) return refuse('NAME_INVALID', wrong);
  const taken = whyTaken(model, symbol, name);
  if (taken !== undefined) return refuse('NAME_TAKEN', taken);

  const edits = new Map<string, TextEdit>();
  for (const one of occurrences(model)) {
    if (!sameSymbol(one.symbol, symbol)) continue;
    edits.set(`${one.path} ${one.span.start}`, {
      path: one.path,
      span: one.span,
      text: written(one, name),
    });
  }
  return ok([...edits.values()].toSorted(byLocation));
}

function written({ form, symbol }: Occurrence, name: string): string {
  const short = symbol.kind === 'entity-type' ? qualifiedAs(symbol, name) : name;
  switch (form) {
    case 'identifier':
      return isName(name) ? name : quote(name);
    case 'string':
      return quote(name);
    case 'json':
      return JSON.stringify(short);
    default:
      return assertNever(form);
  }
}

/** JSON names types in full; elsewhere the last segment alone changes. */
function qualifiedAs({ name: old }: PackSymbol, name: string): string {
  const at = old.lastIndexOf('::');
  return at < 0 ? name : `${old.slice(0, at)}::${name}`;
}

/** Names that something outside of the pack's files relies on. */
function whyFixed({ schema }: PackModel, { kind, key, name }: PackSymbol): string | undefined {
  switch (kind) {
    case 'entity-type':
      return [AGENT, ROLE, ENVIRONMENT].includes(name)
        ? `The engine itself makes entities of the type ${name}: it keeps its name.`
        : undefined;
    case 'action':
      return key === PLAN.toString() || key === CALL_TOOL.toString()
        ? `The engine itself asks for ${key}: it keeps its name.`
        : undefined;
    case 'attribute': {
      const owner = schema && derivedOwner(schema, key);
      if (owner === 'context')
        return `The engine itself reads or derives ${name}: it keeps its name.`;
      if (owner === 'session') return `The engine derives session.${name}: it keeps its name.`;
      if (owner === 'limits')
        return `Constraint strings name the limit ${name}: it keeps its name.`;
      return undefined;
    }
    case 'entity': {
      const type = key.slice(0, key.indexOf('::"'));
      return schema?.entityTypes.get(type)?.enumIds === undefined
        ? undefined
        : `The schema lists the ids of ${type}: change it there.`;
    }
    case 'rule':
    case 'common-type':
      return undefined;
  }
}

function isEngines(name: string): boolean {
  return DERIVED_FIELDS.has(name) || ENGINE_FACTS.has(name);
}

function derivedOwner(schema: Schema, key: string): 'context' | 'session' | 'limits' | undefined {
  for (const { appliesTo } of schema.actions.values()) {
    const attributes = appliesTo?.context.attributes;
    if (attributes === undefined) continue;
    for (const [name, { span }] of attributes) {
      if (String(span.start) === key && isEngines(name)) return 'context';
    }
    for (const owner of ['session', 'limits'] as const) {
      const type = attributes.get(owner)?.type;
      if (type?.kind !== 'record') continue;
      for (const { span } of type.attributes.values()) if (String(span.start) === key) return owner;
    }
  }
  return undefined;
}

function whyInvalid({ kind }: PackSymbol, name: string): string | undefined {
  switch (kind) {
    case 'rule':
      return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)
        ? undefined
        : 'The id of a rule is in kebab-case, as in payout-needs-approval.';
    case 'entity-type':
    case 'common-type':
    case 'attribute':
      return isName(name) && name !== '__cedar'
        ? undefined
        : `"${name}" is no name: letters, digits and "_", and no word of the language.`;
    case 'action':
    case 'entity':
      return name.trim() === '' || /[\p{Cc}\p{Cs}]/u.test(name) ? 'An id is not empty.' : undefined;
  }
}

function whyTaken(model: PackModel, symbol: PackSymbol, name: string): string | undefined {
  if (symbol.kind === 'attribute') {
    const { schema } = model;
    const taken = schema !== undefined && siblings(schema, symbol.key).has(name);
    return taken ? `There is an attribute ${name} beside it already.` : undefined;
  }
  const prefix = symbol.key.slice(0, symbol.key.length - quote(symbol.name).length);
  for (const { symbol: other, role } of occurrences(model)) {
    const isType = symbol.kind === 'entity-type' || symbol.kind === 'common-type';
    const bothTypes = isType && (other.kind === 'entity-type' || other.kind === 'common-type');
    if (other.kind !== symbol.kind && !bothTypes) continue;
    const isSame = isType
      ? other.key === qualifiedAs(symbol, name)
      : symbol.kind === 'rule'
        ? other.key === name
        : other.key === `${prefix}${quote(name)}`;
    // A name that only a scenario mentions is as good as free for an entity that is declared.
    if (isSame && (role === 'declaration' || symbol.kind === 'entity')) {
      return `The name ${name} is taken.`;
    }
  }
  const builtin = ['Bool', 'Long', 'String', 'Set', 'decimal', 'datetime', 'duration', 'ipaddr'];
  const isType = symbol.kind === 'entity-type' || symbol.kind === 'common-type';
  return isType && builtin.includes(name) ? `${name} is a type of the language.` : undefined;
}

/** Names of all attributes that stand in a record or entity beside the one declared at `key`. */
function siblings(schema: Schema, key: string): ReadonlySet<string> {
  const names = new Set<string>();
  const look = (type: Type): void => {
    if (type.kind === 'set') look(type.element);
    if (type.kind !== 'record') return;
    const own = [...type.attributes.values()];
    if (own.some(({ span }) => String(span.start) === key)) {
      for (const name of type.attributes.keys()) names.add(name);
    }
    for (const attribute of own) look(attribute.type);
  };
  for (const { attributes } of schema.entityTypes.values()) look({ kind: 'record', attributes });
  for (const { appliesTo } of schema.actions.values()) if (appliesTo) look(appliesTo.context);
  for (const { type } of schema.commonTypes.values()) look(type);
  return names;
}

/** A file whose names cannot be followed. */
function brokenFile(model: PackModel): string | undefined {
  const policies = model.policyFiles.find(({ errors }) => errors.length > 0);
  if (policies !== undefined) return policies.path;
  if (!model.schemaIsCurrent) return 'schema.cedarschema';
  return [...model.entityFiles, ...model.scenarioFiles].find(({ text }) => !isJson(text))?.path;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function refuse(code: RenameRefusalCode, message: string) {
  return err({ code, message });
}
