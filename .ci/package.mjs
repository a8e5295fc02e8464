/**
 * Builds what `npm pack` puts into the tarball: the entry points and the `stage0` command for Node, with
 * their types. Dependencies stay outside.
 */
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { ROOT, runPackage } from './process.mjs';

/** Where the package stands in the project; `package.json` names the same folder. */
export const PACKAGE = 'dist/node';

/** By the name of the built file. */
export const ENTRIES = {
  cedar: 'src/cedar/public.ts',
  'cedar-schema': 'src/cedar/public-schema.ts',
  decision: 'src/decision/public.ts',
  bundle: 'src/bundle/public.ts',
  runtime: 'src/runtime/public.ts',
  gates: 'src/runtime/gates/public.ts',
  'gates-mcp': 'src/runtime/gates/mcp/public.ts',
  'gates-ai-sdk': 'src/runtime/gates/ai-sdk/public.ts',
  'gates-langchain': 'src/runtime/gates/langchain/public.ts',
  'gates-langgraph': 'src/runtime/gates/langgraph/public.ts',
  'gates-openai-agents': 'src/runtime/gates/openai-agents/public.ts',
  'verify-worker': 'src/runtime/bundles/verify-worker.ts',
  cli: 'src/runtime/cli.ts',
};

/** Rooms whose types the entry points show. */
const TYPED_ROOMS = ['base', 'cedar', 'decision', 'pack', 'simulation', 'bundle', 'runtime'];
const TYPES = 'node_modules/.cache/types';

/** What the command is slow to find in many files of others, and so carries along in its own. */
const INLINED = ['zod', 'commander', '@noble/hashes'];

/** The command's file. It is no module: Node takes 4 ms longer to start one. */
export const COMMAND = `${PACKAGE}/cli.cjs`;

/**
 * commander can run commands that are programs of their own. No command of ours is one, and what Node loads
 * for it takes 3 ms.
 * @type {import('vite').Plugin}
 */
const NO_PROGRAMS = {
  name: 'no-programs',
  transform(code, id) {
    if (!/commander[\\/]lib[\\/]command\.js$/u.test(id)) return undefined;
    const without = code.replace("require('node:child_process')", 'undefined');
    if (without === code) this.error('commander loads node:child_process in some other way');
    return { code: without, map: null };
  },
};

/** One file to read where there were eight: it is a fifth of a cold start. */
const LIBRARY_GROUPS = [
  { name: 'cedar', test: /src[\\/](?:base|cedar)[\\/](?!json|schema|words|public-schema)/u },
  { name: 'cedar-schema', test: /src[\\/]cedar[\\/](?:json|schema)/u },
];
/** What every decision needs, in one; each file more costs 3 ms of a cold start. The larger zod is no part of it. */
const COMMAND_GROUPS = [
  {
    name: 'zod',
    priority: 1,
    test: /zod[\\/]v4[\\/](?:classic|core[\\/](?:json-schema|to-json-schema))|src[\\/]decision[\\/]zod\.ts/u,
  },
  {
    name: 'core',
    test: /src[\\/](?:base|cedar|decision|pack)[\\/]|src[\\/]runtime[\\/](?:commands[\\/]check|check-input|pack-folder|problem|exit)\.|node_modules[\\/]/u,
  },
];

/**
 * Builds the package: the entry points that others import, and the command, which has to start fast.
 * @throws when it cannot be built, with the reason
 */
export async function buildPackage() {
  const folder = join(ROOT, PACKAGE);
  rmSync(folder, { force: true, recursive: true });
  const { cli, ...libraries } = ENTRIES;
  await buildTogether(folder, libraries, {
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    codeSplitting: { includeDependenciesRecursively: false, groups: LIBRARY_GROUPS },
  });
  await buildTogether(
    folder,
    { cli },
    {
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: 'cli/[name]-[hash].cjs',
      codeSplitting: { includeDependenciesRecursively: false, groups: COMMAND_GROUPS },
      // There is less to read by a quarter. Names stay, for the sake of stack traces.
      minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
      banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
    },
    INLINED,
  );
  writeFileSync(join(folder, 'cli/LICENSES.txt'), INLINED.map(licenceOf).join('\n'));
  chmodSync(join(ROOT, COMMAND), 0o755);
  await writeTypes(join(folder, 'types'));
}

