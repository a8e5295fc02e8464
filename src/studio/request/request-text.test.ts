import * as fc from 'fast-check';
import { parseTree } from 'jsonc-parser';
import { expect, test } from 'vitest';
import { literalOf } from '../state/json-literal.ts';
import { changed, isValue, nodeAt, readRequest, type Path } from './request-text.ts';

const payout = `{
  "goal": "Pay  our supplier",
  "tools": ["payments_api"],
  "constraints": [
    "max_cost_usd: 1.00"
  ],
  "context": {
    "amount_usd":   1250.0000, "run": 9007199254740993,
    "command": {
      "text": "ls"
    }
  }
}
`;

test.each<[string, string, Parameters<typeof changed>[1]]>([
  [
    'a value in its place',
    payout.replace('1250.0000', '12.50'),
    { kind: 'set', path: ['context', 'amount_usd'], literal: '12.50' },
  ],
  [
    'a new fact beside the last one, on a line of its own',
    payout.replace('"ls"\n    }', '"ls"\n    },\n    "mfa": true'),
    { kind: 'set', path: ['context', 'mfa'], literal: 'true' },
  ],
  [
    'a new member with the way to it',
    payout.replace('\n  }\n}', '\n  },\n  "more": { "a": { "b": 1 } }\n}'),
    { kind: 'set', path: ['more', 'a', 'b'], literal: '1' },
  ],
  [
    'a record, as far in as its line',
    payout.replace('{\n      "text": "ls"\n    }', '{\n      "known": true\n    }'),
    { kind: 'set', path: ['context', 'command'], literal: '{\n  "known": true\n}' },
  ],
  [
    'an element at the end of a line',
    payout.replace('["payments_api"]', '["payments_api", "fx.quote"]'),
    { kind: 'append', path: ['tools'], literal: '"fx.quote"' },
  ],
  [
    'an element on a line of its own',
    payout.replace('1.00"\n', '1.00",\n    "dry-run"\n'),
    { kind: 'append', path: ['constraints'], literal: '"dry-run"' },
  ],
  [
    'a list that was not there',
    payout.replace('\n  }\n}', '\n  },\n  "side_effects": ["deploy"]\n}'),
    { kind: 'append', path: ['side_effects'], literal: '"deploy"' },
  ],
  [
    'a member taken out, with its comma',
    payout.replace('    "amount_usd":   1250.0000, "run"', '    "run"'),
    { kind: 'remove', path: ['context', 'amount_usd'] },
  ],
  [
    'the last member taken out, with the comma before it',
    payout.replace(',\n    "command": {\n      "text": "ls"\n    }', ''),
    { kind: 'remove', path: ['context', 'command'] },
  ],
  [
    'the only element taken out: the list is empty, and given',
    payout.replace('["payments_api"]', '[]'),
    { kind: 'remove', path: ['tools', 0] },
  ],
  ['nothing where nothing is', payout, { kind: 'remove', path: ['context', 'mfa'] }],
  ['nothing in what is no list', payout, { kind: 'append', path: ['goal'], literal: '1' }],
  ['nothing inside of a text', payout, { kind: 'set', path: ['goal', 'x'], literal: '1' }],
])('puts %s', (_name, after, change) => {
  expect(changed(payout, change)).toBe(after);
});

test.each([
  ['{}', '{ "goal": "x" }'],
  ['{"a":1}', '{"a":1,"goal":"x"}'],
  ['{"a": 1}', '{"a": 1, "goal": "x"}'],
  ['{ "a": 1, "b": 2 }', '{ "a": 1, "b": 2, "goal": "x" }'],
  ['{\r\n\t"a": 1\r\n}', '{\r\n\t"a": 1,\r\n\t"goal": "x"\r\n}'],
  ['{\n  "a": 1,\n\n  "b": 2\n}', '{\n  "a": 1,\n\n  "b": 2,\n  "goal": "x"\n}'],
  ['{ "goal": null }', '{ "goal": "x" }'],
  ['{\n}\n', '{\n  "goal": "x"\n}\n'],
])('writes as its neighbours are written: %j', (before, after) => {
  expect(changed(before, { kind: 'set', path: ['goal'], literal: '"x"' })).toBe(after);
});

test('null stands for what is not given, and makes way', () => {
  const facts = { kind: 'set', path: ['context', 'a'], literal: '1' } as const;
  expect(changed('{"context":null}', facts)).toBe('{"context":{ "a": 1 }}');
  const tools = { kind: 'append', path: ['tools'], literal: '"x"' } as const;
  expect(changed('{"tools":null}', tools)).toBe('{"tools":["x"]}');
});

