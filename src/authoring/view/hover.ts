/** What is said about the text under the pointer. */
import type { Span } from '../../base/span.ts';
import type { Annotation, Expr, Policy } from '../../cedar/ast.ts';
import type { Attribute, Type } from '../../cedar/schema/model.ts';
import { fileKind } from '../../pack/files.ts';
import { jsonPlace } from '../json/place.ts';
import { shapeOfFile } from '../json/shapes.ts';
import { readJsonTree } from '../json/tree.ts';
import { shapeAt } from '../complete/json.ts';
import type { PackModel } from '../model.ts';
import { occurrenceAt, occurrences, sameSymbol, type Occurrence } from '../names/occurrence.ts';
import { callableNamed, signatureText } from '../types/functions.ts';
import { typeText } from '../types/inferred.ts';
import { ANNOTATION_WORDS, ENGINE_ISSUES } from '../vocabulary.ts';
import { covers, expressionsAt } from '../walk.ts';

export interface Hover {
  readonly span: Span;
  /** Markdown, one paragraph or code block each. */
  readonly contents: readonly string[];
}

/** The value that a place of a policy file had in a trace. */
export interface TracedValue {
  readonly span: Span;
  /** As Cedar prints it, or what went wrong. */
  readonly text: string;
}

/** What to show at `offset`; `values` are those of the selected scenario in this file. */
export function hover(
  model: PackModel,
  path: string,
  offset: number,
  values: readonly TracedValue[] = [],
): Hover | undefined {
  switch (fileKind(path)) {
    case 'policies':
      return policyHover(model, path, offset, values);
    case 'schema': {
      const one = occurrenceAt(model, path, offset);
      return one && { span: one.span, contents: symbolContents(model, one) };
    }
    case 'metadata':
    case 'settings':
    case 'entities':
    case 'scenario':
      return jsonHover(model, path, offset);
    case 'other':
      return undefined;
  }
}

function policyHover(
  model: PackModel,
  path: string,
  offset: number,
  values: readonly TracedValue[],
): Hover | undefined {
  const file = model.policyFiles.find((one) => one.path === path);
  const policy = file?.policies.find(({ span }) => covers(span, offset));
  if (file === undefined || policy === undefined) return undefined;
  const annotation = policy.annotations.find(({ span }) => covers(span, offset));
  if (annotation !== undefined) return annotationHover(model, annotation);

  const around = expressionsAt(policy, offset);
  const inner = around.at(-1);
  const one = occurrenceAt(model, path, offset);
  const value = valueAt(values, offset);
  const valueLine = value === undefined ? [] : [`**${escapeCode(value.text)}** in this scenario`];
  if (one !== undefined) {
    return { span: one.span, contents: [...symbolContents(model, one), ...valueLine] };
  }
  if (inner === undefined) return undefined;
  const contents = [...expressionContents(model, policy, inner, offset), ...valueLine];
  return contents.length === 0 ? undefined : { span: hoverSpan(inner, offset), contents };
}

/** The innermost traced place around the pointer. */
function valueAt(values: readonly TracedValue[], offset: number): TracedValue | undefined {
  let best: TracedValue | undefined;
  for (const one of values) {
    if (!covers(one.span, offset)) continue;
    const size = one.span.end - one.span.start;
    if (best === undefined || size < best.span.end - best.span.start) best = one;
  }
  return best;
}

function hoverSpan(expr: Expr, offset: number): Span {
  const named = expr.kind === 'method' || expr.kind === 'extension';
  return named && covers(expr.nameSpan, offset) ? expr.nameSpan : expr.span;
}

function expressionContents(
  model: PackModel,
  policy: Policy,
  expr: Expr,
  offset: number,
): readonly string[] {
  if ((expr.kind === 'method' || expr.kind === 'extension') && covers(expr.nameSpan, offset)) {
    const callable = callableNamed(expr.kind === 'method' ? expr.method : expr.function);
    return callable === undefined ? [] : [code(signatureText(callable)), callable.doc];
  }
  const types = model.typesOf(policy)?.typesOf(expr) ?? [];
  if (types.length === 0) return [];
  const name = expr.kind === 'variable' ? `${expr.name}: ` : '';
  return [code(`${name}${types.map((type) => typeText(type)).join(' | ')}`)];
}

function annotationHover(model: PackModel, { name, value, span }: Annotation): Hover {
  const word = ANNOTATION_WORDS.get(name);
  const contents = [code(`@${name}`), word?.doc ?? 'The engine does not read this annotation.'];
  const meaning = word?.values?.find((known) => known.value === value);
  if (meaning !== undefined) contents.push(`\`${value}\`: ${meaning.doc}`);
  if (name === 'issue') {
    const users = model.policyFiles.flatMap(({ policies }) =>
      policies.filter(({ annotations }) =>
        annotations.some((one) => one.name === 'issue' && one.value === value),
      ),
    );
    contents.push(
      `${users.length} ${users.length === 1 ? 'rule gives' : 'rules give'} this issue.`,
    );
  }
  return { span, contents };
}

