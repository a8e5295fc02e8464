import { writeFile } from 'node:fs/promises';
import type { Host } from './host.ts';

/** Writes a report to a file, or to the standard output when that is `-`. False, and says why, when it cannot. */
export async function writeReport(host: Host, path: string, text: string): Promise<boolean> {
  if (path === '-') {
    host.out(text);
    return true;
  }
  try {
    await writeFile(path, text);
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    host.error(`${path}: cannot be written: ${why}\n`);
    return false;
  }
}
