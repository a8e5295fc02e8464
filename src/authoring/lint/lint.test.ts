import { describe, expect, test } from 'vitest';
import { applyEdits } from '../apply.ts';
import { ModelBuilder } from '../model.ts';
import { forbid, type LintCase, type LintCases } from '../testing/lint-case.ts';
import { ANNOTATIONS_CASES } from '../testing/lint-cases-annotations.ts';
import { PACK_CASES } from '../testing/lint-cases-pack.ts';
import { REASONING_CASES } from '../testing/lint-cases-reasoning.ts';
import { packFiles, packModel, RULES } from '../testing/pack.ts';
import { lint, LINT_RULES } from './registry.ts';

const CASES: LintCases = { ...ANNOTATIONS_CASES, ...REASONING_CASES, ...PACK_CASES };

test('every rule has cases that hit and cases that nearly do', () => {
  const without = LINT_RULES.map(({ id }) => id).filter((id) => {
    const cases = CASES[id] ?? [];
    return (
      !cases.some(({ hit }) => hit !== undefined) || cases.every(({ hit }) => hit !== undefined)
    );
  });
  expect(without).toEqual([]);
  expect(Object.keys(CASES).toSorted()).toEqual(LINT_RULES.map(({ id }) => id).toSorted());
});

test('every rule says why it matters', () => {
  for (const { id, doc } of LINT_RULES) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(doc.length).toBeGreaterThan(40);
  }
});

function findings(code: string, { rule, files: changes = {} }: LintCase) {
  const extra = rule === undefined ? {} : { 'policies/extra.cedar': rule };
  const files = packFiles({ ...extra, ...changes });
  const problems = lint(new ModelBuilder().build(files)).filter((problem) => problem.code === code);
  const texts = problems.map(({ path, span }) => files.get(path)?.slice(span?.start, span?.end));
  return { files, problems, texts };
}

const HITS = Object.entries(CASES).map(([code, cases]) => ({
  code,
  cases: cases.filter(({ hit }) => hit !== undefined),
}));
const MISSES = Object.entries(CASES).map(([code, cases]) => ({
  code,
  cases: cases.filter(({ hit }) => hit === undefined),
}));

describe.each(HITS)('$code hits', ({ code, cases }) => {
  test.each(cases)('$name', (one) => {
    const { files, problems, texts } = findings(code, one);
    expect(texts).toContain(one.hit);
    const problem = problems[texts.indexOf(one.hit)];
    expect(problem?.severity).toBe(one.severity ?? problem?.severity);
    expect(problem?.fixes[0]?.title).toBe(one.fix ?? problem?.fixes[0]?.title);
    // Whatever a fix does, it settles something.
    for (const { edits } of problem?.fixes ?? []) {
      const left = lint(new ModelBuilder().build(applyEdits(files, edits)));
      expect(left.filter((after) => after.code === code).length).toBeLessThan(problems.length);
    }
  });
});

describe.each(MISSES)('$code nearly hits', ({ code, cases }) => {
  test.each(cases)('$name', (one) => {
    // The fixture reads not all of its attributes.
    const usual = findings(code, { name: 'the fixture' }).problems.length;
    const most = code === 'unused-attribute' ? usual - 1 : usual;
    expect(findings(code, one).problems.length).toBeLessThanOrEqual(most);
  });
});

test('a pack as it should be has nothing but unread attributes', () => {
  const codes = new Set(lint(packModel()).map(({ code }) => code));
  expect([...codes]).toEqual(['unused-attribute']);
});

test('a policy that does not parse says nothing, and hides nothing of the others', () => {
  const broken = `${RULES}\n@id("x")\nforbid (principal, action`;
  const found = lint(
    packModel({ 'policies/rules.cedar': broken, 'policies/extra.cedar': forbid('', '@id("y")') }),
  );
  expect(found.map(({ code }) => code)).toContain('forbid-without-issue');
});
