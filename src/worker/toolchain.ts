/**
 * The official toolchain, thread or no thread, over any build of its WebAssembly.
 *
 *     files ─▶ our parser ─▶ the policies that parse ─▶ depth check ─▶ validator ─▶ problems
 *
 * Policies are validated one by one, because Cedar's validator looks at each alone, and remembered by
 * their text: a keystroke costs one policy. Ours parses first, so one broken policy does not
 * keep the rest of its file from being validated.
 */
import { err, ok, type Result } from '../base/result.ts';
import { parsePolicies } from '../cedar/parse.ts';
import { fileKind, SCHEMA_FILE } from '../pack/files.ts';
import { gathered, officialProblem, type OfficialError, type Piece } from './official-problem.ts';
import type { OfficialProblem, Toolchain, ToolchainFailure } from './toolchain-api.ts';
import { tooDeep } from '../authoring/official/depth.ts';
import { CLOCK, takeTurns, type Clock } from './turns.ts';

/** What is used of `@cedar-policy/cedar-wasm`, whichever its build. */
export interface CedarWasm {
  readonly validate: (call: {
    validationSettings: { mode: 'strict' };
    schema: string;
    policies: { staticPolicies: Record<string, string> };
  }) =>
    | { readonly type: 'failure'; readonly errors: readonly OfficialError[] }
    | {
        readonly type: 'success';
        readonly validationErrors: readonly PolicyComplaint[];
        readonly validationWarnings: readonly PolicyComplaint[];
      };
  /** Of the two that tell warnings, this one tells the places right. */
  readonly schemaToJsonWithResolvedTypes: (
    schema: string,
  ) =>
    | { readonly type: 'failure'; readonly errors: readonly OfficialError[] }
    | { readonly type: 'success'; readonly warnings: readonly OfficialError[] };
  readonly formatPolicies: (call: {
    policyText: string;
    lineWidth: number;
    indentWidth: number;
  }) =>
    | { readonly type: 'failure'; readonly errors: readonly OfficialError[] }
    | { readonly type: 'success'; readonly formatted_policy: string };
}

interface PolicyComplaint {
  readonly policyId: string;
  readonly error: OfficialError;
}

export interface ToolchainOptions {
  readonly clock?: Clock;
  readonly sliceMs?: number;
}

/** Problems past this number are counted only: nobody reads them, and they cross a thread boundary. */
const MOST_PROBLEMS = 1000;
/** Policies in one call, which cannot be interrupted. The schema is read anew in each. */
const BATCH = 20;

/** What is said of a policy, with spans inside of its own text. */
type Findings = Map<string, readonly OfficialProblem[]>;

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

/** A problem of a policy's text, where that text stands; one without a place is about all of it. */
function moved(problem: OfficialProblem, { path, text, from }: Piece): OfficialProblem {
  const { start, end } = problem.span ?? { start: 0, end: text.length };
  return { ...problem, path, span: { start: from + start, end: from + end } };
}

const TOO_DEEP: OfficialProblem = {
  path: '',
  severity: 'warning',
  code: 'too-deep',
  message:
    'This nests too deeply, or runs on for too long, for the official toolchain, which did not look at it.',
};

function piecesOf(path: string, text: string): readonly Piece[] {
  return parsePolicies(text).policies.map(({ span }) => ({
    path,
    text: text.slice(span.start, span.end),
    from: span.start,
  }));
}

function validateBatch(cedar: CedarWasm, schema: string, pieces: readonly Piece[]): Findings {
  const staticPolicies = Object.fromEntries(pieces.map(({ text }, index) => [`p${index}`, text]));
  const answer = cedar.validate({
    validationSettings: { mode: 'strict' },
    schema,
    policies: { staticPolicies },
  });
  if (answer.type === 'failure') {
    const [only, ...others] = pieces;
    if (only === undefined) return new Map();
    if (others.length > 0) {
      // One that the official parser refuses takes all down with it; each by itself says which.
      return new Map(pieces.flatMap((piece) => [...validateBatch(cedar, schema, [piece])]));
    }
    return new Map([[only.text, gathered(answer.errors.map((error) => inPiece(error, only)))]]);
  }
  const complaints = [...answer.validationErrors, ...answer.validationWarnings];
  return new Map(
    pieces.map((piece, index) => {
      const own = complaints.filter(({ policyId }) => policyId === `p${index}`);
      return [piece.text, gathered(own.map(({ error }) => inPiece(error, piece)))];
    }),
  );
}

/** Counted from the policy's own start: the same text elsewhere has the same problems. */
function inPiece(error: OfficialError, { path, text }: Piece): OfficialProblem {
  return officialProblem(error, { path, text, from: 0 }, 'syntax');
}

function schemaProblems(cedar: CedarWasm, text: string, path: string): readonly OfficialProblem[] {
  if (tooDeep(text)) return [{ ...TOO_DEEP, path, severity: 'error' }];
  const answer = cedar.schemaToJsonWithResolvedTypes(text);
  const found = answer.type === 'failure' ? answer.errors : answer.warnings;
  return gathered(found.map((error) => officialProblem(error, { path, text, from: 0 }, 'schema')));
}

function format(
  cedar: CedarWasm,
  text: string,
  widths: { readonly lineWidth: number; readonly indentWidth: number },
): Result<string, ToolchainFailure> {
  const refuse = (message: string, problems: readonly OfficialProblem[]) =>
    err({ code: 'TEXT_INVALID', message, problems } as const);
  if (tooDeep(text)) {
    const message =
      'The text nests too deeply, or runs on for too long, for the official formatter.';
    return refuse(message, [{ ...TOO_DEEP, severity: 'error', message }]);
  }
  const answer = cedar.formatPolicies({ policyText: text, ...widths });
  if (answer.type === 'success') return ok(answer.formatted_policy.replace(/^\n+/, ''));
  const problems = gathered(
    answer.errors.map((error) => officialProblem(error, { path: '', text, from: 0 }, 'syntax')),
  );
  return refuse('The text has errors: mend them first, then it can be formatted.', problems);
}
