import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, parseJson, type Json } from '../cedar/json/lossless.ts';
import { jsonFromUnknown } from '../cedar/json/from-unknown.ts';
import { CheckRequest, codePoints, readCheck, type Check } from './check.ts';

const problems = (body: unknown): readonly string[] => {
  const check = readCheck(body);
  return check.ok ? [] : check.error.map(({ path, code }) => `${code} ${path}`);
};

describe('readCheck', () => {
  test('fills in every default', () => {
    const check = readCheck({ goal: '' });
    expect(check).toEqual({
      ok: true,
      value: {
        goal: '',
        success_criteria: [],
        constraints: [],
        tools: [],
        side_effects: [],
        context: new Map(),
        pro: false,
        debug_store_input: false,
        policy_pack_version: '',
      },
    });
  });

  test.each([
    ['null', null, ['FIELD_TYPE ']],
    ['an array', [], ['FIELD_TYPE ']],
    ['text', 'goal', ['FIELD_TYPE ']],
    ['nothing', {}, ['FIELD_MISSING /goal']],
    ['a goal that is no text', { goal: 7 }, ['FIELD_TYPE /goal']],
    ['a null list', { goal: '', tools: null }, ['FIELD_TYPE /tools']],
    ['a list with a number', { goal: '', tools: ['a', 1] }, ['FIELD_TYPE /tools/1']],
    ['context as a list', { goal: '', context: [] }, ['FIELD_VALUE /context']],
    ['a flag as text', { goal: '', pro: 'true' }, ['FIELD_TYPE /pro']],
    ['a misspelt field', { goal: '', constraint: ['a'] }, ['FIELD_UNKNOWN /constraint']],
    [
      'everything at once',
      { tools: 'x', pro: 1, a: 1, 'b/c': 1 },
      [
        'FIELD_MISSING /goal',
        'FIELD_TYPE /tools',
        'FIELD_TYPE /pro',
        'FIELD_UNKNOWN /a',
        'FIELD_UNKNOWN /b~1c',
      ],
    ],
  ])('names every wrong field: %s', (_name, body, expected) => {
    expect(problems(body)).toEqual(expected);
  });

  test('a message says which field, in the words of people', () => {
    const check = readCheck({ goal: '', tools: ['a', null] });
    expect(check.ok ? [] : check.error.map(({ message }) => message)).toEqual([
      'tools[1] must be text, not null.',
    ]);
  });

  test('limits are exact: 8000 characters as people count them, 200 entries', () => {
    expect(problems({ goal: 'x'.repeat(8000) })).toEqual([]);
    expect(problems({ goal: 'x'.repeat(8001) })).toEqual(['FIELD_VALUE /goal']);
    expect(problems({ goal: '🙂'.repeat(8000) })).toEqual([]);
    const many = Array.from({ length: 201 }, () => 'a');
    expect(problems({ goal: '', tools: many.slice(1) })).toEqual([]);
    expect(problems({ goal: '', tools: many })).toEqual(['FIELD_TOO_MANY /tools']);
  });

  test('context: null is an empty context', () => {
    const check = readCheck({ goal: '', context: null });
    expect(check.ok && check.value.context.size).toBe(0);
  });

  test('a top-level environment counts where the context names none', () => {
    const environment = (body: object): unknown => {
      const check = readCheck({ goal: '', ...body });
      return check.ok ? check.value.context.get('environment') : check.error;
    };
    expect(environment({ environment: 'staging' })).toBe('staging');
    expect(environment({ environment: 'staging', context: { environment: null } })).toBe('staging');
    expect(environment({ environment: 'staging', context: { environment: 'production' } })).toBe(
      'production',
    );
  });

  test('keys such as __proto__ are names like any other', () => {
    const text = '{"goal":"g","__proto__":{"goal":"x"},"context":{"__proto__":1,"constructor":2}}';
    expect(problems(JSON.parse(text))).toEqual(['FIELD_UNKNOWN /__proto__']);
    const json = parseJson(text.replace('"__proto__":{"goal":"x"},', ''));
    const check = json.ok ? readCheck(json.value) : undefined;
    expect(check?.ok === true && [...check.value.context]).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
    expect(Object.prototype).not.toHaveProperty('goal');
  });

  test('depth is bounded, and cycles with it', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 10_000; level += 1) deep = [deep];
    expect(problems({ goal: '', context: { deep } })).toHaveLength(1);
    const cycle: Record<string, unknown> = {};
    cycle['again'] = cycle;
    expect(problems({ goal: '', context: cycle })).toHaveLength(1);
  });

  test('nothing makes it throw, and what it refuses it names', () => {
    const whatever = fc.oneof(
      fc.anything({ withBigInt: true, withMap: true, withDate: true, withNullPrototype: true }),
      fc.jsonValue(),
    );
    const named = (body: unknown): boolean => {
      const check = readCheck(body);
      return check.ok || check.error.length > 0;
    };
    const bodies = fc.oneof(
      whatever,
      whatever.map((context) => ({ goal: 'g', context })),
      fc.dictionary(fc.string(), whatever),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        expect(named(body)).toBe(true);
      }),
    );
  });
});

