import { hash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { LineIndex } from '../base/span.ts';
import { packManifest } from '../pack/digest.ts';
import { FILE_LIMITS, type PackFiles } from '../pack/files.ts';
import type { PackProblem } from '../pack/problem.ts';
import { readDecidingPack, readPack, type Pack, type ReadPack } from '../pack/read.ts';
import type { Host } from './host.ts';
import type { Problem } from './problem.ts';

/** A pack that stands in a folder. */
export interface PackFolder {
  readonly folder: string;
  readonly files: PackFiles;
  readonly pack: Pack;
  /** What is wrong with it and does not keep it from deciding, such as a broken scenario. */
  readonly problems: readonly Problem[];
}

/** Reads a pack, or everything that keeps it from deciding. */
export async function readPackFolder(
  host: Pick<Host, 'read'>,
  folder: string,
): Promise<Result<PackFolder, readonly Problem[]>> {
  const files = await readPackFiles(host, folder);
  return files.ok ? packOf(folder, files.value) : files;
}

/** Reads what decides of a pack: its scenarios may be broken, and are not read. */
export async function readDecidingFolder(
  host: Pick<Host, 'read'>,
  folder: string,
): Promise<Result<PackFolder, readonly Problem[]>> {
  const files = await readPackFiles(host, folder);
  if (!files.ok) return files;
  // Node's own hash, not the one that browsers can run as well: it is in a hurry.
  const digest = `sha256:${hash('sha256', packManifest(files.value, (text) => hash('sha256', text)).text)}`;
  return placed(folder, files.value, readDecidingPack(files.value, digest));
}

/** The pack that these files make; `folder`: what problems call the place that they came from. */
export function packOf(folder: string, files: PackFiles): Result<PackFolder, readonly Problem[]> {
  return placed(folder, files, readPack(files));
}

function placed(
  folder: string,
  files: PackFiles,
  { pack, problems }: ReadPack,
): Result<PackFolder, readonly Problem[]> {
  const found = problems.map((problem) => placedIn(folder, files, problem));
  return pack === undefined ? err(found) : ok({ folder, files, pack, problems: found });
}

/** All files below the folder but those whose name, or whose folder's, begins with a dot. Links are not followed. */
export async function readPackFiles(
  host: Pick<Host, 'read'>,
  folder: string,
): Promise<Result<PackFiles, readonly Problem[]>> {
  const paths = listFiles(folder);
  if (!paths.ok) return paths;
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  // What `join` puts before a name. To join each anew is 5 ms of a cold start.
  const before = join(folder, '_').slice(0, -1);
  for (const path of paths.value) {
    const source = await host.read(before + path.replaceAll('/', sep));
    if (source.ok) files.set(path, source.value.text);
    else problems.push(source.error);
  }
  return problems.length > 0 ? err(problems) : ok(files);
}

/** Whether there is a folder at the path. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function listFiles(folder: string): Result<readonly string[], readonly Problem[]> {
  const failed = (message: string) => err([{ file: folder, message }]);
  const found: string[] = [];
  const waiting = [''];
  try {
    for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
      for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
        if (entry.name.startsWith('.')) continue;
        const path = below === '' ? entry.name : `${below}/${entry.name}`;
        if (entry.isDirectory()) waiting.push(path);
        else if (entry.isFile()) found.push(path);
        if (found.length > FILE_LIMITS.files) {
          return failed(`holds more than ${FILE_LIMITS.files} files`);
        }
      }
    }
  } catch {
    return failed('is no folder that can be read');
  }
  return ok(found.toSorted());
}

function placedIn(folder: string, files: PackFiles, problem: PackProblem): Problem {
  const { path, span, message } = problem;
  const file = path === '' ? folder : join(folder, path);
  if (span === undefined) return { file, message };
  return { file, ...new LineIndex(files.get(path) ?? '').position(span.start), message };
}
