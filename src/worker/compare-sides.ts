import { err, ok, type Result } from '../base/result.ts';
import { packDigest } from '../pack/digest.ts';
import { PackReader, type Pack } from '../pack/read.ts';
import type { CompareSide } from './compare-api.ts';
import type { EngineFailure } from './engine-api.ts';
import {
  filesThatDecide,
  ruleRow,
  ruleSources,
  type OpenPack,
  type RuleSource,
} from './open-pack.ts';

/** A pack to compare, with its rules' texts. */
export interface Side {
  /** The digest of what decides: packs that differ in scenarios alone decide alike. */
  readonly key: string;
  /** The files that decide. */
  readonly files: ReadonlyMap<string, string>;
  readonly pack: Pack;
  readonly sources: ReadonlyMap<string, RuleSource>;
}

/** How many states of packs are kept read. */
const KEPT = 6;

/** Reads sides, and keeps those last asked for: a version never changes, and is compared again and again. */
export class SideReader {
  readonly #known = new Map<string, Result<Side, EngineFailure>>();

  read(open: OpenPack, side: CompareSide): Result<Side, EngineFailure> {
    switch (side.kind) {
      case 'working': {
        const { pack, stale } = open.sound();
        if (pack === undefined || stale) return broken('The working copy', open.readProblems());
        const { key, files } = open.decidingFiles();
        return ok({ key, files, pack, sources: open.deciding()?.rules ?? new Map() });
      }
      case 'files': {
        const known = this.#known.get(side.key) ?? readFiles(side, open.reader);
        this.#known.delete(side.key);
        this.#known.set(side.key, known);
        const [oldest] = this.#known.keys();
        if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
        return known;
      }
    }
  }
}

function readFiles(
  { key, files }: Extract<CompareSide, { kind: 'files' }>,
  like: PackReader,
): Result<Side, EngineFailure> {
  const digest = key.startsWith('sha256:') ? key : undefined;
  const { pack, problems } = new PackReader(like).read(
    files,
    digest === undefined ? {} : { digest },
  );
  if (pack === undefined) return broken('The other side', problems);
  const deciding = filesThatDecide(files);
  const sources = ruleSources(pack.rules.map(ruleRow), files);
  return ok({ key: packDigest(deciding), files: deciding, pack, sources });
}

function broken(
  what: string,
  problems: readonly { readonly path: string; readonly message: string }[],
): Result<never, EngineFailure> {
  const [first] = problems;
  const why = first === undefined ? '' : ` ${first.path}: ${first.message}`;
  return err({ code: 'PACK_BROKEN', message: `${what} has errors and decides nothing.${why}` });
}
