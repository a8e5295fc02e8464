import { readFileSync } from 'node:fs';
import type { Locator } from '@playwright/test';
import { expectAccessible } from './accessibility.ts';
import { exampleFile, StudioPage } from './studio.ts';
import { expect, test } from './test.ts';

const ruleId = 'money-movement-is-approved';

function node(studio: StudioPage, id: string): Locator {
  return studio.page.locator(`.react-flow__node[data-id="${id}"]`);
}

function card(studio: StudioPage, id: string): Locator {
  return node(studio, id).locator('[data-kind]');
}

async function openGraph(studio: StudioPage, view = 'Both'): Promise<void> {
  await studio.open('#/guard/policies/approval.cedar?scenario=payout-without-approval');
  await studio.page.getByRole('button', { name: view, exact: true }).click();
  await expect(card(studio, `rule:${ruleId}`)).toBeVisible();
}

test('both headline scenarios light the way that decided', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  const studio = new StudioPage(page);
  await openGraph(studio, 'Graph');
  await expect(card(studio, `rule:${ruleId}`)).toHaveAttribute('data-state', 'true');
  await expect(card(studio, `rule:${ruleId}`)).toHaveAttribute('data-decisive', 'true');
  await expect(card(studio, 'ladder:defer')).toHaveAttribute('data-decisive', 'true');
  await expect(card(studio, 'verdict:DEFER')).toHaveAttribute('data-decisive', 'true');

  await studio.row('production-delete-wrong-role').click();
  await expect(card(studio, 'ladder:deny')).toHaveAttribute('data-state', 'true');
  await expect(card(studio, 'verdict:DENY')).toHaveAttribute('data-decisive', 'true');
});

test('what is selected in one of text, graph and trace is selected in the others', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  const studio = new StudioPage(page);
  await openGraph(studio);
  const inTrace = (id: string) => studio.decision.locator(`[data-rule="${id}"]`);
  const selected = studio.editor.locator('.selected-text').first();

  // From the trace.
  await inTrace(ruleId).getByTitle('Show in the editor').first().click();
  await expect(card(studio, `rule:${ruleId}`)).toHaveAttribute('data-selected', 'true');
  await expect(selected).toBeVisible();

  // From the graph.
  await node(studio, 'rule:approval-has-a-time')
    .getByRole('button', { name: 'approval-has-a-time', exact: true })
    .click();
  await expect(inTrace('approval-has-a-time')).toHaveAttribute('data-selected', 'true');
  await expect(inTrace(ruleId)).not.toHaveAttribute('data-selected', 'true');
  await expect(selected).toBeVisible();

  // From the text.
  await studio.editor.locator('.view-lines').click();
  await page.keyboard.press('ControlOrMeta+Home');
  for (let line = 0; line < 8; line += 1) await page.keyboard.press('ArrowDown');
  await expect(inTrace('stated-approval-is-given')).toHaveAttribute('data-selected', 'true');
  await expect(card(studio, 'rule:stated-approval-is-given')).toHaveAttribute(
    'data-selected',
    'true',
  );
});

