import { StudioPage } from './studio.ts';
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
