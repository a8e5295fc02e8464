import { describe, expect, test } from 'vitest';
import type { Result } from '../base/result.ts';
import { createLocalEngine, type LocalEngine } from './engine.ts';
import type { EngineFailure } from './engine-api.ts';
import type { ProblemList } from './language-api.ts';
import { tinyPack } from './tiny-pack.ts';
import type { OfficialProblem } from '../authoring/official/problem.ts';
import { CLOCK } from './turns.ts';

const GUESTS = 'policies/guests.cedar';

function must<T>(result: Result<T, EngineFailure>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

async function opened(text?: string): Promise<LocalEngine> {
  const engine = createLocalEngine();
  const files = tinyPack(1);
  must(await engine.open('p', text === undefined ? files : files.set(GUESTS, text)));
  return engine;
}

function codes({ problems }: ProblemList): readonly string[] {
  return problems.map(({ source, code }) => `${source} ${code}`);
}

describe('an editor’s questions', () => {
  test('are answered from the newest text, even before its run', async () => {
    const engine = await opened();
    const text = '@id("x")\npermit (principal, action, resource) when { context. };';
    const update = engine.update('p', [{ path: GUESTS, text }]);
    const items = must(await engine.complete('p', GUESTS, text.indexOf('. }') + 1));
    expect(items.map(({ label }) => label)).toContain('actor_role');
    must(await update);
  });

  test('about the cursor: only the newest is answered', async () => {
    const engine = await opened();
    const text = tinyPack(1).get(GUESTS) ?? '';
    const at = text.indexOf('actor_role');
    const answers = await Promise.all([
      engine.hover('p', GUESTS, at + 1),
      engine.complete('p', GUESTS, at),
      engine.hover('p', GUESTS, at + 2),
    ]);
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code))).toEqual([
      'SUPERSEDED',
      'ok',
      'ok',
    ]);
    expect(answers[2]).toMatchObject({ value: { span: { start: at } } });
  });

  test('find and rename across the pack', async () => {
    const engine = await opened();
    const at = (tinyPack(1).get(GUESTS) ?? '').indexOf('actor_role');
    const [place] = must(await engine.definition('p', GUESTS, at + 1));
    expect(place?.path).toBe('schema.cedarschema');
    const places = must(await engine.references('p', GUESTS, at + 1));
    expect(new Set(places.map(({ path }) => path))).toContain(GUESTS);
    const id = (tinyPack(1).get(GUESTS) ?? '').indexOf('no-guests');
    const edits = must(await engine.rename('p', GUESTS, id + 1, 'guests-not'));
    expect(edits).toMatchObject([{ path: GUESTS }]);
    expect(await engine.rename('p', GUESTS, id + 1, 'allow-all')).toMatchObject({
      error: { code: 'RENAME_REFUSED', reason: 'NAME_TAKEN' },
    });
  });

  test('of a pack that is not open, or a file that is not there, are answers', async () => {
    const engine = await opened();
    expect(await engine.outline('q', GUESTS)).toMatchObject({ error: { code: 'PACK_NOT_OPEN' } });
    expect(await engine.problems('q')).toMatchObject({ error: { code: 'PACK_NOT_OPEN' } });
    expect(must(await engine.folding('p', 'nowhere.cedar'))).toEqual([]);
    expect(must(await engine.hover('p', 'nowhere.cedar', 3))).toBeUndefined();
  });
});

describe('problems', () => {
  test('are of the readers, of lint and of the official validator, each once', async () => {
    const engine = await opened(
      '@id("x")\nforbid (principal, action, resource) when { 1 == 2 };\npermit (',
    );
    const before = must(await engine.problems('p'));
    expect(before.official).toBe(false);
    expect(codes(before)).toContain('lint forbid-without-issue');
    expect(before.problems.map(({ source }) => source)).toContain('pack');
    const official: OfficialProblem = {
      path: GUESTS,
      span: { start: 0, end: 4 },
      severity: 'warning',
      code: 'mixed-scripts',
      message: 'Mixed.',
      help: 'Mend it.',
    };
    engine.takeOfficial('p', [official]);
    const after = must(await engine.problems('p'));
    expect(after.official).toBe(true);
    expect(after.problems).toHaveLength(before.problems.length + 1);
    expect(after.problems).toContainEqual({
      path: GUESTS,
      span: { start: 0, end: 4 },
      severity: 'warning',
      source: 'official',
      code: 'mixed-scripts',
      message: 'Mixed. Mend it.',
      fixes: [],
    });
  });

  test('that are about a whole rule stand under its effect', async () => {
    const text = '@id("permit-x")\npermit (principal, action, resource) when { 1 == 2 };';
    const engine = await opened(text);
    engine.takeOfficial('p', [
      {
        path: GUESTS,
        span: { start: 0, end: text.length },
        severity: 'error',
        code: 'official',
        message: 'All of it.',
      },
    ]);
    const { problems } = must(await engine.problems('p'));
    const whole = problems.find(({ source }) => source === 'official');
    expect(text.slice(whole?.span?.start, whole?.span?.end)).toBe('permit');
    expect(whole?.span?.start).toBe(text.indexOf('\npermit') + 1);
  });

  test('of the validator go with the text that they were about', async () => {
    const engine = await opened();
    engine.takeOfficial('p', [
      { path: GUESTS, severity: 'warning', code: 'official', message: 'M.' },
    ]);
    must(await engine.update('p', [{ path: 'policies/allow.cedar', text: '' }]));
    const kept = must(await engine.problems('p'));
    expect([kept.official, codes(kept)]).toEqual([
      false,
      expect.arrayContaining(['official official']),
    ]);
    must(await engine.update('p', [{ path: GUESTS, text: '' }]));
    expect(codes(must(await engine.problems('p')))).not.toContain('official official');
  });

  test('are told in the middle of a long run', async () => {
    let now = 0;
    // Every look at the clock ends a slice, so that each check gives way.
    const clock = { now: () => (now += 50), pause: CLOCK.pause };
    const engine = createLocalEngine({ clock });
    let settled = false;
    const opening = engine.open('p', tinyPack(300)).finally(() => {
      settled = true;
    });
    const listed = await engine.problems('p');
    expect(settled).toBe(false);
    expect(must(listed).revision).toBe(1);
    expect(must(await opening).complete).toBe(true);
  });

  test('of an older text are not told', async () => {
    const engine = await opened();
    const asked = engine.problems('p');
    const update = engine.update('p', [{ path: GUESTS, text: '' }]);
    expect(await asked).toMatchObject({ error: { code: 'SUPERSEDED' } });
    must(await update);
  });
});
