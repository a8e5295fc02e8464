import { expect, test } from 'vitest';
import { CheckRequest } from '../../decision/check.ts';
import { Settings } from '../../decision/settings.ts';
import { Metadata } from '../../pack/metadata.ts';
import { readScenario } from '../../pack/scenario.ts';
import { shapeAt } from '../complete/json.ts';
import { packModel } from '../testing/pack.ts';
import { shapeOfFile, type Shape } from './shapes.ts';

/** Names of an object's members, those that must be there marked. */
function names(shape: Shape | undefined): readonly string[] {
  if (shape?.kind !== 'object') return [];
  return shape.members.map(({ name, required }) => `${name}${required ? '!' : ''}`).toSorted();
}

interface ZodObject {
  readonly shape: Readonly<
    Record<string, { readonly safeParse: (value: unknown) => { success: boolean } }>
  >;
}

function zodNames({ shape }: ZodObject): readonly string[] {
  return Object.entries(shape)
    .map(([name, type]) => `${name}${type.safeParse(undefined).success ? '' : '!'}`)
    .toSorted();
}

const model = packModel();

test('what completion offers is what the runtime reads', () => {
  const metadata = shapeOfFile(model, 'metadata.json');
  expect(names(metadata)).toEqual(zodNames(Metadata));
  expect(names(shapeAt(metadata, ['policy_store']))).toEqual(zodNames(Metadata.shape.policy_store));
  const settings = shapeOfFile(model, 'stage0.json');
  expect(names(settings)).toEqual(zodNames(Settings));
  expect(names(shapeAt(settings, ['risk']))).toEqual(zodNames(Settings.shape.risk));
  const scenario = shapeOfFile(model, 'scenarios/a.json');
  expect(names(shapeAt(scenario, ['request']))).toEqual(zodNames(CheckRequest));
});

test('a scenario of nothing but what is offered can be run', () => {
  const full = JSON.stringify(example(shapeOfFile(model, 'scenarios/a.json')));
  expect(readScenario('scenarios/a.json', full).run).toMatchObject({ ok: true });
  const scenario = shapeOfFile(model, 'scenarios/a.json');
  const unknown = full.replace('{', '{"nothing":1,');
  expect(readScenario('scenarios/a.json', unknown).run.ok).toBe(false);
  expect(names(scenario)).toContain('expect!');
});

/** Some value of a shape, with every member. */
function example(shape: Shape | undefined): unknown {
  switch (shape?.kind) {
    case 'object':
      return Object.fromEntries(
        shape.members.map((member) => [member.name, example(member.shape)]),
      );
    case 'array':
      return [example(shape.element)];
    case 'string':
      return shape.values[0]?.value ?? 'text';
    case 'boolean':
      return true;
    case 'number':
      return Number(shape.example);
    case undefined:
      return null;
  }
}

test('files of other kinds have no shape', () => {
  expect(shapeOfFile(model, 'policies/rules.cedar')).toBeUndefined();
  expect(shapeOfFile(model, 'README.md')).toBeUndefined();
});
