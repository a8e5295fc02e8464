/** What all commands have in common, and those that are small. */
import { spawnSync } from 'node:child_process';
import { cp, lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runProgram } from './program.ts';
import { quietHost, remove } from './testing/serving.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const GUARD = new URL('../../policies/guard', import.meta.url).pathname;

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stage0-cli-'));
});

afterEach(() => remove(folder));

/** Runs a command. `input`: what stands on the standard input. */
async function stage0(args: readonly string[], input = '') {
  let out = '';
  const quiet = quietHost();
  const host = {
    ...quiet,
    version: '9.8.7',
    out: (text: string): void => void (out += text),
    read: (path: string) =>
      path === '-'
        ? Promise.resolve({ ok: true as const, value: { name: '<stdin>', text: input } })
        : quiet.read(path),
  };
  const code = await runProgram(args, host);
  return { code, out, error: quiet.said().replaceAll(folder, '') };
}

/** The commands that a help lists. */
const listed = (help: string): readonly string[] =>
  [
    ...(/Commands:\n(?<list>[^]*?)(?:\n\n|$)/.exec(help)?.groups?.['list'] ?? '').matchAll(
      /^ {2}([a-z-]+)/gm,
    ),
  ]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');

test('every command shows an example of itself', async () => {
  const { out, code } = await stage0(['--help']);
  expect(code).toBe(0);
  const commands = listed(out);
  expect(commands.length).toBeGreaterThan(15);
  for (const command of commands) {
    const help = await stage0([command, '--help']);
    const below = listed(help.out);
    for (const path of below.length === 0 ? [[]] : below.map((name) => [name])) {
      const { out: said } = await stage0([command, ...path, '--help']);
      const examples = said.slice(said.indexOf('display help for command'));
      const line = ['stage0', command, ...path].join(' ');
      expect([line, examples]).toEqual([line, expect.stringContaining(line) as unknown]);
    }
  }
});

