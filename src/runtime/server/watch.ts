import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodeUnits } from '../../base/canonical-json.ts';

/**
 * Calls `changed` when any of the files, or of the files in the folders, is another one than before.
 * Looks instead of listening: that sees files that are swapped through links, and works on every file system.
 * @returns what ends it
 */
export function watchPaths(
  paths: readonly string[],
  interval: number,
  changed: () => void,
): () => void {
  let known: string | undefined;
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    const seen = (await Promise.all(paths.map(fingerprint))).join('\n');
    if (known !== undefined && known !== seen) changed();
    known = seen;
    looking = false;
  };
  void look();
  const timer = setInterval(() => void look(), interval);
  return () => clearInterval(timer);
}

/** Of a file, or of a folder and all below it. */
async function fingerprint(path: string): Promise<string> {
  const names = await readdir(path, { recursive: true }).catch(() => []);
  const all = [path, ...names.toSorted(byCodeUnits).map((name) => join(path, name))];
  return (await Promise.all(all.map(identity))).join('\n');
}

async function identity(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return `${path} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch {
    return `${path} is not there`;
  }
}
