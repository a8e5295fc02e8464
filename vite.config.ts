import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { buildReport } from './.ci/build-report.mjs';
import { CHROMIUM_ARGS, findChromium } from './.ci/chromium.mjs';
import { META_POLICY, SECURITY_HEADERS } from './.ci/security-headers.mjs';

/** A test that needs IndexedDB, a worker or the DOM is named so, and runs in a real browser. */
const BROWSER_TESTS = 'src/**/*.browser.test.{ts,tsx}';
/** A test that takes seconds, because it compares thousands of cases with an oracle, runs in `npm test` alone. */
const PROOFS = 'src/**/*.proof.test.ts';

/** Makes property tests draw the cases of FAST_CHECK_SEED, where it is set. */
const FIXED_SEED = process.env['FAST_CHECK_SEED'] === undefined ? [] : ['./.ci/fixed-seed.mjs'];

const report = buildReport();

export default defineConfig({
  // The build works from any folder of any host: the studio keeps its addresses behind the #.
  base: './',
  plugins: [react(), metaPolicy(), report.page],
  // The engine's workers share chunks, which only module workers can import.
  worker: { format: 'es', plugins: () => [report.worker] },
  // Pre-bundling would part the module from the .wasm file that it loads relative to itself.
  optimizeDeps: { exclude: ['@cedar-policy/cedar-wasm'] },
  build: {
    target: 'es2023',
    // Fonts and icons stay files: the policy allows none in data: addresses.
    assetsInlineLimit: 0,
    // Monaco and the Cedar toolchain are large, known and lazy; `.ci/budget.mjs` guards the shell.
    chunkSizeWarningLimit: 5000,
  },
  preview: { host: '127.0.0.1', cors: false, headers: { ...SECURITY_HEADERS } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: [BROWSER_TESTS, PROOFS],
          setupFiles: FIXED_SEED,
          // A busy machine is no fault of what is tested.
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'proof',
          environment: 'node',
          include: [PROOFS],
          setupFiles: FIXED_SEED,
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        // Named ahead: finding one in the middle of a first run would reload the page under its tests.
        optimizeDeps: {
          include: [
            '@noble/hashes/sha2.js',
            '@noble/hashes/utils.js',
            'comlink',
            'fast-check',
            'fflate',
            'idb',
            'zod',
          ],
        },
        test: {
          name: 'browser',
          include: [BROWSER_TESTS],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: launchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});

function launchOptions() {
  // Building and serving need no browser, and must not stumble over a CHROMIUM_PATH that is wrong.
  if (process.env['VITEST'] === undefined) return {};
  const executablePath = findChromium();
  return { args: CHROMIUM_ARGS, ...(executablePath === undefined ? {} : { executablePath }) };
}

/** Writes the Content-Security-Policy into the built page, ahead of everything that it governs. */
function metaPolicy(): Plugin {
  return {
    name: 'meta-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: META_POLICY },
          injectTo: 'head-prepend',
        },
      ],
    },
  };
}
