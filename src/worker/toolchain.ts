/**
 * The official toolchain, thread or no thread: what it said of a policy is remembered by the policy's text,
 * so that a keystroke costs one policy, and a newer call takes the place of an older one.
 */
import { tooDeep } from '../authoring/official/depth.ts';
import type { OfficialProblem, Piece } from '../authoring/official/problem.ts';
import {
  format,
  moved,
  piecesOf,
  schemaProblems,
  TOO_DEEP,
  validateBatch,
  type CedarWasm,
  type Findings,
} from '../authoring/official/toolchain.ts';
import { err, ok } from '../base/result.ts';
import { fileKind, SCHEMA_FILE } from '../pack/files.ts';
import type { Toolchain, ToolchainFailure } from './toolchain-api.ts';
import { CLOCK, takeTurns, type Clock } from './turns.ts';

export interface ToolchainOptions {
  readonly clock?: Clock;
  readonly sliceMs?: number;
}

/** Problems past this number are counted only: nobody reads them, and they cross a thread boundary. */
const MOST_PROBLEMS = 1000;
/** Policies in one call, which cannot be interrupted. The schema is read anew in each. */
const BATCH = 20;

const SUPERSEDED: ToolchainFailure = { code: 'SUPERSEDED', message: 'A newer call came in.' };

/** The toolchain in this very thread. It throws when the WebAssembly dies, and is lost then. */
export function createLocalToolchain(cedar: CedarWasm, options: ToolchainOptions = {}): Toolchain {
  const { clock = CLOCK, sliceMs } = options;
  const memory = new Memory();
  let newest = 0;

  return {
    async validate(files) {
      newest += 1;
      const turn = newest;
      const began = clock.now();
      const turns = takeTurns(clock, sliceMs);
      // Calls that wait already are heard first: only the last of them is worth the work.
      await turns.next();
      if (turn !== newest) return err(SUPERSEDED);

      const schema = files.get(SCHEMA_FILE);
      const ofSchema = schema === undefined ? [] : memory.schemaProblems(cedar, schema);
      const answer = (problems: readonly OfficialProblem[], validated: boolean, checked: number) =>
        ok({
          problems: problems.slice(0, MOST_PROBLEMS),
          unlisted: Math.max(0, problems.length - MOST_PROBLEMS),
          validated,
          policiesChecked: checked,
          durationMs: clock.now() - began,
        });
      const broken = ofSchema.some(({ severity }) => severity === 'error');
      if (schema === undefined || broken) return answer(ofSchema, false, 0);

      const pieces = memory.pieces(files);
      const unknown = memory.unknown(schema, pieces);
      for (let at = 0; at < unknown.length; at += BATCH) {
        if (turns.due()) await turns.next();
        // What was found out so far is kept: the newer call goes on from there.
        if (turn !== newest) return err(SUPERSEDED);
        memory.learn(validateBatch(cedar, schema, unknown.slice(at, at + BATCH)));
      }
      const problems = [...pieces]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([, list]) => list.flatMap((piece) => memory.problemsOf(piece)));
      return answer([...problems, ...ofSchema], true, unknown.length);
    },

    checkSchema: (text, path = SCHEMA_FILE) =>
      Promise.resolve(ok(schemaProblems(cedar, text, path))),

    format: (text, { lineWidth = 100, indentWidth = 2 } = {}) =>
      Promise.resolve(format(cedar, text, { lineWidth, indentWidth })),
  };
}

/** What is known already: the answers of the validator, by the text that they are about. */
class Memory {
  #schema: string | undefined;
  #schemaProblems: readonly OfficialProblem[] = [];
  /** The schema that `#findings` go by. */
  #against: string | undefined;
  #findings: Findings = new Map();
  #files = new Map<string, { readonly text: string; readonly pieces: readonly Piece[] }>();

  schemaProblems(cedar: CedarWasm, text: string): readonly OfficialProblem[] {
    if (this.#schema !== text) {
      this.#schemaProblems = schemaProblems(cedar, text, SCHEMA_FILE);
      this.#schema = text;
    }
    return this.#schemaProblems;
  }

  /** The policies of each file that parse. */
  pieces(files: ReadonlyMap<string, string>): ReadonlyMap<string, readonly Piece[]> {
    const read = new Map<string, { text: string; pieces: readonly Piece[] }>();
    for (const [path, text] of files) {
      if (fileKind(path) !== 'policies') continue;
      const before = this.#files.get(path);
      read.set(path, before?.text === text ? before : { text, pieces: piecesOf(path, text) });
    }
    this.#files = read;
    return new Map([...read].map(([path, { pieces }]) => [path, pieces]));
  }

  /** The policies that are still to be validated, each text once; forgets those that are gone. */
  unknown(schema: string, files: ReadonlyMap<string, readonly Piece[]>): readonly Piece[] {
    const before: Findings = this.#against === schema ? this.#findings : new Map();
    this.#against = schema;
    this.#findings = new Map();
    const missing = new Map<string, Piece>();
    for (const piece of [...files.values()].flat()) {
      const found = before.get(piece.text);
      if (found !== undefined) this.#findings.set(piece.text, found);
      else if (tooDeep(piece.text)) this.#findings.set(piece.text, [TOO_DEEP]);
      else missing.set(piece.text, piece);
    }
    return [...missing.values()];
  }

  learn(findings: Findings): void {
    for (const [text, problems] of findings) this.#findings.set(text, problems);
  }

  problemsOf(piece: Piece): readonly OfficialProblem[] {
    return (this.#findings.get(piece.text) ?? []).map((problem) => moved(problem, piece));
  }
}
