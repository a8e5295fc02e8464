import type { Page } from '@playwright/test';
import { expectAccessible } from './accessibility.ts';
import { StudioPage } from './studio.ts';
import { expect, test } from './test.ts';

/** How to come to each view; axe reads it in both themes. */
const views: Readonly<Record<string, (studio: StudioPage, page: Page) => Promise<void>>> = {
  'the reasons of a decision': async (studio) => {
    await studio.decision
      .getByRole('button', { name: /^Conditions of/u })
      .first()
      .click();
  },
  'a request being edited': async (studio) => {
    await studio.decision.getByRole('tab', { name: 'Request' }).click();
    await expect(studio.decision.locator('[data-request-editor] .view-lines')).toBeVisible();
  },
  'a request that was refused': async (studio) => {
    await studio.decision.getByRole('tab', { name: 'Request' }).click();
    await studio.replaceRequest('{ "goal": 7 }');
    await expect(studio.decision).toContainText('/goal');
  },
  'a request in the form, with problems': async (studio) => {
    await studio.decision.getByRole('tab', { name: 'Request' }).click();
    await studio.replaceRequest('{ "goal": 7, "tools": ["shell"], "context": { "color": {} } }');
    await studio.decision.getByRole('button', { name: 'Form', exact: true }).click();
    await studio.decision.getByLabel('approved_at', { exact: true }).fill('yesterday');
    await expect(studio.decision.getByText('must be text').first()).toBeVisible();
    await studio.decision.getByLabel('tools 1', { exact: true }).focus();
  },
  'a record': async (studio) => {
    await studio.decision.getByRole('tab', { name: 'Record' }).click();
  },
  'the command palette': async (_studio, page) => {
    await page.keyboard.press('ControlOrMeta+K');
    await expect(page.getByRole('combobox')).toBeFocused();
  },
  'the keyboard shortcuts': async (studio, page) => {
    await studio.runCommand('Keyboard shortcuts');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  },
  'a question for a name': async (_studio, page) => {
    await page.getByRole('button', { name: 'New policy file' }).click();
    await page.getByLabel('File name').fill('not a name!');
  },
  'the pack menu': async (_studio, page) => {
    await page.getByRole('button', { name: 'Pack guard' }).click();
    await expect(page.getByRole('menu')).toBeVisible();
  },
  'stale verdicts': async (studio) => {
    await studio.openFile('approval.cedar');
    await studio.replaceText('forbid (principal, action');
    await expect(studio.status).toContainText('stale');
  },
  'a failing scenario, and a toast': async (studio, page) => {
    await studio.openFile('loops.cedar');
    await studio.replaceText('// no limits\n');
    await expect(studio.status).toContainText('not as expected');
    await page
      .getByRole('navigation', { name: 'Explorer' })
      .getByRole('button', { name: 'loops.cedar', exact: true })
      .focus();
    await page.keyboard.press('Delete');
    await expect(page.getByText('Deleted loops.cedar.')).toBeVisible();
  },
};

for (const [name, show] of Object.entries(views)) {
  test(`axe finds nothing serious: ${name}`, async ({ page }) => {
    const studio = new StudioPage(page);
    await studio.open('#/guard/policies/approval.cedar?scenario=payout-without-approval');
    await expect(studio.editor.locator('.view-lines')).toBeVisible();
    await show(studio, page);
    await expectAccessible(page);
  });
}

for (const pane of ['Explorer', 'Editor', 'Decision']) {
  test(`axe finds nothing serious in a narrow window: ${pane}`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 800 });
    const studio = new StudioPage(page);
    await studio.open('#/guard?scenario=payout-without-approval');
    await page
      .getByRole('navigation', { name: 'Panes' })
      .getByRole('button', { name: pane })
      .click();
    await expectAccessible(page);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  });
}
