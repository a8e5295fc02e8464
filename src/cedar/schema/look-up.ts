import { type Declaration, type Declarations, EXTENSION_TYPES, qualified } from './declare.ts';
import type { Type } from './model.ts';
import type { CommonTypeSyntax, PathSyntax } from './syntax.ts';

const BUILTIN_TYPES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['Bool', { kind: 'bool' }],
  ['Long', { kind: 'long' }],
  ['String', { kind: 'string' }],
  ...EXTENSION_TYPES.map((name): [string, Type] => [name, { kind: 'extension', name }]),
]);

/** What a name stands for. */
type Target =
  | { readonly target: 'builtin'; readonly type: Type }
  | { readonly target: 'common'; readonly declaration: Declaration<CommonTypeSyntax> }
  | { readonly target: 'entity'; readonly name: string };

/** What the names of a schema stand for. */
export class Names {
  readonly #declared: Declarations;
  /** Entity types `Action`, one for each namespace that has actions. */
  readonly #actionTypes: ReadonlySet<string>;

  constructor(declared: Declarations) {
    this.#declared = declared;
    this.#actionTypes = new Set([...declared.actions.values()].map(({ uid }) => uid.type));
  }

  /** RFC 24: the own namespace before the unnamed one; in each, common types before entity types. */
  lookUp(
    path: Pick<PathSyntax, 'text' | 'segments'>,
    namespace: string,
    refersTo: 'any' | 'common' | 'entity',
  ): Target | undefined {
    const { entities, commons } = this.#declared;
    for (const name of candidates(path, namespace)) {
      if (refersTo !== 'entity') {
        const declaration = commons.get(name);
        if (declaration !== undefined) return { target: 'common', declaration };
        const builtin = name.startsWith('__cedar::')
          ? name.slice(9)
          : entities.has(name)
            ? ''
            : name;
        const type = BUILTIN_TYPES.get(builtin);
        if (type !== undefined) return { target: 'builtin', type };
      }
      if (refersTo !== 'common' && (entities.has(name) || this.#actionTypes.has(name))) {
        return { target: 'entity', name };
      }
    }
    return undefined;
  }
}

/** The full names that a name in a namespace can be, what it is first before what it is else. */
export function candidates(
  path: Pick<PathSyntax, 'text' | 'segments'>,
  namespace: string,
): readonly string[] {
  const isQualified = path.segments.length > 1 || namespace === '';
  return isQualified ? [path.text] : [qualified(namespace, path.text), path.text];
}
