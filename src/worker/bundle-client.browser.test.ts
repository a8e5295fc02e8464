import { afterEach, expect, test } from 'vitest';
import type { Result } from '../base/result.ts';
import type { BundleAsk, BundleFailure } from './bundle-api.ts';
import { createBundles } from './bundle-client.ts';
import { createLocalBundles } from './local-bundles.ts';
import { tinyPack } from './tiny-pack.ts';

const there = createBundles();
const NOW = Date.parse('2026-03-16T10:00:00Z');
const ASK: BundleAsk = { files: tinyPack(20), by: 'm.lindqvist', at: NOW, problems: [] };

afterEach(() => {
  there.stop();
});

function must<T>(result: Result<T, BundleFailure>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

test('a sealed key crosses into the worker and back, and signs the same bytes on both sides', async () => {
  const here = createLocalBundles();
  const key = must(await there.makeKey());
  expect(key.privateKey.extractable).toBe(false);
  const signed = must(await there.sign(ASK, key));
  expect(signed).toEqual(must(await here.sign(ASK, key)));
  const trust = { kind: 'keys', keys: [{ jwk: key.jwk, label: 'mine' }] } as const;
  const verdict = must(await there.verify(signed.bytes, trust, NOW));
  expect(verdict).toEqual(must(await here.verify(signed.bytes, trust, NOW)));
  expect(verdict.verified).toBe(true);
});

test('work that is under way can be ended, and begun again', async () => {
  const cut = there.preview({ ...ASK, files: tinyPack(2000) });
  there.stop();
  expect(await cut).toMatchObject({ ok: false, error: { code: 'BUNDLES_CANCELLED' } });
  expect(must(await there.preview(ASK)).passed).toHaveLength(20);
});

test('a worker that cannot be started is a value', async () => {
  const broken = createBundles({
    spawn: () => {
      throw new Error('no workers here');
    },
  });
  expect(await broken.preview(ASK)).toMatchObject({
    ok: false,
    error: { code: 'BUNDLES_FAILED' },
  });
});
