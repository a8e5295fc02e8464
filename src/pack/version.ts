/** Semantic versions of packs: reading, ordering, raising, and writing one into a pack's metadata. */
import { err, ok, type Result } from '../base/result.ts';
import { METADATA_FILE, type PackFiles } from './files.ts';
import { readJsonFile } from './json-file.ts';
import { placeInJson } from './json-place.ts';

export type Bump = 'major' | 'minor' | 'patch';

interface Semver {
  readonly core: readonly [bigint, bigint, bigint];
  /** Identifiers after the hyphen; none for a release. */
  readonly pre: readonly string[];
}

const FORM =
  /^(\d{1,18})\.(\d{1,18})\.(\d{1,18})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Whether this is a semantic version. */
export function isVersion(text: string): boolean {
  return parseVersion(text) !== undefined;
}

function parseVersion(text: string): Semver | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const part = (index: number): bigint => BigInt(match[index] ?? 0);
  return { core: [part(1), part(2), part(3)], pre: match[4]?.split('.') ?? [] };
}

/** Negative when `a` comes before `b` (semver 2.0, build metadata left out). What is no version comes first. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (left === undefined || right === undefined) {
    return Number(left !== undefined) - Number(right !== undefined);
  }
  for (const index of [0, 1, 2] as const) {
    if (left.core[index] !== right.core[index])
      return left.core[index] < right.core[index] ? -1 : 1;
  }
  if (left.pre.length === 0 || right.pre.length === 0) {
    // A release comes after its previews.
    return right.pre.length - left.pre.length;
  }
  for (let at = 0; at < Math.max(left.pre.length, right.pre.length); at++) {
    const order = comparePart(left.pre[at], right.pre[at]);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  const numbers = [a, b].map((part) => /^\d+$/.test(part));
  if (numbers[0] === true && numbers[1] === true) {
    const difference = BigInt(a) - BigInt(b);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  if (numbers[0] !== numbers[1]) return numbers[0] === true ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The next version. A preview becomes its release when that is raise enough. What is no version: 1.0.0. */
export function raiseVersion(text: string, bump: Bump): string {
  const version = parseVersion(text);
  if (version === undefined) return '1.0.0';
  const [major, minor, patch] = version.core;
  const preview = version.pre.length > 0;
  switch (bump) {
    case 'major':
      return preview && minor === 0n && patch === 0n ? `${major}.0.0` : `${major + 1n}.0.0`;
    case 'minor':
      return preview && patch === 0n ? `${major}.${minor}.0` : `${major}.${minor + 1n}.0`;
    case 'patch':
      return preview ? `${major}.${minor}.${patch}` : `${major}.${minor}.${patch + 1n}`;
  }
}

/** Why a version cannot be written into a pack's metadata. */
export interface VersionProblem {
  readonly code: 'VERSION_INVALID' | 'METADATA_UNREADABLE';
  readonly message: string;
}

/** The files with another version in their metadata, whose text otherwise stays as its author wrote it. */
export function withVersion(files: PackFiles, version: string): Result<PackFiles, VersionProblem> {
  if (!isVersion(version)) {
    return err({
      code: 'VERSION_INVALID',
      message: `“${version}” is no semantic version such as 1.4.0.`,
    });
  }
  const text = files.get(METADATA_FILE);
  const readable = text !== undefined && readJsonFile(METADATA_FILE, text).ok;
  const span = readable ? placeInJson(text, '/policy_store/version') : undefined;
  const written = text?.slice(span?.start, span?.end) ?? '';
  if (text === undefined || span === undefined || !/^"[^"\\]*"$/.test(written)) {
    return err({
      code: 'METADATA_UNREADABLE',
      message: `${METADATA_FILE} has no policy_store.version to write the version into.`,
    });
  }
  const changed = `${text.slice(0, span.start)}${JSON.stringify(version)}${text.slice(span.end)}`;
  return ok(new Map([...files, [METADATA_FILE, changed]]));
}
