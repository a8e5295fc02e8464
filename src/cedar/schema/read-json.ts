import type { Result } from '../../base/result.ts';
import { err } from '../../base/result.ts';
import type { Path } from '../json/issue.ts';
import {
  describeJson,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonPlaces,
  type JsonPlaces,
  parseJson,
} from '../json/lossless.ts';
import { SCHEMA_LIMITS } from '../limits.ts';
import { EXTENSION_TYPES, issueList, type Report } from './declare.ts';
import { JsonParts, type Members, NO_FIELDS } from './json-parts.ts';
import type { Schema, SchemaIssue, Type } from './model.ts';
import { isName, isPath } from './names.ts';
import { resolveSchema } from './resolve.ts';
import type {
  ActionRefSyntax,
  ActionSyntax,
  AnnotationSyntax,
  AppliesToSyntax,
  AttributeSyntax,
  CommonTypeSyntax,
  DeclarationSyntax,
  EntitySyntax,
  NameSyntax,
  NamespaceSyntax,
  PathSyntax,
  TypeSyntax,
} from './syntax.ts';

/**
 * Reads a schema in the official JSON format. It says the same as the Cedar syntax, so from the
 * declarations on it is read by the same code; spans lead into the JSON text.
 */
export function readSchemaJson(text: string): Result<Schema, readonly SchemaIssue[]> {
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const { message, span } = parsed.error;
    return err([{ code: 'BAD_JSON', message, span }]);
  }
  const { issues, report } = issueList();
  const namespaces = new JsonSchemaReader(jsonPlaces(text), report).namespaces(parsed.value);
  if (issues.length > 0) return err(issues.slice(0, SCHEMA_LIMITS.issues));
  return resolveSchema({ namespaces });
}

const PRIMITIVES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['Boolean', { kind: 'bool' }],
  ['Long', { kind: 'long' }],
  ['String', { kind: 'string' }],
]);

/** Turns JSON into declarations. What is wrong is reported and left out. */
class JsonSchemaReader {
  readonly #json: JsonParts;
  readonly #report: Report;

  constructor(places: JsonPlaces, report: Report) {
    this.#json = new JsonParts(places, report);
    this.#report = report;
  }

