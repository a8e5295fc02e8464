import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Download, Page, TestInfo } from '@playwright/test';
import { expectAccessible } from './accessibility.ts';
import { exampleFile, StudioPage } from './studio.ts';
import { expect, test } from './test.ts';

const run = promisify(execFile);
const CLI = fileURLToPath(new URL('../dist/node/cli.cjs', import.meta.url));

/** The screen of the bundles, by role and name. */
class BundlesPage extends StudioPage {
  readonly screen = this.page.getByRole('region', { name: 'Bundles' });
  readonly keys = this.page.getByRole('region', { name: 'Signing key' });
  readonly contents = this.page.getByRole('region', { name: 'What will be in it' });
  readonly signButton = this.page.getByRole('button', { name: /^Sign and download/u });
  readonly verdict = this.page.getByRole('region', { name: 'Verification' });

  /** Opens a pack and its bundle. */
  async export(pack = 'payments'): Promise<void> {
    await this.open(`#/${pack}`);
    await this.page.getByRole('button', { name: 'Export bundle' }).click();
    await expect(this.contents).toBeVisible();
  }

  async makeKey(label: string): Promise<void> {
    await this.page.getByRole('button', { name: 'New key…' }).click();
    await this.page.getByLabel('Label').fill(label);
    await this.page.getByRole('button', { name: 'Make the key' }).click();
    await expect(this.keys.getByText(label)).toBeVisible();
  }

  /** Does what downloads a file; where it lies. */
  async downloaded(info: TestInfo, act: () => Promise<void>): Promise<string> {
    const waiting = this.page.waitForEvent('download');
    await act();
    const download: Download = await waiting;
    const path = info.outputPath(download.suggestedFilename());
    await download.saveAs(path);
    return path;
  }

  async sign(info: TestInfo, by = 'M. Lindqvist'): Promise<string> {
    await this.page.getByLabel('Released by').fill(by);
    return this.downloaded(info, () => this.signButton.click());
  }

  async trustOf(info: TestInfo, label: string): Promise<string> {
    return this.downloaded(info, async () => {
      await this.page.getByRole('button', { name: `Actions on the key ${label}` }).click();
      await this.page.getByRole('menuitem', { name: 'Download trust.json' }).click();
    });
  }

  async verify(...files: readonly string[]): Promise<void> {
    await this.page.getByRole('tab', { name: 'Verify' }).click();
    await this.page.getByLabel('Bundle to verify').setInputFiles(files);
    await expect(this.verdict).toBeVisible();
  }

  step(name: string) {
    return this.verdict.locator(`[data-step="${name}"]`);
  }
}

/** The bundle with one bit of `text`, which stands somewhere in it, turned over. */
function tampered(bundle: string, text: string): string {
  const bytes = readFileSync(bundle);
  const at = bytes.indexOf(text);
  expect(at).toBeGreaterThan(0);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  const path = bundle.replace('.cjar', '-tampered.cjar');
  writeFileSync(path, bytes);
  return path;
}

async function stage0(...words: readonly string[]): Promise<{ code: unknown; out: string }> {
  try {
    return { code: 0, out: (await run(process.execPath, [CLI, ...words])).stdout };
  } catch (error) {
    const { code, stdout } = error as { code: unknown; stdout: string };
    return { code, out: stdout };
  }
}

/** Puts a file of the open pack into another state. */
async function replaceFile(studio: StudioPage, page: Page, name: string, text: string) {
  await page.getByRole('button', { name: 'Back to the editor' }).click();
  await studio.openFile(name);
  await studio.replaceText(text);
  await studio.settled();
}

