import { exampleFile, StudioPage } from './studio.ts';
import { expect, test } from './test.ts';

const approvals = exampleFile('guard', 'policies/approval.cedar');

async function openApprovals(studio: StudioPage): Promise<void> {
  await studio.open('#/guard/policies/approval.cedar?scenario=payout-without-approval');
  await studio.openFile('approval.cedar');
}

test('completion in half-written code offers the fields that the schema declares', async ({
  page,
}) => {
  const studio = new StudioPage(page);
  await openApprovals(studio);
  await studio.replaceText(
    '@id("late")\nforbid (principal, action, resource)\nwhen { context has ',
  );
  await page.keyboard.type('approved_');
  const list = page.locator('.suggest-widget');
  await expect(list).toContainText('approved_at');
  await expect(list).toContainText('approved_by');
  await page.keyboard.press('Enter');
  await expect(studio.editor.locator('.view-lines')).toContainText('context has approved_at');
});

test('an annotation is completed with the codes that the pack uses already', async ({ page }) => {
  const studio = new StudioPage(page);
  await openApprovals(studio);
  await studio.replaceText('@id("late")\n@issue("');
  await page.keyboard.type('LOOP_');
  await expect(page.locator('.suggest-widget')).toContainText('LOOP_LIMIT_MISSING');
});

test('hover tells type, doc and the selected scenario’s value', async ({ page }) => {
  const studio = new StudioPage(page);
  await openApprovals(studio);
  await expect(studio.editor.locator('.view-lines')).toContainText('money-movement-is-approved');
  const field = studio.editor.locator('.view-line', {
    hasText: 'context.side_effects.containsAny',
  });
  await field.getByText('side_effects', { exact: false }).first().hover();
  await expect(page.locator('.monaco-hover').first()).toContainText(/Set<String>/u);
});

test('a misspelt verdict is a problem with a fix', async ({ page }) => {
  const studio = new StudioPage(page);
  await openApprovals(studio);
  await studio.replaceText(
    '@id("late")\n@verdict("DEFFER")\n@issue("LATE")\n@message("Too late.")\nforbid (principal, action, resource) unless { context has approved_at };\n',
  );
  await studio.status.getByRole('button', { name: /problem/u }).click();
  const row = page.getByRole('list', { name: 'Problems' }).getByRole('listitem').filter({
    hasText: 'DEFFER',
  });
  await row
    .first()
    .getByRole('button', { name: /what it means$/u })
    .click();
  const doc = page.getByRole('dialog', { name: 'annotation-value' });
  await expect(doc).toContainText('A record is built from annotations');
  await page.keyboard.press('Escape');
  await expect(doc).toHaveCount(0);
  await row.first().getByRole('button', { name: 'Fix' }).click();
  await expect(studio.editor.locator('.view-lines')).toContainText('@verdict("DEFER")');
  await expect(row).toHaveCount(0);
});

test('what the official validator finds stands among the problems', async ({ page }) => {
  const studio = new StudioPage(page);
  await openApprovals(studio);
  await studio.replaceText(
    '@id("late")\n@issue("LATE")\n@message("Too late.")\nforbid (principal, action, resource) when { context.goal > 3 };\n',
  );
  await studio.status.getByRole('button', { name: /problem/u }).click();
  await expect(page.getByRole('list', { name: 'Problems' })).toContainText(/Long/u);
  await expect(studio.editor.locator('.squiggly-error').first()).toBeVisible();
});

test('a renamed field is renamed in schema, policies and scenarios', async ({ page }) => {
  const studio = new StudioPage(page);
  await openApprovals(studio);
  const line = studio.editor.locator('.view-line', {
    hasText: 'unless { context has approval_status',
  });
  await line.first().getByText('approval_status').first().click();
  await page.keyboard.press('F2');
  const input = page.locator('.rename-box input');
  await expect(input).toBeVisible();
  await input.fill('sign_off');
  await page.keyboard.press('Enter');
  await expect(studio.editor.locator('.view-lines')).toContainText('context has sign_off');
  await studio.settled();
  await expect(studio.status).toContainText(/(\d+) of \1 scenarios as expected/u);
  await studio.openFile('schema.cedarschema');
  await page.keyboard.press('ControlOrMeta+Shift+F');
  // Prose may go on naming it; facts and rules may not.
  await page.getByLabel('Find in pack').fill('"approval_status":');
  await expect(page.getByText('0 places in 0 files.')).toBeVisible();
  await page.getByLabel('Find in pack').fill('context.approval_status');
  await expect(page.getByText('0 places in 0 files.')).toBeVisible();
});

test('the official formatter formats, keeps comments, and can be undone', async ({ page }) => {
  const studio = new StudioPage(page);
  await openApprovals(studio);
  await studio.replaceText(
    '// why it is so\n@id("late")   @issue("LATE") @message("Too late.") forbid(principal,action,resource)unless{context has approved_at};\n',
  );
  await studio.runCommand('Format the file');
  await expect(studio.editor.locator('.view-lines')).toContainText(
    'forbid (principal, action, resource)',
  );
  await expect(studio.editor.locator('.view-lines')).toContainText('// why it is so');
  await page.keyboard.press('ControlOrMeta+Z');
  await expect(studio.editor.locator('.view-lines')).toContainText(
    'forbid(principal,action,resource)',
  );
});

test('the lens over a rule counts the scenarios that it decided, and leads to them', async ({
  page,
}) => {
  const studio = new StudioPage(page);
  await openApprovals(studio);
  const lens = studio.editor.getByText(/decided \d+ scenarios?/u).first();
  await expect(lens).toBeVisible();
  await lens.click();
  await expect(page.getByText(/Only the \d+ that one rule decided/u)).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(page.getByText(/Only the \d+ that one rule decided/u)).toHaveCount(0);
});

test('values of the selected scenario stand behind the conditions, until they are switched off', async ({
  page,
}) => {
  const studio = new StudioPage(page);
  await openApprovals(studio);
  const condition = studio.editor.locator('.view-line', {
    hasText: 'when { context.constraints.contains("approval_required")',
  });
  await expect(condition).toContainText('false');
  await studio.runCommand('Hide the scenario');
  await expect(condition).not.toContainText('false');
});

test('find and replace over the pack, with one undo', async ({ page }) => {
  const studio = new StudioPage(page);
  await openApprovals(studio);
  await page.keyboard.press('ControlOrMeta+Shift+F');
  await page.getByLabel('Find in pack').fill('APPROVAL_EXPIRED');
  await expect(page.getByText(/places in \d+ files/u)).toBeVisible();
  await page.getByLabel('Replace with').fill('APPROVAL_TOO_OLD');
  await page.getByRole('button', { name: 'Replace all' }).click();
  await expect(page.getByText('0 places in 0 files.')).toBeVisible();
  await expect(studio.status).toContainText(/(\d+) of \1 scenarios as expected/u);
  // Undone in the pack where it was done, though another one with files of the same names is open by now.
  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.hover();
  await studio.runCommand('Open pack payments');
  await expect(page).toHaveURL(/#\/payments/u);
  await undo.click();
  await expect(page).toHaveURL(/#\/guard/u);
  await expect(page.getByText(/[1-9]\d* places in \d+ files/u)).toBeVisible();
  expect(approvals).toContain('APPROVAL_EXPIRED');
});