test('a condition selected in one of text, graph and trace is selected in the others', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  const studio = new StudioPage(page);
  await openGraph(studio);
  const rule = node(studio, `rule:${ruleId}`);
  const inGraph = rule.locator('[data-condition][data-selected]');
  const inTrace = studio.decision.locator(`[data-rule="${ruleId}"] [data-node][data-selected]`);
  const selectedText = () =>
    page.evaluate(() => document.querySelector('.selected-text')?.getBoundingClientRect().width);

  // From the trace: the graph opens the rule that holds it.
  await studio.decision
    .locator(`[data-rule="${ruleId}"]`)
    .getByRole('button', { name: 'approval status is given', exact: true })
    .click();
  await expect(inTrace).toHaveCount(1);
  await expect(inGraph).toHaveText(/^approval status is given/u);
  await expect(inGraph).toBeInViewport();
  await expect.poll(selectedText).toBeGreaterThan(20);

  // From the graph.
  await rule.getByRole('button', { name: /^side effects include any of money/u }).click();
  await expect(inGraph).toHaveText(/^side effects include/u);
  await expect(inTrace).toContainText('side effects include');
  await expect(inTrace).toBeInViewport();
  await expect.poll(selectedText).toBeGreaterThan(100);

  // From the text, by keyboard: the cursor goes into another rule's condition.
  const other = 'approval-has-a-time';
  await studio.decision
    .locator(`[data-rule="${other}"]`)
    .getByRole('button', { name: other, exact: true })
    .click();
  await expect(card(studio, `rule:${other}`)).toHaveAttribute('data-selected', 'true');
  await expect(inGraph).toHaveCount(0);
  await page.keyboard.press('ArrowLeft');
  for (let line = 0; line < 20; line += 1) {
    await page.keyboard.press('ArrowDown');
    const selected = page.locator('[data-condition][data-selected]');
    if (
      await selected
        .first()
        .waitFor({ timeout: 400 })
        .then(
          () => true,
          () => false,
        )
    ) {
      break;
    }
  }
  await expect(
    node(studio, `rule:${other}`).locator('[data-selected][data-condition]'),
  ).toHaveCount(1);
  await expect(
    studio.decision.locator(`[data-rule="${other}"] [data-node][data-selected]`),
  ).toBeInViewport();
  await expect(inGraph).toHaveCount(0);
});

test('the flow is walked through by keyboard, in reading order and along its lines', async ({
  page,
}) => {
  const studio = new StudioPage(page);
  await openGraph(studio, 'Graph');
  const focused = () =>
    page.evaluate(() =>
      document.activeElement?.closest('.react-flow__node')?.getAttribute('data-id'),
    );
  await node(studio, 'check').getByRole('button').focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(focused).toBe('engine');
  await page.keyboard.press('ArrowUp');
  await expect.poll(focused).toBe('check');
  // Right goes along the way that decided, to the verdict.
  for (const next of [/^scope:/u, /^rule:/u, /^ladder:defer$/u, /^verdict:DEFER$/u]) {
    await page.keyboard.press('ArrowRight');
    await expect.poll(focused).toMatch(next);
  }
  await page.keyboard.press('ArrowLeft');
  await expect.poll(focused).toBe('ladder:defer');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(focused).toMatch(/^rule:/u);
  const id = (await focused()) ?? '';
  await expect(node(studio, id)).toBeInViewport({ ratio: 0.9 });
  // Enter selects, and the keys go on from there.
  await page.keyboard.press('Enter');
  await expect(card(studio, id)).toHaveAttribute('data-selected', 'true');
  await expect.poll(focused).toBe(id);
  // From afar cards have no button to open them; the view is still on its way.
  await expect(card(studio, id).getByRole('button', { name: /^Conditions of/u })).toBeVisible();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(card(studio, id)).toHaveAttribute('data-open', 'true');
  await page.keyboard.press('Home');
  await expect.poll(focused).toBe('check');
  await page.keyboard.press('End');
  await expect.poll(focused).toMatch(/^verdict:/u);
  // A scope is shown with its neighbours alone, and with all others again.
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect.poll(focused).toBe('scope:everything');
  await page.keyboard.press('Enter');
  await expect(card(studio, 'rule:agents-may-plan')).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(card(studio, 'rule:agents-may-plan')).toHaveCount(1);
});

test('only what decided, and groups that open and close', async ({ page }) => {
  const studio = new StudioPage(page);
  await openGraph(studio, 'Graph');
  const rules = page.locator('.react-flow__node[data-id^="rule:"]');
  await page.getByRole('button', { name: 'Only what decided' }).click();
  await expect(rules).toHaveCount(2);
  await page.getByRole('button', { name: 'Only what decided' }).click();
  await page.getByLabel('Group rules').selectOption('verdict');
  await page.getByRole('button', { name: 'Close groups' }).click();
  await expect(rules).toHaveCount(0);
  const defers = node(studio, 'group:verdict:defer:DEFER');
  await expect(defers.locator('[data-decisive]')).toContainText(ruleId);
  await defers.getByRole('button', { name: 'Rules of DEFER' }).click();
  await expect(card(studio, `rule:${ruleId}`)).toHaveAttribute('data-decisive', 'true');
});

