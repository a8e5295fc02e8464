import { describe, expect, test } from 'vitest';
import type { Result } from '../base/result.ts';
import { createLocalEngine } from './engine.ts';
import type { EngineFailure } from './engine-api.ts';
import { tinyPack, tinyScenario } from './tiny-pack.ts';

const guests = 'policies/guests.cedar';
const limited =
  '@id("no-guests")\n@issue("GUEST")\nforbid (principal, action, resource)\nwhen { context has actor_role && context.actor_role == "guest" };\n@id("short-goals")\n@issue("SHORT")\nforbid (principal, action, resource)\nwhen { context.session.goal_length < 5 };\n';

function must<T>(result: Result<T, EngineFailure>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** An engine with the tiny pack, in which no scenario is about guests, and other files beside. */
async function engineWith(...changes: readonly (readonly [string, string])[]) {
  const engine = createLocalEngine();
  const files = new Map([...tinyPack(1), ...changes]);
  const schema = files.get('schema.cedarschema') ?? '';
  files.set('schema.cedarschema', schema.replace('session: {}', 'session: { goal_length: Long }'));
  must(await engine.open('tiny', files));
  return { engine, files };
}

describe('mistakes that nobody notices', () => {
  test('are told with the text before and after, and where it stands', async () => {
    const { engine, files } = await engineWith([guests, limited]);
    const result = must(await engine.mutate('tiny', undefined));
    expect(result.noticed).toBe(result.total - result.survivors.length);
    const survivor = result.survivors.find(({ what }) => what.endsWith('goal_length < 4`'));
    expect(survivor).toMatchObject({ ruleId: 'short-goals', kind: 'boundary', path: guests });
    const { span, before, after } = survivor ?? { span: { start: 0, end: 0 } };
    expect(files.get(guests)?.slice(span.start, span.end)).toBe(before);
    expect(before).toBe('context.session.goal_length < 5');
    expect(after).toBe('context.session.goal_length < 4');
  });

  test('are noticed by the scenarios proposed for them, once those are saved', async () => {
    const { engine } = await engineWith([guests, limited]);
    const before = must(await engine.mutate('tiny', undefined));
    const keys = before.survivors.map(({ key }) => key);
    const heard: string[] = [];
    const found = must(
      await engine.notice('tiny', keys, ({ key }) => {
        heard.push(key);
      }),
    );
    expect(heard).toEqual(keys);
    const changes = found.flatMap(({ scenario }, index) =>
      scenario === undefined ? [] : [{ path: `scenarios/n-${index}.json`, text: scenario.text }],
    );
    expect(changes.length).toBeGreaterThan(2);
    const { scenarios } = must(await engine.update('tiny', changes));
    expect(scenarios.filter(({ state }) => state !== 'pass')).toEqual([]);
    const again = must(await engine.mutate('tiny', keys));
    expect(again.total).toBe(keys.length);
    expect(again.survivors).toHaveLength(keys.length - changes.length);
  });

  test('are not looked for any longer when that is cancelled, asked anew or the pack changes', async () => {
    const { engine } = await engineWith(
      ...Array.from(
        { length: 400 },
        (_, index) => [`scenarios/m-${index}.json`, tinyScenario('operator', 'ALLOW')] as const,
      ),
    );
    const cancelled = engine.mutate('tiny', undefined);
    await engine.cancelProbe('tiny');
    expect(await cancelled).toMatchObject({ error: { code: 'SUPERSEDED' } });
    const [first, second] = [engine.mutate('tiny', undefined), engine.mutate('tiny', undefined)];
    expect(await first).toMatchObject({ error: { code: 'SUPERSEDED' } });
    expect((await second).ok).toBe(true);
    const edited = engine.mutate('tiny', undefined);
    must(await engine.update('tiny', [{ path: guests, text: limited }]));
    expect(await edited).toMatchObject({ error: { code: 'SUPERSEDED' } });
  });
});

describe('what is not covered', () => {
  test('is proposed, and covered once that is saved', async () => {
    const { engine } = await engineWith([guests, limited]);
    const proposals = must(await engine.proposals('tiny'));
    const keys = proposals.map(({ key }) => key);
    expect(keys).toEqual(expect.arrayContaining(['no-guests true', 'short-goals 0 true false']));
    const changes = proposals.flatMap(({ scenario }, index) =>
      scenario === undefined ? [] : [{ path: `scenarios/c-${index}.json`, text: scenario.text }],
    );
    must(await engine.update('tiny', changes));
    const left = must(await engine.proposals('tiny'));
    expect(left.filter(({ scenario }) => scenario !== undefined)).toEqual([]);
    expect(must(await engine.coverage('tiny')).percent).toBeGreaterThan(90);
  });

  test('can be downloaded', async () => {
    const { engine } = await engineWith();
    const lcov = must(await engine.coverageText('tiny', 'lcov'));
    expect(lcov).toContain(`SF:${guests}\n`);
    const json: unknown = JSON.parse(must(await engine.coverageText('tiny', 'json')));
    expect(json).toHaveProperty('rules.1.id', 'no-guests');
  });
});

test('boundaries come with their file and their three cases', async () => {
  const { engine } = await engineWith([guests, limited]);
  const [boundary, ...others] = must(await engine.boundaries('tiny'));
  expect(others).toEqual([]);
  expect(boundary).toMatchObject({ ruleId: 'short-goals', path: guests, surprising: false });
  expect(boundary?.cases.map(({ verdict }) => verdict)).toEqual(['DENY', 'ALLOW', 'ALLOW']);
});

test('a pack with errors answers none of these', async () => {
  const { engine } = await engineWith();
  must(await engine.update('tiny', [{ path: guests, text: 'forbid (' }]));
  const answers = await Promise.all([
    engine.mutate('tiny', undefined),
    engine.notice('tiny', ['x']),
    engine.proposals('tiny'),
    engine.boundaries('tiny'),
    engine.coverageText('tiny', 'lcov'),
  ]);
  for (const answer of answers) expect(answer).toMatchObject({ error: { code: 'PACK_BROKEN' } });
});
