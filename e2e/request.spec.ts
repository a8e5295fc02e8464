import type { Page } from '@playwright/test';
import { exampleFile, StudioPage } from './studio.ts';
import { expect, test } from './test.ts';

async function openRequest(studio: StudioPage): Promise<void> {
  await studio.decision.getByRole('tab', { name: 'Request' }).click();
  await expect(studio.decision.locator('[data-request-editor] .view-lines')).toBeVisible();
}

const approved = JSON.stringify({
  goal: 'Pay the March invoices of our print supplier',
  success_criteria: ['The invoices are paid'],
  constraints: ['max_cost_usd: 1.00'],
  tools: ['payments_api'],
  side_effects: ['money movement'],
  context: {
    actor_role: 'finance_operator',
    approval_status: 'approved',
    approved_by: 'dana',
    approved_at: '2026-03-16T09:30:00Z',
    environment: 'production',
  },
});

test('evidence in the request turns DEFER into ALLOW, and can be saved', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard?scenario=payout-without-approval');
  await openRequest(studio);
  await studio.replaceRequest(approved);
  await expect(studio.decision.getByText('ALLOW', { exact: true })).toBeVisible();
  await expect(studio.decision).toContainText('not saved');
  // The saved scenario is as it was.
  await expect(studio.row('payout-without-approval')).toHaveAttribute('data-verdict', 'DEFER');

  // An edit that is not saved is still there after a reload.
  await page.reload();
  await expect(studio.decision.getByText('ALLOW', { exact: true })).toBeVisible();
  await openRequest(studio);

  await studio.decision.getByRole('button', { name: 'Save as…' }).click();
  await page.getByLabel('Scenario name').fill('Payout, approved by Dana');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(
    studio.decision.getByRole('heading', { name: 'Payout, approved by Dana' }),
  ).toBeVisible();
  await expect(studio.row('payout-approved-by-dana')).toHaveAttribute('data-verdict', 'ALLOW');
  await expect(studio.row('payout-approved-by-dana')).toHaveAttribute('data-state', 'fail');
  await studio.runCommand('Expect the verdict shown');
  await expect(studio.row('payout-approved-by-dana')).toHaveAttribute('data-state', 'pass');

  await studio.selectScenario('payout-without-approval', 'A payout without approval');
  await studio.decision.getByRole('tab', { name: 'Request' }).click();
  await studio.decision.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(studio.row('payout-without-approval')).toHaveAttribute('data-verdict', 'ALLOW');
  await expect(studio.decision).toContainText('As saved');
});

