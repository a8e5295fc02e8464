import * as wasm from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { parsePolicies } from '../cedar/parse.ts';
import { createLocalEngine } from './engine.ts';
import { examplePacks } from './engine-parity.test.ts';
import { utf16Offset } from '../authoring/official/problem.ts';
import { DEEP_SHAPES, deepest, policyWith } from './deep-texts.ts';
import { tinyPack } from './tiny-pack.ts';
import type { CedarWasm } from '../authoring/official/toolchain.ts';
import { createLocalToolchain } from './toolchain.ts';
import { tooDeep } from '../authoring/official/depth.ts';
import type { OfficialProblem } from '../authoring/official/problem.ts';
import type { Validation } from './toolchain-api.ts';
import { CLOCK } from './turns.ts';

vi.setConfig({ testTimeout: 60_000 });

const GUESTS = 'policies/guests.cedar';

/** Counts the policies that each call hands to the validator. */
function counting(): { readonly cedar: CedarWasm; readonly calls: number[] } {
  const calls: number[] = [];
  const cedar: CedarWasm = {
    ...wasm,
    validate: (call) => {
      calls.push(Object.keys(call.policies.staticPolicies).length);
      return wasm.validate(call);
    },
  };
  return { cedar, calls };
}

async function validate(
  files: ReadonlyMap<string, string>,
  toolchain = createLocalToolchain(wasm),
): Promise<Validation> {
  const answer = await toolchain.validate(files);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

function guestsFile(text: string): Map<string, string> {
  return tinyPack(0).set(GUESTS, text);
}

function underlined(files: ReadonlyMap<string, string>, { path, span }: OfficialProblem) {
  return files.get(path)?.slice(span?.start, span?.end);
}

describe('what the validator says, among what is said anyway', () => {
  /** The codes of a file's problems, before and after the validator has answered. */
  async function codes(text: string): Promise<readonly (readonly string[])[]> {
    const files = guestsFile(text);
    const engine = createLocalEngine();
    await engine.open('p', files);
    const { problems } = await validate(files);
    const listed = async (): Promise<readonly string[]> => {
      const list = await engine.problems('p');
      const all = list.ok ? list.value.problems : [];
      return all.flatMap(({ path, code }) => (path === GUESTS ? [code] : []));
    };
    const before = await listed();
    engine.takeOfficial('p', problems);
    return [before, await listed()];
  }

  test('is not said twice', async () => {
    const [before, after] = await codes(
      '@id("x")\n@verdict("DEFFER")\nforbid (principal, action, resource) when { context.actor_role == "" };',
    );
    expect(after).toEqual(before);
    expect(new Set(after)).toEqual(
      new Set(['annotation-value', 'forbid-without-issue', 'forbid-can-error']),
    );
  });

  test('leaves out what only follows from an unknown name', async () => {
    const [, after] = await codes(
      '@id("x")\npermit (principal, action == Action::"none", resource);',
    );
    expect(after).toEqual(['type-error']);
  });

  test('is kept where nobody else says it', async () => {
    const [before, after] = await codes(
      '@id("x")\npermit (principal == Agent::"аy", action, resource);',
    );
    expect(before).not.toContain('mixed-scripts');
    expect(after).toContain('mixed-scripts');
  });
});

describe('validate', () => {
  test.each([...examplePacks])('has no error to tell of pack %s', async (_name, files) => {
    const { problems, validated, policiesChecked } = await validate(files);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(validated).toBe(true);
    expect(policiesChecked).toBeGreaterThan(5);
  });

  test('places what it tells in the file’s own text, whatever stands before it', async () => {
    const files = guestsFile(
      '// Größe 💥 é\n@id("ünï-💥") permit (principal, action, resource)\n' +
        'when { "💥é" == "x" || context.nope == 1 };\n',
    );
    const { problems } = await validate(files);
    expect(problems).toMatchObject([
      { path: GUESTS, severity: 'error', code: 'unknown-attribute' },
    ]);
    expect(problems[0]?.help).toMatch(/^Did you mean `.*`\?$/);
    expect(problems.map((problem) => underlined(files, problem))).toEqual(['context.nope']);
  });

  test('says once what holds for several actions, without names that nobody gave', async () => {
    const { problems } = await validate(
      guestsFile('@id("a") permit (principal, action, resource) when { context.nope == 1 };'),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(/^Attribute `nope` .* and for one more action\.$/);
  });

  test.each([
    ['context.actor_role == "x"', 'optional-attribute', 'error'],
    ['principal is Foo', 'unknown-entity-type', 'error'],
    ['action == Action::"nope"', 'unknown-action', 'error'],
    ['context.goal == 1', 'incompatible-types', 'error'],
    ['!context.goal', 'unexpected-type', 'error'],
    ['context.tools == []', 'empty-set', 'error'],
    ['ip(context.goal).isIpv4()', 'literal-needed', 'error'],
    ['decimal("x") == decimal("1.0")', 'bad-literal', 'error'],
    ['ip("1", "2").isIpv4()', 'wrong-arity', 'error'],
    ['principal.hasTag("a") && principal.getTag("b") == 1', 'impossible-policy', 'warning'],
    ['context.goal == "аdmin"', 'mixed-scripts', 'warning'],
    ['context.goal == "\u202E"', 'bidi-characters', 'warning'],
  ])('of `%s` it says %s', async (condition, code, severity) => {
    const { problems } = await validate(
      guestsFile(`@id("a") permit (principal, action, resource) when { ${condition} };`),
    );
    expect(problems).toContainEqual(expect.objectContaining({ code, severity }));
    expect(problems.map((problem) => problem.message).join()).not.toMatch(/__cedar|policy `p\d/);
  });

  test('looks at the policies that parse, whatever stands beside them', async () => {
    const files = guestsFile(
      '@id("a") permit (principal, action, resource) when { 1 + };\n' +
        '@id("b") permit (principal, action, resource) when { context.nope };\n',
    );
    const { problems } = await validate(files);
    expect(problems.map((problem) => underlined(files, problem))).toEqual(['context.nope']);
  });

  test('one that the official parser refuses does not hide the others', async () => {
    const files = guestsFile(
      '@id("a") permit (principal, action, resource) when { context.nope };\n' +
        '@id("b") permit (principal == ?principal, action, resource);\n',
    );
    const { problems } = await validate(files);
    expect(problems).toMatchObject([{ code: 'unknown-attribute' }, { code: 'syntax' }]);
    expect(problems[1]?.span?.start).toBeGreaterThan(problems[0]?.span?.end ?? 0);
  });

  test('a schema that cannot be read is all that it tells', async () => {
    const files = guestsFile('permit (principal is Nobody, action, resource);');
    files.set('schema.cedarschema', 'entity É;\nentity B { a: Sting };');
    const { problems, validated } = await validate(files);
    expect(validated).toBe(false);
    expect(problems.length).toBeGreaterThan(0);
    expect(new Set(problems.map(({ path }) => path))).toEqual(new Set(['schema.cedarschema']));
  });

  test('without a schema there is nothing to validate by', async () => {
    const files = tinyPack(0);
    files.delete('schema.cedarschema');
    expect(await validate(files)).toMatchObject({ problems: [], validated: false });
  });

  test('looks again only at policies that changed, and at all when the schema did', async () => {
    const { cedar, calls } = counting();
    const toolchain = createLocalToolchain(cedar);
    const files = tinyPack(0);
    const sum = () => calls.splice(0).reduce((all, each) => all + each, 0);
    await validate(files, toolchain);
    expect(sum()).toBe(2);
    // Moved, not changed: its problems move along.
    const bad = '@id("x") permit (principal, action, resource) when { context.nope };';
    const first = await validate(new Map(files).set('policies/x.cedar', bad), toolchain);
    expect(sum()).toBe(1);
    const moved = await validate(new Map(files).set('policies/x.cedar', `\n${bad}`), toolchain);
    expect(sum()).toBe(0);
    expect(moved.problems[0]?.span?.start).toBe((first.problems[0]?.span?.start ?? 0) + 1);
    const schema = `${files.get('schema.cedarschema')}\nentity New;`;
    expect(
      await validate(new Map(files).set('schema.cedarschema', schema), toolchain),
    ).toMatchObject({ policiesChecked: 2 });
    expect(sum()).toBe(2);
  });

  test('only the newest of several calls is answered, and what was found out is kept', async () => {
    const { cedar, calls } = counting();
    let now = 0;
    // Every look at the clock ends a slice, so that each batch gives way.
    const clock = { now: () => (now += 50), pause: CLOCK.pause };
    const toolchain = createLocalToolchain(cedar, { clock });
    const policies = Array.from(
      { length: 90 },
      (_, at) => `@id("p${at}") permit (principal, action, resource) when { ${at} == 1 };`,
    );
    const files = guestsFile(policies.join('\n'));
    const first = toolchain.validate(files);
    while (calls.length < 2) await CLOCK.pause();
    const second = toolchain.validate(new Map(files).set('policies/y.cedar', ''));
    expect(await first).toMatchObject({ ok: false, error: { code: 'SUPERSEDED' } });
    expect(await second).toMatchObject({ ok: true, value: { validated: true } });
    expect(calls.reduce((all, each) => all + each, 0)).toBe(91);
  });

  test('lists a thousand problems and counts the rest', async () => {
    const policies = Array.from(
      { length: 300 },
      (_, at) =>
        `@id("p${at}") permit (principal, action, resource) when { context.a == ${at} || context.b == 1 || context.c == 1 || context.d == 1 };`,
    );
    const { problems, unlisted } = await validate(guestsFile(policies.join('\n')));
    expect(problems).toHaveLength(1000);
    expect(unlisted).toBe(200);
  });
});

describe('checkSchema', () => {
  test('tells the place of what nothing declares', async () => {
    const text = '// 💥\nentity A { b: Sting };';
    const answer = await createLocalToolchain(wasm).checkSchema(text, 's');
    if (!answer.ok) throw new Error(answer.error.message);
    expect(answer.value).toMatchObject([{ path: 's', severity: 'error', code: 'schema' }]);
    expect(text.slice(answer.value[0]?.span?.start, answer.value[0]?.span?.end)).toBe('Sting');
  });
});

describe('format', () => {
  const toolchain = createLocalToolchain(wasm);

  test('keeps comments and goes by the widths', async () => {
    const text = '// why\n@id("a")permit(principal,action,resource)when{ 1==2 // so\n};';
    const narrow = await toolchain.format(text, { lineWidth: 20, indentWidth: 4 });
    const wide = await toolchain.format(text);
    if (!narrow.ok || !wide.ok) throw new Error('refused');
    expect(wide.value).toMatch(/^\/\/ why\n@id\("a"\)\npermit \(principal, action, resource\)\n/);
    expect(wide.value).toContain('// so');
    expect(narrow.value).toContain('\n    1 == 2 // so\n');
    expect(await toolchain.format(wide.value)).toEqual(wide);
  });

  test('a text with errors stays as it is, and says where', async () => {
    const answer = await toolchain.format('permit (é);');
    expect(answer).toMatchObject({ error: { code: 'TEXT_INVALID', problems: [{ span: {} }] } });
  });
});

describe('depth', () => {
  test.each(DEEP_SHAPES)('%s: far enough, and no further than it lives', async (_, shape) => {
    const n = deepest(shape);
    expect(n).toBeGreaterThan(20);
    expect(n).toBeLessThan(4999);
    // It throws when it dies.
    const toolchain = createLocalToolchain(wasm);
    const text = policyWith(shape(n));
    const answer = await validate(guestsFile(text), toolchain);
    expect(answer.problems.map(({ code }) => code)).not.toContain('too-deep');
    await toolchain.format(text);
    const deeper = policyWith(shape(n + 1));
    const { problems } = await validate(guestsFile(deeper), toolchain);
    // What our own parser refuses for its depth never gets here.
    const refused = parsePolicies(deeper).errors.length > 0;
    expect(problems.map(({ code }) => code)).toEqual(refused ? [] : ['too-deep']);
    expect(await toolchain.format(deeper)).toMatchObject({
      error: { code: 'TEXT_INVALID', problems: [{ code: 'too-deep' }] },
    });
  });

  test('many shallow things are not deep', () => {
    const rules = Array.from({ length: 2000 }, () =>
      policyWith(
        'context.a.b == [1, 2, (3)] && !(context has b) || {a: [1], b: [2]}.a.contains(1)',
      ),
    );
    expect(tooDeep(rules.join('\n'))).toBe(false);
  });

  test('a schema that nests is deep, too', async () => {
    const nested = (n: number) => `entity A { a: ${'Set<'.repeat(n)}Long${'>'.repeat(n)} };`;
    expect(tooDeep(nested(20))).toBe(false);
    expect(tooDeep(nested(400))).toBe(true);
    const answer = await createLocalToolchain(wasm).checkSchema(nested(400));
    expect(answer).toMatchObject({ value: [{ code: 'too-deep', severity: 'error' }] });
  });

  test.each([...examplePacks])('nothing in pack %s is too deep', (_name, files) => {
    for (const text of files.values()) expect(tooDeep(text)).toBe(false);
  });
});

test('offsets in UTF-8 are those that an encoder counts, for every text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (before, after) => {
      const bytes = new TextEncoder().encode(before).length;
      expect(utf16Offset(before + after, bytes)).toBe(before.length);
    }),
  );
});
