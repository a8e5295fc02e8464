/** What the form of a request shows: one row for each member and fact, with what is given and what is wrong. */
import type { Node } from 'jsonc-parser';
import type {
  FieldControl,
  RequestField,
  RequestFields,
} from '../../authoring/json/request-fields.ts';
import { literalOf } from '../state/json-literal.ts';
import type { ShownDecision } from '../state/state.ts';
import { nodeAt, type Path } from './request-text.ts';

/** Something wrong with a field, or with an element of it. */
export interface FieldProblem {
  /** JSON pointer from the request down. */
  readonly pointer: string;
  readonly message: string;
  /** The element of a list that it is about, by its text. */
  readonly element?: string;
}

export interface FormRow {
  readonly pointer: string;
  readonly field: RequestField;
  readonly inContext: boolean;
  /** The value as it is written; undefined: not given. */
  readonly literal: string | undefined;
  readonly problems: readonly FieldProblem[];
  /** Whether the field is there when it is not given, too. */
  readonly stays: boolean;
  /** What a person should know of a field that the schema does not declare. */
  readonly note?: string;
}

export interface FormRows {
  /** What the agent wants to do. */
  readonly asks: readonly FormRow[];
  /** The context as a whole, where it is no object and so holds no facts. */
  readonly context: FormRow | undefined;
  readonly facts: readonly FormRow[];
  /** Facts that are given and that no schema declares. */
  readonly undeclared: readonly FormRow[];
  /** How the check is asked for. */
  readonly options: readonly FormRow[];
  /** Members that the contract does not know. */
  readonly unknown: readonly FormRow[];
}

const OPTIONS: ReadonlySet<string> = new Set([
  'environment',
  'policy_pack_version',
  'pro',
  'debug_store_input',
]);
const NO_PROBLEMS: readonly FieldProblem[] = [];

/** The rows of a request that was read from `text`. */
export function formRows(
  text: string,
  root: Node,
  fields: RequestFields,
  problems: readonly FieldProblem[],
): FormRows {
  const declared = fields.facts ?? [];
  const known = new Set([...fields.members, ...declared]);
  const row = (field: RequestField, inContext: boolean, note?: string): FormRow => {
    const pointer = pointerOf(pathOf(field.name, inContext));
    const node = nodeAt(root, pathOf(field.name, inContext));
    const own = problems.filter(
      (each) => each.pointer === pointer || each.pointer.startsWith(`${pointer}/`),
    );
    return {
      pointer,
      field,
      inContext,
      stays: known.has(field),
      literal: node === undefined ? undefined : literalOf(text, node),
      problems: own.length === 0 ? NO_PROBLEMS : own,
      ...(note !== undefined && { note }),
    };
  };
  const context = nodeAt(root, ['context']);
  const holdsFacts = context === undefined || context.type === 'object' || context.type === 'null';
  const names = new Set(declared.map(({ name }) => name));
  const given = holdsFacts ? namesIn(context) : [];
  const members = new Set(['context', ...fields.members.map(({ name }) => name)]);
  return {
    asks: fields.members.filter(({ name }) => !OPTIONS.has(name)).map((one) => row(one, false)),
    context: holdsFacts ? undefined : row(untyped('context'), false),
    facts: holdsFacts ? declared.map((one) => row(one, true)) : [],
    undeclared: given
      .filter((name) => !names.has(name))
      .map((name) => row(untyped(name), true, noteOf(name, fields))),
    options: fields.members.filter(({ name }) => OPTIONS.has(name)).map((one) => row(one, false)),
    unknown: namesIn(root)
      .filter((name) => !members.has(name))
      .map((name) => row(untyped(name), false)),
  };
}

function untyped(name: string): RequestField {
  return { name, control: 'json', type: '', doc: '', required: false, values: [] };
}

function noteOf(name: string, { facts, engineFacts, derived }: RequestFields): string {
  if (derived.includes(name)) return 'The engine derives it itself: what stands here is not read.';
  if (facts === undefined) return 'The schema cannot be read: nobody knows its type.';
  if (engineFacts.includes(name)) return 'Not declared: the engine reads it, the policies do not.';
  return 'Not declared: the policies never see it.';
}

function namesIn(node: Node | undefined): readonly string[] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).map((property) => String(property.children?.[0]?.value));
}

/** Where a field stands in the request. */
export function pathOf(name: string, inContext: boolean): Path {
  return inContext ? ['context', name] : [name];
}

function pointerOf(path: Path): string {
  return path
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** Issues of the engine that say which fact is wrong. */
const ABOUT_FACTS: ReadonlySet<string> = new Set([
  'CONTEXT_DOUBTED',
  'CONTEXT_MALFORMED',
  'CONTEXT_MISSING',
]);

/** What the engine found wrong with a request, field by field. */
export function problemsOf(result: ShownDecision['result'] | undefined): readonly FieldProblem[] {
  if (result === undefined) return NO_PROBLEMS;
  if (!result.ok) return result.error.code === 'REQUEST_INVALID' ? result.error.problems : [];
  const found = new Map<string, FieldProblem>();
  for (const { code, message, details } of result.value.record.issues) {
    const { field, constraint } = details;
    let problem: FieldProblem | undefined;
    if (ABOUT_FACTS.has(code) && typeof field === 'string') {
      problem = { pointer: pointerOf(['context', field]), message };
    } else if (code === 'CONSTRAINT_MALFORMED' && typeof constraint === 'string') {
      problem = { pointer: '/constraints', message, element: constraint };
    }
    if (problem !== undefined) found.set(`${problem.pointer} ${message}`, problem);
  }
  return [...found.values()];
}

/** The control that can show a value: its own, or JSON for one of another kind. */
export function controlFor(control: FieldControl, literal: string | undefined): FieldControl {
  if (literal === undefined || literal === 'null') return control;
  const isText = literal.startsWith('"');
  switch (control) {
    case 'text':
      return isText ? control : 'json';
    case 'long':
    case 'decimal':
    case 'datetime':
      return isText || /^[-\d]/u.test(literal) ? control : 'json';
    case 'bool':
      return literal === 'true' || literal === 'false' ? control : 'json';
    case 'texts':
      return textsOf(literal) === undefined ? 'json' : control;
    case 'json':
      return control;
  }
}

/** The elements of a list of texts; undefined for what is none, or has a text of several lines. */
export function textsOf(literal: string): readonly string[] | undefined {
  const value: unknown = literal.startsWith('[') ? JSON.parse(literal) : undefined;
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((each): each is string => typeof each === 'string');
  return texts.length === value.length && !texts.some(hasLines) ? texts : undefined;
}

/** Whether a text has more than one line: a field of one line would drop the breaks. */
export function hasLines(text: string): boolean {
  return /[\n\r]/u.test(text);
}

/** What stands in a field of text: of a JSON text its characters, of a number its digits. */
export function textOf(literal: string | undefined): string {
  if (literal === undefined || literal === 'null') return '';
  const value: unknown = literal.startsWith('"') ? JSON.parse(literal) : literal;
  return String(value);
}

/**
 * A typed text as JSON; undefined: not given. Numbers are written as typed, digit for digit; what is not
 * one yet is written as text, which the engine calls unreadable until it is.
 */
export function literalFor(control: FieldControl, typed: string): string | undefined {
  if (typed === '' && control !== 'text') return undefined;
  const isNumber =
    (control === 'long' && /^-?(?:0|[1-9]\d*)$/u.test(typed)) ||
    (control === 'decimal' && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/u.test(typed));
  return isNumber ? typed : JSON.stringify(typed);
}
