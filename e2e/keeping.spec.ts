import { StudioPage } from './studio.ts';
import { expect, test } from './test.ts';

const note = '// typed a moment ago\n';

test('text, open files and selection are there after a reload', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard/policies/loops.cedar?scenario=retries-used-up');
  await studio.openFile('approval.cedar');
  await studio.replaceText(note);
  await page.goto('about:blank');
  await studio.open();
  await expect(studio.editor).toHaveAttribute('data-editor', 'policies/approval.cedar');
  await expect(studio.editor.locator('.view-lines')).toContainText('typed a moment ago');
  await expect(studio.row('retries-used-up')).toHaveAttribute('aria-selected', 'true');
  await expect(
    page.getByRole('navigation', { name: 'Open files' }).getByText('loops.cedar'),
  ).toBeVisible();
});

test('a tab that crashes in mid-edit loses nothing that was on the screen for a moment', async ({
  page,
  context,
  troubles,
}) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard/policies/approval.cedar');
  await studio.openFile('approval.cedar');
  await studio.replaceText(note);
  await expect(studio.editor.locator('.view-lines')).toContainText('typed a moment ago');
  await expect(studio.status).toContainText('Saved');
  const session = await context.newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
  troubles.length = 0;

  const next = await context.newPage();
  const again = new StudioPage(next);
  await again.open('#/guard/policies/approval.cedar');
  await expect(again.editor.locator('.view-lines')).toContainText('typed a moment ago');
});

test('a second tab on the same pack follows what is typed in the first', async ({
  page,
  context,
}) => {
  const first = new StudioPage(page);
  await first.open('#/guard/policies/approval.cedar');
  const second = new StudioPage(await context.newPage());
  await second.open('#/guard/policies/approval.cedar');
  await expect(second.editor.locator('.view-lines')).toBeVisible();

  await first.openFile('approval.cedar');
  await first.replaceText('// nothing is asked any more\n');
  await expect(second.editor.locator('.view-lines')).toContainText('nothing is asked any more');
  await expect(second.row('payout-without-approval')).not.toHaveAttribute('data-verdict', 'DEFER');
});

/** A tab that hears nothing of the others, as one that the browser put to sleep. */
function deafen(): void {
  BroadcastChannel.prototype.addEventListener = () => undefined;
  Object.defineProperty(BroadcastChannel.prototype, 'onmessage', { set() {} });
}

for (const keep of ['mine', 'theirs'] as const) {
  test(`two tabs wrote the same file: asked, and ${keep} is kept`, async ({ page, context }) => {
    const first = new StudioPage(page);
    await first.open('#/guard/policies/approval.cedar');
    const second = new StudioPage(await context.newPage());
    await second.page.addInitScript(deafen);
    await second.open('#/guard/policies/approval.cedar');

    await first.openFile('approval.cedar');
    await first.replaceText('// from the first tab\n');
    await expect(first.editor.locator('.view-lines')).toContainText('from the first tab');
    await expect(first.status).toContainText('Saved');
    await second.openFile('approval.cedar');
    await second.replaceText('// from the second tab\n');

    await expect(second.notice).toContainText('was changed in another tab');
    await expect(first.editor.locator('.view-lines')).toContainText('from the first tab');
    await expect(second.editor.locator('.view-lines')).toContainText('from the second tab');

    const name = keep === 'mine' ? 'Keep mine' : 'Take the other text';
    await second.page.getByRole('button', { name }).click();
    await expect(second.notice).toHaveCount(0);
    const kept = keep === 'mine' ? 'from the second tab' : 'from the first tab';
    await expect(second.editor.locator('.view-lines')).toContainText(kept);
    await second.page.reload();
    await expect(second.editor.locator('.view-lines')).toContainText(kept);
    await expect(first.editor.locator('.view-lines')).toContainText(kept);
  });
}