function symbolContents(model: PackModel, { symbol }: Occurrence): readonly string[] {
  const { schema } = model;
  const contents: string[] = [];
  const add = (declaration: string, doc?: string): void => {
    contents.push(code(declaration), ...(doc === undefined ? [] : [doc]));
  };
  switch (symbol.kind) {
    case 'entity-type': {
      const type = schema?.entityTypes.get(symbol.key);
      const groups =
        type === undefined || type.memberOf.length === 0 ? '' : ` in [${type.memberOf.join(', ')}]`;
      add(`entity ${symbol.name}${groups}`, type?.doc);
      break;
    }
    case 'action': {
      const action = schema?.actions.get(symbol.key);
      if (action === undefined)
        return [code(symbol.key), 'The schema does not declare this action.'];
      const groups = action.memberOf.length === 0 ? '' : ` in [${action.memberOf.join(', ')}]`;
      add(`action ${JSON.stringify(action.uid.id)}${groups}`, action.doc);
      const { appliesTo } = action;
      contents.push(
        appliesTo === undefined
          ? 'A group: no request names it.'
          : `${appliesTo.principals.join(' or ')} on ${appliesTo.resources.join(' or ')}`,
      );
      break;
    }
    case 'attribute': {
      const attribute = schema && declaredAttribute(model, symbol.key);
      if (attribute === undefined) return [code(symbol.name)];
      const { type, required, doc } = attribute;
      add(`${symbol.name}${required ? '' : '?'}: ${typeText(type)}`, doc);
      if (!required) contents.push('Optional: ask with `has` before reading it.');
      break;
    }
    case 'common-type': {
      const type = schema?.commonTypes.get(symbol.key);
      add(`type ${symbol.name}${type === undefined ? '' : ` = ${typeText(type.type)}`}`, type?.doc);
      break;
    }
    case 'entity': {
      add(symbol.key);
      const parents = parentsOf(model, symbol.key);
      if (parents.length > 0) contents.push(`In ${parents.join(', ')}.`);
      break;
    }
    case 'rule':
      add(`rule ${symbol.name}`);
      break;
  }
  let count = 0;
  for (const one of occurrences(model)) {
    if (one.role === 'reference' && sameSymbol(one.symbol, symbol)) count += 1;
  }
  if (symbol.kind !== 'rule') contents.push(`${count} ${count === 1 ? 'reference' : 'references'}`);
  return contents;
}

function parentsOf(model: PackModel, key: string): readonly string[] {
  for (const { mentions } of model.entityFiles) {
    const at = mentions.findIndex(
      ({ role, uid }) => role === 'declaration' && uid.toString() === key,
    );
    if (at < 0) continue;
    const rest = mentions.slice(at + 1);
    const next = rest.findIndex(({ role }) => role === 'declaration');
    return (next < 0 ? rest : rest.slice(0, next)).flatMap(({ role, uid }) =>
      role === 'parent' ? [uid.toString()] : [],
    );
  }
  return [];
}

/** The attribute whose name is declared at a place of the schema. */
function declaredAttribute({ schema }: PackModel, key: string): Attribute | undefined {
  const look = (type: Type): Attribute | undefined => {
    if (type.kind === 'set') return look(type.element);
    if (type.kind !== 'record') return undefined;
    for (const attribute of type.attributes.values()) {
      const found = String(attribute.span.start) === key ? attribute : look(attribute.type);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (const { type } of schema?.commonTypes.values() ?? []) {
    const found = look(type);
    if (found !== undefined) return found;
  }
  for (const { attributes } of schema?.entityTypes.values() ?? []) {
    const found = look({ kind: 'record', attributes });
    if (found !== undefined) return found;
  }
  for (const { appliesTo } of schema?.actions.values() ?? []) {
    const found = appliesTo && look(appliesTo.context);
    if (found !== undefined) return found;
  }
  return undefined;
}

function jsonHover(model: PackModel, path: string, offset: number): Hover | undefined {
  const text = model.files.get(path) ?? '';
  const place = jsonPlace(readJsonTree(text), text, offset);
  if (place.kind === 'value') {
    const one = occurrenceAt(model, path, offset);
    if (one !== undefined) return { span: one.span, contents: symbolContents(model, one) };
    const engine = ENGINE_ISSUES.get(place.node?.value ?? '');
    const span = place.node?.span;
    if (engine === undefined || span === undefined) return undefined;
    return { span, contents: [`The engine adds this issue itself. ${engine}`] };
  }
  const { member } = place;
  const shape = shapeAt(shapeOfFile(model, path), place.path);
  if (member === undefined || shape?.kind !== 'object') return undefined;
  const known = shape.members.find(({ name }) => name === member.name);
  if (known === undefined) return undefined;
  const contents = [code(`${known.name}: ${known.detail}`), known.doc].filter(
    (line) => line !== '',
  );
  return { span: member.nameSpan, contents };
}

function code(text: string): string {
  return `\`\`\`cedar\n${text}\n\`\`\``;
}

function escapeCode(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}