test('every leaf of the trace leads to its field in the request', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard?scenario=payout-without-approval');
  const rule = studio.decision.locator(`[data-rule="${ruleId}"]`);
  await expect(rule).toContainText('context.side_effects = ["money_movement"]');
  await rule.getByRole('button', { name: 'context.side_effects' }).click();
  const request = studio.decision.locator('[data-request-editor]');
  await expect(request.locator('.selected-text').first()).toBeVisible();
  await expect(request.locator('.view-lines')).toContainText('money movement');
  await studio.decision.getByRole('tab', { name: 'Why' }).click();
  await rule.getByRole('button', { name: 'context.approval_status' }).first().click();
  await expect(studio.decision).toContainText('/context/approval_status is not given');
});

test('rules that could have decided say what was missing', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard?scenario=payout-without-approval');
  const could = studio.decision.locator('details').filter({ hasText: 'could have' });
  await expect(could).toContainText(/condition \d of \d (?:is false|rules it out): /u);
  const before = await could.locator('[data-rule]').count();
  await could.getByRole('button', { name: /^Show \d+ more$/u }).click();
  expect(await could.locator('[data-rule]').count()).toBeGreaterThan(before);
});

test('a rule opens into its conditions in words, each with its value', async ({ page }) => {
  const studio = new StudioPage(page);
  await openGraph(studio, 'Graph');
  const rule = node(studio, `rule:${ruleId}`);
  // From afar a card is its name; pressed, it comes near.
  await rule.getByRole('button', { name: ruleId, exact: true }).click();
  await rule.getByRole('button', { name: `Conditions of ${ruleId}` }).click();
  await expect(rule).toContainText('side effects include');
  const unmet = rule.locator('[data-state="false"]').filter({ hasText: 'approval status' });
  await expect(unmet.first()).toBeVisible();
});

