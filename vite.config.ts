import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_ARGS, findChromium } from './.ci/chromium.mjs';

/** A test that needs IndexedDB, a worker or the DOM is named so, and runs in a real browser. */
const BROWSER_TESTS = 'src/**/*.browser.test.{ts,tsx}';

export default defineConfig({
  plugins: [react()],
  // The engine's workers import each other's chunks, which only module workers can do.
  worker: { format: 'es' },
  // Pre-bundling would part the module from the .wasm file that it loads relative to itself.
  optimizeDeps: { exclude: ['@cedar-policy/cedar-wasm'] },
  build: { target: 'es2023' },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: [BROWSER_TESTS],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [BROWSER_TESTS],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: launchOptions(),
            }),
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
