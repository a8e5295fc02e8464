import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from './accessibility.ts';
import { exampleFile, StudioPage } from './studio.ts';
import { expect, test } from './test.ts';

const start = '#/guard/policies/approval.cedar?scenario=payout-without-approval';
const shipped = exampleFile('guard', 'policies/approval.cedar');
/** The rule that defers what a caller wants approved no longer finds anything to defer. */
const loosened = shipped.replace(
  'context.constraints.contains("approval_required")',
  'context.constraints.contains("approval_never_required")',
);
const flipped = 'silent-tool-waits-for-approval';

/** The window of versions, on top of the studio. */
class Versions {
  readonly page: Page;
  readonly studio: StudioPage;

  constructor(page: Page) {
    this.page = page;
    this.studio = new StudioPage(page);
  }

  get compare(): Locator {
    return this.page.getByRole('region', { name: 'Compare' });
  }

  get list(): Locator {
    return this.page.getByRole('region', { name: 'Versions' });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog', { name: 'Save version' });
  }

  async save(message: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Save version' }).first().click();
    await this.dialog.getByLabel('What changed, and why').fill(message);
    await this.dialog.getByRole('button', { name: 'Save version' }).click();
    await expect(this.dialog).toHaveCount(0);
  }

  async edit(text: string): Promise<void> {
    await this.studio.openFile('approval.cedar');
    await this.studio.replaceText(text);
    await this.studio.settled();
  }

  async openCompare(): Promise<void> {
    await this.page.getByRole('button', { name: 'Compare', exact: true }).click();
    await expect(this.compare).toBeVisible();
  }
}

test('a rule is edited, its flip is found and accepted, and the version restored', async ({
  page,
}) => {
  const versions = new Versions(page);
  const { studio, compare } = versions;
  await studio.open(start);
  await versions.save('As shipped');
  await expect(studio.status).toContainText('No flips against 1.0.0');

  await versions.edit(loosened);
  await expect(studio.status).toContainText(/flips? against 1\.0\.0, \d+ newly allowed/u);
  await versions.openCompare();
  const row = compare.locator(`[data-flip="${flipped}"]`);
  await expect(row).toHaveAttribute('data-to', 'ALLOW');
  await row.click();
  const turn = compare.locator('[data-rule="stated-approval-is-given"]');
  await expect(turn).toContainText('1.0.0: applies');
  await expect(turn).toContainText('Working copy: does not apply');
  await expect(turn).toContainText('constraints include “approval_never_required”');

  await compare.getByRole('button', { name: 'Accept: expect ALLOW' }).click();
  await expect(row).toContainText('as expected');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row).not.toContainText('as expected');

  // The number follows from what is newly allowed, and the failing scenario is said aloud.
  await page.getByRole('button', { name: 'Save version' }).click();
  await expect(versions.dialog.getByLabel('Version')).toHaveValue('1.1.0');
  await expect(versions.dialog).toContainText('not as expected');
  await expect(versions.dialog).toContainText('Newly allowed since 1.0.0:');
  await expect(versions.dialog).toContainText(flipped);
  await versions.dialog.getByLabel('What changed, and why').fill('Nobody is asked any more');
  await versions.dialog.getByRole('button', { name: 'Save version' }).click();
  await expect(versions.dialog).toHaveCount(0);

  await studio.runCommand('Versions of the pack');
  await expect(versions.list.locator('[data-version="1.1.0"]')).toContainText('fail');
  await versions.list.locator('[data-version="1.0.0"]').click();
  await versions.list.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByText('The working copy is version 1.0.0 again.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'version 1.0.0' })).toBeVisible();
  await expect(studio.status).toContainText('No flips against 1.0.0');
  await expect(studio.status).not.toContainText('not as expected');
});

test('no flips is good news and says so', async ({ page }) => {
  const versions = new Versions(page);
  await versions.studio.open(start);
  await versions.save('As shipped');
  await versions.edit(`// Only a comment.\n${shipped}`);
  await versions.openCompare();
  await expect(versions.compare).toContainText('No verdict flips');
  await versions.compare.getByRole('tab', { name: /^What changed/u }).click();
  await expect(versions.compare).toContainText('Both sides say the same');
  await versions.compare.getByRole('tab', { name: /^Text/u }).click();
  await expect(versions.compare.locator('[data-diff="policies/approval.cedar"]')).toContainText(
    'Only a comment.',
  );
});

