import { processHost } from './host.ts';
import { runProgram } from './program.ts';

// Not `process.exit`: what is still being written to a pipe must arrive.
process.exitCode = await runProgram(process.argv.slice(2), processHost());