/**
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} entries
 * @param {import('vite').Rolldown.OutputOptions} output
 * @param {string[]} inlined packages
 */
async function buildTogether(folder, entries, output, inlined = []) {
  await build({
    ...COMMON,
    plugins: inlined.includes('commander') ? [NO_PROGRAMS] : [],
    ssr: { noExternal: inlined },
    build: {
      ...COMMON.build,
      outDir: folder,
      ssr: true,
      rolldownOptions: { input: inputs(entries), output },
    },
  });
}

/** @param {string} name of a package */
function licenceOf(name) {
  const text = readFileSync(join(ROOT, 'node_modules', name, 'LICENSE'), 'utf8');
  return `${name}\n\n${text}`;
}

/**
 * One entry point as somebody's own bundler would take it in: everything it exports, in one file.
 * @param {string} entry path of its source
 * @returns {Promise<{ code: string; modules: readonly string[]; imports: readonly string[] }>}
 */
export async function bundleEntry(entry) {
  const built = await build({
    ...COMMON,
    build: {
      ...COMMON.build,
      write: false,
      minify: true,
      ssr: true,
      rolldownOptions: { input: inputs({ entry }), preserveEntrySignatures: 'strict' },
    },
  });
  if (Array.isArray(built) || !('output' in built)) throw new Error('One build gives one output');
  const chunks = built.output.filter((output) => output.type === 'chunk');
  const own = new Set(chunks.map((chunk) => chunk.fileName));
  return {
    code: chunks.map((chunk) => chunk.code).join(''),
    // Those of the bundler's own begin with a zero.
    modules: chunks
      .flatMap((chunk) => chunk.moduleIds)
      .filter((id) => !id.startsWith('\0'))
      .map((id) => id.replace(`${ROOT}/`, '')),
    // What one chunk takes from another is no import of the whole.
    imports: chunks
      .flatMap((chunk) => chunk.imports.concat(chunk.dynamicImports))
      .filter((name) => !own.has(name)),
  };
}

const COMMON = /** @type {const} */ ({
  root: ROOT,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  build: { target: 'node20', minify: false, emptyOutDir: false },
});

/** @param {Readonly<Record<string, string>>} entries */
function inputs(entries) {
  return Object.fromEntries(
    Object.entries(entries).map(([name, path]) => [name, join(ROOT, path)]),
  );
}

/**
 * The types as `tsc -b` writes them, with imports that every TypeScript can follow.
 * @param {string} folder
 */
async function writeTypes(folder) {
  const { code, output } = await runPackage(
    'typescript',
    ['-b', 'src/runtime'],
    { collect: true },
    'tsc',
  );
  if (code !== 0) throw new Error(output);
  for (const room of TYPED_ROOMS) {
    const from = join(ROOT, TYPES, room);
    for (const file of await readdir(from, { recursive: true })) {
      // The cache may hold what a source that is gone once gave.
      const source = join(ROOT, 'src', room, file.replace(/\.d\.ts$/u, '.ts'));
      const forTests = /(?:^|[\\/])testing[\\/]/u.test(file) || file.startsWith('test-');
      if (!file.endsWith('.d.ts') || forTests || !exists(source)) continue;
      const to = join(folder, room, file);
      mkdirSync(join(to, '..'), { recursive: true });
      cpSync(join(from, file), to);
      const text = readFileSync(to, 'utf8');
      writeFileSync(to, text.replaceAll(/(from '\.{1,2}\/[^']*)\.ts'/gu, "$1.js'"));
    }
  }
}

/** @param {string} file */
function exists(file) {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildPackage();
  console.log(`Built the package in ${PACKAGE}`);
}
