import { isObject, type McpTool } from './tool-list.ts';

/** Arguments that a tool's schema accepts: what is required, and as little of it as there can be. */
export function sampleArguments({ inputSchema }: McpTool): Readonly<Record<string, unknown>> {
  const { $defs, definitions } = inputSchema;
  const known = isObject($defs) ? $defs : isObject(definitions) ? definitions : {};
  return members(inputSchema, known, 0);
}

type JsonSchema = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 20;

function members({ properties, required }: JsonSchema, known: JsonSchema, depth: number) {
  const needed: ReadonlySet<unknown> = new Set(Array.isArray(required) ? required : []);
  const all = Object.entries(isObject(properties) ? properties : {});
  return Object.fromEntries(
    all
      .filter(([name]) => needed.has(name))
      .map(([name, schema]) => [name, sample(schema, known, depth + 1)]),
  );
}

function sample(schema: unknown, known: JsonSchema, depth: number): unknown {
  if (!isObject(schema) || depth > MAX_DEPTH) return 'anything';
  const { type, $ref, anyOf, oneOf, items, minItems, minimum } = schema;
  if (typeof $ref === 'string') {
    return sample(known[$ref.slice($ref.lastIndexOf('/') + 1)], known, depth + 1);
  }
  const first: unknown = Array.isArray(type) ? type[0] : type;
  switch (first) {
    case 'string':
      return text(schema);
    case 'integer':
      return typeof minimum === 'number' ? Math.ceil(minimum) : 1;
    case 'number':
      return typeof minimum === 'number' ? minimum : 1.5;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return typeof minItems === 'number' && minItems > 0 ? [sample(items, known, depth + 1)] : [];
    case 'object':
      return members(schema, known, depth);
    default: {
      const choices: unknown = Array.isArray(anyOf) ? anyOf : oneOf;
      return Array.isArray(choices) ? sample(choices[0], known, depth + 1) : 'anything';
    }
  }
}

const OF_FORMAT: ReadonlyMap<string, string> = new Map([
  ['date', '2026-03-16'],
  ['date-time', '2026-03-16T10:00:00Z'],
  ['duration', 'PT1H'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['decimal', '1.5'],
  ['uri', 'https://example.com/'],
  ['email', 'somebody@example.com'],
]);

function text({ enum: choices, format }: JsonSchema): string {
  const [first] = Array.isArray(choices) ? choices.filter((one) => typeof one === 'string') : [];
  if (first !== undefined) return first;
  return (typeof format === 'string' ? OF_FORMAT.get(format) : undefined) ?? 'text';
}
