import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Command } from 'commander';
import { printDisagreement, runTestFile, type Disagreement, type Open } from '../conformance.ts';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { failed } from '../problem.ts';

interface Options {
  readonly json?: true;
}

const EXAMPLE = `
Test files are <name>.json with "policies", "entities", "schema" and "requests", as in the repository
cedar-policy/cedar-integration-tests. The paths in them start at the folder or at one around it.

One difference is meant: \`unknown("x")\`, official Cedar's experiment of partial evaluation, is refused here as
a syntax error, since a request that is not whole must not be decided.

Exit code: 0 when all agree, else 1.

Example:
  stage0 conformance cedar-integration-tests/corpus-tests`;

/** How far above the folder the paths in its tests may start. */
const LEVELS_UP = 3;

/** `stage0 conformance`: compares this engine with what official Cedar answered. */
export function conformanceCommand(host: Host, end: (code: number) => void): Command {
  return new Command('conformance')
    .description('run official test files and print every disagreement')
    .argument('<folder>', 'where the test files are')
    .option('--json', 'print {passed, failed, disagreements}')
    .addHelpText('after', EXAMPLE)
    .action(async (folder: string, options: Options) => end(await run(host, folder, options)));
}

async function run(host: Host, folder: string, { json }: Options): Promise<number> {
  const files = await listTests(folder);
  if (files === undefined || files.length === 0) {
    const why = files === undefined ? 'there is no such folder' : 'it holds no .json files';
    return failed(host, [{ file: folder, message: why }], { json });
  }
  const open = opener(host, folder);
  const disagreements: Disagreement[] = [];
  let passed = 0;
  for (const [index, file] of files.entries()) {
    if (host.watched && index % 50 === 0) host.error(`\r${index} of ${files.length} files`);
    const source = await host.read(join(folder, file));
    const found = source.ok
      ? await runTestFile(source.value, open)
      : { passed: 0, disagreements: [{ file, problem: source.error.message }] };
    passed += found?.passed ?? 0;
    disagreements.push(...(found?.disagreements ?? []));
    if (json === true) continue;
    for (const one of found?.disagreements ?? []) {
      host.out(`${host.watched ? '\r' : ''}${printDisagreement(one)}\n`);
    }
  }
  if (host.watched) host.error('\r\u001B[K');
  host.out(
    json === true
      ? `${JSON.stringify({ passed, failed: disagreements.length, disagreements })}\n`
      : `${passed} passed, ${disagreements.length} failed\n`,
  );
  // A folder in which nothing was compared has not shown that anything agrees.
  return disagreements.length === 0 && passed > 0 ? EXIT.ok : EXIT.failed;
}

/** All JSON files below the folder, but for those that can only be entities. */
async function listTests(folder: string): Promise<readonly string[] | undefined> {
  try {
    const names = await readdir(folder, { recursive: true });
    return names
      .filter((name) => name.endsWith('.json') && !name.endsWith('entities.json'))
      .toSorted();
  } catch {
    return undefined;
  }
}

/** Finds the files that tests name, in the folder or around it. */
function opener(host: Host, folder: string): Open {
  const roots = [resolve(folder)];
  while (roots.length <= LEVELS_UP) roots.push(dirname(roots.at(-1) ?? folder));
  return async (path) => {
    const missing = { file: path, message: `is neither in ${folder} nor in a folder around it` };
    if (isAbsolute(path) || path.split(/[/\\]/).includes('..'))
      return { ok: false, error: missing };
    for (const root of roots) {
      const source = await host.read(join(root, path));
      if (source.ok) return source;
    }
    return { ok: false, error: missing };
  };
}
