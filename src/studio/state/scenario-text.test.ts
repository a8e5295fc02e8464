import { describe, expect, test } from 'vitest';
import {
  fieldSpan,
  freeStem,
  newScenario,
  requestText,
  scenarioTime,
  slug,
  withExpectation,
  withName,
  withRequestText,
} from './scenario-text.ts';

const scenario = `{
  "name": "Payout",
  "at": "2026-03-16T10:00:00Z",
  "request": {
    "goal": "Pay out",
    "context": { "amount": 9007199254740993 }
  },
  "expect": { "verdict": "DEFER", "issues": ["A"] }
}
`;

describe('scenario files as text', () => {
  test('the request is read as written and moved to the margin', () => {
    expect(requestText(scenario)).toBe(
      '{\n  "goal": "Pay out",\n  "context": { "amount": 9007199254740993 }\n}',
    );
  });

  test.each([
    ['two spaces', scenario],
    ['four spaces', scenario.replaceAll('  ', '    ')],
    ['tabs', scenario.replaceAll('  ', '\t')],
    ['no indentation', scenario.replaceAll(/^ +/gmu, '')],
    ['Windows line ends', scenario.replaceAll('\n', '\r\n')],
  ])('writing back what was read changes nothing: %s', (_layout, text) => {
    expect(withRequestText(text, requestText(text) ?? '')).toBe(text);
  });

  test('a new request leaves the rest to the letter', () => {
    const changed = withRequestText(scenario, '{ "goal": "" }');
    expect(changed).toBe(
      scenario.replace(/"request": \{[\s\S]*?\n {2}\}/, '"request": { "goal": "" }'),
    );
  });

  test('a scenario without a request gets one', () => {
    expect(JSON.parse(withRequestText('{\n  "name": "x"\n}', '{"goal": "g"}'))).toEqual({
      name: 'x',
      request: { goal: 'g' },
    });
  });

  test.each(['', '[', '{', 'null', '{"request":'])('broken text %j gives no request', (text) => {
    expect(requestText(text)).toBeUndefined();
  });

  test('time, name and expectation', () => {
    expect(scenarioTime(scenario)).toBe(Date.parse('2026-03-16T10:00:00Z'));
    expect(scenarioTime('{"at":"soon"}')).toBeUndefined();
    expect(scenarioTime('{')).toBeUndefined();
    expect(requestText(withName(scenario, 'Other'))).toBe(requestText(scenario));
    expect(JSON.parse(withExpectation(scenario, 'DENY', ['B']))).toMatchObject({
      expect: { verdict: 'DENY', issues: ['B'] },
    });
  });

  test('another expectation still wants what stayed away to stay away', () => {
    const wants = scenario.replace('["A"]', '["A"], "without": ["B", "C"]');
    expect(JSON.parse(withExpectation(wants, 'DENY', ['B']))).toMatchObject({
      expect: { verdict: 'DENY', issues: ['B'], without: ['C'] },
    });
    const all: unknown = JSON.parse(withExpectation(wants, 'DENY', ['B', 'C']));
    expect(all).not.toHaveProperty('expect.without');
  });

  test('a new scenario carries the request it was made from', () => {
    const made = newScenario('New', 0, '{"goal": "g"}');
    expect(JSON.parse(made)).toMatchObject({
      name: 'New',
      at: '1970-01-01T00:00:00Z',
      request: { goal: 'g' },
    });
  });

  test('names become file stems', () => {
    expect(slug('Payout, no approval — Zürich!')).toBe('payout-no-approval-zurich');
    expect(slug('幫我')).toBe('scenario');
    expect(freeStem('a', (stem) => stem === 'a' || stem === 'a-2')).toBe('a-3');
  });
});

describe('a field of a request', () => {
  const text = '{ "tools": ["a", "b"], "context": { "a/b": 1, "7": true } }';
  const shown = (pointer: string) => {
    const { start, end, isThere } = fieldSpan(text, pointer);
    return [text.slice(start, end), isThere];
  };

  test.each([
    ['/tools', '"tools": ["a", "b"]'],
    ['/tools/1', '"b"'],
    ['/context/a~1b', '"a/b": 1'],
    ['/context/7', '"7": true'],
    ['', text],
  ])('%s is found with its name', (pointer, found) => {
    expect(shown(pointer)).toEqual([found, true]);
  });

  test.each([
    ['/context/approved_at', '"context": { "a/b": 1, "7": true }'],
    ['/limits/max/deep', text],
    ['/tools/9', '"tools": ["a", "b"]'],
  ])('%s is not there: what is around it is', (pointer, found) => {
    expect(shown(pointer)).toEqual([found, false]);
  });

  test('an unreadable text has none', () => {
    expect(fieldSpan('', '/goal')).toEqual({ start: 0, end: 0, isThere: false });
  });
});
