/**
 * What is asked of the official toolchain, over any build of its WebAssembly. It advises and decides nothing.
 *
 *     files ─▶ our parser ─▶ the policies that parse ─▶ depth check ─▶ validator ─▶ problems
 *
 * Policies are validated one by one, because Cedar's validator looks at each alone. Ours parses first, so
 * one broken policy does not keep the rest of its file from being validated.
 */
import { err, ok, type Result } from '../../base/result.ts';
import { parsePolicies } from '../../cedar/parse.ts';
import { fileKind, SCHEMA_FILE, type PackFiles } from '../../pack/files.ts';
import { tooDeep } from './depth.ts';
import {
  gathered,
  officialProblem,
  type OfficialError,
  type OfficialProblem,
  type Piece,
} from './problem.ts';

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

/** What is said of a policy, with spans inside of its own text. */
export type Findings = Map<string, readonly OfficialProblem[]>;

/** The text cannot be formatted: it has errors, or nests too deeply for the toolchain. */
export interface FormatFailure {
  readonly code: 'TEXT_INVALID';
  readonly message: string;
  readonly problems: readonly OfficialProblem[];
}

/** Validates all policies of a pack in one go, by path and position; `undefined` without a schema that can be read. */
export function validatePack(
  cedar: CedarWasm,
  files: PackFiles,
): readonly OfficialProblem[] | undefined {
  const schema = files.get(SCHEMA_FILE);
  if (schema === undefined) return undefined;
  const ofSchema = schemaProblems(cedar, schema, SCHEMA_FILE);
  if (ofSchema.some(({ severity }) => severity === 'error')) return undefined;
  const paths = [...files.keys()].filter((path) => fileKind(path) === 'policies').toSorted();
  const problems = paths.flatMap((path) => {
    const pieces = piecesOf(path, files.get(path) ?? '');
    const found = validateBatch(
      cedar,
      schema,
      pieces.filter(({ text }) => !tooDeep(text)),
    );
    return pieces.flatMap((piece) =>
      (found.get(piece.text) ?? [TOO_DEEP]).map((problem) => moved(problem, piece)),
    );
  });
  return [...problems, ...ofSchema];
}

/** A problem of a policy's text, where that text stands; one without a place is about all of it. */
export function moved(problem: OfficialProblem, { path, text, from }: Piece): OfficialProblem {
  const { start, end } = problem.span ?? { start: 0, end: text.length };
  return { ...problem, path, span: { start: from + start, end: from + end } };
}

export const TOO_DEEP: OfficialProblem = {
  path: '',
  severity: 'warning',
  code: 'too-deep',
  message:
    'This nests too deeply, or runs on for too long, for the official toolchain, which did not look at it.',
};

/** The policies of a file that parse, each by itself. */
export function piecesOf(path: string, text: string): readonly Piece[] {
  return parsePolicies(text).policies.map(({ span }) => ({
    path,
    text: text.slice(span.start, span.end),
    from: span.start,
  }));
}

/** Validates policies against a schema that can be read. They must not nest too deeply. */
export function validateBatch(
  cedar: CedarWasm,
  schema: string,
  pieces: readonly Piece[],
): Findings {
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

/** What is wrong with a schema; `path` is what its problems are filed under. */
export function schemaProblems(
  cedar: CedarWasm,
  text: string,
  path: string,
): readonly OfficialProblem[] {
  if (tooDeep(text)) return [{ ...TOO_DEEP, path, severity: 'error' }];
  const answer = cedar.schemaToJsonWithResolvedTypes(text);
  const found = answer.type === 'failure' ? answer.errors : answer.warnings;
  return gathered(found.map((error) => officialProblem(error, { path, text, from: 0 }, 'schema')));
}

/** The text of a policy file, formatted; comments are kept. */
export function format(
  cedar: CedarWasm,
  text: string,
  widths: { readonly lineWidth: number; readonly indentWidth: number },
): Result<string, FormatFailure> {
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
