/** `npm run example <gate>`: runs the example that lies beside a gate, on the package as it is built. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPackage, PACKAGE } from './package.mjs';
import { ROOT } from './process.mjs';

const GATES = join(ROOT, 'src/runtime/gates');

/**
 * The gates that have an example.
 * @returns {Promise<readonly string[]>}
 */
export async function gatesWithExample() {
  const folders = await readdir(GATES);
  return folders.filter((gate) => existsSync(exampleOf(gate))).toSorted();
}

/** @param {string} gate */
export function exampleOf(gate) {
  return join(GATES, gate, 'example.mjs');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const gates = await gatesWithExample();
  const gate = process.argv[2];
  if (gate === undefined || !gates.includes(gate)) {
    console.error(`npm run example with one of: ${gates.join(', ')}`);
    process.exitCode = 1;
  } else {
    if (!existsSync(join(ROOT, PACKAGE, 'gates.js'))) await buildPackage();
    process.chdir(ROOT);
    await import(pathToFileURL(exampleOf(gate)).href);
  }
}
