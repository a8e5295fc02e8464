/**
 * A Vite plugin that writes down which modules ended in which chunk, for the page and for its workers,
 * so that `.ci/budget.mjs` can hold the build to what is claimed of it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

/**
 * @typedef {object} Chunk
 * @property {string} file relative to `dist`
 * @property {'page' | 'worker'} realm where it runs
 * @property {boolean} isEntry
 * @property {readonly string[]} imports files that load with it
 * @property {readonly string[]} modules relative to the project
 */

/** Where the report stands, relative to the project. */
export const REPORT = 'node_modules/.cache/build-report.json';

/**
 * One pair of plugins for one build: workers are bundled before the page that starts them, so the
 * page's plugin writes the report.
 * @returns {{ page: import('vite').Plugin; worker: import('vite').Plugin }}
 */
export function buildReport() {
  /** @type {Map<string, Chunk>} */
  const chunks = new Map();
  let root = process.cwd();

  /**
   * @param {Chunk['realm']} realm
   * @returns {import('vite').Plugin}
   */
  const plugin = (realm) => ({
    name: `build-report-${realm}`,
    apply: 'build',
    configResolved(config) {
      root = config.root;
    },
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type !== 'chunk') continue;
        chunks.set(output.fileName, {
          file: output.fileName,
          realm,
          isEntry: output.isEntry,
          imports: output.imports,
          modules: output.moduleIds.map((id) => relative(root, id)),
        });
      }
    },
  });

  return {
    worker: plugin('worker'),
    page: {
      ...plugin('page'),
      writeBundle() {
        mkdirSync(dirname(REPORT), { recursive: true });
        writeFileSync(REPORT, JSON.stringify([...chunks.values()], undefined, 2));
      },
    },
  };
}
