import type { Span } from '../../base/span.ts';
import type { EntityUid } from '../value.ts';

/**
 * A schema after resolution: every name is fully qualified, every common type is replaced by what it
 * stands for (shared, so the model is a graph and stays small), and what is declared keeps the place
 * of its declaration. Types of Cedar's validator that no value can have are not represented.
 */
export interface Schema {
  /** By fully qualified name (`App::User`). */
  readonly entityTypes: ReadonlyMap<string, EntityType>;
  /** By the Cedar text of the action's uid (`App::Action::"view"`). */
  readonly actions: ReadonlyMap<string, ActionType>;
  /** The `type X = …` declarations by fully qualified name; the built-in ones are not listed. */
  readonly commonTypes: ReadonlyMap<string, CommonType>;
  /** The named namespaces that the text opens. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
  /** Every name in the text that refers to a declaration, in order of position. */
  readonly references: readonly Reference[];
  /** What official Cedar accepts and an author hardly means. */
  readonly warnings: readonly SchemaIssue[];
}

export type ExtensionName = 'decimal' | 'ipaddr' | 'datetime' | 'duration';

export type Type =
  | { readonly kind: 'bool' }
  | { readonly kind: 'long' }
  | { readonly kind: 'string' }
  | { readonly kind: 'set'; readonly element: Type }
  | RecordType
  | { readonly kind: 'entity'; readonly name: string }
  | { readonly kind: 'extension'; readonly name: ExtensionName };

export interface RecordType {
  readonly kind: 'record';
  readonly attributes: Attributes;
}

export type Attributes = ReadonlyMap<string, Attribute>;

export interface Attribute {
  readonly type: Type;
  readonly required: boolean;
  /** The text of its `@doc` annotation. */
  readonly doc?: string;
  /** Its name in the declaration. */
  readonly span: Span;
}

/** What every declaration keeps for the editor. */
export interface Declared {
  /** The whole declaration, from its first annotation to its semicolon. */
  readonly span: Span;
  /** The declared name alone: where "go to definition" leads. */
  readonly nameSpan: Span;
  readonly doc?: string;
  readonly annotations: ReadonlyMap<string, string>;
}

export interface EntityType extends Declared {
  readonly name: string;
  /** The entity types that may be its direct parents, as declared; `ancestorTypes` closes over them. */
  readonly memberOf: readonly string[];
  readonly attributes: Attributes;
  /** The type of every tag; absent when its entities may have none. */
  readonly tags?: Type;
  /** The only ids that its entities may have. */
  readonly enumIds?: readonly string[];
}

export interface ActionType extends Declared {
  readonly uid: EntityUid;
  readonly memberOf: readonly EntityUid[];
  /** Absent for an action that is only a group: no request may name it. */
  readonly appliesTo?: AppliesTo;
}

export interface AppliesTo {
  readonly principals: readonly string[];
  readonly resources: readonly string[];
  readonly context: RecordType;
}

export interface CommonType extends Declared {
  readonly name: string;
  readonly type: Type;
}

export interface Namespace extends Declared {
  readonly name: string;
}

export interface Reference {
  readonly span: Span;
  readonly target: 'entity' | 'common' | 'action';
  /** The key of the declaration in its map of the schema. */
  readonly name: string;
}

export type SchemaIssueCode =
  | 'ACTION_CYCLE'
  | 'ACTION_ENTITY_TYPE'
  | 'APPLIES_TO_DUPLICATE'
  | 'APPLIES_TO_INCOMPLETE'
  | 'BAD_ESCAPE'
  | 'BAD_JSON'
  | 'DUPLICATE_ANNOTATION'
  | 'DUPLICATE_ATTRIBUTE'
  | 'DUPLICATE_DECLARATION'
  | 'DUPLICATE_NAMESPACE'
  | 'NOT_A_RECORD'
  | 'RESERVED_NAME'
  | 'SHADOWED_BUILTIN'
  | 'SHADOWED_DECLARATION'
  | 'SHADOWED_ENTITY'
  | 'TOO_DEEP'
  | 'TOO_LARGE'
  | 'TOO_MANY_ISSUES'
  | 'TYPE_CYCLE'
  | 'UNEXPECTED_CHARACTER'
  | 'UNEXPECTED_TOKEN'
  | 'UNKNOWN_ACTION'
  | 'UNKNOWN_TYPE'
  | 'UNSUPPORTED'
  | 'UNTERMINATED_STRING';

export interface SchemaIssue {
  readonly code: SchemaIssueCode;
  readonly message: string;
  readonly span: Span;
}
