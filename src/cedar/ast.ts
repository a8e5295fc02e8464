/**
 * The syntax tree of Cedar policies. It keeps what the author wrote (`!=`, `>`, `a.b has c.d` stay as
 * they are) and every node knows its span: the text from its first to its last character, with the
 * parentheses around it if it has any, so `text.slice(span.start, span.end)` is that expression alone.
 * `&&` and `||` hold all operands of a chain, however long, so no walk is deeper than the nesting that
 * `limits.ts` allows.
 */
import type { Span } from '../base/span.ts';
import type { EntityUid, Primitive } from './value.ts';

export type Effect = 'permit' | 'forbid';

export interface Policy {
  readonly effect: Effect;
  readonly annotations: readonly Annotation[];
  readonly principal: PrincipalScope;
  readonly action: ActionScope;
  readonly resource: ResourceScope;
  readonly conditions: readonly Condition[];
  /** Slots of the scope in order; a policy that has any is a template and cannot be evaluated. */
  readonly slots: readonly SlotName[];
  /** From the first annotation or the effect to the semicolon. */
  readonly span: Span;
}

export interface Annotation {
  readonly name: string;
  /** The text in parentheses; `""` when the annotation has none. */
  readonly value: string;
  readonly span: Span;
  /** Where the value stands, with its quotes; absent when there is none. */
  readonly valueSpan?: Span;
}

export type SlotName = '?principal' | '?resource';

/** An entity in a scope: named, or left open by a template. */
export type ScopeEntity =
  | { readonly kind: 'entity'; readonly uid: EntityUid; readonly span: Span }
  | { readonly kind: 'slot'; readonly slot: SlotName; readonly span: Span };

export type PrincipalScope =
  | { readonly kind: 'any'; readonly span: Span }
  | { readonly kind: 'equal'; readonly entity: ScopeEntity; readonly span: Span }
  | { readonly kind: 'in'; readonly entity: ScopeEntity; readonly span: Span }
  | { readonly kind: 'is'; readonly entityType: TypeName; readonly span: Span }
  | {
      readonly kind: 'is-in';
      readonly entityType: TypeName;
      readonly entity: ScopeEntity;
      readonly span: Span;
    };

export type ResourceScope = PrincipalScope;

export type ActionScope =
  | { readonly kind: 'any'; readonly span: Span }
  | { readonly kind: 'equal'; readonly entity: NamedEntity; readonly span: Span }
  | { readonly kind: 'in'; readonly entity: NamedEntity; readonly span: Span }
  | { readonly kind: 'in-any'; readonly entities: readonly NamedEntity[]; readonly span: Span };

export interface NamedEntity {
  readonly kind: 'entity';
  readonly uid: EntityUid;
  readonly span: Span;
}

/** The name of an entity type, with its namespaces: `PhotoApp::User`. */
export interface TypeName {
  readonly name: string;
  readonly span: Span;
}

export interface Condition {
  readonly kind: 'when' | 'unless';
  readonly body: Expr;
  /** From the keyword to the closing brace. */
  readonly span: Span;
}

export type VariableName = 'principal' | 'action' | 'resource' | 'context';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*';
/** Methods of sets and entities. Those of extension types are `ExtensionMethod`s. */
export type BuiltinMethod =
  | 'contains'
  | 'containsAll'
  | 'containsAny'
  | 'isEmpty'
  | 'getTag'
  | 'hasTag';

/** A name as it stands in the text, as identifier or as string. */
export interface Name {
  readonly text: string;
  readonly span: Span;
}

/** What `like` matches: literal text and `*` in turn. */
export type PatternPart = { readonly text: string } | '*';

export interface RecordEntry {
  readonly name: Name;
  readonly value: Expr;
}

export type Expr =
  | { readonly kind: 'literal'; readonly value: Primitive; readonly span: Span }
  | { readonly kind: 'entity'; readonly uid: EntityUid; readonly span: Span }
  | { readonly kind: 'variable'; readonly name: VariableName; readonly span: Span }
  | { readonly kind: 'not'; readonly operand: Expr; readonly span: Span }
  | { readonly kind: 'negate'; readonly operand: Expr; readonly span: Span }
  | { readonly kind: 'and'; readonly operands: readonly Expr[]; readonly span: Span }
  | { readonly kind: 'or'; readonly operands: readonly Expr[]; readonly span: Span }
  | {
      readonly kind: 'if';
      readonly condition: Expr;
      readonly consequent: Expr;
      readonly alternative: Expr;
      readonly span: Span;
    }
  | {
      readonly kind: 'compare';
      readonly operator: ComparisonOperator;
      readonly left: Expr;
      readonly right: Expr;
      readonly span: Span;
    }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expr;
      readonly right: Expr;
      readonly span: Span;
    }
  | { readonly kind: 'in'; readonly left: Expr; readonly right: Expr; readonly span: Span }
  | {
      readonly kind: 'is';
      readonly subject: Expr;
      readonly entityType: TypeName;
      readonly ancestor?: Expr;
      readonly span: Span;
    }
  | {
      readonly kind: 'has';
      readonly subject: Expr;
      /** One name, or several for `has a.b.c`. */
      readonly path: readonly Name[];
      readonly span: Span;
    }
  | {
      readonly kind: 'like';
      readonly subject: Expr;
      readonly pattern: readonly PatternPart[];
      readonly span: Span;
    }
  | {
      readonly kind: 'attribute';
      readonly subject: Expr;
      readonly name: Name;
      readonly span: Span;
    }
  | {
      readonly kind: 'method';
      readonly method: BuiltinMethod;
      readonly subject: Expr;
      readonly args: readonly Expr[];
      readonly nameSpan: Span;
      readonly span: Span;
    }
  | {
      /** A function or method of an extension type; of a method the subject is the first argument. */
      readonly kind: 'extension';
      readonly function: string;
      readonly style: 'function' | 'method';
      readonly args: readonly Expr[];
      readonly nameSpan: Span;
      readonly span: Span;
    }
  | { readonly kind: 'set'; readonly elements: readonly Expr[]; readonly span: Span }
  | { readonly kind: 'record'; readonly entries: readonly RecordEntry[]; readonly span: Span };

export type ExprKind = Expr['kind'];
