/** Holds the last build to what is claimed of it. Each claim is a test of `npm test`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { REPORT } from './build-report.mjs';
import { ROOT } from './process.mjs';

/** Script that the shell needs before anything lazy arrives, in bytes after gzip. */
const SHELL_BUDGET = 250_000;

/**
 * @typedef {object} Claim
 * @property {string} name
 * @property {boolean} held
 * @property {string} detail figures, or what broke it
 */

/**
 * Checks every claim against the last build and the report that it left.
 * @returns {readonly Claim[]}
 * @throws when there is no build
 */
export function checkBudget() {
  /** @type {import('./build-report.mjs').Report} */
  const { folder, chunks } = JSON.parse(readFileSync(join(ROOT, REPORT), 'utf8'));
  const page = chunks.filter((chunk) => chunk.realm === 'page');
  const workers = chunks.filter((chunk) => chunk.realm === 'worker');
  const shell = withStaticImports(page);
  const shellSize = shell
    .map((chunk) => gzipSync(readFileSync(join(ROOT, folder, chunk.file))).length)
    .reduce((sum, size) => sum + size, 0);

  return [
    {
      name: 'the shell is under 250 kB of script after gzip',
      held: shell.length > 0 && shellSize < SHELL_BUDGET,
      detail: `${(shellSize / 1000).toFixed(1)} kB in ${shell.length} file(s)`,
    },
    absent('Monaco is not in the shell', shell, ['monaco-editor']),
    absent('the Cedar toolchain is in no page script', page, ['@cedar-policy/cedar-wasm']),
    absent('React is in no worker', workers, ['react', 'react-dom', 'scheduler']),
    absent('test tools are in no script', chunks, ['vitest', 'fast-check', 'axe-core']),
  ];
}

/**
 * The entry, and all that loads with it.
 * @param {readonly import('./build-report.mjs').Chunk[]} page
 */
function withStaticImports(page) {
  const byFile = new Map(page.map((chunk) => [chunk.file, chunk]));
  const found = new Set(page.filter((chunk) => chunk.isEntry));
  for (const chunk of found) {
    for (const file of chunk.imports) {
      const imported = byFile.get(file);
      if (imported !== undefined) found.add(imported);
    }
  }
  return [...found];
}

/**
 * The claim that no module of these packages is in these chunks. No chunks, no claim.
 * @param {string} name
 * @param {readonly import('./build-report.mjs').Chunk[]} chunks
 * @param {readonly string[]} packages
 * @returns {Claim}
 */
function absent(name, chunks, packages) {
  const intruders = chunks.flatMap((chunk) =>
    chunk.modules
      .filter((module) => packages.some((each) => module.includes(`node_modules/${each}/`)))
      .map((module) => `${module} in ${chunk.file}`),
  );
  const detail =
    chunks.length === 0
      ? 'there is no such script to look into'
      : intruders.length === 0
        ? `${chunks.length} file(s) looked into`
        : intruders.slice(0, 5).join('\n');
  return { name, held: chunks.length > 0 && intruders.length === 0, detail };
}
