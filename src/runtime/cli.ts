import * as nodeModule from 'node:module';
import { processHost } from './host.ts';

// Where Node can (from 22.8 on), it keeps what it compiled for the next start. Before the rest is loaded.
const enableCompileCache: unknown = Reflect.get(nodeModule, 'enableCompileCache');
if (typeof enableCompileCache === 'function') Reflect.apply(enableCompileCache, nodeModule, []);
const { runProgram } = await import('./program.ts');

// Not `process.exit`: what is still being written to a pipe must arrive.
process.exitCode = await runProgram(
  process.argv.slice(2),
  processHost(new URL('./verify-worker.js', import.meta.url)),
);