test('a key made here signs a bundle that stage0 verify accepts, and after a reload signs again', async ({
  page,
}, info) => {
  const bundles = new BundlesPage(page);
  await bundles.export();
  await expect(bundles.signButton).toBeDisabled();
  await bundles.makeKey('release team');
  const bundle = await bundles.sign(info);
  expect(bundle).toMatch(/payments-\d+\.\d+\.\d+\.cjar$/u);
  await expect(bundles.screen).toContainText('test result PASSED');
  const trust = await bundles.trustOf(info, 'release team');

  test.skip(!existsSync(CLI), 'dist/node is not built: node .ci/package.mjs builds it');
  const bad = tampered(bundle, 'forbid (');
  await test.step('stage0 verify', async () => {
    const accepted = await stage0('verify', bundle, '--trust', trust);
    expect(accepted).toMatchObject({ code: 0 });
    expect(accepted.out).toContain('signed by release team');
    const refused = await stage0('verify', bad, '--trust', trust);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.out).toContain('E_ARCHIVE');
  });

  await test.step('the studio says the same', async () => {
    await bundles.verify(bundle, trust);
    await expect(bundles.verdict.locator('[data-state="passed"]')).toHaveCount(10);
    await expect(bundles.verdict).toContainText('may be loaded');
    await bundles.verify(bad);
    await expect(bundles.step('archive')).toHaveAttribute('data-state', 'failed');
    await expect(bundles.step('archive')).toContainText('E_ARCHIVE');
    await expect(bundles.step('archive')).toContainText('Fetch the file again');
    await expect(bundles.step('selftest')).toHaveAttribute('data-state', 'not-reached');
    await expect(page.getByRole('button', { name: /Import/u })).toBeHidden();
  });

  await test.step('after a reload', async () => {
    await page.reload();
    await page.getByRole('tab', { name: 'Export' }).click();
    await expect(page.getByLabel('Released by')).toHaveValue('M. Lindqvist');
    await expect(bundles.contents).toBeVisible();
    const again = await bundles.sign(info);
    expect(await stage0('verify', again, '--trust', trust)).toMatchObject({ code: 0 });
  });
});

test('a dropped bundle is verified, and it cannot come before itself', async ({ page }, info) => {
  const bundles = new BundlesPage(page);
  await bundles.export();
  await bundles.makeKey('release team');
  const bundle = await bundles.sign(info);
  await page.getByLabel('Bundle before this one').setInputFiles(bundle);
  await expect(bundles.screen).toContainText('does not come after it');
  await expect(bundles.signButton).toBeDisabled();
  await page.getByRole('button', { name: 'None' }).click();
  await expect(bundles.contents).toBeVisible();
  await expect(bundles.signButton).toBeEnabled();

  const dropped = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(text), (letter) => letter.codePointAt(0) ?? 0);
    transfer.items.add(new File([bytes], 'payments.cjar'));
    return transfer;
  }, readFileSync(bundle).toString('base64'));
  await bundles.contents.dispatchEvent('drop', { dataTransfer: dropped });
  await expect(bundles.verdict).toContainText('is genuine');
  await expect(bundles.verdict.locator('[data-state="passed"]')).toHaveCount(10);
});

test('no script can read the key that is kept', async ({ page }) => {
  const bundles = new BundlesPage(page);
  await bundles.export();
  await bundles.makeKey('release team');
  const outcome = await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('stage0-studio');
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(new Error('no database')));
    });
    const records = await new Promise<{ privateKey: CryptoKey }[]>((resolve) => {
      const request = database.transaction('keys').objectStore('keys').getAll();
      request.addEventListener('success', () => resolve(request.result));
    });
    database.close();
    const [record] = records;
    if (record === undefined) return 'no key';
    try {
      await crypto.subtle.exportKey('pkcs8', record.privateKey);
      return 'exported';
    } catch (error) {
      return String(error);
    }
  });
  expect(outcome).toContain('not extractable');
});

