import { hash } from 'node:crypto';
import fc from 'fast-check';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { canonicalJson, type CanonicalJson } from '../base/canonical-json.ts';
import { isJsonArray, isJsonObject, JsonNumber, type Json } from '../cedar/json/lossless.ts';
import { readCheck, type Check } from './check.ts';
import { snakeCase } from './constraints.ts';
import { taskHash, taskText } from './task-hash.ts';

/** The text as it is defined: RFC 8785 of an object, without a thought for speed. */
function defined(check: Check): string {
  return canonicalJson({
    goal: check.goal,
    success_criteria: check.success_criteria,
    constraints: check.constraints,
    tools: check.tools,
    side_effects: check.side_effects.map(snakeCase),
    context: canonicalFacts(check.context),
  });
}

function canonicalFacts(json: Json): CanonicalJson {
  if (typeof json === 'bigint') return json.toString();
  if (json instanceof JsonNumber) {
    const number = Number(json.text);
    return Number.isFinite(number) ? number : json.text;
  }
  if (isJsonArray(json)) return json.map(canonicalFacts);
  if (isJsonObject(json)) {
    return Object.fromEntries([...json].map(([name, value]) => [name, canonicalFacts(value)]));
  }
  return json;
}

/** With quotes, controls, pairs, and names whose order is not that of numbers or of code points. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '10', '9', '-1', '__proto__', '"\\\n', '\u007f\u2028', '\ufb33', '🙂', 'é'),
);
const words = fc.array(text, { maxLength: 4 });
const { fact } = fc.letrec<{ fact: unknown }>((tie) => ({
  fact: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, -0, 2 ** 53, 1e21, 1e-7, 0.1, Number.MAX_VALUE),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.bigInt(),
    fc.constantFrom('1e400', '1.50', '-0.0').map((written) => new JsonNumber(written)),
    text,
    fc.array(tie('fact'), { maxLength: 3 }),
    fc.dictionary(text, tie('fact'), { maxKeys: 6 }),
  ),
}));
const check = fc
  .record({
    goal: text,
    success_criteria: words,
    constraints: words,
    tools: words,
    side_effects: words,
    context: fc.dictionary(text, fact, { maxKeys: 8 }),
  })
  .map((body) => {
    const read = readCheck(body);
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    return read.value;
  });

test('the text of a task is the canonical JSON of its parts, whatever they hold', () => {
  fc.assert(
    fc.property(check, (asked) => {
      expect(taskText(asked)).toBe(defined(asked));
    }),
    { numRuns: 500 },
  );
});

test('the hash is of that text alone: not of a longer or shorter one hashed before', () => {
  fc.assert(
    fc.property(fc.array(check, { minLength: 2, maxLength: 4 }), (several) => {
      for (const asked of several) {
        expect(taskHash(asked)).toBe(`sha256:${bytesToHex(sha256(utf8ToBytes(defined(asked))))}`);
        expect(taskHash(asked, (its) => hash('sha256', its))).toBe(taskHash(asked));
      }
    }),
  );
});

test.each([0, 1, 5_000, 5_400, 5_461, 5_500, 16_384, 100_000])(
  'a task of any size is hashed whole: %i characters of three bytes',
  (length) => {
    const read = readCheck({ goal: '', context: { text: '€'.repeat(length) } });
    if (!read.ok) throw new Error('refused');
    expect(taskHash(read.value)).toBe(
      `sha256:${bytesToHex(sha256(utf8ToBytes(defined(read.value))))}`,
    );
  },
);

test('the members of large objects stand in order too', () => {
  const name = fc.oneof(text, fc.integer({ min: 0, max: 200 }).map(String));
  const facts = fc.uniqueArray(name, { minLength: 20, maxLength: 60 });
  fc.assert(
    fc.property(facts, (names) => {
      const read = readCheck({ goal: '', context: new Map(names.map((one) => [one, null])) });
      expect(read.ok && taskText(read.value)).toBe(read.ok && defined(read.value));
    }),
  );
});

test('half a pair has no canonical form', () => {
  const read = readCheck({ goal: '' });
  if (!read.ok) throw new Error('refused');
  expect(() => taskText({ ...read.value, goal: 'a\ud800' })).toThrow(RangeError);
  expect(() => taskText({ ...read.value, tools: ['\udc00'] })).toThrow(RangeError);
  expect(() => taskText({ ...read.value, context: new Map([['\ud800', 1]]) })).toThrow(RangeError);
});