test('every option that the README names is one of its command', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const blocks = [...readme.matchAll(/^```(?:sh|ini|yaml)\n([^]*?)^```/gm)].map(
    ([, text = '']) => text,
  );
  const lines = blocks.flatMap((text) => {
    // The manifest has its arguments in lines of their own.
    if (text.includes('kind: StatefulSet')) return [`stage0 serve ${text.replaceAll('\n', ' ')}`];
    return text.replaceAll('\\\n', ' ').split('\n');
  });
  const asked = lines.flatMap((line) => {
    const command = /\bstage0 ([a-z-]+)(.*)/.exec(line.replace(/\s#.*/, ''));
    return command === null ? [] : [{ name: command[1] ?? '', rest: command[2] ?? '' }];
  });
  expect(asked.length).toBeGreaterThan(15);
  for (const { name, rest } of asked) {
    const below = listed((await stage0([name, '--help'])).out).find((word) =>
      rest.trimStart().startsWith(word),
    );
    const { out } = await stage0([name, ...(below === undefined ? [] : [below]), '--help']);
    const named = rest
      .split('|')[0]
      ?.match(/(?<![\w-])--[a-z][a-z-]*/g)
      ?.filter((option) => !['--prefix', '--omit', '--no-audit', '--no-fund'].includes(option));
    for (const option of named ?? []) {
      const known = new RegExp(`${option}(?![\\w-])`).test(out);
      expect([name, option, known]).toEqual([name, option, true]);
    }
  }
});

test('says which version it is, and that there is no such command', async () => {
  expect(await stage0(['--version'])).toEqual({ code: 0, out: '9.8.7\n', error: '' });
  const unknown = await stage0(['chek']);
  expect(unknown.code).toBe(1);
  expect(unknown.error).toContain("unknown command 'chek'");
  expect(unknown.error).toContain('check');
});

describe('stage0 completion', () => {
  test.runIf(spawnSync('bash', ['--version']).status === 0)('bash completes with it', async () => {
    const { out: script } = await stage0(['completion', 'bash']);
    const complete = (...words: readonly string[]): readonly string[] => {
      const asked = `COMP_WORDS=(stage0 "$@"); COMP_CWORD=$#; COMPREPLY=(); _stage0; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const ran = spawnSync('bash', ['-c', `${script}\n${asked}`, 'bash', ...words], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(ran.stderr).toBe('');
      return ran.stdout.trim().split('\n');
    };
    await writeFile(join(folder, 'request.json'), '{}');
    expect(complete('ch')).toEqual(['check']);
    expect(complete('keys', '')).toEqual(['add', 'list', 'revoke']);
    expect(complete('keys', 'add', '--pl')).toEqual(['--plan']);
    expect(complete('serve', '--log-failure', '')).toEqual(['refuse', 'count']);
    expect(complete('check', 're')).toEqual(['request.json']);
    expect(complete('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  test.each(['zsh', 'fish'])('%s reads its script, where there is one', async (shell) => {
    const { out: script, code } = await stage0(['completion', shell]);
    expect(code).toBe(0);
    expect(script).toContain('replay');
    const file = join(folder, 'script');
    await writeFile(file, script);
    const read = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    expect([0, null]).toContain(read.status);
  });

  test('knows no other shell', async () => {
    expect((await stage0(['completion', 'tcsh'])).code).toBe(1);
  });
});

describe('stage0 fmt', () => {
  const UGLY = `// why\npermit(principal,action,\nresource)when{1<2};`;
  const NEAT = `// why\npermit (principal, action, resource)\nwhen { 1 < 2 };\n`;

  test('lays files out where they stand, once', async () => {
    await mkdir(join(folder, 'policies'));
    await writeFile(join(folder, 'policies/a.cedar'), UGLY);
    await writeFile(join(folder, 'real.cedar'), UGLY);
    await symlink('real.cedar', join(folder, 'link.cedar'));
    await writeFile(join(folder, 'policies/notes.txt'), UGLY);
    const files = [join(folder, 'policies'), join(folder, 'link.cedar')];
    const check = await stage0(['fmt', '--check', ...files]);
    expect(check.code).toBe(1);
    expect(check.out.replaceAll(folder, '')).toBe('/policies/a.cedar\n/link.cedar\n');
    expect(await readFile(join(folder, 'policies/a.cedar'), 'utf8')).toBe(UGLY);
    expect((await stage0(['fmt', ...files])).code).toBe(0);
    for (const name of ['policies/a.cedar', 'real.cedar', 'link.cedar']) {
      expect(await readFile(join(folder, name), 'utf8')).toBe(NEAT);
    }
    expect((await lstat(join(folder, 'link.cedar'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'policies/notes.txt'), 'utf8')).toBe(UGLY);
    expect(await stage0(['fmt', '--check', ...files])).toEqual({ code: 0, out: '', error: '' });
    const json = await stage0(['fmt', '--json', join(folder, 'real.cedar')]);
    expect(JSON.parse(json.out)).toMatchObject({ files: [{ changed: false }], problems: [] });
  });

  test('from the standard input to the standard output', async () => {
    expect(await stage0(['fmt', '-'], UGLY)).toEqual({ code: 0, out: NEAT, error: '' });
    expect((await stage0(['fmt', '--check', '-'], UGLY)).code).toBe(1);
    expect((await stage0(['fmt', '-'], '// nothing yet\n')).out).toBe('// nothing yet\n');
  });

  test('leaves alone what it cannot read', async () => {
    await writeFile(join(folder, 'a.cedar'), 'permit (principal, action\n');
    await writeFile(join(folder, 'b.cedar'), UGLY);
    const { code, error } = await stage0(['fmt', folder, join(folder, 'none')]);
    expect(code).toBe(1);
    expect(error).toMatch(/^\/a\.cedar:2:1: /m);
    expect(error).toContain('/none: there is no such file or folder');
    expect(await readFile(join(folder, 'a.cedar'), 'utf8')).toBe('permit (principal, action\n');
    expect(await readFile(join(folder, 'b.cedar'), 'utf8')).toBe(NEAT);
    const deep = `permit (principal, action, resource) when { ${'('.repeat(90)}true${')'.repeat(90)} };`;
    expect((await stage0(['fmt', '-'], deep)).error).toContain('nests too deeply');
  });
});

describe('stage0 validate', () => {
  test('finds what only the official validator knows, and what keeps a pack from deciding', async () => {
    expect(await stage0(['validate', GUARD])).toMatchObject({
      code: 0,
      out: '0 errors, 0 warnings\n',
    });
    const pack = join(folder, 'guard');
    await cp(GUARD, pack, { recursive: true });
    const file = join(pack, 'policies/extra.cedar');
    await writeFile(
      file,
      '@id("extra")\npermit (principal, action, resource)\nwhen { context.goal > 3 };\n',
    );
    const typed = await stage0(['validate', pack, '--json']);
    expect(typed.code).toBe(1);
    const problems = JSON.parse(typed.out) as readonly {
      code: string;
      path: string;
      line: number;
    }[];
    expect(problems).toContainEqual(
      expect.objectContaining({ code: 'unexpected-type', path: 'policies/extra.cedar', line: 3 }),
    );
    await writeFile(file, '@id("extra")\npermit (principal, action, resource) when { 1 };;\n');
    expect((await stage0(['validate', pack])).out).toContain('/policies/extra.cedar:2:');
    await rm(file);
    await rm(join(pack, 'schema.cedarschema'));
    const bare = await stage0(['validate', pack]);
    expect(bare.code).toBe(1);
    expect(bare.error).toContain('there is no schema that it can read');
  });
});