test('a backup brings the key back after it was deleted', async ({ page }, info) => {
  const bundles = new BundlesPage(page);
  await bundles.export();
  await page.getByRole('button', { name: 'New key…' }).click();
  await page.getByLabel('Label').fill('with backup');
  await page.getByLabel(/Download a backup/u).check();
  await page.getByLabel(/^Passphrase/u).fill('correct horse battery');
  await page.getByLabel('The passphrase again').fill('correct horse battery');
  const backup = await bundles.downloaded(info, () =>
    page.getByRole('button', { name: 'Make the key' }).click(),
  );
  expect(readFileSync(backup, 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY');
  const row = bundles.keys.locator('[data-key]');
  const keyid = (await row.getAttribute('data-key')) ?? '';
  await page.getByRole('button', { name: 'Actions on the key with backup' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await expect(row).toHaveCount(0);

  await page.getByRole('button', { name: 'Restore…' }).click();
  await page.getByLabel('Private key file').setInputFiles(backup);
  await page.getByLabel('Label').fill('back again');
  await page.getByLabel('Passphrase, if it has one').fill('not the one');
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('not the right one');
  await page.getByLabel('Passphrase, if it has one').fill('correct horse battery');
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(row).toHaveAttribute('data-key', keyid);
  await expect(row).toContainText('back again');
});

test('a failing scenario is released with a reason only, and a broken pack not at all', async ({
  page,
}, info) => {
  const bundles = new BundlesPage(page);
  await bundles.export();
  await bundles.makeKey('release team');
  await page.getByLabel('Released by').fill('M. Lindqvist');
  const [name, path] = ['approval.cedar', 'policies/approval.cedar'];
  await replaceFile(bundles, page, name, '// nobody approves anything\n');
  await page.keyboard.press('ControlOrMeta+Shift+E');
  await expect(bundles.contents).toContainText('do not pass');
  await expect(bundles.signButton).toBeDisabled();
  await page.getByLabel('Reason for releasing').fill('Approvals moved to the gateway, T-17');
  const bundle = await bundles.sign(info);
  await expect(bundles.screen).toContainText('test result FAILED');
  await bundles.verify(bundle);
  await expect(bundles.verdict).toContainText('Approvals moved to the gateway, T-17');
  await expect(bundles.verdict).toContainText('is genuine, but its test result is FAILED');

  await replaceFile(bundles, page, name, exampleFile('payments', path).replace('forbid', 'forbit'));
  await page.keyboard.press('ControlOrMeta+Shift+E');
  await expect(bundles.screen).toContainText('cannot be signed');
  await expect(bundles.screen.getByRole('button', { name: path }).first()).toBeVisible();
  await expect(bundles.signButton).toBeDisabled();
});

test('a bundle of somebody unknown is refused, and comes in behind a warning alone', async ({
  page,
}, info) => {
  const bundles = new BundlesPage(page);
  await bundles.export();
  await bundles.makeKey('for now');
  const bundle = await bundles.sign(info);
  const trust = await bundles.trustOf(info, 'for now');
  await page.getByRole('button', { name: 'Actions on the key for now' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await bundles.verify(bundle);
  await expect(bundles.step('signatures')).toContainText('E_UNTRUSTED_KEY');
  await page.getByRole('button', { name: 'Import without verification…' }).click();
  await expect(page.getByRole('dialog')).toContainText('Nobody you trust vouches for it');
  await page.getByRole('button', { name: 'Import unverified' }).click();
  await expect(
    page.getByRole('button', { name: /^Pack payments .* \(unverified\)$/u }),
  ).toBeVisible();
  await bundles.settled();

  await page.keyboard.press('ControlOrMeta+Shift+E');
  await bundles.verify(bundle, trust);
  await page.getByRole('button', { name: 'Import as a new pack' }).click();
  await expect(page.getByRole('button', { name: /^Pack payments \d+\.\d+\.\d+$/u })).toBeVisible();
  await bundles.settled();
  await expect(bundles.status).toContainText('scenarios as expected');
});

test('what was accepted is kept: an older one is refused until that is forgotten', async ({
  page,
}, info) => {
  // Two bundles are made, each with all mistakes tried.
  test.slow();
  const bundles = new BundlesPage(page);
  await bundles.export();
  await expect(bundles.contents).toContainText('allow what is allowed here');
  await bundles.makeKey('release team');
  await expect(bundles.contents).toContainText('changed rules', { timeout: 60_000 });
  const newer = await bundles.sign(info);
  const metadata = exampleFile('payments', 'metadata.json');
  const version = /"version": "([^"]+)"/u.exec(metadata)?.[1] ?? '';
  await replaceFile(bundles, page, 'metadata.json', metadata.replace(version, '0.9.0'));
  await page.keyboard.press('ControlOrMeta+Shift+E');
  await expect(bundles.contents).toContainText('0.9.0');
  const older = await bundles.sign(info);

  await bundles.verify(newer);
  await bundles.verdict.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(bundles.verdict.getByRole('button', { name: 'Accepted' })).toBeDisabled();
  await bundles.verdict.getByRole('button', { name: 'Add to the versions' }).click();
  await expect(page.getByText('is among the versions now')).toBeVisible();
  await page.reload();
  await bundles.verify(older);
  await expect(bundles.step('history')).toContainText('E_ROLLBACK');
  await page.getByRole('button', { name: 'Forget which payments was accepted' }).click();
  await expect(bundles.verdict.locator('[data-state="passed"]')).toHaveCount(10);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(bundles.step('history')).toContainText('E_ROLLBACK');

  await bundles.open(`#/payments?screen=compare&from=${version}&to=working`);
  await expect(page.getByRole('region', { name: 'Compare' })).toContainText('No verdict flips');
});

test('axe finds nothing serious in the bundles', async ({ page }, info) => {
  const bundles = new BundlesPage(page);
  await bundles.export();
  await bundles.makeKey('release team');
  const bundle = await bundles.sign(info);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New key…' }).click();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(bundles.screen).toBeVisible();
  await bundles.verify(bundle);
  await expectAccessible(page);
  await bundles.verify(tampered(bundle, 'forbid ('));
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 800 });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
