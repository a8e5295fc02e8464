import { describe, expect, test } from 'vitest';
import { examplePacks } from '../simulation/testing/examples.ts';
import { createLocalEngine } from './engine.ts';

const packs = examplePacks(
  import.meta.glob<string>('../../policies/guard/**/*.{json,cedar,cedarschema}', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);
const target = { kind: 'scenario', id: 'payout-without-approval' } as const;

async function engineWithGuard() {
  const engine = createLocalEngine();
  const opened = await engine.open('guard', packs.get('guard') ?? new Map());
  expect(opened.ok).toBe(true);
  return engine;
}

describe('what would change a verdict', () => {
  test('is found, and is true when it is run', async () => {
    const engine = await engineWithGuard();
    const answer = await engine.change('guard', target);
    expect(answer).toMatchObject({ ok: true, value: { kind: 'allowed-if' } });
    const proposal = answer.ok && answer.value.kind === 'allowed-if' ? answer.value.proposal : null;
    const at = Date.parse('2026-03-16T10:00:00Z');
    const tried = await engine.check('guard', { kind: 'request', request: proposal?.request }, at);
    expect(tried).toMatchObject({ ok: true, value: { record: { verdict: 'ALLOW' } } });
  });

  test('is given up when it is asked anew, or when the pack changes', async () => {
    const engine = await engineWithGuard();
    const hard = { kind: 'scenario', id: 'production-delete-wrong-role' } as const;
    const first = engine.change('guard', hard);
    const second = engine.change('guard', target);
    const answers = await Promise.all([first, second]);
    expect(answers[1]).toMatchObject({ ok: true });
    // The first either was quick enough to be through, or was given up: it is never answered late.
    const [old] = answers;
    expect(old.ok ? 'answered' : old.error.code).toMatch(/^(?:answered|SUPERSEDED)$/u);
  });

  test('of what is not there, or breaks the contract, is an error', async () => {
    const engine = await engineWithGuard();
    expect(await engine.change('guard', { kind: 'scenario', id: 'nobody' })).toMatchObject({
      ok: false,
      error: { code: 'SCENARIO_UNKNOWN' },
    });
    expect(await engine.change('guard', { kind: 'text', text: '{"goal":7}' })).toMatchObject({
      ok: false,
      error: { code: 'REQUEST_INVALID' },
    });
  });
});
