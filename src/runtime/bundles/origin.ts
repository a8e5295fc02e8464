/** Where bundles come from: a file, a folder in which new ones are put, or an address that is asked again and again. */
import { hash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';
import { compareVersions } from '../../bundle/manifest.ts';
import { readBytes } from '../file-bytes.ts';
import { isFolder } from '../pack-folder.ts';
import { printProblem } from '../problem.ts';
import { fetchBundle } from './fetch-bundle.ts';

/** A bundle that may be the next one. */
export interface Candidate {
  /** Path or address. */
  readonly name: string;
  readonly bytes: () => Promise<Result<Uint8Array, string>>;
}

/** Gives what may be the next bundle, the best first. */
export interface Origin {
  /**
   * @param again whether it is to be read even if it is what was read before
   * @param timeout milliseconds that an address has; as `fetchBundle` gives it when absent
   */
  readonly look: (
    again: boolean,
    timeout?: number,
  ) => Promise<Result<readonly Candidate[] | 'unchanged', string>>;
}

export function isAddress(place: string): boolean {
  return /^https?:\/\//i.test(place);
}

/** The origin that a path or an address is. `signal`: gives up what is being fetched. */
export function originOf(place: string, signal?: AbortSignal): Origin {
  if (isAddress(place)) return addressOrigin(place, signal);
  let found: Awaited<ReturnType<typeof lookAt>> | undefined;
  return {
    look: async (again) => {
      // Whoever watches files says when they are others. Where nothing was found there is none to be the same.
      if (!again && found?.ok === true) return ok('unchanged');
      found = await lookAt(place);
      return found;
    },
  };
}

/** Newer ones that do not verify are passed over, but not many of them. */
const MOST_TRIED = 5;
const MOST_FILES = 10_000;

async function lookAt(path: string): Promise<Result<readonly Candidate[], string>> {
  if (!isFolder(path)) return ok([fileCandidate(path)]);
  try {
    const names = await readdir(path);
    if (names.length > MOST_FILES) return err(`${path}: holds more than ${MOST_FILES} files`);
    const bundles = names.filter((name) => name.endsWith('.cjar') && !name.startsWith('.'));
    if (bundles.length === 0) return err(`${path}: holds no bundle (*.cjar)`);
    const best = bundles.toSorted(newestFirst).slice(0, MOST_TRIED);
    return ok(best.map((name) => fileCandidate(join(path, name))));
  } catch {
    return err(`${path}: is no folder that can be read`);
  }
}

function fileCandidate(path: string): Candidate {
  return {
    name: path,
    bytes: async () => {
      const bytes = await readBytes(path);
      return bytes.ok ? bytes : err(printProblem(bytes.error));
    },
  };
}

/** By the version in the name, which says what to try first and no more: what it is its manifest says. */
function newestFirst(a: string, b: string): number {
  const [first, second] = [versionIn(a), versionIn(b)];
  if (first !== undefined && second !== undefined) {
    return compareVersions(second, first) || (a < b ? 1 : -1);
  }
  if (first !== undefined || second !== undefined) return first === undefined ? 1 : -1;
  return a < b ? 1 : -1;
}

const VERSION = /-(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)\.cjar$/;

function versionIn(name: string): string | undefined {
  return VERSION.exec(name)?.[1];
}

function addressOrigin(url: string, signal: AbortSignal | undefined): Origin {
  let etag: string | undefined;
  let digest: string | undefined;
  return {
    look: async (again, timeout) => {
      const fetched = await fetchBundle(url, again ? undefined : etag, { timeout, signal });
      if (!fetched.ok) return err(`${shown(url)}: ${fetched.error}`);
      if (fetched.value === 'unchanged') return ok('unchanged');
      const { bytes } = fetched.value;
      ({ etag } = fetched.value);
      const before = digest;
      digest = hash('sha256', bytes);
      // Not every server knows ETags.
      if (!again && digest === before) return ok('unchanged');
      return ok([{ name: shown(url), bytes: () => Promise.resolve(ok(bytes)) }]);
    },
  };
}

/** An address may carry a signature or a password, which a log must not. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
