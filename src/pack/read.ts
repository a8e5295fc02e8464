/**
 * From files to a pack: parse everything, check everything, and say everything that is wrong at once.
 *
 *     metadata.json  stage0.json  schema.cedarschema  policies/*.cedar  entities/*.json     → what decides
 *     scenarios/*.json                                                                     → what is tried
 *
 * A broken file never hides the problems of another. An error in anything that decides leaves no pack at
 * all, since half a set of rules could allow what the whole forbids; a broken scenario is only itself
 * broken.
 */
import { finish, type Slices } from '../base/slices.ts';
import type { Span } from '../base/span.ts';
import type { Policy } from '../cedar/ast.ts';
import { compileInSlices, type PolicySet } from '../cedar/compile.ts';
import { parseInSlices } from '../cedar/parse.ts';
import type { Schema } from '../cedar/schema/model.ts';
import { readSchema } from '../cedar/schema/resolve.ts';
import { decisionPolicies, type DecisionPolicies } from '../decision/policies.ts';
import { Settings } from '../decision/settings.ts';
import type { Verdict } from '../decision/verdict.ts';
import { annotationProblems } from './annotations.ts';
import { PackDigester } from './digest.ts';
import { readEntityFiles } from './entities.ts';
import {
  fileKind,
  fileProblems,
  METADATA_FILE,
  SCHEMA_FILE,
  SETTINGS_FILE,
  strayFileProblem,
  type FileKind,
  type PackFiles,
} from './files.ts';
import { plainJson, readJsonFile, shapeOf } from './json-file.ts';
import { Metadata } from './metadata.ts';
import { byPlace, problem, warning, type PackProblem, type Reading } from './problem.ts';
import { schemaProblems } from './schema-rules.ts';
import { readScenario, type Scenario } from './scenario.ts';
import type { z } from '../decision/zod-mini.ts';

/** A pack that can decide. */
export interface Pack {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly policies: DecisionPolicies;
  /** In the order of `policies.policySet`: by path, then position. */
  readonly rules: readonly PackRule[];
  /** By path; those that cannot be run are among them. */
  readonly scenarios: readonly Scenario[];
}

/** One policy and where it stands. */
export interface PackRule {
  readonly id: string;
  readonly effect: Policy['effect'];
  /** What it argues for when it is satisfied. */
  readonly verdict: Verdict;
  readonly path: string;
  readonly span: Span;
  readonly annotations: ReadonlyMap<string, string>;
}

export interface ReadPack {
  /** Absent when anything that decides is broken. */
  readonly pack?: Pack;
  /** All scenarios, whether there is a pack or not. */
  readonly scenarios: readonly Scenario[];
  /** By path, then position. */
  readonly problems: readonly PackProblem[];
}

/** Reads a pack. Never throws; what cannot be read is among the problems. */
export function readPack(files: PackFiles): ReadPack {
  return new PackReader().read(files);
}

/** Reads what decides of a pack and leaves its scenarios alone. `digest`: its `packDigest`. */
export function readDecidingPack(files: PackFiles, digest: string): ReadPack {
  return finish(readDecidingInSlices(files, digest));
}

/** The same, hardly more than a policy in each slice. */
export function readDecidingInSlices(files: PackFiles, digest: string): Slices<ReadPack> {
  return new PackReader().readInSlices(files, { digest, scenarios: false });
}

interface HowToRead {
  readonly digest?: string;
  readonly scenarios?: boolean;
}

/**
 * Reads one pack again and again while it is edited: what a file said is remembered for as long as its
 * text stays the same, so that a keystroke costs one file and the compiling.
 */
export class PackReader {
  readonly #policies: Memo<PolicyFile>;
  readonly #schemas: Memo<Reading<Schema>>;
  readonly #scenarios: Memo<Scenario>;
  readonly #digester: PackDigester;

