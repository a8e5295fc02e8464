/**
 * From a pack to an unsigned bundle: everything is read, decided and hashed, and what must be signed is
 * laid out. The same request gives the same bytes, in every browser and in Node.
 */
import { canonicalJson, type CanonicalJson } from '../base/canonical-json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { fieldProblems } from '../decision/fields.ts';
import { METADATA_FILE, type PackFiles } from '../pack/files.ts';
import { Metadata } from '../pack/metadata.ts';
import { readPack, type Pack } from '../pack/read.ts';
import type { ScenarioResult } from '../simulation/run.ts';
import { writeArchive, type ArchiveFiles } from './archive.ts';
import { sha256Hex, utf8, type Bytes } from './bytes.ts';
import { readJsonAs } from './canonical-file.ts';
import { decideScenarios } from './decisions.ts';
import { Evidence, newlyAllowed, type Exception, type TestResult } from './evidence.ts';
import { layOut, SOURCE_FOLDER } from './layout.ts';
import { DECISIONS_FILE, FORMAT, Manifest, MANIFEST_FILE, type Previous } from './manifest.ts';
import { ADDED_FILE, type PlainProblem } from './plain-cedar.ts';
import { purlOf, statementBytes, type KnownRole } from './statement.ts';

/** What to export, and what is known about it. */
export interface BundleRequest {
  readonly files: PackFiles;
  /** Moments are UTC to the second: `2026-03-16T10:00:00Z`. */
  readonly issuedAt: string;
  readonly expires?: string | undefined;
  readonly audience?: readonly string[] | undefined;
  /** The version that this one replaces; `null` for a first one. */
  readonly previous: Previous | null;
  readonly evidence: Evidence;
}

export interface UnsignedBundle {
  /** `sha256:<hex>` of `bundle.json`. */
  readonly id: string;
  readonly manifest: Manifest;
  /** Everything but the attestations. */
  readonly files: ArchiveFiles;
  /** What there is to sign, by role: in-toto statements. */
  readonly statements: ReadonlyMap<KnownRole, Bytes>;
  readonly testResult: TestResult;
  readonly results: readonly ScenarioResult[];
  /** Why other Cedar engines may decide otherwise; empty when they do not. */
  readonly notPlain: readonly PlainProblem[];
}

export interface BuildProblem {
  /** `NEEDS_REASON`: `evidence.acceptance` must say why; the others cannot be accepted. */
  readonly code:
    | 'PACK_BROKEN'
    | 'NAME_RESERVED'
    | 'TEXT_BROKEN'
    | 'REQUEST'
    | 'NEEDS_REASON'
    | 'NOT_PLAIN';
  readonly message: string;
  /** The file in question. */
  readonly path?: string;
  /** What the reason must be about. */
  readonly about?: Exception;
}

/** Builds a bundle that nobody has signed yet. Never throws. */
export function buildBundle(
  request: BundleRequest,
): Result<UnsignedBundle, readonly BuildProblem[]> {
  const evidence = Evidence.safeParse(request.evidence, { reportInput: true });
  if (!evidence.success) {
    return err(
      fieldProblems(evidence.error, 'The evidence').map(({ message }) =>
        problem('REQUEST', message),
      ),
    );
  }
  const read = readPack(request.files);
  const unfit = fileProblems(request.files);
  if (read.pack === undefined || unfit.length > 0) {
    const errors = read.problems.filter(({ severity }) => severity === 'error');
    return err([
      ...unfit,
      ...errors.map(({ path, message }) => problem('PACK_BROKEN', message, path)),
    ]);
  }
  const { results, text } = decideScenarios(read.pack);
  const missing = missingReasons(evidence.data, results);
  if (missing.length > 0) return err(missing);

  const laidOut = layOut(request.files, read.pack);
  const content = new Map([...laidOut.content].map(([path, file]) => [path, utf8(file)]));
  content.set(DECISIONS_FILE, utf8(text));
  const manifest = manifestOf(request, read.pack, content);
  if (!manifest.ok) return manifest;
  const bytes = utf8(manifestText(manifest.value));
  const files = new Map([...content, [MANIFEST_FILE, bytes]]);
  const fits = writeArchive(files);
  if (!fits.ok) return err([problem('REQUEST', fits.error)]);

  const sha256 = sha256Hex(bytes);
  const testResult = testResultOf(evidence.data, results, sha256Hex(utf8(text)));
  const { name, version } = manifest.value;
  const statements = new Map<KnownRole, Bytes>([
    ['release', statementBytes(sha256, 'release', { purl: purlOf(name, version) })],
    ['test-result', statementBytes(sha256, 'test-result', { ...testResult })],
  ]);
  const id = `sha256:${sha256}`;
  const { notPlain } = laidOut;
  return ok({ id, manifest: manifest.value, files, statements, testResult, results, notPlain });
}

