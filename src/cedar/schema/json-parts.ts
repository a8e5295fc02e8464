import type { Span } from '../../base/span.ts';
import { type Path, renderPath } from '../json/issue.ts';
import {
  describeJson,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  type JsonPlaces,
} from '../json/lossless.ts';
import type { Report } from './declare.ts';
import type { NameSyntax } from './syntax.ts';

/** The members of an object, each with its name's place. */
export type Members = readonly {
  readonly name: NameSyntax;
  readonly json: Json;
  readonly path: Path;
}[];

export const NO_FIELDS: JsonObject = new Map<string, Json>();

/**
 * Takes JSON apart: what is not as it must be is reported at its place, and something empty stands in,
 * so that whoever asks can go on and find the next fault.
 */
export class JsonParts {
  readonly #places: JsonPlaces;
  readonly #report: Report;

  constructor(places: JsonPlaces, report: Report) {
    this.#places = places;
    this.#report = report;
  }

  /** A list of texts. */
  strings(json: Json, path: Path): readonly NameSyntax[] {
    return this.elements(json, path).map(([element, at]) => ({
      text: this.string(element, at),
      span: this.span(at),
    }));
  }

  /** A text; what is none becomes the empty one. */
  string(json: Json, path: Path): string {
    if (typeof json === 'string') return json;
    this.bad(path, `Expected text, found ${describeJson(json)}.`);
    return '';
  }

  boolean(json: Json, path: Path): boolean {
    if (typeof json === 'boolean') return json;
    this.bad(path, `Expected true or false, found ${describeJson(json)}.`);
    return false;
  }

  /** A list's elements, each with its place. */
  elements(json: Json, path: Path): readonly (readonly [Json, Path])[] {
    if (isJsonArray(json)) return json.map((element, key) => [element, { parent: path, key }]);
    this.bad(path, `Expected a list, found ${describeJson(json)}.`);
    return [];
  }

  /** An object's members. */
  members(json: Json, path: Path): Members {
    if (!isJsonObject(json)) {
      this.bad(path, `Expected an object, found ${describeJson(json)}.`);
      return [];
    }
    return [...json].map(([text, member]) => {
      const at = { parent: path, key: text };
      return { name: { text, span: this.span(at, 'names') }, json: member, path: at };
    });
  }

  /** The object, in which every required field has to be and no field may be that is not named. */
  fields(
    json: Json,
    path: Path,
    allowed: { readonly required: readonly string[]; readonly optional: readonly string[] },
  ): JsonObject {
    const members = this.members(json, path);
    for (const { name, path: at } of members) {
      if (allowed.required.includes(name.text) || allowed.optional.includes(name.text)) continue;
      this.bad(at, `There is no field ${JSON.stringify(name.text)} here.`);
    }
    if (!isJsonObject(json)) return NO_FIELDS;
    for (const key of allowed.required) {
      if (!json.has(key)) this.bad(path, `The field "${key}" is missing.`);
    }
    return json;
  }

  /** Reports what is at a place. */
  bad(path: Path, message: string): undefined {
    this.#report('BAD_JSON', message, this.span(path));
  }

  /** Where a value stands in the text, or its name. */
  span(path: Path, of: 'values' | 'names' = 'values'): Span {
    return this.#places[of].get(renderPath(path)) ?? { start: 0, end: 0 };
  }
}
