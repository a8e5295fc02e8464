import type { Span } from '../../base/span.ts';
import { SCHEMA_LIMITS } from '../limits.ts';
import { Cursor } from './cursor.ts';
import { lexSchema } from './lex.ts';
import type { SchemaIssue } from './model.ts';
import type {
  ActionRefSyntax,
  ActionSyntax,
  AnnotationSyntax,
  AppliesToSyntax,
  AttributeSyntax,
  CommonTypeSyntax,
  DeclarationSyntax,
  EntitySyntax,
  NamespaceSyntax,
  PathSyntax,
  SchemaSyntax,
  TypeSyntax,
} from './syntax.ts';

export interface ParsedSchema extends SchemaSyntax {
  /** Syntax errors in order of position; with any, the declarations are incomplete. */
  readonly issues: readonly SchemaIssue[];
}

/**
 * Parses the Cedar schema syntax (Cedar 4.5). After an error it goes on at the next attribute or
 * declaration, so that one mistake is one issue and a later one is still found.
 */
export function parseSchema(text: string): ParsedSchema {
  if (text.length > SCHEMA_LIMITS.length) {
    const message = `The schema has ${text.length} characters; the limit is ${SCHEMA_LIMITS.length}.`;
    const span = { start: 0, end: text.length };
    return { namespaces: [], issues: [{ code: 'TOO_LARGE', message, span }] };
  }
  const issues: SchemaIssue[] = [];
  const report = (issue: SchemaIssue) => {
    // What the parser cannot use where something is wrong already is the same mistake.
    const known = ({ span }: SchemaIssue) => span.start === issue.span.start;
    if (issue.code === 'UNEXPECTED_TOKEN' && issues.some(known)) return;
    if (issues.length < SCHEMA_LIMITS.issues) issues.push(issue);
  };
  const parser = new Parser(new Cursor(lexSchema(text, report), report));
  const namespaces = parser.schema();
  return { namespaces, issues: issues.toSorted((a, b) => a.span.start - b.span.start) };
}