function manifestOf(
  request: BundleRequest,
  pack: Pack,
  content: ArchiveFiles,
): Result<Manifest, readonly BuildProblem[]> {
  const metadata = readJsonAs(content.get(METADATA_FILE) ?? new Uint8Array(), Metadata);
  const manifest = Manifest.safeParse(
    {
      format: FORMAT,
      name: pack.name,
      version: pack.version,
      previous: request.previous,
      issuedAt: request.issuedAt,
      ...(request.expires === undefined ? {} : { expires: request.expires }),
      ...(request.audience === undefined ? {} : { audience: request.audience }),
      engines: { cedar: metadata.ok ? metadata.value.cedar_version.replace(/^v/, '') : '' },
      files: Object.fromEntries(
        [...content].map(([path, bytes]) => [
          path,
          { sha256: sha256Hex(bytes), size: bytes.length },
        ]),
      ),
    },
    { reportInput: true },
  );
  if (!manifest.success) {
    const problems = fieldProblems(manifest.error, 'The request');
    return err(problems.map(({ message }) => problem('REQUEST', message)));
  }
  if (manifest.data.expires !== undefined && manifest.data.expires <= manifest.data.issuedAt) {
    return err([problem('REQUEST', 'The bundle would expire before it is issued.')]);
  }
  return ok(manifest.data);
}

/** The content of `bundle.json`. */
function manifestText(manifest: Manifest): string {
  return canonicalJson({ ...manifest, files: { ...manifest.files } });
}

function testResultOf(
  evidence: Evidence,
  results: readonly ScenarioResult[],
  decisionsSha256: string,
): TestResult & { readonly [name: string]: CanonicalJson | undefined } {
  const passed = results.filter(({ state }) => state === 'pass').map(({ id }) => id);
  const failed = results.filter(({ state }) => state !== 'pass').map(({ id }) => id);
  const doubted = evidence.acceptance === undefined ? 'PASSED' : 'WARNED';
  return {
    result: failed.length > 0 ? 'FAILED' : doubted,
    configuration: [{ name: DECISIONS_FILE, digest: { sha256: decisionsSha256 } }],
    passedTests: passed,
    warnedTests: [],
    failedTests: failed,
    stage0: evidence,
  };
}

/** What nobody has accepted in writing. */
function missingReasons(
  evidence: Evidence,
  results: readonly ScenarioResult[],
): readonly BuildProblem[] {
  const failed = results.filter(({ state }) => state !== 'pass');
  const allowed = newlyAllowed(evidence.flips ?? []);
  const doubts: readonly (readonly [Exception, number, string])[] = [
    ['failing-scenarios', failed.length, `not passing: ${some(failed.map(({ id }) => id))}`],
    ['validator-errors', evidence.problems?.length ?? 0, 'found by the validator'],
    ['newly-allowed', allowed.length, `newly allowed: ${some(allowed.map((f) => f.scenario))}`],
  ];
  const accepted = new Set(evidence.acceptance?.of);
  return doubts
    .filter(([about, count]) => count > 0 && !accepted.has(about))
    .map(([about, count, what]) => {
      const thing = about === 'validator-errors' ? 'error' : 'scenario';
      const message =
        count === 1 ? `There is one ${thing} ${what}.` : `There are ${count} ${thing}s ${what}.`;
      return { code: 'NEEDS_REASON', about, message };
    });
}

function some(names: readonly string[]): string {
  const rest = names.length - 5;
  return rest > 0 ? `${names.slice(0, 5).join(', ')} and ${rest} more` : names.join(', ');
}

/** Names of the bundle's own files. */
const RESERVED: ReadonlySet<string> = new Set([MANIFEST_FILE, DECISIONS_FILE, ADDED_FILE]);

/** What a pack may hold and a bundle may not. */
function fileProblems(files: PackFiles): readonly BuildProblem[] {
  return [...files].flatMap(([path, text]) => {
    const folded = path.toLowerCase();
    const reserved =
      RESERVED.has(folded) ||
      folded.startsWith('attestations/') ||
      folded.startsWith(SOURCE_FOLDER);
    if (reserved) return [problem('NAME_RESERVED', 'The bundle itself has this name.', path)];
    if (text.isWellFormed()) return [];
    return [problem('TEXT_BROKEN', 'The text has half a surrogate pair.', path)];
  });
}

function problem(code: BuildProblem['code'], message: string, path?: string): BuildProblem {
  return { code, message, ...(path === undefined ? {} : { path }) };
}
