import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import { SCHEMA_LIMITS } from '../limits.ts';
import { entityUid } from '../value.ts';
import {
  type ActionDeclaration,
  type Declaration,
  declare,
  type Declarations,
  issueList,
  notes,
  type Report,
} from './declare.ts';
import type {
  ActionType,
  AppliesTo,
  Attribute,
  Attributes,
  CommonType,
  EntityType,
  RecordType,
  Reference,
  Schema,
  SchemaIssue,
  Type,
} from './model.ts';
import { candidates, Names } from './look-up.ts';
import { orderByDependency } from './order.ts';
import { parseSchema } from './parse.ts';
import type {
  ActionRefSyntax,
  AttributeSyntax,
  CommonTypeSyntax,
  EntitySyntax,
  PathSyntax,
  SchemaSyntax,
  TypeSyntax,
} from './syntax.ts';

/**
 * Reads a schema in the Cedar syntax (language 4.5). Either it is right throughout, or all that is
 * wrong with it is said at once: syntax errors first, and without any, what its names refer to.
 */
export function readSchema(text: string): Result<Schema, readonly SchemaIssue[]> {
  const parsed = parseSchema(text);
  return parsed.issues.length > 0 ? err(parsed.issues) : resolveSchema(parsed);
}

/** Resolves every name of a schema and checks what official Cedar checks, RFC 24 and RFC 70 among it. */
export function resolveSchema(syntax: SchemaSyntax): Result<Schema, readonly SchemaIssue[]> {
  const { issues, report } = issueList();
  const { issues: warnings, report: warn } = issueList();
  const schema = new Resolver(declare(syntax, report, warn), report, warn).schema();
  if (issues.length === 0) return ok({ ...schema, warnings: warnings.toSorted(byPosition) });
  return err(issues.toSorted(byPosition).slice(0, SCHEMA_LIMITS.issues));
}

function byPosition(a: { span: { start: number } }, b: { span: { start: number } }): number {
  return a.span.start - b.span.start;
}

const NO_ATTRIBUTES: Attributes = new Map<string, Attribute>();
const EMPTY_RECORD: RecordType = { kind: 'record', attributes: NO_ATTRIBUTES };

/** A type that could not be resolved is `undefined`, its issue reported where it was written. */
class Resolver {
  readonly #declared: Declarations;
  readonly #report: Report;
  readonly #warn: Report;
  readonly #names: Names;
  readonly #references: Reference[] = [];
  readonly #groups = new Map<ActionDeclaration, readonly ActionDeclaration[]>();
  readonly #commons = new Map<string, Type | undefined>();
  /** How deep each compound type is: a chain of common types adds up without nesting in the text. */
  readonly #depths = new Map<Type, number>();

  constructor(declared: Declarations, report: Report, warn: Report) {
    this.#declared = declared;
    this.#report = report;
    this.#warn = warn;
    this.#names = new Names(declared);
  }

