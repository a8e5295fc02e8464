/**
 * A pack as its author sees it at this moment, however broken: what parses of each file, and the last
 * schema that could be read. Everything that the language service answers is read off this.
 */
import type { Policy } from '../cedar/ast.ts';
import { parsePolicies, type SyntaxIssue } from '../cedar/parse.ts';
import type { Schema } from '../cedar/schema/model.ts';
import { readSchema } from '../cedar/schema/resolve.ts';
import { fileKind, SCHEMA_FILE, type FileKind, type PackFiles } from '../pack/files.ts';
import { readJsonTree, type JsonNode } from './json/tree.ts';
import { readEntityMentions, type EntityMention } from './json/entities.ts';
import { readScenarioFacts, type ScenarioFacts } from './json/scenario.ts';
import { TextMemo } from './memo.ts';
import { checkPolicy, type PolicyTypes } from './types/check-policy.ts';
import { Hierarchy } from './types/hierarchy.ts';

export interface PolicyFile {
  readonly path: string;
  readonly text: string;
  /** Those that parse. */
  readonly policies: readonly Policy[];
  readonly errors: readonly SyntaxIssue[];
}

export interface EntityFile {
  readonly path: string;
  readonly text: string;
  readonly tree: JsonNode;
  readonly mentions: readonly EntityMention[];
}

export interface ScenarioFile {
  readonly path: string;
  readonly text: string;
  readonly tree: JsonNode;
  readonly facts: ScenarioFacts;
}

export interface PackModel {
  readonly files: PackFiles;
  /** By path, which is the order in which their policies count. */
  readonly policyFiles: readonly PolicyFile[];
  /** The schema as it stands, else as it last stood. */
  readonly schema: Schema | undefined;
  /** Whether `schema` is of the text as it stands, so that its places are too. */
  readonly schemaIsCurrent: boolean;
  readonly hierarchy: Hierarchy | undefined;
  readonly entityFiles: readonly EntityFile[];
  readonly scenarioFiles: readonly ScenarioFile[];
  /** What is known of a policy; absent without a schema. */
  readonly typesOf: (policy: Policy) => PolicyTypes | undefined;
}

/** Builds models of one pack, again and again while it is edited. */
export class ModelBuilder {
  readonly #policies = new TextMemo(readPolicyFile);
  readonly #schemas = new TextMemo(readSchema);
  readonly #entities = new TextMemo(readEntityFile);
  readonly #scenarios = new TextMemo(readScenarioFile);
  #hierarchy: Hierarchy | undefined;
  /** Types are of one policy and one schema: a new hierarchy starts anew. */
  #types = new WeakMap<Policy, PolicyTypes>();

  build(files: PackFiles): PackModel {
    const [read] = this.#schemas.all([...files].filter(([path]) => path === SCHEMA_FILE));
    if (read?.ok === true && read.value !== this.#hierarchy?.schema) {
      this.#hierarchy = new Hierarchy(read.value);
      this.#types = new WeakMap();
    }
    const hierarchy = files.has(SCHEMA_FILE) ? this.#hierarchy : undefined;
    const types = this.#types;
    return {
      files,
      policyFiles: this.#policies.all(filesOf(files, 'policies')),
      schema: hierarchy?.schema,
      schemaIsCurrent: read?.ok === true,
      hierarchy,
      entityFiles: this.#entities.all(filesOf(files, 'entities')),
      scenarioFiles: this.#scenarios.all(filesOf(files, 'scenario')),
      typesOf: (policy) => {
        if (hierarchy === undefined) return undefined;
        const known = types.get(policy) ?? checkPolicy(hierarchy, policy);
        types.set(policy, known);
        return known;
      },
    };
  }
}

function filesOf(files: PackFiles, kind: FileKind): readonly (readonly [string, string])[] {
  return [...files]
    .filter(([path]) => fileKind(path) === kind)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function readPolicyFile(text: string, path: string): PolicyFile {
  return { path, text, ...parsePolicies(text) };
}

function readEntityFile(text: string, path: string): EntityFile {
  const tree = readJsonTree(text);
  return { path, text, tree, mentions: readEntityMentions(tree) };
}

function readScenarioFile(text: string, path: string): ScenarioFile {
  const tree = readJsonTree(text);
  return { path, text, tree, facts: readScenarioFacts(tree) };
}
