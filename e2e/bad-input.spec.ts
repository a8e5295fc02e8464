import { exampleFile, StudioPage } from './studio.ts';
import { expect, test } from './test.ts';

/** Opens a file of the guard pack and puts `text` in its place. */
async function broken(studio: StudioPage, path: string, text: string): Promise<void> {
  await studio.open(`#/guard/${path}?scenario=payout-without-approval`);
  await expect(studio.editor).toHaveAttribute('data-editor', path);
  await expect(studio.editor.locator('.view-lines')).toBeVisible();
  await studio.replaceText(text);
}

/** The first error of the problems panel; choosing it leads to the place. */
async function firstProblem(studio: StudioPage): Promise<string> {
  await studio.status.getByRole('button', { name: /problem/u }).click();
  const errors = studio.page
    .getByRole('list', { name: 'Problems' })
    .getByRole('listitem')
    .filter({ has: studio.page.getByLabel('error', { exact: true }) });
  const entry = errors.first().getByRole('button').first();
  const message = (await entry.textContent()) ?? '';
  await entry.click();
  await expect(studio.editor.locator('.squiggly-error').first()).toBeVisible();
  return message;
}

test('a schema that does not hold together is refused where it is wrong', async ({ page }) => {
  const studio = new StudioPage(page);
  const schema = exampleFile('guard', 'schema.cedarschema');
  await broken(studio, 'schema.cedarschema', `${schema}\nentity Ghost in [Nobody];\n`);
  await expect(studio.status).toContainText('Verdicts are stale');
  expect(await firstProblem(studio)).toContain('Nobody');
  await studio.replaceText(schema);
  await expect(studio.status).toContainText('0 problems');
});

test('entities that form a cycle are refused and named', async ({ page }) => {
  const studio = new StudioPage(page);
  const role = (id: string, parent: string) => ({
    uid: { type: 'Role', id },
    attrs: {},
    parents: [{ type: 'Role', id: parent }],
  });
  await broken(
    studio,
    'entities/roles.json',
    JSON.stringify([role('one', 'two'), role('two', 'one')], null, 2),
  );
  await expect(studio.status).toContainText('Verdicts are stale');
  const message = await firstProblem(studio);
  expect(message).toMatch(/cycle/iu);
  expect(message).toContain('one');
});

test('a scenario file with an unknown field names it, and the others run on', async ({ page }) => {
  const studio = new StudioPage(page);
  const path = 'scenarios/research-is-free.json';
  const scenario: object = JSON.parse(exampleFile('guard', path)) as object;
  await broken(studio, path, JSON.stringify({ ...scenario, expectt: {} }, null, 2));
  await expect(studio.status).toContainText('1 problem');
  expect(await firstProblem(studio)).toContain('expectt');
  await expect(studio.row('payout-without-approval')).toHaveAttribute('data-state', 'pass');
});

test('a record from a newer release is told and left alone', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open('#/guard');
  const key = ['guard', 'policies/approval.cedar'];
  const stored = await page.evaluate(async (id) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('stage0-studio');
      opening.addEventListener('success', () => {
        resolve(opening.result);
      });
      opening.addEventListener('error', () => {
        reject(new Error('no database'));
      });
    });
    const files = database.transaction('files', 'readwrite').objectStore('files');
    const record = await new Promise<Record<string, unknown>>((resolve) => {
      const reading = files.get(id);
      reading.addEventListener('success', () => {
        resolve(reading.result as Record<string, unknown>);
      });
    });
    files.put({ ...record, v: 99, text: 'from the future' });
    await new Promise((resolve) => {
      files.transaction.addEventListener('complete', resolve);
    });
    database.close();
    return record['path'];
  }, key);
  expect(stored).toBe('policies/approval.cedar');

  await page.reload();
  await expect(studio.notice).toContainText('approval.cedar');
  await expect(studio.notice).toContainText(/newer/u);
  const kept = await page.evaluate(async (id) => {
    const opening = indexedDB.open('stage0-studio');
    const database = await new Promise<IDBDatabase>((resolve) => {
      opening.addEventListener('success', () => {
        resolve(opening.result);
      });
    });
    const reading = database.transaction('files').objectStore('files').get(id);
    return new Promise<string>((resolve) => {
      reading.addEventListener('success', () => {
        resolve((reading.result as { text: string }).text);
      });
    });
  }, key);
  expect(kept).toBe('from the future');
});

test('without IndexedDB everything works, and it says that nothing is kept', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, 'indexedDB', { value: undefined });
  });
  const studio = new StudioPage(page);
  await studio.open('#/guard');
  await expect(studio.notice).toContainText('gone when this tab closes');
  await expect(studio.status).toContainText('Not kept');
  await studio.openFile('approval.cedar');
  await studio.replaceText('// nothing is asked any more\n');
  await expect(studio.row('payout-without-approval')).not.toHaveAttribute('data-verdict', 'DEFER');
});

test('a full disk keeps the text, says so, and saves it once there is room', async ({ page }) => {
  await page.addInitScript(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function full(this: IDBObjectStore, ...args) {
      if ('diskIsFull' in globalThis && this.name === 'files') {
        throw new DOMException('No room.', 'QuotaExceededError');
      }
      return put.apply(this, args);
    };
  });
  const studio = new StudioPage(page);
  await studio.open('#/guard/policies/approval.cedar');
  await studio.openFile('approval.cedar');
  await page.evaluate(() => {
    Object.assign(globalThis, { diskIsFull: true });
  });
  await studio.replaceText('// typed while the disk was full\n');
  await expect(studio.notice).toContainText('kept in this tab');
  await expect(studio.status).toContainText('Not saved');
  await expect(studio.row('payout-without-approval')).not.toHaveAttribute('data-verdict', 'DEFER');

  await page.evaluate(() => {
    Reflect.deleteProperty(globalThis, 'diskIsFull');
  });
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(studio.notice).toHaveCount(0);
  await expect(studio.status).toContainText('Saved');
  await page.reload();
  await expect(studio.editor.locator('.view-lines')).toContainText('while the disk was full');
});
