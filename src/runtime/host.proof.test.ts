/** What a process that reads its standard input holds in memory meanwhile. */
import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { remove } from './testing/serving.ts';

const PIECES = 3000;

const WRITER = `
import { writeSync } from 'node:fs';
for (let piece = 0; piece < ${PIECES}; piece += 1) {
  writeSync(1, 'x'.repeat(9) + '\\n');
  // So that who reads gets each by itself.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0.1);
}`;

const READER = `
import { processHost } from './host.js';
const read = await processHost({}).read('-');
console.log(read.value.text.length, process.memoryUsage().arrayBuffers);`;

test.runIf(platform() !== 'win32')(
  'an input that comes in small pieces takes no more memory than one that comes at once',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stage0-host-'));
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: fileURLToPath(new URL('host.ts', import.meta.url)),
        outDir: folder,
        target: 'node20',
        rolldownOptions: { output: { entryFileNames: '[name].js' } },
      },
    });
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'writer.js'), WRITER);
    await writeFile(join(folder, 'reader.js'), READER);
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-c', '"$0" writer.js | "$0" reader.js', process.execPath],
      { cwd: folder },
    );
    const [length, held] = stdout.split(' ').map(Number);
    expect(length).toBe(10 * PIECES);
    expect(held).toBeLessThan(1_000_000);
    await remove(folder);
  },
  60_000,
);