  namespaces(json: Json): readonly NamespaceSyntax[] {
    return this.#json.members(json, '').map(({ name, json: definition, path }) => {
      const fields = this.#json.fields(definition, path, {
        required: ['entityTypes', 'actions'],
        optional: ['commonTypes', 'annotations'],
      });
      const annotations = this.#annotations(fields, path);
      const isNamed = name.text !== '';
      if (!isNamed && annotations.length > 0) {
        this.#json.bad(path, 'The unnamed namespace cannot have annotations.');
      }
      return {
        name: isNamed ? this.#path(name.text, path, name.span) : undefined,
        annotations,
        span: this.#json.span(path),
        declarations: this.#declarations(fields, path),
      };
    });
  }

  #declarations(fields: JsonObject, path: Path): readonly DeclarationSyntax[] {
    const of = (key: string): Members => {
      const members = fields.get(key);
      return members === undefined ? [] : this.#json.members(members, { parent: path, key });
    };
    return [
      ...of('commonTypes').map(({ name, json, path: at }) => this.#commonType(name, json, at)),
      ...of('entityTypes').map(({ name, json, path: at }) => this.#entity(name, json, at)),
      ...of('actions').map(({ name, json, path: at }) => this.#action(name, json, at)),
    ].filter((declaration) => declaration !== undefined);
  }

  #commonType(name: NameSyntax, json: Json, path: Path): CommonTypeSyntax | undefined {
    this.#checkName(name);
    const type = this.#type(json, path, ['annotations']);
    const annotations = isJsonObject(json) ? this.#annotations(json, path) : [];
    return type && { kind: 'type', names: [name], type, annotations, span: this.#json.span(path) };
  }

  #entity(name: NameSyntax, json: Json, path: Path): EntitySyntax {
    this.#checkName(name);
    const isEnum = isJsonObject(json) && json.has('enum');
    const optional = ['annotations', ...(isEnum ? ['enum'] : ['memberOfTypes', 'shape', 'tags'])];
    const fields = this.#json.fields(json, path, { required: [], optional });
    const shape = fields.get('shape');
    const tags = fields.get('tags');
    return {
      kind: 'entity',
      names: [name],
      memberOf: this.#paths(fields, 'memberOfTypes', path),
      shape: shape === undefined ? undefined : this.#type(shape, { parent: path, key: 'shape' }),
      tags: tags === undefined ? undefined : this.#type(tags, { parent: path, key: 'tags' }),
      enumIds: isEnum ? this.#enumIds(fields, { parent: path, key: 'enum' }) : undefined,
      annotations: this.#annotations(fields, path),
      span: this.#json.span(path),
    };
  }

  #enumIds(fields: JsonObject, path: Path): readonly NameSyntax[] {
    const ids = this.#json.strings(fields.get('enum') ?? null, path);
    if (ids.length === 0) this.#json.bad(path, 'An enumerated entity type needs at least one id.');
    return ids;
  }

  #action(name: NameSyntax, json: Json, path: Path): ActionSyntax {
    const optional = ['appliesTo', 'memberOf', 'attributes', 'annotations'];
    const fields = this.#json.fields(json, path, { required: [], optional });
    const appliesTo = fields.get('appliesTo') ?? null;
    if ((fields.get('attributes') ?? null) !== null) {
      const at = this.#json.span({ parent: path, key: 'attributes' });
      this.#report('UNSUPPORTED', 'Actions cannot have attributes.', at);
    }
    return {
      kind: 'action',
      names: [name],
      memberOf: this.#actionRefs(fields.get('memberOf') ?? null, { parent: path, key: 'memberOf' }),
      appliesTo:
        appliesTo === null
          ? undefined
          : this.#appliesTo(appliesTo, { parent: path, key: 'appliesTo' }),
      annotations: this.#annotations(fields, path),
      span: this.#json.span(path),
    };
  }

  #actionRefs(json: Json, path: Path): readonly ActionRefSyntax[] {
    if (json === null) return [];
    return this.#json.elements(json, path).map(([element, at]) => {
      const fields = this.#json.fields(element, at, { required: ['id'], optional: ['type'] });
      const type = fields.get('type') ?? null;
      const typePath = { parent: at, key: 'type' };
      return {
        id: this.#json.string(fields.get('id') ?? '', { parent: at, key: 'id' }),
        type: type === null ? undefined : this.#path(this.#json.string(type, typePath), typePath),
        span: this.#json.span(at),
      };
    });
  }

  #appliesTo(json: Json, path: Path): AppliesToSyntax {
    const required = ['principalTypes', 'resourceTypes'];
    const fields = this.#json.fields(json, path, { required, optional: ['context'] });
    const context = fields.get('context');
    return {
      principals: this.#paths(fields, 'principalTypes', path),
      resources: this.#paths(fields, 'resourceTypes', path),
      context:
        context === undefined ? undefined : this.#type(context, { parent: path, key: 'context' }),
    };
  }

  /** A type; `more` are fields that the place allows beside those of the type. */
  #type(json: Json, path: Path, more: readonly string[] = []): TypeSyntax | undefined {
    const span = this.#json.span(path);
    const kind = isJsonObject(json) ? json.get('type') : undefined;
    const fields = (required: readonly string[], optional: readonly string[] = []) =>
      this.#json.fields(json, path, {
        required: ['type', ...required],
        optional: [...optional, ...more],
      });
    if (typeof kind !== 'string') {
      return this.#json.bad(path, `Expected a type {"type": …}, found ${describeJson(json)}.`);
    }
    const primitive = PRIMITIVES.get(kind);
    if (primitive !== undefined) {
      fields([]);
      return { kind: 'builtin', type: primitive, span };
    }
    switch (kind) {
      case 'Set': {
        const element = fields(['element']).get('element');
        if (element === undefined) return undefined;
        const type = this.#type(element, { parent: path, key: 'element' });
        return type && { kind: 'set', element: type, span };
      }
      case 'Record':
        return this.#record(fields(['attributes'], ['additionalAttributes']), path);
      case 'Entity':
      case 'EntityOrCommon':
      case 'Extension': {
        const at = { parent: path, key: 'name' };
        const name = this.#json.string(fields(['name']).get('name') ?? '', at);
        if (kind === 'Extension') return this.#extension(name, at);
        return this.#named(name, at, kind === 'Entity' ? 'entity' : 'any');
      }
      default:
        fields([]);
        return this.#named(kind, { parent: path, key: 'type' }, 'common');
    }
  }

  #record(fields: JsonObject, path: Path): TypeSyntax {
    const open = { parent: path, key: 'additionalAttributes' };
    if (this.#json.boolean(fields.get('additionalAttributes') ?? false, open)) {
      this.#report(
        'UNSUPPORTED',
        'Records with additional attributes are an experiment.',
        this.#json.span(open),
      );
    }
    const list = this.#json.members(fields.get('attributes') ?? NO_FIELDS, {
      parent: path,
      key: 'attributes',
    });
    const attributes = list
      .map(({ name, json, path: at }): AttributeSyntax | undefined => {
        const type = this.#type(json, at, ['required', 'annotations']);
        const object = isJsonObject(json) ? json : NO_FIELDS;
        const required = this.#json.boolean(object.get('required') ?? true, {
          parent: at,
          key: 'required',
        });
        const annotations = this.#annotations(object, at);
        return type && { name, required, type, annotations, span: this.#json.span(at) };
      })
      .filter((attribute) => attribute !== undefined);
    return { kind: 'record', attributes, span: this.#json.span(path) };
  }

  #extension(name: string, path: Path): TypeSyntax | undefined {
    const known = EXTENSION_TYPES.find((one) => one === name);
    if (known !== undefined) {
      return {
        kind: 'builtin',
        type: { kind: 'extension', name: known },
        span: this.#json.span(path),
      };
    }
    const message = `There is no extension type ${name}; there are ${EXTENSION_TYPES.join(', ')}.`;
    this.#report('UNKNOWN_TYPE', message, this.#json.span(path));
    return undefined;
  }

  #named(text: string, at: Path, refersTo: 'any' | 'common' | 'entity'): TypeSyntax {
    const path = this.#path(text, at);
    return { kind: 'name', path, refersTo, span: path.span };
  }

  #paths(fields: JsonObject, key: string, path: Path): readonly PathSyntax[] {
    const list = fields.get(key);
    if (list === undefined) return [];
    const names = this.#json.strings(list, { parent: path, key });
    return names.map(({ text, span }, index) =>
      this.#path(text, { parent: { parent: path, key }, key: index }, span),
    );
  }

  #path(text: string, path: Path, span = this.#json.span(path)): PathSyntax {
    if (!isPath(text)) this.#json.bad(path, `${JSON.stringify(text)} is no name.`);
    return { text, segments: text.split('::'), span };
  }

  #checkName(name: NameSyntax): void {
    if (isName(name.text)) return;
    this.#report('BAD_JSON', `${JSON.stringify(name.text)} is no name.`, name.span);
  }

  #annotations(fields: JsonObject, path: Path): readonly AnnotationSyntax[] {
    const json = fields.get('annotations');
    if (json === undefined) return [];
    return this.#json.members(json, { parent: path, key: 'annotations' }).map((member) => {
      if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(member.name.text)) {
        this.#json.bad(
          member.path,
          `${JSON.stringify(member.name.text)} is no name of an annotation.`,
        );
      }
      const value = member.json === null ? '' : this.#json.string(member.json, member.path);
      return { name: member.name.text, value, span: this.#json.span(member.path) };
    });
  }
}
