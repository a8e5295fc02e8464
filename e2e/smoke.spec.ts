import type { Page } from '@playwright/test';
import { META_POLICY, SECURITY_HEADERS } from '../.ci/security-headers.mjs';
import { expectAccessible } from './accessibility.ts';
import { expect, test } from './test.ts';

test('the studio opens under its security policy', async ({ page }) => {
  const response = await page.goto('/');

  expect(response?.headers()).toMatchObject(lowerCaseNames(SECURITY_HEADERS));
  await expect(page.locator('meta[http-equiv="Content-Security-Policy"]')).toHaveAttribute(
    'content',
    META_POLICY,
  );
  await expect(page).toHaveTitle(/Stage0 Studio/u);
  await expect(page.locator('#root')).not.toBeEmpty();
});

test('axe finds nothing serious at the first visit', async ({ page }) => {
  await page.goto('/');
  await expect(page.locator('#root')).not.toBeEmpty();
  await expectAccessible(page);
});

test.describe('the guard of every test', () => {
  test('sees an error on the console', async ({ page, troubles }) => {
    await page.goto('/');
    await page.evaluate('console.error("planted")');
    await expect.poll(() => troubles).toContain('error: planted');
    await forgive(page, troubles);
  });

  test('sees an error that nobody caught', async ({ page, troubles }) => {
    await page.goto('/');
    await page.evaluate('setTimeout(() => { throw new Error("planted"); })');
    await expect.poll(() => troubles).toContain('uncaught: Error: planted');
    await forgive(page, troubles);
  });

  const forbidden = {
    'a script from elsewhere': 'void import("https://example.invalid/x.js").catch(() => 0)',
    'a call to elsewhere': 'void fetch("https://example.invalid/").catch(() => 0)',
    'text run as code': 'try { setTimeout("globalThis.ran = true") } catch {}',
    'text turned into markup': 'try { document.body.innerHTML = "<b>x</b>" } catch {}',
    'a worker from elsewhere': 'try { new Worker("https://example.invalid/x.js") } catch {}',
  };
  for (const [name, script] of Object.entries(forbidden)) {
    test(`sees the policy refuse ${name}`, async ({ page, troubles }) => {
      await page.goto('/');
      await page.evaluate(script);
      await expect.poll(() => troubles.join('\n')).toContain('policy violation');
      await forgive(page, troubles);
    });
  }
});

/** Closes the page first, so that no late report of the planted trouble follows. */
async function forgive(page: Page, troubles: string[]): Promise<void> {
  await page.close();
  troubles.length = 0;
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
