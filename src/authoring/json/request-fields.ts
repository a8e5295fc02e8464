/** What a request of a pack may hold, as a form shows it: read off the same shapes that completion offers. */
import type { Type } from '../../cedar/schema/model.ts';
import type { PackModel } from '../model.ts';
import { typeText } from '../types/inferred.ts';
import { DERIVED_FIELDS, ENGINE_FACTS } from '../vocabulary.ts';
import { requestShape, type Shape, type ShapeMember, type ShapeValue } from './shapes.ts';

/** How a value is given: texts are a list of text, json is whatever has no control of its own. */
export type FieldControl = 'text' | 'long' | 'decimal' | 'datetime' | 'bool' | 'texts' | 'json';

/** One member of a request, or one fact of its context. Plain data. */
export interface RequestField {
  readonly name: string;
  readonly control: FieldControl;
  /** The Cedar type of a fact; empty for what no schema types. */
  readonly type: string;
  readonly doc: string;
  readonly required: boolean;
  /** What the pack is known to say here, the likeliest first. */
  readonly values: readonly string[];
}

export interface RequestFields {
  /** The members of the request, the context aside, in the order of the contract. */
  readonly members: readonly RequestField[];
  /** The facts that the schema declares, in its order; undefined when no schema could be read. */
  readonly facts: readonly RequestField[] | undefined;
  /** Facts that the engine reads even where no schema declares them. */
  readonly engineFacts: readonly string[];
  /** Names in the context that the engine derives itself: what a request says there is not read. */
  readonly derived: readonly string[];
}

export function requestFields(model: PackModel): RequestFields {
  const members = membersOf(requestShape(model));
  const context = members.find(({ name }) => name === 'context');
  return {
    members: members.filter((member) => member !== context).map(memberField),
    facts: model.schema === undefined ? undefined : membersOf(context?.shape).map(factField),
    engineFacts: [...ENGINE_FACTS],
    derived: [...DERIVED_FIELDS],
  };
}

function membersOf(shape: Shape | undefined): readonly ShapeMember[] {
  return shape?.kind === 'object' ? shape.members : [];
}

function memberField({ name, doc, required, shape }: ShapeMember): RequestField {
  const control = controlOfShape(shape);
  return { name, control, type: '', doc, required, values: valuesOf(shape) };
}

function factField({ name, doc, required, shape, type }: ShapeMember): RequestField {
  const words = type === undefined ? 'several types' : typeText(type);
  return {
    name,
    control: controlOfType(type),
    type: words,
    doc,
    required,
    values: valuesOf(shape),
  };
}

/** Members of the contract are texts, lists of text and flags. */
function controlOfShape(shape: Shape): FieldControl {
  if (shape.kind === 'array') return 'texts';
  if (shape.kind === 'boolean') return 'bool';
  return shape.kind === 'string' ? 'text' : 'json';
}

function controlOfType(type: Type | undefined): FieldControl {
  switch (type?.kind) {
    case 'bool':
      return 'bool';
    case 'long':
      return 'long';
    case 'string':
      return 'text';
    case 'set':
      return type.element.kind === 'string' ? 'texts' : 'json';
    case 'extension':
      return type.name === 'decimal' || type.name === 'datetime' ? type.name : 'text';
    case 'record':
    case 'entity':
    case undefined:
      return 'json';
  }
}

function valuesOf(shape: Shape): readonly string[] {
  const texts: Shape = shape.kind === 'array' ? shape.element : shape;
  const values: readonly ShapeValue[] = texts.kind === 'string' ? texts.values : [];
  return values.flatMap(({ value }) => (value === '' ? [] : [value]));
}
