/**
 * `context.a` and `context.a.b`: most of what conditions read. There is one class of them, so a path is
 * read without a call, and it looks no name up as long as contexts have the same type (`slots.ts`).
 */
import type { Frame } from './frame.ts';
import type { Node } from './intern.ts';
import { Field } from './slots.ts';
import { internalize } from './strings.ts';
import { CedarRecord, type Value } from './value.ts';

export class Path {
  readonly #first: Field;
  readonly #second: Field | undefined;

  constructor(first: Field, second?: Field) {
    this.#first = first;
    this.#second = second;
  }

  /** What is there; `undefined` when nothing is, and who asks has to find out why. */
  read(frame: Frame): Value | undefined {
    const value = this.#first.of(frame.context);
    if (this.#second === undefined) return value;
    return value instanceof CedarRecord ? this.#second.of(value) : undefined;
  }
}

export function isContext({ expr }: Node): boolean {
  return expr.kind === 'variable' && expr.name === 'context';
}

/** Whether an expression is a path: `context.a` or `context.a.b`. */
export function isPath(node: Node): boolean {
  return isAttribute(node) && node.children.every((outer) => isContext(outer) || isShort(outer));
}

function isShort(node: Node): boolean {
  return isAttribute(node) && node.children.every(isContext);
}

function isAttribute({ expr }: Node): boolean {
  return expr.kind === 'attribute';
}

/**
 * What the conditions of a set read, and where. Who reads the same name of the same thing shares its
 * field, so that a hundred rules touch the same memory.
 */
export class Places {
  readonly #fields = new Map<Node, Map<string, Field>>();

  /** Where the records that `subject` comes to have `name`. */
  field(subject: Node, name: string): Field {
    const fields = this.#fields.get(subject) ?? new Map<string, Field>();
    this.#fields.set(subject, fields);
    const field = fields.get(name) ?? new Field(internalize(name));
    fields.set(name, field);
    return field;
  }

  /** The path that an expression is, if it is one. */
  path(node: Node): Path | undefined {
    const { expr, children } = node;
    const [subject] = children;
    if (!isPath(node) || expr.kind !== 'attribute' || subject === undefined) return undefined;
    const field = this.field(subject, expr.name.text);
    const [context] = subject.children;
    if (subject.expr.kind !== 'attribute' || context === undefined) return new Path(field);
    return new Path(this.field(context, subject.expr.name.text), field);
  }
}