test.each([
  ['', 0, 'cannot be read'],
  ['{ "goal": }', 10, 'cannot be read'],
  ['{ "a": 1, }', 10, 'cannot be read'],
  ['{ "a": 1 } // why', 11, 'cannot be read'],
  ['  [1]', 2, 'no JSON object'],
  ['{ "a": 1, "a": 2 }', 10, '"a" is named twice'],
  ['{ "a": [{ "b": 1, "b": 2 }] }', 18, '"b" is named twice'],
  ['['.repeat(100_000), 0, 'too deeply'],
])('says where %j stops being a request, and leaves it alone', (text, offset, message) => {
  const read = readRequest(text);
  expect(read).toMatchObject({ ok: false, offset });
  expect(!read.ok && read.message).toContain(message);
  expect(changed(text, { kind: 'set', path: ['goal'], literal: '"x"' })).toBe(text);
});

test('one value is one value', () => {
  expect(['1', ' {"a": [1]} ', '"x"', 'null'].filter((text) => !isValue(text))).toEqual([]);
  expect(['', '1, "b": 2', '1}', 'x', '{"a":1,"a":2}', '[1'].filter(isValue)).toEqual([]);
});

// ------------------------------------------------------------------------ any request

/** Numbers that JavaScript cannot hold stand for all that must not go through it. */
const literal: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('9007199254740993', '-0.10', '1250.0000', '1e2', 'true', 'null', '{}', '[]'),
    fc.string({ maxLength: 4 }).map((text) => JSON.stringify(text)),
    fc
      .tuple(fc.array(tie('value'), { maxLength: 3 }), fc.constantFrom('', ' ', '\n   '))
      .map(([all, gap]) => `[${all.map((one) => gap + one).join(',')}${gap}]`),
  ),
})).value;

const name = fc.constantFrom('goal', 'tools', 'context', 'a/b', 'é', '');

/** Objects in many layouts, one in another under `context`. */
const request = fc
  .tuple(
    fc.uniqueArray(fc.tuple(name, literal), { selector: ([key]) => key, maxLength: 5 }),
    fc.constantFrom('', ' ', '\n  ', '\r\n\t', '\n\n '),
    fc.constantFrom(':', ': ', ' : '),
  )
  .map(([members, gap, colon]) => {
    const inside = members.map(([key, value]) => `${gap}${JSON.stringify(key)}${colon}${value}`);
    return `{${inside.join(',')}${gap === '\n  ' ? '\n' : gap}}`;
  });

const paths: readonly Path[] = [['goal'], ['tools'], ['context', 'fact'], ['a/b'], ['new']];

/** Every member of the request as it is written, but those on the way. */
function others(text: string, [first]: Path): Readonly<Record<string, string>> {
  const root = parseTree(text);
  return Object.fromEntries(
    (root?.children ?? []).flatMap(({ children = [] }) => {
      const [key, value] = children;
      if (key === undefined || value === undefined || key.value === first) return [];
      return [[String(key.value), text.slice(value.offset, value.offset + value.length)]];
    }),
  );
}

test('an edit leaves all else as it was written, and can be taken back', () => {
  fc.assert(
    fc.property(request, fc.constantFrom(...paths), literal, (text, path, value) => {
      const after = changed(text, { kind: 'set', path, literal: value });
      expect(others(after, path)).toEqual(others(text, path));
      const root = parseTree(text);
      if (root === undefined) throw new Error('no request');
      const before = nodeAt(root, path);
      const holder = nodeAt(root, path.slice(0, -1));
      if (holder?.type !== 'object') return;
      const read = readRequest(after);
      const node = read.ok ? nodeAt(read.root, path) : undefined;
      expect(node === undefined ? undefined : literalOf(after, node).replaceAll(/\s/gu, '')).toBe(
        value.replaceAll(/\s/gu, ''),
      );
      // What was not there is gone again, to the last space; in an object that held nothing, all is.
      const isEmpty = (holder.children ?? []).length === 0;
      const back = changed(after, { kind: 'remove', path });
      const blank = (some: string) => (isEmpty ? some.replaceAll(/\s/gu, '') : some);
      const isRestored = before !== undefined || blank(back) === blank(text);
      expect([isRestored, others(back, path)]).toEqual([true, others(text, path)]);
    }),
    { numRuns: 300 },
  );
});

test('an element comes and goes, and the list is as it was', () => {
  fc.assert(
    fc.property(request, literal, (text, value) => {
      const root = parseTree(text);
      const list = root === undefined ? undefined : nodeAt(root, ['tools']);
      fc.pre(list?.type === 'array' && (list.children ?? []).length > 0);
      const length = list?.children?.length ?? 0;
      const after = changed(text, { kind: 'append', path: ['tools'], literal: value });
      expect(others(after, ['tools'])).toEqual(others(text, ['tools']));
      expect(changed(after, { kind: 'remove', path: ['tools', length] })).toBe(text);
    }),
    { numRuns: 60 },
  );
});
