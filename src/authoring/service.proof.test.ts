import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPack } from '../pack/read.ts';
import { LanguageService } from './service.ts';
import { packFiles, RULES, SCENARIO, SCHEMA } from './testing/pack.ts';

/** Everything that the service can be asked about one place. */
function askAll(service: LanguageService, path: string, offset: number): void {
  service.complete(path, offset);
  service.hover(path, offset, [{ span: { start: 0, end: offset }, text: 'true' }]);
  service.definition(path, offset);
  service.references(path, offset);
  service.prepareRename(path, offset);
  service.rename(path, offset, 'renamed');
  service.signature(path, offset);
}

/** A text with pieces taken out, doubled, or replaced by something that breaks. */
const mutated = (text: string) =>
  fc
    .array(
      fc.record({
        at: fc.nat(text.length),
        take: fc.nat(40),
        put: fc.constantFrom(
          '',
          '"',
          '{',
          '}',
          '(',
          ')',
          '[',
          ']',
          '@',
          ';',
          '.',
          '::',
          '//',
          '\\',
          '\u0000',
          '😀',
          '\ud83d',
          'has',
          'if',
          ',',
          ':',
        ),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((changes) => {
      let changed = text;
      for (const { at, take, put } of changes) {
        changed = changed.slice(0, at) + put + changed.slice(Math.min(at + take, changed.length));
      }
      return changed;
    });

describe('nothing throws, whatever the text', () => {
  test.each([
    ['policies/rules.cedar', RULES],
    ['schema.cedarschema', SCHEMA],
    ['scenarios/payout.json', SCENARIO],
    ['entities/roles.json', packFiles().get('entities/roles.json') ?? ''],
    ['stage0.json', packFiles().get('stage0.json') ?? ''],
    ['metadata.json', packFiles().get('metadata.json') ?? ''],
  ])('%s', { timeout: 60_000 }, (path, text) => {
    const service = new LanguageService();
    service.update(packFiles());
    fc.assert(
      fc.property(mutated(text), fc.nat(text.length + 10), (changed, offset) => {
        const files = packFiles({ [path]: changed });
        service.update(files);
        askAll(service, path, Math.min(offset, changed.length));
        service.outline(path);
        service.folding(path);
        service.tokens(path);
        const spans = service
          .problems(readPack(files).problems)
          .flatMap(({ path: at, span }) => (at === path && span !== undefined ? [span] : []));
        for (const { start, end } of spans) {
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(changed.length);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('everything at every offset of a broken file', { timeout: 60_000 }, () => {
    const text = `${RULES.slice(0, -40)} @issue("`;
    const service = new LanguageService();
    service.update(packFiles({ 'policies/rules.cedar': text }));
    for (let offset = 0; offset <= text.length; offset += 1) {
      expect(() => askAll(service, 'policies/rules.cedar', offset)).not.toThrow();
    }
  });
});

describe('what stays the same is not read again', () => {
  test('policies and their types, when another file changes', () => {
    const service = new LanguageService();
    service.update(packFiles());
    const [before] = service.model.policyFiles[0]?.policies ?? [];
    const types = before && service.model.typesOf(before);
    service.update(packFiles({ 'policies/new.cedar': 'permit (principal, action, resource);' }));
    const after = service.model.policyFiles.find(({ path }) => path === 'policies/rules.cedar');
    expect(after?.policies[0]).toBe(before);
    expect(before && service.model.typesOf(before)).toBe(types);
  });

  test('types are new with the schema, and outlive its mistakes', () => {
    const service = new LanguageService();
    service.update(packFiles());
    const [policy] = service.model.policyFiles[0]?.policies ?? [];
    const before = policy && service.model.typesOf(policy);
    service.update(packFiles({ 'schema.cedarschema': `${SCHEMA}entity` }));
    expect(service.model.schemaIsCurrent).toBe(false);
    expect(policy && service.model.typesOf(policy)).toBe(before);
    service.update(packFiles({ 'schema.cedarschema': `${SCHEMA}entity Host;` }));
    expect(policy && service.model.typesOf(policy)).not.toBe(before);
  });
});

test('a service without files has nothing to say', () => {
  const service = new LanguageService();
  expect(service.problems([])).toEqual([]);
  expect(service.complete('policies/a.cedar', 0)).toEqual([]);
  expect(service.hover('policies/a.cedar', 0)).toBeUndefined();
  expect(service.outline('policies/a.cedar')).toEqual([]);
});
