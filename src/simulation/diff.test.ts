import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PackFiles } from '../pack/files.ts';
import { applyPackDiff, diffPacks, diffShapes, isSamePack, reversePackDiff } from './diff.ts';
import { packShape } from './pack-shape.ts';
import { applyDiff, diffRecords, isEmptyDiff, reverseDiff } from './records-diff.ts';
import { ruleChanges } from './rule-changes.ts';
import { changed, edited, examplePacks, packOf } from './testing/examples.ts';

const EXAMPLES = examplePacks(
  import.meta.glob<string>('../../policies/**/*', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);
const PACKS = new Map([...EXAMPLES].map(([name, files]) => [name, packOf(files)]));
const PAYMENTS = EXAMPLES.get('payments') ?? new Map<string, string>();
const HOURS = 'policies/hours.cedar';

const records = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.oneof(fc.integer(), fc.string()))
  .map((all) => new Map(Object.entries(all)));
const plain = (all: ReadonlyMap<string, unknown>) =>
  [...all].toSorted(([a], [b]) => (a < b ? -1 : 1));

describe('laws', () => {
  test('applying a diff gives the other side, its reverse undoes it, a self-diff is empty', () => {
    fc.assert(
      fc.property(records, records, (before, after) => {
        const diff = diffRecords(before, after);
        expect(plain(applyDiff(before, diff))).toEqual(plain(after));
        expect(plain(applyDiff(after, reverseDiff(diff)))).toEqual(plain(before));
        expect(isEmptyDiff(diffRecords(before, before))).toBe(true);
        expect(isEmptyDiff(diff)).toBe(
          JSON.stringify(plain(before)) === JSON.stringify(plain(after)),
        );
      }),
    );
  });

  const names = [...EXAMPLES.keys()];
  test.each(names.flatMap((a) => names.map((b) => [a, b] as const)))('%s to %s', (a, b) => {
    const [before, after] = [packOf(EXAMPLES.get(a)), packOf(EXAMPLES.get(b))].map(packShape);
    if (before === undefined || after === undefined) throw new Error('no packs');
    const diff = diffShapes(before, after);
    expect(isSamePack(diffShapes(applyPackDiff(before, diff), after))).toBe(true);
    expect(isSamePack(diffShapes(applyPackDiff(after, reversePackDiff(diff)), before))).toBe(true);
    expect(isSamePack(diff)).toBe(a === b);
  });
});

describe('what is no change', () => {
  test.each([...EXAMPLES.keys()])('layout, comments, order of annotations, files: %s', (name) => {
    const files = EXAMPLES.get(name) ?? new Map<string, string>();
    const other = [...files].map(([path, text]) => {
      if (!path.endsWith('.cedar')) return [path, text] as const;
      const loose = text
        .replace(/^\/\/.*$/gm, '// said otherwise')
        .replace(/^(@id\(.*\))\n(@.*)$/gm, '$2\n\n$1')
        .replace(/^ +/gm, '\t');
      return [path.replace('.cedar', '-moved.cedar'), loose] as const;
    });
    const diff = diffPacks(packOf(files), packOf(new Map(other)));
    expect(isSamePack(diff)).toBe(true);
    expect(ruleChanges(packOf(files), packOf(new Map(other)))).toEqual([]);
  });
});