test('a version stays as it was saved, through edits, reloads and its deletion', async ({
  page,
}) => {
  const versions = new Versions(page);
  await versions.studio.open(start);
  await versions.save('As shipped');
  await versions.edit('// nothing is left\n');
  await versions.save('Emptied');
  await page.reload();
  await versions.studio.settled();
  await versions.studio.runCommand('Versions of the pack');

  // What another version was made from stays; what nothing was made from can go, and come back.
  await versions.list.locator('[data-version="1.0.0"]').click();
  const first = versions.list.getByRole('region', { name: 'Version 1.0.0' });
  await first.getByRole('button', { name: 'policies/approval.cedar' }).click();
  await expect(first.locator('pre')).toHaveText(shipped);
  await first.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText(/cannot be deleted/u)).toBeVisible();
  const second = versions.list.locator('[data-version]').filter({ hasText: 'Emptied' });
  await second.click();
  await versions.list.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(second).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(second).toBeVisible();

  // What was emptied is to be taken up again from before that, beside what is going on here.
  await versions.list.locator('[data-version="1.0.0"]').click();
  await first.getByRole('button', { name: 'Branch off' }).click();
  await expect(page.getByText(/from 1\.0\.0” is a pack of its own/u)).toBeVisible();
  await versions.studio.settled();
  await versions.studio.openFile('approval.cedar');
  await expect(versions.studio.editor.locator('.view-lines')).toContainText(
    'stated-approval-is-given',
  );
});

test('the same contents and a broken pack are not saved, and it is said why', async ({ page }) => {
  const versions = new Versions(page);
  await versions.studio.open(start);
  await versions.save('As shipped');
  await page.getByRole('button', { name: 'Save version' }).click();
  await expect(versions.dialog).toContainText('Nothing has changed since 1.0.0.');
  await expect(versions.dialog.getByRole('button', { name: 'Save version' })).toBeDisabled();
  await page.keyboard.press('Escape');

  await versions.edit('forbid (');
  await page.getByRole('button', { name: 'Save version' }).click();
  await expect(versions.dialog).toContainText('The pack has errors');
  await page.keyboard.press('Escape');
  await versions.openCompare();
  await expect(versions.compare.getByRole('alert')).toContainText('has errors');
});

test('a link opens a comparison with another pack, narrowed and handed on', async ({ page }) => {
  const versions = new Versions(page);
  await versions.studio.open('#/guard?screen=compare&from=pack%3Apayments&to=working');
  const { compare } = versions;
  const flips = compare.getByRole('listbox', { name: 'Flips' });
  await expect(flips.getByRole('option').first()).toHaveAttribute('data-to', 'ALLOW');
  await compare.getByRole('button', { name: /newly deferred$/u }).click();
  await expect(flips.getByRole('option').first()).toHaveAttribute('data-to', 'DEFER');
  await flips.focus();
  await page.keyboard.press('ArrowDown');
  await expect(flips.getByRole('option').nth(1)).toHaveAttribute('aria-selected', 'true');

  await compare.getByRole('button', { name: 'Copy as Markdown' }).click();
  await expect(page.getByText('Copied as Markdown.')).toBeVisible();
  const copied = await page.evaluate(async () => navigator.clipboard.readText());
  expect(copied).toContain('newly allowed');
  await compare.getByRole('button', { name: 'Download' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'As JSON' }).click();
  const report: unknown = JSON.parse(readFileSync(await (await downloading).path(), 'utf8'));
  expect(report).toMatchObject({ flips: { before: { name: 'payments' } } });
  expect(page.url()).toContain('screen=compare&from=pack%3Apayments&to=working');
});

test('axe finds nothing serious in the list, the dialog and every view of a comparison', async ({
  page,
}) => {
  test.slow();
  const versions = new Versions(page);
  await versions.studio.open(start);
  await versions.save('As shipped');
  await versions.edit(loosened);
  await page.getByRole('button', { name: 'Save version' }).click();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await versions.openCompare();
  await expect(versions.compare.locator(`[data-flip="${flipped}"]`)).toBeVisible();
  for (const tab of ['Flips', 'Same verdict', 'What changed', 'Graph', 'Text']) {
    await versions.compare.getByRole('tab', { name: new RegExp(`^${tab}`, 'u') }).click();
    if (tab === 'Graph') {
      await expect(versions.compare.locator('[data-change="changed"]').first()).toBeVisible();
    }
    await expectAccessible(page);
  }
  await versions.studio.runCommand('Versions of the pack');
  await expect(versions.list).toBeVisible();
  await expectAccessible(page);
});

