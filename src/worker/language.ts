/**
 * The language service over the packs that the engine has open: what an editor asks is answered from the
 * same texts that decide.
 *
 * Files are read for the editor only when it asks, so a keystroke that nobody asks about costs nothing here.
 */
import { err, ok, type Result } from '../base/result.ts';
import { effectSpan } from '../authoring/lint/rule.ts';
import type { RenameRefusal } from '../authoring/names/rename.ts';
import { problemDoc } from '../authoring/problem-docs.ts';
import type { Problem } from '../authoring/problem.ts';
import { mergeProblems, type OfficialResult } from '../authoring/problems.ts';
import { LanguageService } from '../authoring/service.ts';
import { fileKind, SCHEMA_FILE } from '../pack/files.ts';
import type { EngineFailure } from './engine-api.ts';
import type { Language } from './language-api.ts';
import type { OpenPack } from './open-pack.ts';
import type { OfficialProblem } from '../authoring/official/problem.ts';
import type { Clock } from './turns.ts';

/** Problems past this number are counted only: nobody reads them, and they cross a thread boundary. */
const MOST_PROBLEMS = 2000;

/** The language service, with the way in for what the official validator said. */
export interface PackLanguage extends Language {
  /** Takes the validator's problems; they are about the files as they are now. */
  takeOfficial(packId: string, problems: readonly OfficialProblem[] | undefined): void;
}

/** What is kept for one pack. */
interface Desk {
  readonly service: LanguageService;
  /** `OpenPack.edits` that the service knows of. */
  edits: number;
  official: OfficialResult | undefined;
}

/** Answers for the packs that `opened` finds. */
export function createLanguage(
  opened: (packId: string) => Result<OpenPack, EngineFailure>,
  clock: Clock,
): PackLanguage {
  const desks = new WeakMap<OpenPack, Desk>();
  /** Of each kind of question about the cursor, the number of the newest. */
  const newest = new Map<string, number>();

  function deskOf(pack: OpenPack): Desk {
    const known = desks.get(pack);
    const desk = known ?? { service: new LanguageService(), edits: -1, official: undefined };
    if (known === undefined) desks.set(pack, desk);
    if (desk.edits !== pack.edits) {
      desk.service.update(pack.files);
      desk.edits = pack.edits;
    }
    return desk;
  }

  async function ask<T>(packId: string, question: (service: LanguageService) => T) {
    return await guarded(() => {
      const pack = opened(packId);
      return pack.ok ? ok(question(deskOf(pack.value).service)) : pack;
    });
  }

  /** Lets the messages that wait be heard, a newer question among them, before it is answered. */
  async function askOnce<T>(
    kind: string,
    packId: string,
    question: (service: LanguageService) => T,
  ) {
    const key = JSON.stringify([kind, packId]);
    const turn = (newest.get(key) ?? 0) + 1;
    newest.set(key, turn);
    await clock.pause();
    return newest.get(key) === turn ? await ask(packId, question) : err(SUPERSEDED);
  }

  return {
    async problems(packId) {
      const before = opened(packId);
      if (!before.ok) return before;
      const { revision } = before.value;
      await clock.pause();
      return await guarded(() => {
        const pack = opened(packId);
        if (!pack.ok) return pack;
        if (pack.value !== before.value || pack.value.revision !== revision) return err(SUPERSEDED);
        const { service, official } = deskOf(pack.value);
        const all = mergeProblems(service.model, pack.value.readProblems(), official);
        const problems = all
          .slice(0, MOST_PROBLEMS)
          .map((problem) => (problem.source === 'official' ? narrowed(service, problem) : problem));
        return ok({
          packId,
          revision,
          problems,
          docs: Object.fromEntries(problems.map((one) => [one.code, problemDoc(one)])),
          unlisted: all.length - problems.length,
          official: isCurrent(official, pack.value.files),
        });
      });
    },
    complete: (packId, path, offset) =>
      askOnce('complete', packId, (service) => service.complete(path, offset)),
    hover: (packId, path, offset, values) =>
      askOnce('hover', packId, (service) => service.hover(path, offset, values)),
    signature: (packId, path, offset) =>
      askOnce('signature', packId, (service) => service.signature(path, offset)),
    definition: (packId, path, offset) =>
      ask(packId, (service) => service.definition(path, offset)),
    references: (packId, path, offset) =>
      ask(packId, (service) => service.references(path, offset)),
    async prepareRename(packId, path, offset) {
      const asked = await ask(packId, (service) => service.prepareRename(path, offset));
      return asked.ok ? renamed(asked.value) : asked;
    },
    async rename(packId, path, offset, name) {
      const asked = await ask(packId, (service) => service.rename(path, offset, name));
      return asked.ok ? renamed(asked.value) : asked;
    },
    outline: (packId, path) => ask(packId, (service) => service.outline(path)),
    folding: (packId, path) => ask(packId, (service) => service.folding(path)),
    tokens: (packId, path) => ask(packId, (service) => service.tokens(path)),
    requestFields: (packId) => ask(packId, (service) => service.requestFields()),
    takeOfficial(packId, problems) {
      const pack = opened(packId);
      if (!pack.ok) return;
      const desk = deskOf(pack.value);
      desk.official =
        problems === undefined
          ? undefined
          : { texts: validatedTexts(pack.value.files), problems: problems.map(asProblem) };
    },
  };
}

const SUPERSEDED: EngineFailure = { code: 'SUPERSEDED', message: 'Something newer came in.' };

/** The service does not throw; should it, that is a defect, and still an answer. */
async function guarded<T>(work: () => Result<T, EngineFailure>): Promise<Result<T, EngineFailure>> {
  try {
    return await Promise.resolve(work());
  } catch (error) {
    return err({ code: 'ENGINE_DEFECT', message: `The language service failed: ${String(error)}` });
  }
}

function renamed<T>(result: Result<T, RenameRefusal>): Result<T, EngineFailure> {
  if (result.ok) return result;
  const { code, message } = result.error;
  return err({ code: 'RENAME_REFUSED', message, reason: code });
}

function validatedTexts(files: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...files].filter(([path]) => path === SCHEMA_FILE || fileKind(path) === 'policies'),
  );
}

function isCurrent(official: OfficialResult | undefined, files: ReadonlyMap<string, string>) {
  if (official === undefined) return false;
  const now = validatedTexts(files);
  const paths = Object.keys(now);
  return (
    paths.length === Object.keys(official.texts).length &&
    paths.every((path) => now[path] === official.texts[path])
  );
}

function asProblem({ path, span, severity, code, message, help }: OfficialProblem): Problem {
  return {
    path,
    ...(span === undefined ? {} : { span }),
    severity,
    source: 'official',
    code,
    message: help === undefined ? message : `${message} ${help}`,
    fixes: [],
  };
}

/** What is about a policy as a whole stands under its effect: a whole rule underlined hides the rest. */
function narrowed(service: LanguageService, problem: Problem): Problem {
  const { path, span } = problem;
  const file = service.model.policyFiles.find((each) => each.path === path);
  const policy = file?.policies.find(
    (each) => each.span.start === span?.start && each.span.end === span.end,
  );
  if (file === undefined || policy === undefined) return problem;
  return { ...problem, span: effectSpan(policy, file.text) };
}