test('the evaluation is stepped through, forward and back', async ({ page }) => {
  const studio = new StudioPage(page);
  await openGraph(studio, 'Graph');
  const steps = page.getByRole('group', { name: 'Steps of the evaluation' });
  await expect(steps).toContainText(/\d+ steps/u);
  await steps.getByRole('button', { name: 'To the first step' }).click();
  await expect(steps).toContainText('A check comes in');
  await expect(card(studio, 'verdict:DEFER')).toHaveAttribute('data-state', 'not-reached');
  await steps.getByRole('button', { name: 'One step forward' }).click();
  await expect(steps).toContainText(/^2\//u);
  await steps.getByRole('button', { name: 'One step back' }).click();
  await expect(steps).toContainText(/^1\//u);
  await steps.getByRole('button', { name: 'All steps' }).click();
  await expect(card(studio, 'verdict:DEFER')).toHaveAttribute('data-decisive', 'true');
});

test('a whole run counts what passes, and names what never does', async ({ page }) => {
  const studio = new StudioPage(page);
  await openGraph(studio, 'Graph');
  await page.getByLabel('What colours the flow').selectOption('run');
  await expect(card(studio, `rule:${ruleId}`)).toContainText(/\d+ of \d+/u);
});

test('filter, group and focus narrow the drawing', async ({ page }) => {
  const studio = new StudioPage(page);
  await openGraph(studio, 'Graph');
  await page.getByLabel('Filter rules').fill('approval-has');
  await expect(page.getByText('1 rule', { exact: true })).toBeVisible();
  await expect(card(studio, `rule:${ruleId}`)).toHaveCount(0);
  await page.getByLabel('Filter rules').fill('');
  await expect(card(studio, `rule:${ruleId}`)).toBeVisible();
});

test('a broken pack keeps its last flow, marked stale, with the broken rule named', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  const studio = new StudioPage(page);
  await openGraph(studio);
  const broken = exampleFile('guard', 'policies/approval.cedar').replace(
    'context.constraints.contains("approval_required")',
    'context.constraints.contains(',
  );
  await studio.replaceText(broken);
  await expect(page.getByText('Stale: this is the flow of the last policies')).toBeVisible();
  await expect(node(studio, 'rule:stated-approval-is-given')).toContainText('broken');
});

test('the list says the same as the drawing, and axe finds nothing serious in either', async ({
  page,
}) => {
  const studio = new StudioPage(page);
  await openGraph(studio, 'Graph');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Open rules' }).click();
  await expect(card(studio, `rule:${ruleId}`)).toHaveAttribute('data-open', 'true');
  await page.getByLabel('Group rules').selectOption('file');
  await page.getByLabel('What colours the flow').selectOption('run');
  await expect(page.getByRole('button', { name: 'Close groups' })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('What colours the flow').selectOption('scenario');
  await page.getByLabel('Group rules').selectOption('');
  await page.getByRole('button', { name: 'As list' }).click();
  const defers = page.getByRole('region', { name: 'Rules that defer' });
  await expect(defers).toContainText(ruleId);
  await expect(defers).toContainText('It applies: side effects include any of');
  await expect(defers).toContainText('context.approval_status = not given');
  await expect(page.getByRole('region', { name: 'How they combine' })).toContainText('DEFER');
  await expectAccessible(page);
});

for (const [label, ending, signature] of [
  ['As SVG', 'svg', '<svg'],
  ['As PNG', 'png', '\u{89}PNG'],
] as const) {
  test(`the drawing is exported ${label.toLowerCase()}`, async ({ page }) => {
    const studio = new StudioPage(page);
    await openGraph(studio, 'Graph');
    await page.getByRole('button', { name: 'Export the drawing' }).click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: label }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(`guard-flow.${ending}`);
    const bytes = readFileSync(await download.path());
    expect(bytes.subarray(0, signature.length).toString('latin1')).toBe(signature);
    expect(bytes.length).toBeGreaterThan(10_000);
    // A browser takes it as an image, as large as the drawing.
    const type = ending === 'svg' ? 'image/svg+xml' : 'image/png';
    const size = await page.evaluate(
      async (address) => {
        const image = new Image();
        image.src = address;
        await image.decode();
        return [image.naturalWidth, image.naturalHeight];
      },
      `data:${type};base64,${bytes.toString('base64')}`,
    );
    for (const side of size) expect(side).toBeGreaterThan(1000);
    // Only the SVG holds its words as text.
    expect(bytes.includes(ruleId)).toBe(ending === 'svg');
  });
}

test('the fewest fields that give ALLOW are found, and can be tried', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard?scenario=payout-without-approval');
  await studio.decision.getByRole('tab', { name: 'Request' }).click();
  await expect(studio.decision.locator('[data-request-editor] .view-lines')).toBeVisible();
  await studio.replaceRequest(
    '{"goal": "Pay the March invoices", "success_criteria": ["paid"], "tools": ["payments_api"],' +
      ' "side_effects": ["money movement"], "context": {"actor_role": "finance_operator",' +
      ' "environment": "production", "account": 9007199254740993}}',
  );
  await studio.decision.getByRole('tab', { name: 'Why' }).click();
  const ask = studio.decision.getByRole('button', { name: 'What would change this?' });
  await ask.focus();
  await page.keyboard.press('Enter');
  const change = studio.decision.getByRole('region', { name: 'What would change this?' });
  await expect(change).toContainText('/context/approval_status');
  await expect(change).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(change.getByRole('button', { name: 'Try it' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(studio.decision).toContainText('not saved');
  await expect(studio.decision.getByText('ALLOW', { exact: true }).first()).toBeVisible();
  // What was pressed is gone; the focus is where the next question can be asked.
  await expect(ask).toBeVisible();
  await expect(change).toBeFocused();
  // What was not proposed stands as it was typed.
  await studio.decision.getByRole('tab', { name: 'Request' }).click();
  await expect(studio.decision.locator('[data-request-editor]')).toContainText(
    '"account": 9007199254740993',
  );
  // The saved scenario is as it was.
  await expect(studio.row('payout-without-approval')).toHaveAttribute('data-verdict', 'DEFER');
});
