import { expect, test } from 'vitest';
import { requestFields } from '../../authoring/json/request-fields.ts';
import { packModel } from '../../authoring/testing/pack.ts';
import type { RequestField } from '../../authoring/json/request-fields.ts';
import {
  controlFor,
  formRows,
  literalFor,
  problemsOf,
  textOf,
  type FieldProblem,
  type FormRow,
} from './form-rows.ts';
import { readRequest } from './request-text.ts';

const fact = (name: string, rest: Partial<RequestField> = {}): RequestField => ({
  name,
  control: 'text',
  type: 'String',
  doc: '',
  required: false,
  values: [],
  ...rest,
});
const fields = {
  ...requestFields(packModel()),
  facts: [fact('amount', { control: 'decimal', type: 'decimal', required: true }), fact('by')],
};

function rowsOf(text: string, problems: readonly FieldProblem[] = [], known = fields) {
  const read = readRequest(text);
  if (!read.ok) throw new Error(read.message);
  return formRows(text, read.root, known, problems);
}

const given = (rows: readonly FormRow[]) =>
  rows.flatMap(({ pointer, literal, note }) =>
    literal === undefined ? [] : [[pointer, literal, note]],
  );

test('every member stands where it belongs, as it is written', () => {
  const rows = rowsOf(
    '{ "goal": "x", "pro": true, "urgent": 1, "context": { "amount": 1.500, "a/b": [1e3], "goal": "y", "actor_role": "r" } }',
  );
  expect(rows.asks.map(({ pointer }) => pointer)).toEqual([
    '/goal',
    '/tools',
    '/side_effects',
    '/constraints',
    '/success_criteria',
  ]);
  expect(given(rows.asks)).toEqual([['/goal', '"x"', undefined]]);
  expect(given(rows.options)).toEqual([['/pro', 'true', undefined]]);
  expect(given(rows.unknown)).toEqual([['/urgent', '1', undefined]]);
  expect(given(rows.facts)).toEqual([['/context/amount', '1.500', undefined]]);
  expect(given(rows.undeclared)).toEqual([
    ['/context/a~1b', '[1e3]', expect.stringContaining('never see it')],
    ['/context/goal', '"y"', expect.stringContaining('derives it itself')],
    ['/context/actor_role', '"r"', expect.stringContaining('the engine reads it')],
  ]);
});

test('what is not declared goes with its value', () => {
  const { undeclared, unknown } = rowsOf('{ "urgent": 1, "context": { "color": 1 } }');
  expect([...undeclared, ...unknown].map(({ stays }) => stays)).toEqual([false, false]);
});

test('a context that is no object is shown as it is; none is a context without facts', () => {
  const wrong = rowsOf('{ "context": [1] }');
  expect(wrong.context?.literal).toBe('[1]');
  expect([wrong.facts, wrong.undeclared]).toEqual([[], []]);
  for (const text of ['{}', '{ "context": null }', '{ "context": {} }']) {
    const rows = rowsOf(text);
    expect(rows.context).toBeUndefined();
    expect([...rows.asks, ...rows.facts, ...rows.options].every(({ stays }) => stays)).toBe(true);
    expect(rows.facts.map(({ literal }) => literal)).toEqual([undefined, undefined]);
  }
});

test('without a schema every fact given is shown, and nobody says that it is not declared', () => {
  const { facts: _, ...rest } = fields;
  const rows = rowsOf('{ "context": { "by": "dana" } }', [], {
    ...rest,
    facts: undefined,
  } as never);
  expect(given(rows.undeclared)).toEqual([
    ['/context/by', '"dana"', expect.stringContaining('schema cannot be read')],
  ]);
});

test('problems stand at their fields', () => {
  const at = (pointer: string): FieldProblem => ({ pointer, message: pointer });
  const rows = rowsOf('{ "tools": [1], "toolsx": 1 }', [at('/tools/0'), at('/toolsx'), at('')]);
  const wrong = [...rows.asks, ...rows.unknown].filter(({ problems }) => problems.length > 0);
  expect(wrong.map(({ pointer, problems }) => [pointer, problems.length])).toEqual([
    ['/tools', 1],
    ['/toolsx', 1],
  ]);
});

test('the engine’s word on facts and constraints is a problem of their fields, each once', () => {
  const issue = (code: string, details: object) => ({ code, message: code, details });
  const issues = [
    issue('CONTEXT_MALFORMED', { field: 'a/b', tool: 'x' }),
    issue('CONTEXT_MALFORMED', { field: 'a/b', tool: 'y' }),
    issue('CONTEXT_MISSING', { field: 'amount' }),
    issue('CONSTRAINT_MALFORMED', { constraint: 'max_cost_usd: much' }),
    issue('APPROVAL_REQUIRED', { field: 'by' }),
  ];
  const result = { ok: true, value: { record: { issues } } } as never;
  expect(problemsOf(result).map(({ pointer, element }) => [pointer, element])).toEqual([
    ['/context/a~1b', undefined],
    ['/context/amount', undefined],
    ['/constraints', 'max_cost_usd: much'],
  ]);
  expect(problemsOf(undefined)).toEqual([]);
});

test.each([
  ['long', '9007199254740993', '9007199254740993'],
  ['long', '-5', '-5'],
  ['long', '05', '"05"'],
  ['long', '1.5', '"1.5"'],
  ['decimal', '1250.0000', '1250.0000'],
  ['decimal', '12.', '"12."'],
  ['decimal', '1e2', '"1e2"'],
  ['decimal', '12,5', '"12,5"'],
  ['datetime', '2026-03-16', '"2026-03-16"'],
  ['datetime', '', undefined],
  ['long', '', undefined],
  ['text', '', '""'],
  ['text', '5', '"5"'],
] as const)('%s typed as %j is written %j', (control, typed, literal) => {
  expect(literalFor(control, typed)).toBe(literal);
  // What is written reads as what was typed, so that the field keeps it.
  expect(textOf(literal)).toBe(typed);
});

test.each([
  ['text', '"x"', 'text'],
  ['text', '5', 'json'],
  ['text', undefined, 'text'],
  ['text', 'null', 'text'],
  ['long', '"5"', 'long'],
  ['long', 'true', 'json'],
  ['bool', 'true', 'bool'],
  ['bool', '"true"', 'json'],
  ['texts', '["a"]', 'texts'],
  ['texts', '["a", 1]', 'json'],
  ['texts', '["a\\nb"]', 'json'],
  ['texts', '"a"', 'json'],
  ['json', '"a"', 'json'],
] as const)('a %s that holds %s is shown as %s', (control, literal, shown) => {
  expect(controlFor(control, literal)).toBe(shown);
});
