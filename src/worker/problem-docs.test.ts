import { expect, test } from 'vitest';
import { problemDoc } from '../authoring/problem-docs.ts';
import { LINT_RULES } from '../authoring/lint/registry.ts';
import { createLocalEngine } from './engine.ts';
import { tinyPack } from './tiny-pack.ts';
import type { OfficialCode } from '../authoring/official/problem.ts';

const OFFICIAL: Readonly<Record<Exclude<OfficialCode, 'official'>, true>> = {
  'bad-literal': true,
  'bidi-characters': true,
  'confusable-characters': true,
  'empty-set': true,
  hierarchy: true,
  'impossible-policy': true,
  'incompatible-types': true,
  'literal-needed': true,
  'mixed-scripts': true,
  'no-applicable-action': true,
  'optional-attribute': true,
  'optional-tag': true,
  schema: true,
  syntax: true,
  'too-deep': true,
  'unexpected-type': true,
  'unknown-action': true,
  'unknown-attribute': true,
  'unknown-entity-id': true,
  'unknown-entity-type': true,
  'wrong-arity': true,
};

test('every code of the official validator and of our lint has words of its own', () => {
  const docs = [
    ...Object.keys(OFFICIAL).map((code) => problemDoc({ source: 'official', code })),
    ...LINT_RULES.map(({ id }) => problemDoc({ source: 'lint', code: id })),
  ];
  expect(new Set(docs).size).toBe(docs.length);
  expect(docs).not.toContain(problemDoc({ source: 'official', code: 'official' }));
});

test('a list of problems brings what its codes mean', async () => {
  const engine = createLocalEngine();
  const files = tinyPack(1)
    .set('policies/guests.cedar', 'forbid (principal, action, resource);')
    .set('policies/broken.cedar', 'permit (')
    .set('scenarios/s-0.json', '{ "name": ');
  await engine.open('p', files);
  const listed = await engine.problems('p');
  if (!listed.ok) throw new Error(listed.error.message);
  const { problems, docs } = listed.value;
  const codes = new Set(problems.map(({ code }) => code));
  expect(codes.size).toBeGreaterThan(2);
  expect(new Set(Object.keys(docs))).toEqual(codes);
  expect(docs['JSON_SYNTAX']).toContain('JSON');
  expect(docs['missing-id']).toBe(problemDoc({ source: 'lint', code: 'missing-id' }));
});