  /** `like`: the reader of a pack that has much in common with this one; what it has read is not read again. */
  constructor(like?: PackReader) {
    this.#policies = like === undefined ? new Memo(readPolicyFile) : like.#policies.copy();
    this.#schemas =
      like === undefined
        ? new Memo(inOneSlice((_path, text) => readSchemaFile(text)))
        : like.#schemas.copy();
    this.#scenarios =
      like === undefined ? new Memo(inOneSlice(readScenario)) : like.#scenarios.copy();
    this.#digester = like === undefined ? new PackDigester() : like.#digester.copy();
  }

  /** `packDigest` of the files, whether they can be read or not. */
  digest(files: PackFiles): string {
    return this.#digester.digest(files);
  }

  /** `how`: what is known of the files already, and whether their scenarios are wanted. */
  read(files: PackFiles, how: HowToRead = {}): ReadPack {
    return finish(this.readInSlices(files, how));
  }

  /** The same, hardly more than a policy in each slice. */
  *readInSlices(files: PackFiles, how: HowToRead = {}): Slices<ReadPack> {
    const unsafe = fileProblems(files);
    if (unsafe.length > 0) return { scenarios: [], problems: unsafe.toSorted(byPlace) };

    const stray = [...files.keys()].flatMap((path) => strayFileProblem(path) ?? []);
    const metadata = readShape(files, METADATA_FILE, Metadata);
    const settings = readShape(files, SETTINGS_FILE, Settings);
    const schemaText = files.get(SCHEMA_FILE);
    const schema =
      schemaText === undefined
        ? absent(SCHEMA_FILE)
        : yield* this.#schemas.read(SCHEMA_FILE, schemaText);
    const policies = yield* readPolicies(yield* this.#policies.readAll(files, 'policies'));
    const entities = readEntityFiles(filesOf(files, 'entities'), schema.value);
    const scenarios =
      how.scenarios === false ? [] : yield* this.#scenarios.readAll(files, 'scenario');

    const deciding = [
      ...stray,
      ...metadata.problems,
      ...settings.problems,
      ...schema.problems,
      ...policies.problems,
      ...entities.problems,
    ];
    const broken = scenarios.flatMap(({ run }) => (run.ok ? [] : run.error));
    const problems = [...deciding, ...broken].toSorted(byPlace);
    const sound = !deciding.some(({ severity }) => severity === 'error');
    if (
      !sound ||
      metadata.value === undefined ||
      settings.value === undefined ||
      schema.value === undefined ||
      policies.set === undefined ||
      entities.value === undefined
    ) {
      return { scenarios, problems };
    }
    const { name, version, description } = metadata.value.policy_store;
    const decides = decisionPolicies({
      name,
      version,
      digest: how.digest ?? this.digest(files),
      policySet: policies.set,
      schema: schema.value,
      entities: entities.value,
      settings: settings.value,
    });
    const pack = {
      name,
      version,
      description,
      policies: decides,
      rules: policies.rules,
      scenarios,
    };
    return { pack, scenarios, problems };
  }
}

/** Remembers what each path's text was read as. */
class Memo<T> {
  readonly #read: (path: string, text: string) => Slices<T>;
  #known: ReadonlyMap<string, { readonly text: string; readonly value: T }> = new Map();

  constructor(read: (path: string, text: string) => Slices<T>) {
    this.#read = read;
  }

