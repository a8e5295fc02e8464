import type { Span } from '../../base/span.ts';
import { entityUid, type EntityUid } from '../value.ts';
import type { Namespace, SchemaIssue, SchemaIssueCode } from './model.ts';
import type {
  ActionSyntax,
  AnnotationSyntax,
  CommonTypeSyntax,
  EntitySyntax,
  NameSyntax,
  PathSyntax,
  SchemaSyntax,
} from './syntax.ts';

/** One declared name: a declaration of several names is declared once for each. */
export interface Declaration<S> {
  /** Fully qualified. */
  readonly name: string;
  readonly nameSpan: Span;
  /** The namespace that its own references are looked up in; `''` is the unnamed one. */
  readonly namespace: string;
  readonly syntax: S;
}

export interface ActionDeclaration extends Declaration<ActionSyntax> {
  readonly uid: EntityUid;
}

/** Everything that a schema declares, by fully qualified name, before any reference is resolved. */
export interface Declarations {
  readonly namespaces: ReadonlyMap<string, Namespace>;
  readonly entities: ReadonlyMap<string, Declaration<EntitySyntax>>;
  readonly commons: ReadonlyMap<string, Declaration<CommonTypeSyntax>>;
  /** By the Cedar text of the uid. */
  readonly actions: ReadonlyMap<string, ActionDeclaration>;
}

export type Report = (code: SchemaIssueCode, message: string, span: Span) => void;

export const EXTENSION_TYPES = ['decimal', 'ipaddr', 'datetime', 'duration'] as const;
const PRIMITIVE_TYPES = ['Bool', 'Long', 'String'] as const;

const BUILTINS: ReadonlySet<string> = new Set([...PRIMITIVE_TYPES, ...EXTENSION_TYPES]);

/** Words of the JSON format, which official Cedar keeps free of common types in either syntax. */
const RESERVED_COMMON = new Set([
  'Bool',
  'Boolean',
  'Entity',
  'Extension',
  'Long',
  'Record',
  'Set',
  'String',
]);

/** Collects the declarations; a name declared twice, or one that nobody may declare, is an issue. */
export function declare(syntax: SchemaSyntax, report: Report, warn: Report): Declarations {
  const namespaces = new Map<string, Namespace>();
  const entities = new Map<string, Declaration<EntitySyntax>>();
  const commons = new Map<string, Declaration<CommonTypeSyntax>>();
  const actions = new Map<string, ActionDeclaration>();

  for (const { name: path, declarations, annotations, span } of syntax.namespaces) {
    const namespace = path?.text ?? '';
    if (path !== undefined) {
      if (namespaces.has(namespace)) {
        report('DUPLICATE_NAMESPACE', `The namespace ${namespace} is opened twice.`, path.span);
      }
      unreserved(path.segments, path.span, report);
      namespaces.set(namespace, {
        name: namespace,
        span,
        nameSpan: path.span,
        ...notes(annotations),
      });
    }
    for (const declaration of declarations) {
      for (const name of declaration.names) {
        const full = qualified(namespace, name.text);
        const common = { name: full, nameSpan: name.span, namespace };
        switch (declaration.kind) {
          case 'entity':
            entityName(name, report, warn);
            add(entities, { ...common, syntax: declaration }, report);
            break;
          case 'type':
            commonName(name, report, warn);
            add(commons, { ...common, syntax: declaration }, report);
            break;
          case 'action': {
            const uid = entityUid(qualified(namespace, 'Action'), name.text);
            add(actions, { ...common, name: uid.toString(), uid, syntax: declaration }, report);
            break;
          }
        }
      }
    }
  }
  const declared = { namespaces, entities, commons, actions };
  checkShadowing(declared, report, warn);
  return declared;
}

/** `name` in `namespace`. */
export function qualified(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}::${name}`;
}

/** What a declaration's annotations say, for the model. */
export function notes(annotations: readonly AnnotationSyntax[]): {
  readonly annotations: ReadonlyMap<string, string>;
  readonly doc?: string;
} {
  const values = new Map(annotations.map(({ name, value }) => [name, value]));
  const doc = values.get('doc');
  return doc === undefined ? { annotations: values } : { annotations: values, doc };
}

function add<D extends { name: string; nameSpan: Span }>(
  declared: Map<string, D>,
  declaration: D,
  report: Report,
): void {
  const { name, nameSpan } = declaration;
  if (declared.has(name)) report('DUPLICATE_DECLARATION', `${name} is declared twice.`, nameSpan);
  else declared.set(name, declaration);
}

function unreserved(segments: PathSyntax['segments'], span: Span, report: Report): void {
  if (!segments.includes('__cedar')) return;
  report('RESERVED_NAME', 'Names with __cedar in them belong to the language.', span);
}

function entityName(name: NameSyntax, report: Report, warn: Report): void {
  unreserved([name.text], name.span, report);
  if (name.text === 'Action') {
    const message = 'The entity type Action is declared by declaring actions.';
    report('ACTION_ENTITY_TYPE', message, name.span);
  }
  shadowedBuiltin(name, warn);
}

function commonName(name: NameSyntax, report: Report, warn: Report): void {
  unreserved([name.text], name.span, report);
  if (RESERVED_COMMON.has(name.text)) {
    report('RESERVED_NAME', `${name.text} cannot be the name of a common type.`, name.span);
  }
  shadowedBuiltin(name, warn);
}

function shadowedBuiltin(name: NameSyntax, warn: Report): void {
  if (!BUILTINS.has(name.text)) return;
  const message = `${name.text} hides the built-in type, which is still __cedar::${name.text}.`;
  warn('SHADOWED_BUILTIN', message, name.span);
}

/**
 * Cedar RFC 70: what the unnamed namespace declares may be declared in no other, so that adding a
 * declaration never changes what a name elsewhere means.
 */
function checkShadowing(declared: Declarations, report: Report, warn: Report): void {
  const { entities, commons, actions } = declared;
  for (const declaration of [...entities.values(), ...commons.values()]) {
    if (declaration.namespace === '') continue;
    const basename = declaration.name.slice(declaration.namespace.length + 2);
    if (entities.has(basename) || commons.has(basename)) {
      shadows(declaration, basename, report);
    }
  }
  for (const action of actions.values()) {
    const shadowed = entityUid('Action', action.uid.id).toString();
    if (action.namespace !== '' && actions.has(shadowed)) shadows(action, shadowed, report);
  }
  for (const [name, { nameSpan }] of commons) {
    if (!entities.has(name)) continue;
    warn(
      'SHADOWED_ENTITY',
      `The common type ${name} hides the entity type of that name.`,
      nameSpan,
    );
  }
}

function shadows(
  declaration: { name: string; nameSpan: Span },
  other: string,
  report: Report,
): void {
  const message = `${declaration.name} has the name of ${other} in the unnamed namespace; rename one.`;
  report('SHADOWED_DECLARATION', message, declaration.nameSpan);
}

/** A list of issues and the function that adds to it. */
export function issueList(): { readonly issues: SchemaIssue[]; readonly report: Report } {
  const issues: SchemaIssue[] = [];
  return { issues, report: (code, message, span) => issues.push({ code, message, span }) };
}
