import { expect, test } from 'vitest';
import { CedarRecord } from '../cedar/value.ts';
import { mapCheck, type MappedTool } from './map.ts';
import { checkFrom, policiesFrom } from './test-policies.ts';

const codes = ({ noticed }: MappedTool): readonly unknown[] =>
  noticed.map(({ issue, standing }) => `${standing} ${issue?.code} ${issue?.details?.['field']}`);

test('every tool has a session of its own over facts that are read once', () => {
  const context = { recent_tools: ['a', 'b', 'b', 'pay'], retry_count: 3, cost_usd: 'x' };
  const tools = ['a', 'b', 'pay', 'c'];
  const check = checkFrom({ tools, constraints: ['max_retries: 2'], context });
  const mapped = mapCheck(policiesFrom(''), check, Date.parse('2026-03-16T08:30:00Z'));
  const each = mapped.ok ? mapped.value.tools : [];
  const calls = each.map(({ tool, request }) => {
    const session = request.context.get('session');
    return [tool, session instanceof CedarRecord && session.get('same_tool_calls')];
  });
  expect(calls).toEqual([
    ['a', 1],
    ['b', 2],
    ['pay', 1],
    ['c', 0],
  ]);
  // Beside the session, tools of one type have the same context, and one of another type has its own.
  const names = each.map(({ request }) => [...request.context.entries()].map(([name]) => name));
  expect(names[1]).toEqual(names[0]);
  expect(names[3]).toEqual(names[0]);
  expect(names[0]).toContain('retry_count');
  expect(names[2]?.toSorted()).toEqual(['goal', 'limits', 'session']);
  expect(each.map(codes)).toEqual([
    ['defers CONTEXT_MALFORMED cost_usd'],
    ['defers CONTEXT_MALFORMED cost_usd'],
    [],
    ['defers CONTEXT_MALFORMED cost_usd'],
  ]);
});

test('a fact that is doubted is read, and defers', () => {
  const now = Date.parse('2026-03-16T08:30:00Z');
  const check = checkFrom({ tools: ['a'], context: { retry_count: 3, cost_usd: 'x' } });
  const doubted = new Map([
    ['retry_count', 'It was 7.'],
    ['cost_usd', 'It was 2.'],
    ['run_id', 'It is no text.'],
  ]);
  const mapped = mapCheck(policiesFrom(''), check, now, doubted);
  const [tool] = mapped.ok ? mapped.value.tools : [];
  expect(tool?.request.context.get('retry_count')).toBe(3);
  expect(tool === undefined ? [] : codes(tool)).toEqual([
    'defers CONTEXT_DOUBTED retry_count',
    'defers CONTEXT_DOUBTED cost_usd',
    'defers CONTEXT_DOUBTED run_id',
  ]);
  expect(tool?.noticed[0]?.issue?.message).toContain('It was 7.');
});
