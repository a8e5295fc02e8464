import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { processHost } from './host.ts';

// Where Node can (from 22.8 on), it keeps what it compiled for the next start. Before the rest is loaded.
const enableCompileCache: unknown = Reflect.get(nodeModule, 'enableCompileCache');
if (typeof enableCompileCache === 'function') Reflect.apply(enableCompileCache, nodeModule, []);
const { failureOf, runProgram } = await import('./program.ts');

const args = process.argv.slice(2);
process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(failureOf(args));
});
// Not `process.exit`: what is still being written to a pipe must arrive.
process.exitCode = await runProgram(args, {
  ...processHost(new URL('./verify-worker.js', import.meta.url)),
  version: ownVersion(),
});
// Nobody reads on: an input that does not end must not keep a hook from giving its answer.
if (args[0] === 'hook') process.stdin.destroy();

/** As the package says it, which stands two folders above, built or not. */
function ownVersion(): string {
  try {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const manifest: unknown = JSON.parse(text);
    const stated = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
    return stated ? String(manifest.version) : 'unknown';
  } catch {
    return 'unknown';
  }
}
