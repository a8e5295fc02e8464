import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from './accessibility.ts';
import { exampleFile, StudioPage } from './studio.ts';
import { expect, test } from './test.ts';

const start = '#/guard/policies/clarity.cedar?scenario=payout-without-approval';
/** No scenario of the pack is decided at night. */
const atNight = `${exampleFile('guard', 'policies/clarity.cedar')}
@id("nights-are-quiet")
@issue("QUIET_NIGHTS")
@message("Nobody is awake to see what happens.")
forbid (principal, action, resource)
when { context.session.minute_of_day < 240 };
`;

function row(list: Locator, ...texts: readonly string[]): Locator {
  const rows = list.getByRole('listitem');
  return texts.reduce((found, hasText) => found.filter({ hasText }), rows);
}

async function openAtNight(page: Page): Promise<StudioPage> {
  const studio = new StudioPage(page);
  await studio.open(start);
  await studio.openFile('clarity.cedar');
  await studio.replaceText(atNight);
  await studio.settled();
  return studio;
}

test('a new rule is not covered; the request proposed for it is saved, and it is', async ({
  page,
}) => {
  const studio = await openAtNight(page);
  await studio.status.getByRole('button', { name: /^coverage/u }).click();
  await page.getByRole('button', { name: 'What is not covered' }).click();
  const open = page.getByRole('list', { name: 'What is not covered' });
  const applies = row(open, 'nights-are-quiet applies');
  await expect(applies).toContainText('DENY');
  await applies.getByRole('button', { name: /^nights-are-quiet/u }).click();
  const detail = page.getByRole('region', { name: 'nights-are-quiet applies' });
  await expect(detail.getByRole('heading')).toContainText('quiet nights');
  await expectAccessible(page);

  await applies.getByRole('button', { name: /^Save/u }).click();
  await expect(applies).toHaveCount(0);
  await studio.settled();
  await expect(studio.status).toContainText(/(\d+) of \1 scenarios as expected/u);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(applies).toHaveCount(1);

  await page.getByRole('button', { name: 'Everything' }).click();
  await page.getByRole('button', { name: 'Download the coverage' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'As LCOV' }).click();
  const lcov = readFileSync(await (await downloading).path(), 'utf8');
  expect(lcov).toContain('FNDA:0,nights-are-quiet');
});

test('each comparison shows what is decided on it and beside it', async ({ page }) => {
  const studio = await openAtNight(page);
  await studio.runCommand('Boundaries:');
  const list = page.getByRole('list', { name: 'Boundaries' });
  const first = list.getByRole('button', { pressed: true }).first();
  await first.focus();
  await page.keyboard.press('ArrowDown');
  await expect(list.getByRole('listitem').nth(1).locator('[data-go]')).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  const limit = row(list, 'goal-is-clear', 'goal_length < 10');
  await expect(limit.getByRole('button', { name: 'just below: DEFER' })).toBeVisible();
  await limit.getByRole('button', { name: 'exactly: ALLOW' }).click();
  await expect(
    page.getByRole('heading', { name: 'The length of the goal exactly 10' }),
  ).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Save as scenario', exact: true }).click();
  await expect(page.getByText('Saved “The length of the goal exactly 10”.')).toBeVisible();
  await page.getByLabel('Filter scenarios').fill('exactly 10');
  await expect(studio.row('the-length-of-the-goal-exactly-10')).toHaveAttribute(
    'data-verdict',
    'ALLOW',
  );
});

test('a mistake that nobody notices is noticed once its scenario is saved; a run can be cancelled', async ({
  page,
}) => {
  const studio = await openAtNight(page);
  await studio.runCommand('Mutants:');
  const dock = page.getByRole('region', { name: 'Dock' });
  await dock.getByRole('button', { name: 'Try mistakes' }).click();
  await dock.getByRole('button', { name: 'Cancel' }).click();
  await expect(dock.getByRole('button', { name: 'Try mistakes' })).toBeVisible();

  await dock.getByRole('button', { name: 'Try mistakes' }).click();
  const score = async () => Number(/(\d+) of \d+ mistakes/u.exec(await dock.innerText())?.[1]);
  const list = page.getByRole('list', { name: 'Mistakes that no scenario notices' });
  const lost = row(list, 'nights-are-quiet', 'without the rule');
  await expect(lost.getByRole('button', { name: /^Save/u })).toBeVisible();
  const before = await score();
  await lost.locator('[data-go]').click();
  await expectAccessible(page);
  await lost.getByRole('button', { name: /^Save/u }).click();
  await expect(lost).toHaveCount(0);
  expect(await score()).toBeGreaterThan(before);
  await expect(studio.status).toContainText(/mutants [\d.]+ %/u);

  await studio.openFile('clarity.cedar');
  await studio.replaceText('// nothing is left\n');
  await expect(dock).toContainText('Stale');
});