/** A recursive descent over tokens. A method that yields `undefined` has reported why. */
class Parser {
  readonly #cursor: Cursor;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  schema(): readonly NamespaceSyntax[] {
    const named: NamespaceSyntax[] = [];
    const declarations: DeclarationSyntax[] = [];
    while (this.#cursor.peek().kind !== 'end') {
      const start = this.#cursor.at;
      const annotations = this.#annotations();
      if (this.#cursor.isWord('namespace')) named.push(this.#namespace(start, annotations));
      else this.#declaration(start, annotations, declarations);
    }
    const span = { start: 0, end: this.#cursor.peek().span.end };
    return [...named, { name: undefined, declarations, annotations: [], span }];
  }

  #namespace(start: number, annotations: readonly AnnotationSyntax[]): NamespaceSyntax {
    this.#cursor.next();
    const name = this.#path();
    const declarations: DeclarationSyntax[] = [];
    if (name !== undefined && this.#cursor.expect('{')) {
      while (!this.#cursor.is('}') && this.#cursor.peek().kind !== 'end') {
        const first = this.#cursor.at;
        this.#declaration(first, this.#annotations(), declarations);
      }
      this.#cursor.expect('}');
    } else {
      this.#cursor.skipDeclaration(this.#cursor.open);
    }
    return { name, declarations, annotations, span: this.#cursor.spanFrom(start) };
  }

  /** Reads one declaration into `declarations`, or skips it. Always moves on. */
  #declaration(
    start: number,
    annotations: readonly AnnotationSyntax[],
    declarations: DeclarationSyntax[],
  ): void {
    const open = this.#cursor.open;
    const rest = this.#declarationOf(start, annotations);
    if (rest !== undefined && this.#cursor.expect(';')) {
      declarations.push({ ...rest, span: this.#cursor.spanFrom(start) });
    } else {
      if (this.#cursor.at === start) this.#cursor.next();
      this.#cursor.skipDeclaration(open);
    }
  }

  #declarationOf(
    start: number,
    annotations: readonly AnnotationSyntax[],
  ): DeclarationSyntax | undefined {
    const span = this.#cursor.spanFrom(start);
    if (this.#cursor.takeWord('entity')) return this.#entity(annotations, span);
    if (this.#cursor.takeWord('action')) return this.#action(annotations, span);
    if (this.#cursor.takeWord('type')) return this.#commonType(annotations, span);
    if (this.#cursor.is(';'))
      return this.#cursor.unexpected('a declaration; a namespace ends without ";"');
    return this.#cursor.unexpected('"entity", "action" or "type"');
  }

  #entity(annotations: readonly AnnotationSyntax[], span: Span): EntitySyntax | undefined {
    const names = this.#cursor.list(() => this.#cursor.identifier());
    if (names === undefined) return undefined;
    const base = { kind: 'entity', names, annotations, span } as const;
    if (this.#cursor.takeWord('enum')) {
      const enumIds = this.#cursor.brackets(() => this.#cursor.string(), 1);
      if (enumIds === undefined) return undefined;
      return { ...base, memberOf: [], shape: undefined, tags: undefined, enumIds };
    }
    const memberOf = this.#cursor.takeWord('in') ? this.#entityTypes() : [];
    if (memberOf === undefined) return undefined;
    let shape: TypeSyntax | undefined;
    if (this.#cursor.take('=') || this.#cursor.is('{')) {
      shape = this.#record(0);
      if (shape === undefined) return undefined;
    }
    const hasTags = this.#cursor.takeWord('tags');
    const tags = hasTags ? this.#type(0) : undefined;
    if (hasTags && tags === undefined) return undefined;
    return { ...base, memberOf, shape, tags, enumIds: undefined };
  }

  #action(annotations: readonly AnnotationSyntax[], span: Span): ActionSyntax | undefined {
    const names = this.#cursor.list(() => this.#cursor.name());
    if (names === undefined) return undefined;
    const memberOf = this.#cursor.takeWord('in') ? this.#actionRefs() : [];
    if (memberOf === undefined) return undefined;
    const applies = this.#cursor.takeWord('appliesTo');
    const appliesTo = applies ? this.#appliesTo() : undefined;
    if (applies && appliesTo === undefined) return undefined;
    // Attributes of actions were given up; their empty braces are still grammar.
    if (
      this.#cursor.takeWord('attributes') &&
      !(this.#cursor.expect('{') && this.#cursor.expect('}'))
    )
      return undefined;
    return { kind: 'action', names, memberOf, appliesTo, annotations, span };
  }

  #commonType(annotations: readonly AnnotationSyntax[], span: Span): CommonTypeSyntax | undefined {
    const name = this.#cursor.identifier();
    if (name === undefined || !this.#cursor.expect('=')) return undefined;
    const type = this.#type(0);
    return type && { kind: 'type', names: [name], type, annotations, span };
  }

  #appliesTo(): AppliesToSyntax | undefined {
    const start = this.#cursor.peek().span.start;
    if (!this.#cursor.expect('{')) return undefined;
    const lists = new Map<string, readonly PathSyntax[]>();
    let context: TypeSyntax | undefined;
    do {
      const key = this.#cursor.peek();
      if (key.kind !== 'identifier' || !['principal', 'resource', 'context'].includes(key.text)) {
        return this.#cursor.unexpected('"principal", "resource" or "context"');
      }
      this.#cursor.next();
      if (!this.#cursor.expect(':')) return undefined;
      if (lists.has(key.text) || (key.text === 'context' && context !== undefined)) {
        this.#cursor.issue('APPLIES_TO_DUPLICATE', `"${key.text}" stands here twice.`, key.span);
      }
      if (key.text === 'context') {
        context = this.#cursor.is('{') ? this.#record(0) : this.#named('common');
        if (context === undefined) return undefined;
      } else {
        const types = this.#entityTypes();
        if (types === undefined) return undefined;
        if (types.length === 0) {
          const message = `"${key.text}" needs at least one entity type: no request could name this action.`;
          this.#cursor.issue('APPLIES_TO_INCOMPLETE', message, key.span);
        }
        lists.set(key.text, types);
      }
    } while (this.#cursor.take(',') && !this.#cursor.is('}'));
    if (!this.#cursor.expect('}', '"," or "}"')) return undefined;
    for (const key of ['principal', 'resource']) {
      if (lists.has(key)) continue;
      const span = { start, end: this.#cursor.previous().span.end };
      this.#cursor.issue('APPLIES_TO_INCOMPLETE', `"appliesTo" does not say which ${key}.`, span);
    }
    const principals = lists.get('principal') ?? [];
    return { principals, resources: lists.get('resource') ?? [], context };
  }

  #type(depth: number): TypeSyntax | undefined {
    if (this.#cursor.is('{')) return this.#record(depth);
    const start = this.#cursor.at;
    if (!this.#cursor.takeSetOf()) return this.#named('any');
    const element = this.#deeper(depth) ? this.#type(depth + 1) : undefined;
    if (element === undefined || !this.#cursor.expect('>')) return undefined;
    return { kind: 'set', element, span: this.#cursor.spanFrom(start) };
  }

  #named(refersTo: 'any' | 'common'): TypeSyntax | undefined {
    const path = this.#path('a type');
    return path && { kind: 'name', path, refersTo, span: path.span };
  }

  #record(depth: number): TypeSyntax | undefined {
    const start = this.#cursor.at;
    if (!this.#cursor.expect('{') || !this.#deeper(depth)) return undefined;
    const open = this.#cursor.open;
    const attributes: AttributeSyntax[] = [];
    while (!this.#cursor.is('}')) {
      const attribute = this.#attribute(depth);
      if (attribute !== undefined) attributes.push(attribute);
      if (attribute !== undefined && (this.#cursor.is('}') || this.#cursor.take(','))) continue;
      if (attribute !== undefined) this.#cursor.unexpected('"," or "}"');
      if (!this.#cursor.skipAttribute(open)) return undefined;
    }
    this.#cursor.next();
    return { kind: 'record', attributes, span: this.#cursor.spanFrom(start) };
  }

  #attribute(depth: number): AttributeSyntax | undefined {
    const start = this.#cursor.at;
    const annotations = this.#annotations();
    const name = this.#cursor.name('an attribute');
    if (name === undefined) return undefined;
    const required = !this.#cursor.take('?');
    if (!this.#cursor.expect(':')) return undefined;
    const type = this.#type(depth + 1);
    return type && { name, required, type, annotations, span: this.#cursor.spanFrom(start) };
  }

  #annotations(): readonly AnnotationSyntax[] {
    const annotations = new Map<string, AnnotationSyntax>();
    while (this.#cursor.is('@')) {
      const start = this.#cursor.at;
      this.#cursor.next();
      const name = this.#cursor.peek();
      if (name.kind !== 'identifier') {
        this.#cursor.unexpected('the name of an annotation');
        break;
      }
      this.#cursor.next();
      const hasValue = this.#cursor.take('(');
      const value = hasValue ? this.#cursor.string() : undefined;
      if (hasValue && (value === undefined || !this.#cursor.expect(')'))) break;
      const span = this.#cursor.spanFrom(start);
      if (annotations.has(name.text)) {
        this.#cursor.issue('DUPLICATE_ANNOTATION', `@${name.text} stands here twice.`, span);
      }
      annotations.set(name.text, { name: name.text, value: value?.text ?? '', span });
    }
    return [...annotations.values()];
  }

  #entityTypes(): readonly PathSyntax[] | undefined {
    if (this.#cursor.is('[')) return this.#cursor.brackets(() => this.#path('an entity type'), 0);
    const path = this.#path('an entity type or "["');
    return path && [path];
  }

  #actionRefs(): readonly ActionRefSyntax[] | undefined {
    if (this.#cursor.is('[')) return this.#cursor.brackets(() => this.#actionRef(), 1);
    const ref = this.#actionRef();
    return ref && [ref];
  }

  #actionRef(): ActionRefSyntax | undefined {
    const start = this.#cursor.at;
    const first = this.#cursor.name('an action');
    if (first === undefined) return undefined;
    if (!this.#cursor.is('::') || this.#cursor.previous().kind === 'string') {
      return { type: undefined, id: first.text, span: first.span };
    }
    const segments = [first.text];
    const end = () => this.#cursor.previous().span.end;
    while (this.#cursor.take('::')) {
      if (this.#cursor.peek().kind === 'string') {
        const span = { start: first.span.start, end: end() };
        const id = this.#cursor.next().text;
        const type = { text: segments.join('::'), segments, span };
        return { type, id, span: this.#cursor.spanFrom(start) };
      }
      const segment = this.#cursor.identifier('the id of an action in quotes');
      if (segment === undefined) return undefined;
      segments.push(segment.text);
    }
    return this.#cursor.unexpected('"::" and the id of an action in quotes');
  }

  #path(expected = 'a name'): PathSyntax | undefined {
    const start = this.#cursor.at;
    const first = this.#cursor.identifier(expected);
    if (first === undefined) return undefined;
    const segments = [first.text];
    while (this.#cursor.take('::')) {
      const segment = this.#cursor.identifier();
      if (segment === undefined) return undefined;
      segments.push(segment.text);
    }
    return { text: segments.join('::'), segments, span: this.#cursor.spanFrom(start) };
  }

  #deeper(depth: number): boolean {
    if (depth < SCHEMA_LIMITS.depth) return true;
    const message = `Types are nested deeper than ${SCHEMA_LIMITS.depth}.`;
    this.#cursor.issue('TOO_DEEP', message, this.#cursor.previous().span);
    return false;
  }
}