test('coverage stands beside the text: a table that leads there, and bars in the margin', async ({
  page,
}) => {
  const studio = new StudioPage(page);
  await studio.open(start);
  await studio.openFile('approval.cedar');
  await studio.status.getByRole('button', { name: /^coverage/u }).click();
  const table = page.getByRole('list', { name: 'Coverage' });
  await expect(table.getByRole('listitem').first()).toContainText('held');
  const bars = studio.editor.locator('[class*="_both_"], [class*="_one_"], [class*="_none_"]');
  await expect(bars.first()).toBeVisible();
  await expectAccessible(page);

  const condition = table.locator('[data-kind="condition"]').first();
  await condition.getByRole('button').click();
  await expect(studio.editor).toHaveAttribute('data-editor', /^policies\//u);
  await studio.status.getByRole('button', { name: /^coverage/u }).click();
  await expect(bars).toHaveCount(0);
});

test('the matrix shows each scenario by version, marks what changed, and opens a cell', async ({
  page,
}) => {
  const versions = new Versions(page);
  const { studio, compare } = versions;
  await studio.open(start);
  await versions.save('As shipped');
  await versions.edit(loosened);
  await versions.save('Nobody is asked any more');
  await studio.runCommand('Flip matrix');
  const grid = page.getByRole('grid', { name: 'Verdicts by scenario and version' });
  await expect(grid).toHaveAttribute('aria-colcount', '4');
  await expect(grid.getByRole('columnheader')).toHaveText([
    /^Scenario/u,
    /1\.0\.0/u,
    /1\.1\.0/u,
    /Working/u,
  ]);

  await page.getByLabel('Only scenarios that ever change').check();
  const row = grid.locator(`[data-row="${flipped}"]`);
  const cells = row.getByRole('gridcell');
  await expect(cells).toHaveText([/DEFER/u, /ALLOW, changed/u, /^ALLOW$/u]);
  await expectAccessible(page);

  // By the keys alone: to the cell of 1.1.0 in this row, and what is behind it.
  const index = Number(await row.getAttribute('aria-rowindex')) - 2;
  await grid.focus();
  await page.keyboard.press('Control+Home');
  for (let step = 0; step < index; step += 1) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(cells.nth(1)).toHaveAttribute('data-cursor', 'true');
  await page.keyboard.press('Enter');
  await expect(compare.locator(`[data-flip="${flipped}"]`)).toHaveAttribute(
    'aria-selected',
    'true',
  );
  expect(page.url()).toContain(`from=1.0.0&to=1.1.0&at=${flipped}`);
});

test('a folder and a bundle from elsewhere are compared with; what is no pack is refused whole', async ({
  page,
}, info) => {
  const versions = new Versions(page);
  const { compare } = versions;
  await versions.studio.open(start);
  await versions.openCompare();
  const folder = fileURLToPath(new URL('../policies/payments', import.meta.url));
  await compare.getByLabel('Before: folder').setInputFiles(folder);
  await expect(compare.getByRole('button', { name: /^Before payments/u })).toBeVisible();
  await expect(compare.locator('[data-flip]').first()).toBeVisible();
  await compare.getByRole('tab', { name: /^Graph/u }).click();
  for (const change of ['removed', 'added']) {
    await expect(compare.locator(`[data-kind="rule"][data-change="${change}"]`)).not.toHaveCount(0);
  }

  const broken = info.outputPath('broken');
  cpSync(folder, broken, { recursive: true });
  writeFileSync(`${broken}/policies/hours.cedar`, 'forbid (');
  await compare.getByLabel('Before: folder').setInputFiles(broken);
  await expect(compare.getByRole('alert')).toContainText('broken was not taken.');
  await expect(compare.getByRole('alert')).toContainText('policies/hours.cedar');
  await expect(compare.getByRole('button', { name: /^Before payments/u })).toBeVisible();

  // With many scenarios, workers of the engine's own run them, whatever the page's policy forbids.
  const many = info.outputPath('many');
  cpSync(folder, many, { recursive: true });
  const scenario = exampleFile('payments', 'scenarios/payout-without-approval.json');
  for (let copy = 0; copy < 600; copy += 1) {
    writeFileSync(`${many}/scenarios/copy-${copy}.json`, scenario);
  }
  await compare.getByLabel('Before: folder').setInputFiles(many);
  await expect(compare.getByRole('button', { name: /^Before many/u })).toBeVisible();
  await expect
    .poll(() => page.workers().filter((worker) => worker.url().includes('pool.worker')).length)
    .toBeGreaterThan(0);
  await compare.getByRole('tab', { name: /^Flips/u }).click();
  await expect(compare.locator('[data-flip]').first()).toBeVisible();

  // A bundle that no key of this browser has signed: only after a warning, and it says so from then on.
  const bundle = fileURLToPath(
    new URL('../src/bundle/vectors/ok-signed-with-ed25519.cjar', import.meta.url),
  );
  const input = compare.getByLabel('After: bundle or ZIP');
  await input.setInputFiles(bundle);
  const warning = page.getByRole('dialog', { name: 'Nobody vouches for this bundle' });
  await expectAccessible(page);
  await warning.getByRole('button', { name: 'Cancel' }).click();
  await expect(compare.getByRole('button', { name: /^After Working copy/u })).toBeVisible();
  await input.setInputFiles(bundle);
  await warning.getByRole('button', { name: 'Compare all the same' }).click();
  await expect(compare.getByRole('button', { name: /^After .*\(not verified\)/u })).toBeVisible();
  await expect(compare.getByRole('tab', { name: /^Flips/u })).toBeVisible();

  await input.setInputFiles({ name: 'x.cjar', mimeType: '', buffer: Buffer.from('no archive') });
  await expect(compare.getByRole('alert')).toContainText('x.cjar was not taken.');
});
