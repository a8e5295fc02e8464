import { StudioPage } from './studio.ts';
import { expect, test } from './test.ts';

test('a first visit shows both headline verdicts and their reasons', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open();

  await expect(studio.row('production-delete-wrong-role')).toHaveAttribute('data-verdict', 'DENY');
  await expect(studio.row('payout-without-approval')).toHaveAttribute('data-verdict', 'DEFER');

  await studio.row('payout-without-approval').click();
  await expect(studio.decision.getByText('DEFER', { exact: true })).toBeVisible();
  await expect(studio.decision).toContainText('APPROVAL_REQUIRED');
  await expect(studio.decision).toContainText('APPROVAL_TIMESTAMP_MISSING');
  await expect(studio.decision).toContainText('Is approval still valid?');

  await studio.row('production-delete-wrong-role').click();
  await expect(studio.decision.getByText('DENY', { exact: true })).toBeVisible();
  await expect(studio.decision).toContainText('ROLE_NOT_AUTHORIZED');
  await expect(studio.decision).toContainText('DESTRUCTIVE_ACTION_REQUIRES_APPROVAL');
});

for (const pack of ['guard', 'payments', 'production-changes', 'internal-tools', 'coding-agent']) {
  test(`every scenario of ${pack} comes out as expected`, async ({ page }) => {
    const studio = new StudioPage(page);
    await studio.open(`#/${pack}`);
    await expect(studio.status).toContainText(/^\s*\d+\s*of \d+ scenarios as expected/u);
    await expect(studio.status).toContainText('0 problems');
    const text = (await studio.status.textContent()) ?? '';
    const [, passed, total] = /(\d+)\s*of (\d+) scenarios/u.exec(text) ?? [];
    expect(Number(total)).toBeGreaterThanOrEqual(12);
    expect(passed).toBe(total);
  });
}

test('the shell can be used before the editor arrives', async ({ page }) => {
  await page.route(
    /\/assets\/(?:monaco|code-editor)[^/]*\.js/u,
    () => new Promise(() => undefined),
  );
  const studio = new StudioPage(page);
  await studio.open();
  await expect(page.getByLabel(/loading the editor/u)).toContainText('forbid');
  await studio.row('payout-without-approval').click();
  await expect(studio.decision).toContainText('Who approved this');
});

test('a link opens pack, file and scenario', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard/policies/loops.cedar?scenario=retries-used-up');
  await expect(studio.editor).toHaveAttribute('data-editor', 'policies/loops.cedar');
  await expect(studio.row('retries-used-up')).toHaveAttribute('aria-selected', 'true');
  await studio.selectScenario('payout-without-approval', 'A payout without approval');
  await expect(page).toHaveURL(
    /#\/guard\/policies\/loops\.cedar\?scenario=payout-without-approval$/u,
  );
});

test('a link to what is not there says so and opens something', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/nowhere/policies/x.cedar');
  await expect(page.getByText('There is no pack “nowhere” in this browser.')).toBeVisible();
  await expect(studio.row('payout-without-approval')).toBeVisible();
});

test('a rule of the trace opens in the editor', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard/schema.cedarschema?scenario=payout-without-approval');
  const rule = studio.decision.locator('[data-rule="money-movement-is-approved"]');
  await expect(rule).toContainText('side effects include any of money movement');
  await rule.getByTitle('Show in the editor').first().click();
  await expect(studio.editor).toHaveAttribute('data-editor', 'policies/approval.cedar');
  await expect(studio.editor.locator('.selected-text').first()).toBeVisible();
});
