/**
 * The `test` of every spec here. It fails a test, whatever else it asserts, when any page or worker
 * of it wrote an error to the console, threw, or met the Content-Security-Policy.
 */
import { test as base, expect } from '@playwright/test';
import type { Page } from '@playwright/test';

declare global {
  /** Hands a line to the test, from inside the page. */
  var reportTrouble: (text: string) => void;
}

export const test = base.extend<{ readonly troubles: string[] }>({
  /** What went wrong beside the test. Empty it when the test provoked the trouble on purpose. */
  troubles: [
    async ({ context }, use) => {
      const troubles: string[] = [];
      context.on('console', (message) => {
        if (message.type() === 'error') troubles.push(`error: ${message.text()}`);
      });
      context.on('weberror', (error) => {
        troubles.push(`uncaught: ${String(error.error())}`);
      });
      const watching: Promise<void>[] = [];
      context.on('page', (page) => {
        watching.push(watchWorkers(page, troubles));
        page.on('crash', () => {
          troubles.push('the page crashed');
        });
      });
      await context.exposeFunction('reportTrouble', (text: string) => {
        troubles.push(text);
      });
      await context.addInitScript(reportPolicyViolations);

      await use(troubles);

      await Promise.all(watching);
      expect(troubles, 'console errors, uncaught errors and policy violations').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect } from '@playwright/test';

/**
 * What the browser itself logs of a worker, such as a refusal by the policy, comes neither as a
 * console message nor as an event of the page: only the debugging protocol tells. It also tells what
 * was logged before we asked.
 */
async function watchWorkers(page: Page, troubles: string[]): Promise<void> {
  try {
    const session = await page.context().newCDPSession(page);
    session.on('Log.entryAdded', ({ entry }) => {
      if (entry.source !== 'worker' || entry.level !== 'error') return;
      troubles.push(`worker: ${entry.text}`);
    });
    await session.send('Log.enable');
  } catch (error) {
    if (!page.isClosed()) throw error;
  }
}

/** Runs in the page, ahead of its own scripts. */
function reportPolicyViolations(): void {
  document.addEventListener('securitypolicyviolation', (event) => {
    const { effectiveDirective, blockedURI, sample, sourceFile, lineNumber } = event;
    globalThis.reportTrouble(
      `policy violation: ${effectiveDirective} ${blockedURI} ${sample} at ${sourceFile}:${lineNumber}`,
    );
  });
}
