import { exampleFile, StudioPage } from './studio.ts';
import { expect, test } from './test.ts';

const approvals = exampleFile('guard', 'policies/approval.cedar');

/** The scenarios whose verdicts differ between two runs. */
function flips(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [...before]
    .filter(([id, verdict]) => after.get(id) !== verdict)
    .map(([id, verdict]) => `${id}: ${verdict} → ${after.get(id) ?? 'gone'}`);
}

test('editing a rule flips the expected scenario and no other, and undo flips it back', async ({
  page,
}) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard/policies/loops.cedar?scenario=retries-used-up');
  const before = await studio.verdicts();
  expect(before.size).toBeGreaterThanOrEqual(12);

  const loops = exampleFile('guard', 'policies/loops.cedar');
  const edited = loops.replace(
    'context.retry_count >= context.limits.max_retries',
    'context.retry_count > context.limits.max_retries',
  );
  expect(edited).not.toBe(loops);
  await studio.openFile('loops.cedar');
  await studio.replaceText(edited);
  await expect(studio.row('retries-used-up')).toHaveAttribute('data-verdict', 'ALLOW');
  await studio.settled();
  expect(flips(before, await studio.verdicts())).toEqual(['retries-used-up: DEFER → ALLOW']);
  await expect(studio.row('retries-used-up')).toContainText('not DEFER');

  await studio.editor.locator('.view-lines').click();
  await page.keyboard.press('ControlOrMeta+Z');
  await expect(studio.row('retries-used-up')).toHaveAttribute('data-verdict', 'DEFER');
  await studio.settled();
  expect(flips(before, await studio.verdicts())).toEqual([]);
});

test('a syntax error keeps the last verdicts, marked stale, and says where', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard/policies/approval.cedar?scenario=payout-without-approval');
  const before = await studio.verdicts();
  await studio.openFile('approval.cedar');
  await studio.replaceText(
    `${approvals}\nforbid (principal, action, resource) when { context. };\n`,
  );

  await expect(studio.status).toContainText('Verdicts are stale');
  await expect(studio.decision).toContainText('Stale');
  await expect(studio.decision.getByText('DEFER', { exact: true })).toBeVisible();
  expect(flips(before, await studio.verdicts())).toEqual([]);
  await expect(studio.editor.locator('.squiggly-error').first()).toBeVisible();
  await expect(studio.status).toContainText('1 problem');

  await studio.replaceText(approvals);
  await expect(studio.status).not.toContainText('stale');
  await expect(studio.status).toContainText('0 problems');
});

test('policy files are created, renamed, deleted and brought back', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard');
  const explorer = page.getByRole('navigation', { name: 'Explorer' });
  await page.getByRole('button', { name: 'New policy file' }).click();
  await page.getByLabel('File name').fill('approval.cedar');
  await expect(page.getByText('policies/approval.cedar exists already.')).toBeVisible();
  await page.getByLabel('File name').fill('lock-down');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(studio.editor).toHaveAttribute('data-editor', 'policies/lock-down.cedar');
  // The cursor stands in the new file already.
  await expect(studio.editor.locator(':focus')).toHaveCount(1);
  await studio.pasteOverAll(
    '@id("lock-down")\n@issue("LOCKED")\n@message("Everything is locked.")\nforbid (principal, action, resource);\n',
  );
  await expect(studio.row('payout-without-approval')).toHaveAttribute('data-verdict', 'DENY');

  await page.getByRole('button', { name: 'Actions for lock-down.cedar' }).click();
  await page.getByRole('menuitem', { name: /Rename/u }).click();
  await page.getByLabel('File name').fill('locked.cedar');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(studio.editor).toHaveAttribute('data-editor', 'policies/locked.cedar');
  await expect(studio.editor.locator('.view-lines')).toContainText('lock-down');

  await explorer.getByRole('button', { name: 'locked.cedar', exact: true }).focus();
  await page.keyboard.press('Delete');
  await expect(studio.row('payout-without-approval')).toHaveAttribute('data-verdict', 'DEFER');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(studio.row('payout-without-approval')).toHaveAttribute('data-verdict', 'DENY');

  await page.reload();
  await expect(studio.row('payout-without-approval')).toHaveAttribute('data-verdict', 'DENY');
  await expect(explorer.getByRole('button', { name: 'locked.cedar', exact: true })).toBeVisible();
});

test('a pack goes back to its example, and that can be undone', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard/policies/approval.cedar');
  await studio.openFile('approval.cedar');
  await studio.replaceText('// nothing is left\n');
  await expect(studio.row('payout-without-approval')).not.toHaveAttribute('data-verdict', 'DEFER');

  await studio.runCommand('Reset to the example');
  await expect(studio.row('payout-without-approval')).toHaveAttribute('data-verdict', 'DEFER');
  await expect(studio.editor.locator('.view-lines')).not.toContainText('nothing is left');

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(studio.editor.locator('.view-lines')).toContainText('nothing is left');
  await expect(studio.row('payout-without-approval')).not.toHaveAttribute('data-verdict', 'DEFER');
});
