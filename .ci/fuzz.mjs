/**
 * `npm run fuzz -- --seconds N`: for so long, the engine against official Cedar, and hostile text, JSON
 * and bundles against their readers. The engine's properties are in `src/cedar/testing/properties.ts`.
 * Rounds run in processes of their own, so that one that hangs or dies is known by its seed. A case that
 * fails is made small and printed; its seed repeats it:
 * `npm run fuzz -- --seconds 1 --seed S --only 'name of the property'`.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import util from 'node:util';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { ROOT, run, runPackage, secondsSince } from './process.mjs';

/** Cases of a property in one round: a few seconds, most of them the oracle's. */
const CASES = 300;
/**
 * Bundles are checked by a test, which draws its own seed and prints it, and which runs the source as it
 * is then: whoever edits it meanwhile finds their own half-written lines. All others run what was built.
 */
const BUNDLES = 'hostile bundles';
const BUNDLE_CASES = 2000;
/** Milliseconds after which a round hangs. */
const PATIENCE = 180_000;

const FOLDER = join(ROOT, 'node_modules/.cache/fuzz');
const BUNDLE = pathToFileURL(join(FOLDER, 'properties.js')).href;

const { values: options } = util.parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    only: { type: 'string' },
    /** A round, in its own process. */
    round: { type: 'boolean', default: false },
  },
});

/** @returns {Promise<readonly import('../src/cedar/testing/properties.ts').Property[]>} */
async function properties() {
  /** @type {typeof import('../src/cedar/testing/properties.ts')} */
  const module = await import(BUNDLE);
  return module
    .properties()
    .filter(({ name }) => options.only === undefined || name === options.only);
}

/** Checks one property and prints what came of it as JSON. */
async function round() {
  const [property] = await properties();
  if (property === undefined) throw new Error(`There is no property "${options.only}"`);
  console.log(JSON.stringify(property.check({ seed: Number(options.seed), numRuns: CASES })));
}

async function buildProperties() {
  rmSync(FOLDER, { force: true, recursive: true });
  await build({
    root: ROOT,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      ssr: join(ROOT, 'src/cedar/testing/properties.ts'),
      target: 'node20',
      minify: false,
      outDir: FOLDER,
    },
  });
}

/**
 * @param {string} name
 * @param {number} seed
 * @returns {Promise<import('../src/cedar/testing/properties.ts').Checked>}
 */
async function runRound(name, seed) {
  const script = join(ROOT, '.ci/fuzz.mjs');
  const args = [script, '--round', '--only', name, `--seed=${seed}`];
  const { code, output } = await run(process.execPath, args, { collect: true, timeout: PATIENCE });
  if (code !== 0) return { compared: 0, failure: `seed ${seed}: it hung or died\n${output}` };
  /** @type {import('../src/cedar/testing/properties.ts').Checked} */
  const checked = JSON.parse(output);
  return checked;
}

/** @returns {Promise<import('../src/cedar/testing/properties.ts').Checked>} */
async function runBundles() {
  const { code, output } = await runPackage(
    'vitest',
    ['run', '--project=proof', 'src/bundle/hostile.proof.test.ts', '-t', 'random'],
    { collect: true, env: { FUZZ: String(BUNDLE_CASES) } },
  );
  return code === 0 ? { compared: BUNDLE_CASES } : { compared: 0, failure: output };
}

async function fuzz() {
  const started = Date.now();
  const seconds = Number(options.seconds);
  if (!(seconds > 0)) throw new Error('--seconds must be a number of seconds');
  await buildProperties();
  const names = (await properties()).map(({ name }) => name);
  if (options.only === undefined || options.only === BUNDLES) names.push(BUNDLES);
  if (names.length === 0) throw new Error(`There is no property "${options.only}"`);
  const compared = new Map(names.map((name) => [name, 0]));
  const failures = [];
  // 32 bits, which is what a seed has.
  let seed = options.seed === undefined ? Date.now() | 0 : Number(options.seed);
  let told = started;
  console.log(`From seed ${seed}, for ${seconds} s`);
  do {
    for (const name of names) {
      const checked = name === BUNDLES ? await runBundles() : await runRound(name, seed);
      compared.set(name, (compared.get(name) ?? 0) + checked.compared);
      if (checked.failure === undefined) continue;
      failures.push(name);
      console.log(`\n✗ ${name}\n${checked.failure}\n`);
    }
    seed = (seed + 1) | 0;
    if (Date.now() - told < 60_000) continue;
    told = Date.now();
    const total = [...compared.values()].reduce((sum, count) => sum + count, 0);
    console.log(`${secondsSince(started)}: ${total} compared, ${failures.length} failed`);
  } while (Date.now() - started < seconds * 1000);
  for (const [name, count] of compared) {
    console.log(`${name.padEnd(36)}${count.toLocaleString('en').padStart(12)} compared`);
  }
  console.log(`\n${failures.length} failed, ${secondsSince(started)}`);
  if (failures.length > 0) process.exitCode = 1;
}

await (options.round ? round() : fuzz());
