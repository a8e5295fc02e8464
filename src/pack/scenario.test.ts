import { describe, expect, test } from 'vitest';
import { readScenario } from './scenario.ts';

const GOOD = {
  name: 'A payout',
  description: 'Nobody approved it.',
  tags: ['payout'],
  at: '2026-03-16T10:00:00+01:00',
  request: { goal: 'Pay the invoice', tools: ['payments_api'] },
  expect: { verdict: 'DEFER', issues: ['APPROVAL_REQUIRED'] },
};

const read = (file: unknown) => readScenario('scenarios/payout.json', JSON.stringify(file));

const problems = (file: unknown): readonly string[] => {
  const { run } = read(file);
  return run.ok ? [] : run.error.map(({ code, pointer }) => `${code} ${pointer}`);
};

describe('readScenario', () => {
  test('reads what is to be run and what is expected', () => {
    const scenario = read(GOOD);
    expect(scenario).toMatchObject({
      id: 'payout',
      path: 'scenarios/payout.json',
      name: 'A payout',
      tags: ['payout'],
      expect: { verdict: 'DEFER', issues: ['APPROVAL_REQUIRED'] },
    });
    expect(scenario.run).toMatchObject({
      ok: true,
      value: { now: Date.parse('2026-03-16T09:00:00Z'), check: { goal: 'Pay the invoice' } },
    });
  });

  test.each([
    ['an unknown field', { ...GOOD, expected: 1 }, ['FIELD_UNKNOWN /expected']],
    [
      'an unknown field deeper down',
      { ...GOOD, expect: { verdict: 'DENY', issue: [] } },
      ['FIELD_UNKNOWN /expect/issue'],
    ],
    ['no request', { ...GOOD, request: undefined }, ['FIELD_VALUE /request']],
    ['no time', { ...GOOD, at: undefined }, ['FIELD_MISSING /at']],
    ['a time without zone', { ...GOOD, at: '2026-03-16T10:00:00' }, ['FIELD_VALUE /at']],
    ['a day that does not exist', { ...GOOD, at: '2026-02-30T10:00:00Z' }, ['FIELD_VALUE /at']],
    [
      'a verdict that does not exist',
      { ...GOOD, expect: { verdict: 'MAYBE' } },
      ['FIELD_VALUE /expect/verdict'],
    ],
    [
      'a request that breaks the contract',
      { ...GOOD, request: { goal: '', tool: [], tools: [1] } },
      ['FIELD_TYPE /request/tools/0', 'FIELD_UNKNOWN /request/tool'],
    ],
    [
      'both at once',
      { ...GOOD, tags: 'x', request: {} },
      ['FIELD_TYPE /tags', 'FIELD_MISSING /request/goal'],
    ],
    ['a file that is a list', [], ['FIELD_TYPE ']],
  ])('%s', (_name, file, expected) => {
    expect(problems(file)).toEqual(expected);
  });

  test('text that is no JSON says where', () => {
    const { run, name } = readScenario('scenarios/x.json', '{"name": "A",\n "at": }');
    expect(name).toBe('x');
    expect(run.ok ? [] : run.error).toMatchObject([
      { code: 'JSON_SYNTAX', path: 'scenarios/x.json', span: { start: 21, end: 22 } },
    ]);
  });

  test('a problem stands where the field stands', () => {
    const text = '{"name": "A", "verdict": "DENY"}';
    const { run, name } = readScenario('scenarios/x.json', text);
    const places = run.ok ? [] : run.error.map(({ span }) => text.slice(span?.start, span?.end));
    expect(name).toBe('A');
    expect(places).toEqual(['{', '{', '{', '"verdict"']);
  });

  test('integers past 2^53 arrive exactly', () => {
    const text = JSON.stringify(GOOD).replace('"goal"', '"context":{"n":9007199254740993},"goal"');
    const { run } = readScenario('scenarios/x.json', text);
    expect(run.ok && run.value.check.context.get('n')).toBe(9007199254740993n);
  });
});