describe('what changed', () => {
  test('a condition, by rule, with the smallest text that differs on both sides', () => {
    const after = edited(PAYMENTS, HOURS, (text) => text.replace('< 1020', '< 1080'));
    const [before, now] = [packOf(PAYMENTS), packOf(after)];
    const { rules } = diffPacks(before, now);
    expect([...rules.updated.keys()]).toEqual(['payouts-in-business-hours']);
    expect(rules.added.size + rules.removed.size).toBe(0);
    const [change, ...others] = ruleChanges(before, now);
    expect(others).toEqual([]);
    expect(textAt(PAYMENTS, change?.before)).toBe('1020');
    expect(textAt(after, change?.after)).toBe('1080');
    expect(change).toMatchObject({ ruleId: 'payouts-in-business-hours', part: 'condition' });
  });

  test('a conjunct that is gone stands on one side only', () => {
    const after = edited(PAYMENTS, HOURS, (text) =>
      text.replace('context.session.weekday <= 5 &&\n', ''),
    );
    const changes = ruleChanges(packOf(PAYMENTS), packOf(after));
    expect(changes.map((change) => [textAt(PAYMENTS, change.before), change.after])).toEqual([
      ['context.session.weekday <= 5', undefined],
    ]);
  });

  test.each([
    ['{ b: 2, a: 1 }', '{ a: 1, b: 2 }', '{ b: 2, a: 1 }'],
    ['{ b: 3, a: 1 }', '2', '3'],
    ['{ a: 1, c: 2 }', '{ a: 1, b: 2 }', '{ a: 1, c: 2 }'],
  ])('a record becomes %s', (record, from, to) => {
    const withRecord = (text: string): PackFiles =>
      edited(PAYMENTS, HOURS, (rules) =>
        rules.replace('context.session.weekday <= 5', `${text} == { a: 1, b: 2 }`),
      );
    const [before, after] = [withRecord('{ a: 1, b: 2 }'), withRecord(record)];
    const changes = ruleChanges(packOf(before), packOf(after));
    expect(changes.map((change) => textAt(before, change.before))).toEqual([from]);
    expect(changes.map((change) => textAt(after, change.after))).toEqual([to]);
  });

  test.each([
    ['scope', 'action in Action::"payout"', 'action in Action::"refund"', 'action'],
    ['annotation', '@risk("25")', '@risk("26")', 'annotation'],
    ['effect and annotation', '@verdict("DEFER")\n', '', 'annotation'],
    ['kind of condition', 'unless { context has after', 'when { context has after', 'condition'],
  ] as const)('%s', (_name, from, to, part) => {
    const after = edited(PAYMENTS, HOURS, (text) => text.replace(from, to));
    const changes = ruleChanges(packOf(PAYMENTS), packOf(after));
    expect(changes.map((change) => change.part)).toEqual([part]);
    expect(textAt(PAYMENTS, changes[0]?.before)).toContain(from.trim().split(' {')[0]);
  });

  test('rules that came and went', () => {
    const after = changed(PAYMENTS, {
      [HOURS]: '@id("new-rule") permit (principal is Agent, action, resource);',
    });
    const diff = diffPacks(packOf(PAYMENTS), packOf(after));
    expect([...diff.rules.added.keys()]).toEqual(['new-rule']);
    expect(diff.rules.added.get('new-rule')).toMatchObject({
      principal: 'principal is Agent',
      action: 'action',
      resource: 'resource',
    });
    expect([...diff.rules.removed.keys()].toSorted()).toEqual([
      'payouts-in-business-hours',
      'phones-stay-quiet-at-night',
      'stated-business-hours-hold',
    ]);
    const parts = ruleChanges(packOf(PAYMENTS), packOf(after)).map(({ part }) => part);
    expect(parts).toEqual(['rule', 'rule', 'rule', 'rule']);
  });

  test('schema, entities, settings and scenarios, each once', () => {
    const after = [
      (files: PackFiles) =>
        edited(files, 'schema.cedarschema', (text) =>
          text.replace('recipient_count?: Long', 'recipient_count?: String'),
        ),
      (files: PackFiles) =>
        edited(files, 'entities/roles.json', (text) =>
          text.replace(
            '"auditor"}, "attrs": {}, "parents": [{"type": "Role", "id": "payments_staff"}]',
            '"auditor"}, "attrs": {}, "parents": []',
          ),
        ),
      (files: PackFiles) => edited(files, 'stage0.json', (text) => text.replace('85', '86')),
      (files: PackFiles) =>
        edited(files, 'scenarios/payout-without-approval.json', (text) =>
          text.replace('"DEFER"', '"DENY"'),
        ),
    ].reduce((files, edit) => edit(files), PAYMENTS);
    const diff = diffPacks(packOf(PAYMENTS), packOf(after));
    expect([...diff.schema.updated]).toEqual([
      ['CheckContext.recipient_count', ['optional Long', 'optional String']],
    ]);
    expect([...diff.entities.updated]).toEqual([
      ['Role::"auditor"', ['in [Role::"payments_staff"]', 'in []']],
    ]);
    expect([...diff.settings.updated]).toEqual([['risk.threshold', ['85', '86']]]);
    expect([...diff.scenarios.updated.keys()]).toEqual(['payout-without-approval']);
    expect(isEmptyDiff(diff.rules)).toBe(true);
  });

  test('every pack names each rule once', () => {
    for (const pack of PACKS.values()) {
      expect([...packShape(pack).rules.keys()]).toEqual(pack.rules.map(({ id }) => id));
    }
  });
});

function textAt(
  files: PackFiles,
  place: { readonly path: string; readonly span: { start: number; end: number } } | undefined,
): string | undefined {
  return place === undefined
    ? undefined
    : files.get(place.path)?.slice(place.span.start, place.span.end);
}
