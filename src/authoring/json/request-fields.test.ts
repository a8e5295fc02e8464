import { expect, test } from 'vitest';
import { DERIVED_FIELDS } from '../vocabulary.ts';
import { packModel } from '../testing/pack.ts';
import { requestFields } from './request-fields.ts';

test('every example of a type has its control', () => {
  const schema = `
    type Context = {
      goal: String, session: { hour: Long },
      text: String, count?: Long, cost?: decimal, at?: datetime, ok?: Bool,
      @doc("Who may.") names?: Set<String>, counts?: Set<Long>, all?: { a: Long }, who?: Role, net?: ipaddr,
    };
    entity Role; entity Agent in [Role]; entity Environment;
    action "plan" appliesTo { principal: Agent, resource: Environment, context: Context };
    action "other", "third" appliesTo { principal: Agent, resource: Environment, context: { text?: String, count: Long, ok?: Long } };
  `;
  const { facts } = requestFields(packModel({ 'schema.cedarschema': schema }));
  expect(
    facts?.map(({ name, control, type, required }) => [name, control, type, required]),
  ).toEqual([
    ['text', 'text', 'String', true],
    // Required where any action says so; of two types no control is right but JSON.
    ['count', 'long', 'Long', true],
    ['cost', 'decimal', 'decimal', false],
    ['at', 'datetime', 'datetime', false],
    ['ok', 'json', 'several types', false],
    ['names', 'texts', 'Set<String>', false],
    ['counts', 'json', 'Set<Long>', false],
    ['all', 'json', '{a: Long}', false],
    ['who', 'json', 'Role', false],
    ['net', 'text', 'ipaddr', false],
  ]);
  expect(facts?.find(({ name }) => name === 'names')?.doc).toBe('Who may.');
});

test('members of the contract come with what the pack knows to say', () => {
  const { members, facts, derived } = requestFields(packModel());
  const controls = Object.fromEntries(members.map(({ name, control }) => [name, control]));
  expect(controls).toMatchObject({
    goal: 'text',
    tools: 'texts',
    pro: 'bool',
    environment: 'text',
  });
  expect(controls).not.toHaveProperty('context');
  expect(members.find(({ name }) => name === 'constraints')?.values).toContain('approval_required');
  expect(members.find(({ name }) => name === 'tools')?.values.length).toBeGreaterThan(0);
  expect(facts?.filter(({ name }) => DERIVED_FIELDS.has(name))).toEqual([]);
  expect(derived).toEqual([...DERIVED_FIELDS]);
});

test('a pack without a schema declares nothing', () => {
  expect(requestFields(packModel({ 'schema.cedarschema': undefined })).facts).toBeUndefined();
});
