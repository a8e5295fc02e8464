import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runProgram } from './program.ts';
import { packLoader } from './server/policy-source.ts';
import type { Serving } from './server/serve.ts';
import { openApiProblem } from './testing/held-to-openapi.ts';
import { bundleFolder, packFolder, quietHost, remove, serveFolder } from './testing/serving.ts';

// Many tests share the machine: what is slow there is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const README = new URL('../../README.md', import.meta.url);
const shell = promisify(execFile);
const curl = spawnSync('curl', ['--version']).status === 0;

let folder = '';
let server: Serving;
let key = '';

beforeAll(async () => {
  folder = await bundleFolder();
  const keys = join(folder, 'keys.json');
  const host = { ...quietHost(), out: (text: string): void => void (key += text.trim()) };
  await runProgram(['keys', 'add', '--file', keys, '--label', 'test', '--plan', 'pro'], host);
  server = await serveFolder(folder, {
    load: packLoader(quietHost(), packFolder('../../../policies/payments')),
    gate: { keys },
  });
});

afterAll(async () => {
  await server.stop(0);
  await remove(folder);
});

/** The commands of the README's blocks for the shell that begin with `curl`, each with the lines that belong to it. */
async function curlLines(): Promise<readonly string[]> {
  const text = await readFile(README, 'utf8');
  return [...text.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, block = '']) =>
    block.split(/^(?=\S)/m).filter((command) => command.startsWith('curl ')),
  );
}

test.skipIf(!curl)('the curl lines of the README are answered as the document says', async () => {
  const lines = await curlLines();
  expect(lines.length).toBeGreaterThanOrEqual(3);
  const paths: string[] = [];
  for (const line of lines) {
    const [address = ''] = /http:\/\/127\.0\.0\.1:8181[^\s"']*/.exec(line) ?? [];
    const path = new URL(address).pathname;
    paths.push(path);
    const command = `${line.trim().replace('http://127.0.0.1:8181', server.url)} -sS -w '\n%{http_code}'`;
    const { stdout } = await shell('sh', ['-c', command], { env: { ...process.env, KEY: key } });
    const at = stdout.lastIndexOf('\n');
    const status = Number(stdout.slice(at));
    const method = line.includes(' -d ') ? 'POST' : 'GET';
    expect([path, status]).toEqual([path, 200]);
    const body: unknown = JSON.parse(stdout.slice(0, at));
    expect(openApiProblem({ method, path, status, body })).toBeUndefined();
  }
  expect(paths).toEqual(expect.arrayContaining(['/check', '/access/v1/evaluation', '/readyz']));
});
