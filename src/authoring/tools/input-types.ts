/**
 * From a tool's JSON schema to Cedar types, as Cedar's own MCP schema generator writes them (its flattened form
 * with objects as records and numbers as decimals), so that policies written for one fit the other:
 *
 *     read_file {path: string, mode?: enum, range?: {from: integer}}
 *       type read_fileInput = { path: String, mode?: read_file_Input_mode, range?: read_file_Input_range };
 *       entity read_file_Input_mode enum ["text", "binary"];
 *       type read_file_Input_range = { from?: Long };
 *
 * What the generator refuses is written as near to that as Cedar allows: a name that is no identifier is made
 * one, or quoted, and what has no type is `Unknown`.
 */
import { quote } from '../../cedar/strings.ts';
import { isName } from '../../cedar/schema/names.ts';
import { isObject, type McpTool } from './tool-list.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** A name of a type, and of the property that it is for. */
interface Named {
  readonly name: string;
  readonly last: string;
}

const MAX_DEPTH = 40;

/** Writes the types of tools, one after the other. */
export class InputTypes {
  /** Declarations by the name that they declare, in the order written. */
  readonly declared = new Map<string, string>();

  /** Declares the type of a tool's arguments and gives its name. */
  add({ name, inputSchema }: McpTool): string {
    const tool = this.#free(identifier(name), 'Input');
    const writer = new ToolTypes(this.declared, `${tool}_Input`, inputSchema);
    this.declared.set(`${tool}Input`, '');
    this.declared.set(`${tool}Input`, `type ${tool}Input = ${writer.root()};`);
    return `${tool}Input`;
  }

  /** Two tools whose names differ in signs alone must not share a type. */
  #free(name: string, end: string): string {
    let free = name;
    for (let number = 2; this.declared.has(`${free}${end}`); number += 1)
      free = `${name}_${number}`;
    return free;
  }
}

class ToolTypes {
  readonly #declared: Map<string, string>;
  readonly #prefix: string;
  readonly #schema: JsonSchema;
  readonly #definitions: JsonSchema;
  /** Names of `$defs` by their key; absent while one is being written. */
  readonly #written = new Map<string, string | undefined>();
  #depth = 0;

  constructor(declared: Map<string, string>, prefix: string, schema: JsonSchema) {
    this.#declared = declared;
    this.#prefix = prefix;
    this.#schema = schema;
    const { $defs, definitions } = schema;
    this.#definitions = isObject($defs) ? $defs : isObject(definitions) ? definitions : {};
  }

  /** The record of all arguments. */
  root(): string {
    return this.#record(this.#schema, this.#prefix);
  }

  #type(schema: unknown, at: Named): string {
    if (!isObject(schema) || this.#depth > MAX_DEPTH) return this.#special('Unknown');
    this.#depth += 1;
    const written = this.#written_(schema, at);
    this.#depth -= 1;
    return written;
  }