describe('the schema decides, for bodies that are read without it too', () => {
  const word = fc.oneof(fc.string(), fc.constantFrom('a', '🙂', 'max_retries: 3'));
  const list = fc.oneof(
    { weight: 8, arbitrary: fc.array(word, { maxLength: 3 }) },
    fc.constantFrom(null, 'a', {}, [1], ['a', null], [['a']], [true]),
    fc.constantFrom(199, 200, 201).map((length) => Array.from({ length }, () => 'a')),
  );
  const flag = fc.oneof({ weight: 5, arbitrary: fc.boolean() }, fc.constantFrom(null, 'true', 0));
  const text = fc.oneof({ weight: 5, arbitrary: word }, fc.constantFrom(null, 1, false, ['a'], {}));
  const goal = fc.oneof(
    { weight: 8, arbitrary: word },
    fc.constantFrom(null, 7, ['a']),
    fc.constantFrom(7999, 8000, 8001).map((length) => 'x'.repeat(length)),
    fc.constantFrom(4000, 4001, 8000, 8001).map((length) => '🙂'.repeat(length)),
  );
  const context = fc.oneof(
    { weight: 6, arbitrary: fc.dictionary(word, fc.jsonValue()) },
    fc.constantFrom(null, [], 'a', 1, { environment: null }, { environment: 'staging' }),
  );
  const fields = {
    goal,
    success_criteria: list,
    constraints: list,
    tools: list,
    side_effects: list,
    context,
    pro: flag,
    debug_store_input: flag,
    policy_pack_version: text,
    environment: text,
    tool: list,
  };
  const body = fc.oneof(
    fc.record(fields, { requiredKeys: [] }),
    fc.record({ ...fields, tool: fc.constant(undefined) }, { requiredKeys: ['goal'] }),
    fc.jsonValue(),
  );

  /** What the schema alone makes of a body, with the environment where `readCheck` puts it. */
  const bySchema = (asked: unknown) => {
    const json = jsonFromUnknown(asked);
    if (!json.ok || !isJsonObject(json.value)) return undefined;
    const check = CheckRequest.safeParse(Object.fromEntries(json.value)).data;
    if (check?.environment === undefined) return check;
    if ((check.context.get('environment') ?? null) !== null) return check;
    const named: [string, Json] = ['environment', check.environment];
    return { ...check, context: new Map([...check.context, named]) };
  };

  /** Maps compare without their order, and objects too. */
  const inOrder = (check: Check) => [Object.keys(check), [...check.context.keys()]];

  test('both accept the same and read it alike', () => {
    fc.assert(
      fc.property(body, (asked) => {
        const read = readCheck(asked);
        const check = read.ok ? read.value : undefined;
        const expected = bySchema(asked);
        expect(check).toEqual(expected);
        expect(check && inOrder(check)).toEqual(expected && inOrder(expected));
      }),
      { numRuns: 1000 },
    );
  });

  test('one body says nothing about the next', () => {
    fc.assert(
      fc.property(fc.array(body, { maxLength: 4 }), (several) => {
        const before = several.map((asked) => readCheck(asked));
        expect(several.toReversed().map((asked) => readCheck(asked))).toEqual(before.toReversed());
      }),
    );
  });
});

test('length is counted as people count, half pairs as one each', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), unpaired()), (text) => {
      expect(codePoints(text)).toBe(Array.from(text).length);
    }),
  );
});

function unpaired(): fc.Arbitrary<string> {
  const unit = fc.constantFrom('a', '\ud83d', '\ude42', '\udbff', '\udfff', '🙂');
  return fc.array(unit).map((units) => units.join(''));
}