  /** Another that remembers the same, and goes its own way from here. */
  copy(): Memo<T> {
    const copy = new Memo(this.#read);
    copy.#known = this.#known;
    return copy;
  }

  /** One file by itself. */
  *read(path: string, text: string): Slices<T> {
    const value = yield* this.#recall(path, text);
    this.#known = new Map([[path, { text, value }]]);
    return value;
  }

  /** All files of a kind, by path; the others are forgotten. */
  *readAll(files: PackFiles, kind: FileKind): Slices<readonly T[]> {
    const now = new Map<string, { readonly text: string; readonly value: T }>();
    for (const [path, text] of filesOf(files, kind)) {
      now.set(path, { text, value: yield* this.#recall(path, text) });
    }
    this.#known = now;
    return Array.from(now.values(), ({ value }) => value);
  }

  *#recall(path: string, text: string): Slices<T> {
    const known = this.#known.get(path);
    return known?.text === text ? known.value : yield* this.#read(path, text);
  }
}

/** A file that is read at once. */
function inOneSlice<T>(
  read: (path: string, text: string) => T,
): (path: string, text: string) => Slices<T> {
  return function* slice(path, text) {
    yield;
    return read(path, text);
  };
}

/** The files of a kind in the order of their paths, which is the order of policies and scenarios. */
function filesOf(files: PackFiles, kind: FileKind): readonly (readonly [string, string])[] {
  return [...files]
    .filter(([path]) => fileKind(path) === kind)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function absent(path: string): Reading<never> {
  return { problems: [problem(path, 'FILE_MISSING', `The pack has no ${path}.`)] };
}

function readShape<S extends z.core.$ZodType>(
  files: PackFiles,
  path: string,
  shape: S,
): Reading<z.output<S>> {
  const text = files.get(path);
  if (text === undefined) return absent(path);
  const json = readJsonFile(path, text);
  if (!json.ok) return { problems: json.error };
  const value = shapeOf(shape, plainJson(json.value), path, text);
  return value.ok ? { value: value.value, problems: [] } : { problems: value.error };
}

function readSchemaFile(text: string): Reading<Schema> {
  const schema = readSchema(text);
  if (!schema.ok) {
    return {
      problems: schema.error.map(({ code, message, span }) =>
        problem(SCHEMA_FILE, code, message, { span }),
      ),
    };
  }
  const doubts = schema.value.warnings.map(({ code, message, span }) =>
    warning(SCHEMA_FILE, code, message, { span }),
  );
  return { value: schema.value, problems: [...doubts, ...schemaProblems(schema.value)] };
}

// ---------------------------------------------------------------- policies

interface PolicyFile {
  readonly path: string;
  readonly policies: readonly Policy[];
  readonly problems: readonly PackProblem[];
}

function* readPolicyFile(path: string, text: string): Slices<PolicyFile> {
  const { policies, errors } = yield* parseInSlices(text);
  const problems = [
    ...errors.map(({ code, message, span }) => problem(path, code, message, { span })),
    ...policies.flatMap((policy) => annotationProblems(path, policy)),
  ];
  return { path, policies, problems };
}

interface ReadPolicies {
  readonly set?: PolicySet;
  readonly rules: readonly PackRule[];
  readonly problems: readonly PackProblem[];
}

/** Compiles the policies of all files as one set. */
function* readPolicies(files: readonly PolicyFile[]): Slices<ReadPolicies> {
  const problems: PackProblem[] = files.flatMap((file) => file.problems);
  const places = new Map<string, string>();
  const named: { readonly id: string; readonly policy: Policy }[] = [];
  const rules: PackRule[] = [];
  for (const { path, policies } of files) {
    for (const policy of policies) {
      const annotation = policy.annotations.find(({ name }) => name === 'id');
      if (annotation === undefined) continue;
      const id = annotation.value;
      const other = places.get(id);
      if (other !== undefined) {
        const message = `Another policy, in ${other}, has the id "${id}" already.`;
        const span = annotation.valueSpan ?? annotation.span;
        problems.push(problem(path, 'POLICY_ID_DUPLICATE', message, { span }));
        continue;
      }
      places.set(id, path);
      named.push({ id, policy });
      rules.push(ruleOf(id, path, policy));
    }
  }
  const compiled = yield* compileInSlices(named);
  if (compiled.ok) return { set: compiled.value, rules, problems };
  for (const { code, message, policyId, span } of compiled.error) {
    problems.push(problem(places.get(policyId) ?? '', code, message, { span }));
  }
  return { rules, problems };
}

function ruleOf(id: string, path: string, policy: Policy): PackRule {
  const annotations = new Map(policy.annotations.map(({ name, value }) => [name, value]));
  const defers = annotations.get('verdict') === 'DEFER';
  const verdict = policy.effect === 'permit' ? 'ALLOW' : defers ? 'DEFER' : 'DENY';
  return { id, effect: policy.effect, verdict, path, span: policy.span, annotations };
}