  #written_(schema: JsonSchema, at: Named): string {
    const { type, $ref, anyOf, oneOf } = schema;
    if (typeof $ref === 'string') return this.#definition($ref);
    if (Array.isArray(type)) {
      const { enum: _choices, ...one } = schema;
      return this.#choice(
        type.map((alternative: unknown) => ({ ...one, type: alternative })),
        at,
      );
    }
    switch (type) {
      case 'string':
        return this.#text(schema, at);
      case 'integer':
        return 'Long';
      case 'number':
        return 'decimal';
      case 'boolean':
        return 'Bool';
      case 'null':
        return this.#special('Null');
      case 'array':
        return `Set<${this.#type(schema['items'], at)}>`;
      case 'object':
        return this.#object(schema, at);
      default: {
        const choices = Array.isArray(anyOf) ? anyOf : oneOf;
        return Array.isArray(choices) ? this.#choice(choices, at) : this.#special('Unknown');
      }
    }
  }

  #text({ enum: choices, format }: JsonSchema, { name }: Named): string {
    if (Array.isArray(choices) && choices.length > 0) {
      const texts = choices.filter((choice) => typeof choice === 'string');
      if (texts.length === choices.length) {
        const ids = [...new Set(texts)].map((text) => quote(text));
        return this.#declare(name, (free) => `entity ${free} enum [${ids.join(', ')}];`);
      }
    }
    return (typeof format === 'string' ? FORMATS.get(format) : undefined) ?? 'String';
  }

  #choice(choices: readonly unknown[], { name }: Named): string {
    const members = choices.map((choice, at) => {
      const last = `TypeChoice${at}`;
      return `typeChoice${at}?: ${this.#type(choice, { name: `${name}_${last}`, last })}`;
    });
    return `{ ${members.join(', ')} }`;
  }

  #object(schema: JsonSchema, { name, last }: Named): string {
    const { additionalProperties: others } = schema;
    if (!isObject(others)) {
      return this.#declare(name, (free) => `type ${free} = ${this.#record(schema, free)};`);
    }
    return this.#declare(name, (free) => {
      const own = isObject(schema['properties']) ? ` = ${this.#record(schema, free)}` : '';
      const tag = `${last}Tag`;
      return `entity ${free}${own} tags ${this.#type(others, { name: `${free}_${tag}`, last: tag })};`;
    });
  }

  #record({ properties, required }: JsonSchema, name: string): string {
    const needed = new Set<unknown>(Array.isArray(required) ? required : []);
    const members = Object.entries(isObject(properties) ? properties : {}).map(([key, schema]) => {
      const last = identifier(key);
      const doc = isObject(schema) ? docOf(schema['description']) : '';
      const type = this.#type(schema, { name: `${name}_${last}`, last });
      const shown = isName(key) ? key : quote(key);
      return `${doc}${shown}${needed.has(key) ? '' : '?'}: ${type}`;
    });
    return members.length === 0 ? '{}' : `{\n  ${members.join(',\n  ')},\n}`;
  }

  #definition(ref: string): string {
    const [, key] = /^#\/(?:\$defs|definitions)\/(.+)$/u.exec(ref) ?? [];
    if (key === undefined || !Object.hasOwn(this.#definitions, key))
      return this.#special('Unknown');
    // What holds itself has no Cedar type.
    if (this.#written.has(key)) return this.#written.get(key) ?? this.#special('Unknown');
    this.#written.set(key, undefined);
    const last = identifier(key);
    const at = { name: `${this.#prefix}_${last}`, last };
    const type = this.#type(this.#definitions[key], at);
    const name =
      type === at.name ? type : this.#declare(at.name, (free) => `type ${free} = ${type};`);
    this.#written.set(key, name);
    return name;
  }

  #special(name: 'Null' | 'Unknown'): string {
    if (!this.#declared.has(name)) this.#declared.set(name, `entity ${name};`);
    return name;
  }

  #declare(name: string, write: (free: string) => string): string {
    let free = name;
    for (let number = 2; this.#declared.has(free); number += 1) free = `${name}_${number}`;
    // Taken before what it holds is written.
    this.#declared.set(free, '');
    this.#declared.set(free, write(free));
    return free;
  }
}

const FORMATS: ReadonlyMap<string, string> = new Map([
  ['date', 'datetime'],
  ['date-time', 'datetime'],
  ['duration', 'duration'],
  ['ipv4', 'ipaddr'],
  ['ipv6', 'ipaddr'],
  ['decimal', 'decimal'],
]);

/** A name for a type: signs that no identifier has become underscores. */
function identifier(text: string): string {
  const plain = text.replaceAll(/[^A-Za-z0-9_]/gu, '_').replaceAll('__cedar', '_cedar');
  return /^[A-Za-z_]/u.test(plain) ? plain : `_${plain}`;
}

const LONGEST_DOC = 300;

/** `@doc("…") `, of what somebody else wrote; nothing when there is nothing. */
export function docOf(description: unknown): string {
  if (typeof description !== 'string') return '';
  const line = description.toWellFormed().replaceAll(/\s+/gu, ' ').trim();
  const short = line.length > LONGEST_DOC ? `${line.slice(0, LONGEST_DOC).toWellFormed()}…` : line;
  return short === '' ? '' : `@doc(${quote(short)}) `;
}
