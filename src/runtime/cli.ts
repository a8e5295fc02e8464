import { readFileSync } from 'node:fs';
import { processHost } from './host.ts';
import { failureOf, runProgram } from './program.ts';

const args = process.argv.slice(2);
process.on('uncaughtException', (error) => {
  // Whoever read the answer has heard enough, as `head` has: that is no defect, and no answer either.
  const isUnread = 'code' in error && error.code === 'EPIPE';
  if (!isUnread) console.error(error);
  process.exit(failureOf(args));
});
// A rejection ends there as well.
void run();

/**
 * Node could keep what it compiled for the next start (`enableCompileCache`): 5 ms of 110. It would lie in a
 * folder where whoever may write there, such as the agent that a hook watches, says what runs here.
 */
async function run(): Promise<void> {
  // Not `process.exit`: what is still being written to a pipe must arrive.
  const verifier = new URL('./verify-worker.js', import.meta.url);
  process.exitCode = await runProgram(args, processHost({ verifier, version: ownVersion() }));
  // Nobody reads on: an input that does not end must not keep a hook from giving its answer.
  if (args[0] === 'hook') process.stdin.destroy();
}

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
