import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Locator, type Page } from '@playwright/test';

/** The text of a file of an example pack, as it is shipped. */
export function exampleFile(pack: string, path: string): string {
  return readFileSync(
    fileURLToPath(new URL(`../policies/${pack}/${path}`, import.meta.url)),
    'utf8',
  );
}

/** The studio as its user meets it: what is on the screen, by role and name. */
export class StudioPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get status(): Locator {
    return this.page.getByRole('contentinfo', { name: 'Status' });
  }

  get decision(): Locator {
    return this.page.getByRole('complementary', { name: 'Decision' });
  }

  get scenarios(): Locator {
    return this.page.getByRole('listbox', { name: 'Scenarios' });
  }

  get editor(): Locator {
    return this.page.locator('[data-editor]');
  }

  /** Opens an address such as `#/guard` and waits until the pack is run. */
  async open(address = ''): Promise<void> {
    await this.page.goto(`/${address}`);
    await this.settled();
  }

  /** Waits until no change is on its way to the engine and the decision shown is in. */
  async settled(): Promise<void> {
    await expect(this.status).toHaveAttribute('data-pending', 'false');
    await expect(this.status).not.toHaveAttribute('data-revision', '0');
  }

  /** The row of a scenario, brought into view by the filter when it is not. */
  row(id: string): Locator {
    return this.page.locator(`[data-scenario="${id}"]`);
  }

  async selectScenario(id: string, name: string): Promise<void> {
    const filter = this.page.getByLabel('Filter scenarios');
    await filter.fill(name);
    await this.row(id).click();
    await filter.fill('');
  }

  async openFile(name: string): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Explorer' })
      .getByRole('button', { name, exact: true })
      .click();
    await expect(this.editor).toHaveAttribute('data-editor', new RegExp(`${name}$`, 'u'));
    await expect(this.editor.locator('.view-lines')).toBeVisible();
  }

  /** What the studio says across the window, as when nothing can be saved. */
  get notice(): Locator {
    return this.page.locator('[data-notice]');
  }

  /** Replaces all text of the file in front by select-all and paste. */
  async replaceText(text: string): Promise<void> {
    await this.editor.locator('.view-lines').click();
    await this.pasteOverAll(text);
  }

  /** Replaces all text of the request. */
  async replaceRequest(text: string): Promise<void> {
    await this.decision.locator('[data-request-editor] .view-lines').click();
    await this.pasteOverAll(text);
  }

  /** Select-all and paste into the editor that has the focus. */
  async pasteOverAll(text: string): Promise<void> {
    await this.page.evaluate(async (value) => navigator.clipboard.writeText(value), text);
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.press('ControlOrMeta+V');
  }

  /** Every verdict of the pack by scenario id, read by walking through the list. */
  async verdicts(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const place = await this.scenarios.evaluate((list) => {
      const before = list.scrollTop;
      list.scrollTop = 0;
      return before;
    });
    for (;;) {
      const rows = await this.page
        .locator('[data-scenario]')
        .evaluateAll((elements) =>
          elements.map(
            (element) =>
              [
                element.getAttribute('data-scenario') ?? '',
                element.getAttribute('data-verdict') ?? '',
              ] as const,
          ),
        );
      for (const [id, verdict] of rows) found.set(id, verdict);
      const moved = await this.scenarios.evaluate((list) => {
        const before = list.scrollTop;
        list.scrollTop += list.clientHeight;
        return list.scrollTop !== before;
      });
      if (!moved) break;
      await this.page.waitForTimeout(50);
    }
    await this.scenarios.evaluate((list, before) => {
      list.scrollTop = before;
    }, place);
    return found;
  }

  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+K');
    await this.page.getByRole('combobox').fill(title);
    await this.page.keyboard.press('Enter');
  }
}
