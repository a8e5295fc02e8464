import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFile } from './host.ts';
import { remove } from './testing/serving.ts';

test('a file is read whole, whatever its size', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stage0-host-'));
  for (const size of [0, 1, 65_536, 65_537, 200_000]) {
    const path = join(folder, `${size}`);
    const text = `${'x'.repeat(size)}ä`;
    await writeFile(path, text);
    expect(await readFile(path)).toEqual({ ok: true, value: { name: path, text } });
  }
  await remove(folder);
});

test.runIf(platform() === 'linux')('a file that does not say how long it is', async () => {
  const read = await readFile('/proc/self/status');
  expect(read.ok && read.value.text).toMatch(/^Name:[^]*\n$/u);
});

test.runIf(platform() !== 'win32')('a file that does not end is not read', async () => {
  expect(await readFile('/dev/zero')).toMatchObject({
    error: { file: '/dev/zero', message: 'has more than 64000000 bytes' },
  });
});

test.runIf(platform() !== 'win32')('who waits for a pipe keeps nothing else waiting', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stage0-host-'));
  const path = join(folder, 'pipe');
  execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
  // Writes without us: read at once, the pipe would come to its end all the same.
  const writer = spawn('sh', ['-c', 'printf "keys: ä" > "$0"', path]);
  let hadTurn = false;
  setImmediate(() => (hadTurn = true));
  const read = await readFile(path);
  expect(read).toEqual({ ok: true, value: { name: path, text: 'keys: ä' } });
  expect(hadTurn).toBe(true);
  writer.kill();
  await remove(folder);
});
