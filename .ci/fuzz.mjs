/** `npm run fuzz -- 100000`: random changes to bundles, as many as asked: none may be accepted, nothing may throw. */
import { runPackage } from './process.mjs';

const runs = Number(process.argv[2] ?? 20_000);
if (!Number.isSafeInteger(runs) || runs < 1) throw new Error('How many runs? A number, please');
const { code } = await runPackage(
  'vitest',
  ['run', '--project=proof', 'src/bundle/hostile.proof.test.ts', '-t', 'random'],
  { collect: false, env: { FUZZ: String(runs) } },
);
process.exitCode = code;