test('a request that breaks the contract names the field and decides nothing', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard?scenario=payout-without-approval');
  await openRequest(studio);
  await studio.replaceRequest('{ "goal": 7, "tools": "shell", "urgent": true }');
  const problems = studio.decision.getByRole('list', { name: 'Problems of the request' });
  await expect(problems).toContainText('/goal');
  await expect(problems).toContainText('/tools');
  await expect(problems).toContainText('urgent');
  await expect(studio.decision.locator('.squiggly-error').first()).toBeVisible();
  await expect(studio.decision.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
  await studio.decision.getByRole('tab', { name: 'Why' }).click();
  await expect(studio.decision).toContainText('Nothing was decided');

  await studio.decision.getByRole('tab', { name: 'Request' }).click();
  await studio.decision.getByRole('button', { name: 'Revert' }).click();
  await expect(studio.decision.getByText('DEFER', { exact: true })).toBeVisible();
  // What was typed is not gone for good.
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(problems).toContainText('/goal');
  await expect(studio.decision).toContainText('Edited, not saved.');

  // The command says the same as the button, and can be undone as it.
  await studio.runCommand('Discard the edits of the request');
  await expect(studio.decision).toContainText('As saved.');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(problems).toContainText('/goal');

  // With the pack the edits of its requests go, and come back; what is shown is decided anew each time.
  await studio.runCommand('Reset to the example');
  await expect(studio.decision).toContainText('As saved.');
  await expect(studio.decision.getByText('DEFER', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(studio.decision).toContainText('Edited, not saved.');
  await expect(problems).toContainText('/goal');
});

/** Opens the request in the form, by keyboard as somebody without a mouse does. */
async function openForm(studio: StudioPage, page: Page): Promise<void> {
  await studio.decision.getByRole('tab', { name: 'Request' }).focus();
  await page.keyboard.press('Enter');
  await studio.decision.getByRole('button', { name: 'Form', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(studio.decision.getByLabel('goal', { exact: true })).toBeVisible();
}

test('a payout is allowed by facts given in the form, by keyboard alone, and saved', async ({
  page,
}) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard?scenario=payout-without-approval');
  await openForm(studio, page);
  const keys = page.keyboard;
  const field = (name: string) => studio.decision.getByLabel(name, { exact: true });
  await field('Filter facts').focus();
  await keys.type('appro');
  await keys.press('Tab');
  await expect(field('approval_status')).toBeFocused();
  await keys.type('approved');
  // Each fact that is given has a button behind it that takes it out again.
  await keys.press('Tab');
  await expect(field('Do not give approval_status')).toBeFocused();
  await keys.press('Tab');
  await keys.type('dana');
  await keys.press('Tab');
  await keys.press('Tab');
  await expect(field('approved_at')).toBeFocused();
  await keys.type('yesterday');
  await expect(field('approved_at')).toHaveAttribute('aria-invalid', 'true');
  await expect(field('approved_at')).toHaveAccessibleDescription(/cannot be read/u);
  await keys.press('ControlOrMeta+A');
  await keys.type('2026-03-16T09:30:00Z');
  await expect(studio.decision.getByText('ALLOW', { exact: true })).toBeVisible();
  await expect(field('approved_at')).not.toHaveAttribute('aria-invalid');

  // A list takes what is typed in its last line; Enter goes on, Backspace in an empty one takes it out.
  await field('Add to constraints').focus();
  await keys.type('dry-run');
  await keys.press('Enter');
  await expect(field('Add to constraints')).toBeFocused();
  await keys.type('x');
  await keys.press('Backspace');
  await keys.press('Backspace');
  await expect(field('constraints 2')).toBeFocused();
  await expect(field('constraints 2')).toHaveValue('dry-run');
  await expect(field('constraints 3')).toHaveCount(0);

  // The choice and the edit are still there after a reload.
  await page.reload();
  await studio.decision.getByRole('tab', { name: 'Request' }).click();
  await expect(field('approved_by')).toHaveValue('dana');
  await studio.decision.getByRole('button', { name: 'Save', exact: true }).focus();
  await keys.press('Enter');
  await expect(studio.row('payout-without-approval')).toHaveAttribute('data-verdict', 'ALLOW');
  // Save cannot be pressed again: whoever pressed it goes on beside it.
  await expect(studio.decision.getByRole('button', { name: 'Form', exact: true })).toBeFocused();

  // What was edited stands in the file, and all else as it stood.
  const before = exampleFile('guard', 'scenarios/payout-without-approval.json');
  await studio.runCommand('Open the scenario’s file');
  const shown = studio.editor.locator('.view-lines');
  await expect(shown).toContainText('"approved_at": "2026-03-16T09:30:00Z"');
  await shown.click();
  await keys.press('ControlOrMeta+A');
  await keys.press('ControlOrMeta+C');
  const saved = await page.evaluate(async () => navigator.clipboard.readText());
  const facts = [
    '"approval_status": "approved"',
    '"approved_by": "dana"',
    '"approved_at": "2026-03-16T09:30:00Z"',
  ];
  const role = '"actor_role": "finance_operator"';
  expect(saved).toBe(
    before
      .replace(role, [role, ...facts].join(',\n      '))
      .replace('"max_cost_usd: 1.00"', '"max_cost_usd: 1.00",\n      "dry-run"'),
  );
});

test('the form shows the field that a condition looked at, takes facts out, and steps back from broken JSON', async ({
  page,
}) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard?scenario=payout-without-approval');
  await openRequest(studio);
  await studio.replaceRequest(
    '{ "goal": 7, "tools": ["payments_api"], "context": { "actor_role": "x", "color": 9007199254740993 } }',
  );
  await studio.decision.getByRole('button', { name: 'Form', exact: true }).click();
  const field = (name: string) => studio.decision.getByLabel(name, { exact: true });
  await expect(field('goal')).toHaveAttribute('aria-invalid', 'true');
  await expect(field('goal')).toHaveAccessibleDescription(/must be text/u);
  // A value of another kind is shown as JSON; taken out, the field is one of text again.
  await field('Do not give goal').click();
  await expect(field('goal')).toBeFocused();
  await page.keyboard.type('Pay the March invoices');
  await expect(field('goal')).not.toHaveAttribute('aria-invalid');
  await page.keyboard.press('ControlOrMeta+Z');
  await expect(field('goal')).not.toHaveValue('Pay the March invoices');
  await field('goal').fill('Pay the March invoices');
  // An undeclared fact can be emptied and typed anew: only its button takes it out.
  await expect(field('color')).toHaveValue('9007199254740993');
  await expect(field('color')).toHaveAccessibleDescription(/Not declared/u);
  await field('color').fill('');
  await expect(field('color')).toHaveAccessibleDescription(/no JSON yet/u);
  await field('color').fill('9007199254740995');
  await field('Filter facts').fill('colo');
  await expect(field('approval_status')).toHaveCount(0);
  await expect(field('color')).toBeVisible();
  await expect(studio.decision).not.toContainText('No fact has');
  await field('Filter facts').fill('agent');
  await expect(field('color')).toHaveCount(0);
  await field('Filter facts').fill('');
  await field('Do not give actor_role').click();
  await expect(field('actor_role')).toBeFocused();
  await expect(field('actor_role')).toHaveValue('');

  await studio.decision.getByRole('tab', { name: 'Why' }).click();
  await studio.decision
    .getByRole('button', { name: 'Conditions of stated-approval-is-given' })
    .click();
  await studio.decision.getByTitle('Show /constraints in the request').first().click();
  await expect(field('Add to constraints')).toBeFocused();
  await expect(studio.decision).toContainText('/constraints is not given');
  // Another scenario was not asked for that field: the focus stays in the list.
  await studio.scenarios.focus();
  await page.keyboard.press('ArrowDown');
  await expect(field('goal')).not.toHaveValue('Pay the March invoices');
  await expect(studio.decision).not.toContainText('/constraints is not given');
  await page.keyboard.press('ArrowUp');
  await expect(field('goal')).toHaveValue('Pay the March invoices');

  await studio.decision.getByRole('button', { name: 'JSON', exact: true }).click();
  const lines = studio.decision.locator('[data-request-editor] .view-lines');
  await expect(lines).toContainText('"color": 9007199254740995');
  await expect(lines).not.toContainText('actor_role');
  await studio.replaceRequest('{ "goal": "x", "context": "none" }');
  await studio.decision.getByRole('button', { name: 'Form', exact: true }).click();
  await field('context').focus();
  await expect(studio.decision).not.toContainText('Select a field to see');
  await studio.decision.getByRole('button', { name: 'JSON', exact: true }).click();
  await studio.replaceRequest('{ "goal": "x",\n  "tools": [ }');
  await studio.decision.getByRole('button', { name: 'Form', exact: true }).click();
  await expect(studio.decision).toContainText('Line 2, column 14');
  await studio.decision.getByRole('button', { name: 'Show it as JSON' }).click();
  await expect(lines).toContainText('"tools": [ }');
  await expect(studio.decision.getByRole('button', { name: 'JSON', exact: true })).toBeFocused();

  // The command brings the request to the front, where it stays when the window gets narrow.
  await studio.decision.getByRole('tab', { name: 'Why' }).click();
  await studio.runCommand('Edit requests in a form');
  await expect(studio.decision).toContainText('Line 2, column 14');
  await page.setViewportSize({ width: 700, height: 800 });
  await expect(page.getByRole('button', { name: 'Show it as JSON' })).toBeVisible();
});

test('scenarios are duplicated, renamed, deleted and brought back', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard?scenario=payout-without-approval');
  await studio.runCommand('Duplicate scenario');
  await expect(studio.row('payout-without-approval-copy')).toHaveAttribute('aria-selected', 'true');
  await expect(studio.row('payout-without-approval-copy')).toHaveAttribute('data-verdict', 'DEFER');

  await studio.runCommand('Rename scenario');
  await page.getByLabel('Scenario name').fill('Second payout');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(studio.row('second-payout')).toContainText('Second payout');
  await expect(studio.row('payout-without-approval-copy')).toHaveCount(0);

  await studio.scenarios.focus();
  await page.keyboard.press('Delete');
  await expect(studio.row('second-payout')).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(studio.row('second-payout')).toHaveAttribute('aria-selected', 'true');
  await page.reload();
  await expect(studio.row('second-payout')).toHaveAttribute('data-verdict', 'DEFER');
});
