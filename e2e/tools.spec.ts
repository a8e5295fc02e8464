import { expectAccessible } from './accessibility.ts';
import { StudioPage } from './studio.ts';
import { expect, test } from './test.ts';

const LIST = JSON.stringify({
  tools: [
    {
      name: 'read_note',
      description: 'Reads a note',
      inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
      annotations: { readOnlyHint: true },
    },
    {
      name: 'send-mail',
      inputSchema: { type: 'object', properties: { how: { type: 'string', enum: ['a', 'b'] } } },
      annotations: { destructiveHint: false },
    },
    { name: 'drop_table', inputSchema: { type: 'object' } },
  ],
});

test('a server’s list of tools becomes a pack whose scenarios all pass', async ({ page }) => {
  const studio = new StudioPage(page);
  await studio.open();
  await studio.runCommand('New pack from MCP tools…');
  const dialog = page.getByRole('dialog', { name: 'New pack from MCP tools' });
  const make = dialog.getByRole('button', { name: 'Make the pack' });
  await expect(make).toBeDisabled();

  const list = dialog.getByLabel('The server’s answer to tools/list');
  await list.fill('{"tools": [{"name": "x"}]}');
  await expect(dialog.getByRole('status')).toContainText('Tool 1: inputSchema');
  await expect(make).toBeDisabled();

  await dialog.getByLabel('Choose a file with the list of tools').setInputFiles({
    name: 'tools.json',
    mimeType: 'application/json',
    buffer: Buffer.from(LIST),
  });
  await expect(dialog.getByRole('listitem')).toHaveText(['ALLOW1', 'DEFER1', 'DENY1']);
  await expectAccessible(page);
  await dialog.getByLabel('Name', { exact: true }).fill('Mail server');
  await make.click();

  await expect(page.getByRole('button', { name: 'Pack Mail server' })).toBeVisible();
  for (const [id, verdict] of [
    ['read-note', 'ALLOW'],
    ['send-mail', 'DEFER'],
    ['send-mail-approved', 'ALLOW'],
    ['drop-table', 'DENY'],
    ['unknown-tool', 'DENY'],
  ] as const) {
    await expect(studio.row(id)).toHaveAttribute('data-verdict', verdict);
    await expect(studio.row(id)).toHaveAttribute('data-state', 'pass');
  }
  // What it makes is what the store keeps.
  await page.reload();
  await expect(studio.row('drop-table')).toHaveAttribute('data-verdict', 'DENY');
});
