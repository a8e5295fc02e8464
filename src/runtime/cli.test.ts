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

/** Every command that does something, with its help. */
async function everyCommand(path: readonly string[] = []): Promise<ReadonlyMap<string, string>> {
  const { out, code } = await stage0([...path, '--help']);
  expect(code).toBe(0);
  const below = listed(out);
  if (below.length === 0) return new Map([[path.join(' '), out]]);
  const found = await Promise.all(below.map((name) => everyCommand([...path, name])));
  return new Map(found.flatMap((commands) => Array.from(commands)));
}

test('every command shows an example of itself', async () => {
  const commands = await everyCommand();
  expect(commands.size).toBeGreaterThan(20);
  for (const [command, help] of commands) {
    const examples = help.slice(help.indexOf('display help for command'));
    expect([command, examples]).toEqual([
      command,
      expect.stringContaining(`stage0 ${command}`) as unknown,
    ]);
  }
});

describe('--json', () => {
  /** They speak somebody else's protocol on the standard output. */
  const OTHER_PROTOCOLS = new Set([
    'mcp-gate',
    'hook claude-code',
    'hook cursor',
    'hook docker-mcp',
  ]);

  /** Arguments with which each command cannot do its work. */
  const FAILING: Readonly<Record<string, readonly string[]>> = {
    check: ['none', '-'],
    explain: ['none', '-'],
    test: ['none'],
    lint: ['none'],
    validate: ['none'],
    fmt: ['none'],
    diff: ['none', 'none'],
    keygen: ['-o', 'none/key.pem'],
    trust: ['none.pem'],
    bundle: ['none', '--unsigned'],
    attach: ['none.cjar', '--sign-with', 'none.pem'],
    verify: ['none.cjar', '--trust', 'none.json'],
    export: ['none', '--profile', 'agentcore', '--target', 't', '--gateway', 'g', '-o', 'out'],
    serve: ['--pack', 'none', '--host', '0.0.0.0'],
    'import mcp': ['--file', 'none.json', '-o', 'out'],
    'keys add': ['--file', 'none/keys.json', '--label', 'nobody'],
    'keys list': ['--file', 'none.json'],
    'keys revoke': ['0123456789ab', '--file', 'none.json'],
    'log verify': ['none.log'],
    replay: ['none.log', 'none'],
    authorize: ['--entities', 'none.json', '--request', 'none.json'],
    conformance: ['none'],
    completion: ['tcsh'],
  };

  test('every command has it, and says what went wrong in one document', async () => {
    const commands = await everyCommand();
    const speaking = [...commands.keys()].filter((command) => !OTHER_PROTOCOLS.has(command));
    expect(speaking.toSorted()).toEqual(Object.keys(FAILING).toSorted());
    const here = (arg: string): string => (/^(?:none|out)/.test(arg) ? join(folder, arg) : arg);
    for (const command of speaking) {
      expect([command, commands.get(command)]).toEqual([
        command,
        expect.stringContaining('--json ') as unknown,
      ]);
      for (const args of [FAILING[command] ?? [], ['--no-such-option']]) {
        const line = [...command.split(' '), ...args];
        const plain = await stage0(line.map(here));
        const { code, out, error } = await stage0([...line.map(here), '--json']);
        expect([line, code, error]).toEqual([line, plain.code, plain.error]);
        expect([line, code]).toEqual([line, 1]);
        expect([line, JSON.parse(out)]).toEqual([
          line,
          expect.objectContaining({
            problems: expect.arrayContaining([
              expect.objectContaining({ message: expect.any(String) as unknown }),
            ]) as unknown,
          }),
        ]);
      }
    }
  });

  test('a failure names the place, as it does for people', async () => {
    await writeFile(join(folder, 'request.json'), '{\n  "goal": 1\n}');
    const { code, out } = await stage0(['check', GUARD, join(folder, 'request.json'), '--json']);
    expect(code).toBe(1);
    const file = join(folder, 'request.json');
    const message = expect.stringContaining('/goal') as unknown;
    expect(JSON.parse(out)).toEqual({
      error: expect.stringContaining(`${file}:2:11: /goal`) as unknown,
      problems: [{ file, line: 2, column: 11, message }],
    });
    // What stands behind -- is another program's.
    const gate = await stage0(['mcp-gate', '--no-such-option', '--', 'server', '--json']);
    expect([gate.code, gate.out]).toEqual([1, '']);
  });

  test('is alone on the standard output', async () => {
    for (const more of [
      ['test', GUARD, '--json', '--junit', '-'],
      ['test', GUARD, '--junit', '-', '--lcov', '-'],
      ['diff', GUARD, GUARD, '--json', '--html', '-'],
      ['diff', GUARD, GUARD, '--markdown', '--junit', '-'],
    ]) {
      const { code, error } = await stage0(more);
      expect([more, code, error]).toEqual([more, 1, expect.stringContaining('only one report')]);
    }
    const lost = await stage0(['test', GUARD, '--json', '--junit', join(folder, 'none/a.xml')]);
    expect(lost.code).toBe(1);
    expect(JSON.parse(lost.out)).toMatchObject({
      problems: [{ message: expect.stringContaining('cannot be written') as unknown }],
    });
  });

  test('keys, bundles, signatures and packs say what was made', async () => {
    const at = (name: string): string => join(folder, name);
    const json = async (args: readonly string[]): Promise<unknown> => {
      const { code, out, error } = await stage0([...args, '--json']);
      expect([args, code, error]).toEqual([args, 0, expect.any(String)]);
      return JSON.parse(out);
    };
    const keyid = expect.stringMatching(/^[\w-]{43}$/) as unknown;
    const keygen = ['keygen', '-o', at('a.pem'), '--public', at('a.pub.pem'), '--label', 'A'];
    expect(await json(keygen)).toEqual({
      file: at('a.pem'),
      algorithm: 'Ed25519',
      keyid,
      trust: expect.objectContaining({ keys: expect.anything() as unknown }) as unknown,
    });
    expect(await json(['trust', at('a.pub.pem')])).toHaveProperty('roles');
    const bundle = ['bundle', GUARD, '--no-mutation', '-o', at('g.cjar'), '--to-sign', at('sign')];
    expect(await json([...bundle, '--key', at('a.pem')])).toMatchObject({
      file: at('g.cjar'),
      name: 'guard',
      id: expect.stringMatching(/^sha256:/) as unknown,
      testResult: { result: 'PASSED' },
      signers: [keyid],
      toSign: [at('sign/release.pae'), at('sign/test-result.pae')],
      warnings: [],
    });
    expect(await json([...bundle, '--unsigned'])).toMatchObject({ signers: [] });
    expect(await json(['attach', at('g.cjar'), '--sign-with', at('a.pem')])).toEqual({
      file: at('g.cjar'),
      signatures: { release: [keyid], 'test-result': [keyid] },
    });
    const gateway = ['--target', 'T', '--gateway', 'arn:aws:bedrock-agentcore:g', '-o', at('out')];
    expect(await json(['export', GUARD, '--profile', 'agentcore', ...gateway])).toMatchObject({
      folder: at('out'),
      files: ['policies.cedar', 'schema.cedarschema', 'NOTES.md'],
      notes: expect.arrayContaining([
        expect.objectContaining({ kind: expect.any(String) as unknown }),
      ]) as unknown,
    });
    const tools = { tools: [{ name: 'read', inputSchema: { type: 'object' } }] };
    await writeFile(at('tools.json'), JSON.stringify(tools));
    expect(await json(['import', 'mcp', '--file', at('tools.json'), '-o', at('p')])).toMatchObject({
      folder: at('p'),
      tools: 1,
      files: expect.arrayContaining(['metadata.json', 'schema.cedarschema']) as unknown,
      notes: [],
    });
    expect(await json(['completion', 'zsh'])).toMatchObject({
      shell: 'zsh',
      commands: expect.arrayContaining([
        expect.objectContaining({ path: ['keys', 'add'] }),
      ]) as unknown,
      script: expect.stringContaining('#compdef') as unknown,
    });
  });
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
    await writeFile(join(folder, 'my * check.json'), '{}');
    expect(complete('check', 'my')).toEqual(['my * check.json']);
    expect(complete('check', 'none')).toEqual(['']);
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
    const json = await stage0(['fmt', '-', '--json'], UGLY);
    expect(JSON.parse(json.out)).toEqual({
      files: [{ file: '-', changed: true, text: NEAT }],
      problems: [],
    });
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
