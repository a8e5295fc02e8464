import type { Attributes, Schema, Type } from '../cedar/schema/model.ts';
import { CALL_TOOL, contextOf } from '../decision/policies.ts';
import { toolsUnder, type Vocabulary } from './agentcore-expression.ts';

/** Facts of a context that no tool's input can hold there, with the reason. */
export function unsayable(schema: Schema): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { uid } of schema.actions.values()) {
    for (const [name, { type }] of contextOf(schema, uid)?.attributes ?? []) {
      const why = name === 'session' ? 'a gateway tells neither time nor history' : foreign(type);
      if (why !== undefined) names.set(name, why);
    }
  }
  return names;
}

/** Why JSON Schema, as gateways read it, has no such type. */
function foreign(type: Type): string | undefined {
  switch (type.kind) {
    case 'bool':
    case 'long':
    case 'string':
      return undefined;
    case 'set':
      return foreign(type.element);
    case 'record': {
      const all = [...type.attributes.values()].map((attribute) => foreign(attribute.type));
      return all.find((why) => why !== undefined);
    }
    case 'entity':
      return 'an input names no entities';
    case 'extension':
      return type.name === 'decimal' ? undefined : `an input has no ${type.name}`;
  }
}

/** The schema that a gateway with these tools would have. */
export function agentCoreSchema(schema: Schema, vocabulary: Vocabulary): string {
  const inputs = new Map<string, string>();
  const actions: string[] = [];
  for (const tool of toolsUnder(vocabulary, CALL_TOOL)) {
    const said = [...(contextOf(schema, tool)?.attributes ?? [])].filter(
      ([name]) => !vocabulary.unsayable.has(name),
    );
    const text = recordText(new Map(said), '  ');
    const input = inputs.get(text) ?? `Input${inputs.size === 0 ? '' : inputs.size + 1}`;
    inputs.set(text, input);
    actions.push(
      `  action ${JSON.stringify(`${vocabulary.options.target}___${tool.id}`)} in ["CallTool"] appliesTo {`,
      '    principal: [OAuthUser],',
      '    resource: [Gateway],',
      `    context: { input: ${input} },`,
      '  };',
    );
  }
  const types = [...inputs].map(([text, name]) => `  type ${name} = ${text};`);
  return [
    'namespace AgentCore {',
    '  entity OAuthUser = { id: String } tags String;',
    '  entity Gateway;',
    ...types,
    '  action "Mcp";',
    '  action "CallTool" in ["Mcp"];',
    ...actions,
    '}',
    '',
  ].join('\n');
}

function recordText(attributes: Attributes, indent: string): string {
  const lines = [...attributes].map(([name, { type, required }]) => {
    const inner = `${indent}  `;
    return `${inner}${JSON.stringify(name)}${required ? '' : '?'}: ${typeText(type, inner)},`;
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
}

function typeText(type: Type, indent: string): string {
  switch (type.kind) {
    case 'bool':
      return 'Bool';
    case 'long':
      return 'Long';
    case 'string':
      return 'String';
    case 'set':
      return `Set<${typeText(type.element, indent)}>`;
    case 'record':
      return recordText(type.attributes, indent);
    case 'entity':
      return type.name;
    case 'extension':
      return type.name;
  }
}
