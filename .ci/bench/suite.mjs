/**
 * What the parts of `npm run bench` have in common. A suite measures one thing, prints its own table and
 * says which budgets it met; `../bench.mjs` lists them all. A new one is a file here and a line there.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { buildPackage } from '../package.mjs';
import { ROOT, run } from '../process.mjs';

/**
 * @typedef {object} Budget
 * @property {string} name what must hold
 * @property {string} measured
 * @property {boolean} met
 */

/**
 * @typedef {object} Outcome
 * @property {unknown} data what `--json` prints of it
 * @property {readonly Budget[]} budgets
 */

/**
 * @typedef {object} Suite
 * @property {string} name for `--only`
 * @property {(bench: Bench) => Promise<Outcome>} run
 */

/** What was built lies here. */
export const FOLDER = join(ROOT, 'node_modules/.cache/bench');

/** What a suite measures with. */
export class Bench {
  /** @type {Promise<void> | undefined} */
  #package;
  /** @type {Promise<unknown> | undefined} */
  #studio;

  /** @param {{ full: boolean; quiet: boolean }} options */
  constructor({ full, quiet }) {
    /** Whether to take the time that a full measurement takes. */
    this.full = full;
    this.quiet = quiet;
  }

  /**
   * Prints a line for people.
   * @param {string} text
   */
  say(text) {
    if (!this.quiet) console.log(text);
  }

  /**
   * Builds a module as the package is built, so that what is measured is what ships; a dev server's
   * modules are slower.
   * @param {string} source path in the project
   * @returns {Promise<string>} path of the built file
   */
  async build(source) {
    const name = source.replaceAll(/[^a-z]/gu, '-');
    await build({
      root: ROOT,
      configFile: false,
      publicDir: false,
      logLevel: 'warn',
      build: {
        ssr: true,
        target: 'node20',
        minify: false,
        emptyOutDir: false,
        outDir: FOLDER,
        rolldownOptions: {
          input: { [name]: join(ROOT, source) },
          output: { entryFileNames: '[name].js' },
        },
      },
    });
    return join(FOLDER, `${name}.js`);
  }

  /**
   * Builds a module and imports it; name its type where it is called.
   * @template T
   * @param {string} source path in the project
   * @returns {Promise<T>}
   */
  async load(source) {
    /** @type {T} */
    const module = await import(pathToFileURL(await this.build(source)).href);
    return module;
  }

  /**
   * Builds the studio, once for all suites.
   * @returns {Promise<string>} the folder of the build
   */
  async studio() {
    const outDir = join(FOLDER, 'studio');
    this.#studio ??= build({ root: ROOT, logLevel: 'error', build: { outDir, emptyOutDir: true } });
    await this.#studio;
    return outDir;
  }

  /** Builds the package, once for all suites. */
  package() {
    this.#package ??= buildPackage();
    return this.#package;
  }
}

/**
 * Runs a task of `child.mjs`: what has to be measured in a process of its own.
 * @template T
 * @param {string} what
 * @param {...string} more
 * @returns {Promise<T>} what the child printed
 */
export async function child(what, ...more) {
  const script = join(ROOT, '.ci/bench/child.mjs');
  const args = ['--expose-gc', script, what, ...more];
  const { code, output } = await run(process.execPath, args, { collect: true });
  if (code !== 0) throw new Error(`${what} failed: ${output}`);
  /** @type {T} */
  const result = JSON.parse(output);
  return result;
}
