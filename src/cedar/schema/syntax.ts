import type { Span } from '../../base/span.ts';
import type { Type } from './model.ts';

/** What a schema says before its names are resolved: the same for the Cedar syntax and for JSON. */
export interface SchemaSyntax {
  readonly namespaces: readonly NamespaceSyntax[];
}

/** An identifier or a string, its text unescaped. */
export interface NameSyntax {
  readonly text: string;
  readonly span: Span;
}

/** A possibly qualified name. */
export interface PathSyntax extends NameSyntax {
  readonly segments: readonly string[];
}

export interface AnnotationSyntax {
  readonly name: string;
  readonly value: string;
  readonly span: Span;
}

interface Annotated {
  readonly annotations: readonly AnnotationSyntax[];
  readonly span: Span;
}

/** The unnamed namespace has no name; all declarations outside of braces are in one. */
export interface NamespaceSyntax extends Annotated {
  readonly name: PathSyntax | undefined;
  readonly declarations: readonly DeclarationSyntax[];
}

export type DeclarationSyntax = EntitySyntax | ActionSyntax | CommonTypeSyntax;

export interface EntitySyntax extends Annotated {
  readonly kind: 'entity';
  readonly names: readonly NameSyntax[];
  readonly memberOf: readonly PathSyntax[];
  readonly shape: TypeSyntax | undefined;
  readonly tags: TypeSyntax | undefined;
  readonly enumIds: readonly NameSyntax[] | undefined;
}

export interface ActionSyntax extends Annotated {
  readonly kind: 'action';
  readonly names: readonly NameSyntax[];
  readonly memberOf: readonly ActionRefSyntax[];
  readonly appliesTo: AppliesToSyntax | undefined;
}

export interface CommonTypeSyntax extends Annotated {
  readonly kind: 'type';
  readonly names: readonly [NameSyntax];
  readonly type: TypeSyntax;
}

/** `"id"` or `Path::"id"`. */
export interface ActionRefSyntax {
  readonly type: PathSyntax | undefined;
  readonly id: string;
  readonly span: Span;
}

export interface AppliesToSyntax {
  readonly principals: readonly PathSyntax[];
  readonly resources: readonly PathSyntax[];
  readonly context: TypeSyntax | undefined;
}

export type TypeSyntax =
  | {
      readonly kind: 'name';
      readonly path: PathSyntax;
      /** What the name may stand for: the Cedar syntax seldom says, JSON can. */
      readonly refersTo: 'any' | 'common' | 'entity';
      readonly span: Span;
    }
  | { readonly kind: 'set'; readonly element: TypeSyntax; readonly span: Span }
  | {
      readonly kind: 'record';
      readonly attributes: readonly AttributeSyntax[];
      readonly span: Span;
    }
  /** Only JSON can name a primitive or extension type past all shadowing. */
  | { readonly kind: 'builtin'; readonly type: Type; readonly span: Span };

export interface AttributeSyntax extends Annotated {
  readonly name: NameSyntax;
  readonly required: boolean;
  readonly type: TypeSyntax;
}