  schema(): Omit<Schema, 'warnings'> {
    const commonTypes = this.#commonTypes();
    const { entities, actions, namespaces } = this.#declared;
    const entityTypes = new Map([...entities].map(([name, one]) => [name, this.#entity(one)]));
    const actionTypes = new Map([...actions].map(([name, one]) => [name, this.#action(one)]));
    const { cycles } = orderByDependency(this.#groups);
    for (const cycle of cycles) this.#cycle('ACTION_CYCLE', cycle, 'is a member of');
    const references = this.#references.toSorted(byPosition);
    return { entityTypes, actions: actionTypes, commonTypes, namespaces, references };
  }

  /** Resolves the common types, each after those that it is made of. */
  #commonTypes(): ReadonlyMap<string, CommonType> {
    const { commons } = this.#declared;
    const graph = new Map([...commons.values()].map((one) => [one, this.#commonsIn(one)]));
    const { order, cycles } = orderByDependency(graph);
    for (const cycle of cycles) this.#cycle('TYPE_CYCLE', cycle, 'is made of');
    const types = new Map<string, CommonType>();
    for (const declaration of order) {
      const { name, namespace, syntax } = declaration;
      const type = this.#type(syntax.type, namespace);
      this.#commons.set(name, type);
      if (type !== undefined) types.set(name, { ...declaredAs(declaration), name, type });
    }
    return types;
  }

  /** The common types that the definition of one names. */
  #commonsIn({ syntax, namespace }: Declaration<CommonTypeSyntax>) {
    return namesIn(syntax.type)
      .map(({ path, refersTo }) => this.#names.lookUp(path, namespace, refersTo))
      .map((found) => (found?.target === 'common' ? found.declaration : undefined))
      .filter((declaration) => declaration !== undefined);
  }

  #cycle(
    code: 'ACTION_CYCLE' | 'TYPE_CYCLE',
    [first, ...others]: readonly [Declaration<unknown>, ...Declaration<unknown>[]],
    verb: string,
  ): void {
    const way = [first, ...others, first].map(({ name }) => name).join(' → ');
    this.#report(code, `${first.name} ${verb} itself: ${way}.`, first.nameSpan);
  }

  #entity(declaration: Declaration<EntitySyntax>): EntityType {
    const { syntax, namespace, name } = declaration;
    const memberOf = syntax.memberOf.map((path) => this.#entityType(path, namespace));
    const { attributes } = this.#recordOf(syntax.shape, namespace, `The shape of ${name}`);
    const tags = syntax.tags && this.#type(syntax.tags, namespace);
    const enumIds = syntax.enumIds?.map((id) => id.text);
    return {
      ...declaredAs(declaration),
      name,
      memberOf: unique(memberOf),
      attributes,
      ...(tags === undefined ? {} : { tags }),
      ...(enumIds === undefined ? {} : { enumIds: unique(enumIds) }),
    };
  }

  #action(declaration: ActionDeclaration): ActionType {
    const { syntax, namespace, uid } = declaration;
    const groups = syntax.memberOf
      .map((ref) => this.#group(ref, namespace))
      .filter((group) => group !== undefined);
    this.#groups.set(declaration, groups);
    const memberOf = groups.map((group) => group.uid);
    const appliesTo = this.#appliesTo(declaration);
    return { ...declaredAs(declaration), uid, memberOf, ...(appliesTo && { appliesTo }) };
  }

  #appliesTo(declaration: ActionDeclaration): AppliesTo | undefined {
    const { syntax, namespace, name } = declaration;
    if (syntax.appliesTo === undefined) return undefined;
    const { principals, resources, context } = syntax.appliesTo;
    return {
      principals: unique(principals.map((path) => this.#entityType(path, namespace))),
      resources: unique(resources.map((path) => this.#entityType(path, namespace))),
      context: this.#recordOf(context, namespace, `The context of ${name}`),
    };
  }

  #recordOf(syntax: TypeSyntax | undefined, namespace: string, what: string): RecordType {
    const type = syntax && this.#type(syntax, namespace);
    if (syntax === undefined || type === undefined) return EMPTY_RECORD;
    if (type.kind === 'record') return type;
    this.#report('NOT_A_RECORD', `${what} has to be a record.`, syntax.span);
    return EMPTY_RECORD;
  }

  /** The name of a declared entity type. Types of actions are none: nothing can be a member of one. */
  #entityType(path: PathSyntax, namespace: string): string | undefined {
    const found = this.#names.lookUp(path, namespace, 'entity');
    if (found?.target !== 'entity' || !this.#declared.entities.has(found.name)) {
      this.#unknown(path, namespace, 'an entity type');
      return undefined;
    }
    this.#references.push({ ...found, span: path.span });
    return found.name;
  }

  #group(ref: ActionRefSyntax, namespace: string): ActionDeclaration | undefined {
    const type = ref.type ?? { text: 'Action', segments: ['Action'] };
    for (const candidate of candidates(type, namespace)) {
      const uid = entityUid(candidate, ref.id);
      const declaration = this.#declared.actions.get(uid.toString());
      if (declaration === undefined) continue;
      this.#references.push({ span: ref.span, target: 'action', name: declaration.name });
      return declaration;
    }
    const wanted = entityUid(type.text, ref.id).toString();
    this.#report('UNKNOWN_ACTION', `No action ${wanted} is declared.`, ref.span);
    return undefined;
  }

  #type(syntax: TypeSyntax, namespace: string): Type | undefined {
    switch (syntax.kind) {
      case 'builtin':
        return syntax.type;
      case 'name':
        return this.#named(syntax.path, namespace, syntax.refersTo);
      case 'set': {
        const element = this.#type(syntax.element, namespace);
        return element && this.#bounded({ kind: 'set', element }, [element], syntax);
      }
      case 'record': {
        const attributes = this.#attributes(syntax.attributes, namespace);
        const parts = [...attributes.values()].map(({ type }) => type);
        return this.#bounded({ kind: 'record', attributes }, parts, syntax);
      }
    }
  }

  #attributes(list: readonly AttributeSyntax[], namespace: string): Attributes {
    const attributes = new Map<string, Attribute>();
    const last = lastOfEachName(list);
    for (const { name, required, type: syntax, annotations } of last.values()) {
      const type = this.#type(syntax, namespace);
      if (type === undefined) continue;
      const { doc } = notes(annotations);
      const attribute = { type, required, span: name.span };
      attributes.set(name.text, doc === undefined ? attribute : { ...attribute, doc });
    }
    for (const { name } of last.size < list.length ? list : []) {
      if (last.get(name.text)?.name === name) continue;
      const message = `The attribute ${name.text} stands here again below; the last one counts.`;
      this.#warn('DUPLICATE_ATTRIBUTE', message, name.span);
    }
    return attributes;
  }

  #bounded(type: Type, parts: readonly Type[], { span }: TypeSyntax): Type | undefined {
    let depth = 0;
    for (const part of parts) depth = Math.max(depth, this.#depths.get(part) ?? 0);
    this.#depths.set(type, depth + 1);
    if (depth <= SCHEMA_LIMITS.depth) return type;
    const message = `With its common types this is nested deeper than ${SCHEMA_LIMITS.depth}.`;
    this.#report('TOO_DEEP', message, span);
    return undefined;
  }

  #named(
    path: PathSyntax,
    namespace: string,
    refersTo: 'any' | 'common' | 'entity',
  ): Type | undefined {
    const found = this.#names.lookUp(path, namespace, refersTo);
    switch (found?.target) {
      case 'builtin':
        return found.type;
      case 'common':
        this.#references.push({ target: 'common', name: found.declaration.name, span: path.span });
        return this.#commons.get(found.declaration.name);
      case 'entity':
        if (this.#declared.entities.has(found.name)) {
          this.#references.push({ ...found, span: path.span });
        }
        return { kind: 'entity', name: found.name };
      case undefined:
        this.#unknown(path, namespace, refersTo === 'common' ? 'a common type' : 'a type');
        return undefined;
    }
  }

  #unknown(path: PathSyntax, namespace: string, what: string): void {
    const tried = candidates(path, namespace).join(' nor ');
    const message = `Nothing declares ${tried} as ${what}.`;
    this.#report('UNKNOWN_TYPE', message, path.span);
  }
}

/** Every name in a type as written. Its depth is bounded where it was parsed. */
function namesIn(type: TypeSyntax): readonly (TypeSyntax & { readonly kind: 'name' })[] {
  switch (type.kind) {
    case 'name':
      return [type];
    case 'set':
      return namesIn(type.element);
    case 'record':
      return [...lastOfEachName(type.attributes).values()].flatMap((one) => namesIn(one.type));
    case 'builtin':
      return [];
  }
}

/** Of attributes with one name official Cedar keeps the last, and never looks at the others. */
function lastOfEachName(list: readonly AttributeSyntax[]): ReadonlyMap<string, AttributeSyntax> {
  return new Map(list.map((attribute) => [attribute.name.text, attribute]));
}

function declaredAs({
  syntax,
  nameSpan,
}: Declaration<EntitySyntax | CommonTypeSyntax | ActionDeclaration['syntax']>) {
  return { span: syntax.span, nameSpan, ...notes(syntax.annotations) };
}

function unique(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}
