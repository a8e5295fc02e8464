import { exampleFile, StudioPage } from './studio.ts';
import { expect, test } from './test.ts';

test('the main job by keyboard alone: find a scenario, read why, change a rule, see it flip', async ({
  page,
}) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard');

  // To the explorer's scenario list, and down it.
  await page.keyboard.press('Alt+1');
  await expect(studio.scenarios).toBeFocused();
  await page.keyboard.press('Home');
  const first = page.locator('[data-scenario][aria-selected="true"]');
  const before = await first.getAttribute('data-scenario');
  await page.keyboard.press('ArrowDown');
  await expect(first).not.toHaveAttribute('data-scenario', before ?? '');

  // To a scenario by name.
  await page.keyboard.press('ControlOrMeta+K');
  await page.keyboard.type('retries-used-up');
  await page.keyboard.press('Enter');
  await expect(studio.row('retries-used-up')).toHaveAttribute('aria-selected', 'true');

  // To the decision: the first rule that counted, opened and shown in the editor.
  await page.keyboard.press('Alt+3');
  await expect(studio.decision.getByRole('tab', { name: 'Why' })).toBeFocused();
  const conditions = studio.decision.getByRole('button', { name: /^Conditions of/u }).first();
  for (let tabs = 0; tabs < 30; tabs += 1) {
    if (await conditions.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await expect(conditions).toBeFocused();
  // The rule that decided stands open; it closes and opens.
  await expect(conditions).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Enter');
  await expect(conditions).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('Enter');
  await expect(conditions).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(studio.editor).toHaveAttribute('data-editor', 'policies/loops.cedar');

  // The editor has the focus: replace the file, and see the verdict change.
  const loops = exampleFile('guard', 'policies/loops.cedar');
  await studio.pasteOverAll(
    loops.replace(
      'context.retry_count >= context.limits.max_retries',
      'context.retry_count > context.limits.max_retries',
    ),
  );
  await expect(studio.row('retries-used-up')).toHaveAttribute('data-verdict', 'ALLOW');
  await page.keyboard.press('ControlOrMeta+Z');
  await expect(studio.row('retries-used-up')).toHaveAttribute('data-verdict', 'DEFER');
});

test('Tab leaves the editor after Ctrl+M, and F6 leaves it always', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard/policies/approval.cedar');
  await expect(studio.editor.locator('.view-lines')).toBeVisible();
  await page.keyboard.press('Alt+2');
  const inEditor = () =>
    page.evaluate(() => document.activeElement?.closest('[data-editor]') !== null);
  await expect.poll(inEditor).toBe(true);
  await page.keyboard.press('Control+M');
  await page.keyboard.press('Tab');
  await expect.poll(inEditor).toBe(false);

  await page.keyboard.press('Alt+2');
  await expect.poll(inEditor).toBe(true);
  await page.keyboard.press('F6');
  await expect.poll(inEditor).toBe(false);
});

test('Escape closes what lies over the studio and gives the focus back', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard');
  await studio.scenarios.focus();
  await page.keyboard.press('ControlOrMeta+K');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('combobox')).toHaveCount(0);
  await expect(studio.scenarios).toBeFocused();
});
