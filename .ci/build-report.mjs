/**
 * A Vite plugin that writes down which modules ended in which chunk, for the page and for its workers,
 * so that `.ci/budget.mjs` can hold the build to what is claimed of it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

/**
 * @typedef {object} Report
 * @property {string} folder where the build stands, relative to the project
 * @property {readonly Chunk[]} chunks
 */

/**
 * @typedef {object} Chunk
 * @property {string} file relative to the build's folder
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
  let folder = 'dist';

  /**
   * @param {Chunk['realm']} realm
   * @returns {import('vite').Plugin}
   */
  const plugin = (realm) => ({
    name: `build-report-${realm}`,
    apply: 'build',
    configResolved(config) {
      root = config.root;
      if (realm === 'page') folder = config.build.outDir;
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
        /** @type {Report} */
        const report = { folder, chunks: [...chunks.values()] };
        writeFileSync(REPORT, JSON.stringify(report, undefined, 2));
      },
    },
  };
}
