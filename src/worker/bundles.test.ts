import { describe, expect, test } from 'vitest';
import type { BundleAsk, BundleFailure, MadeKey } from './bundle-api.ts';
import { createLocalBundles } from './local-bundles.ts';
import type { Result } from '../base/result.ts';
import { tinyPack, tinyScenario } from './tiny-pack.ts';

const bundles = createLocalBundles();
const NOW = Date.parse('2026-03-16T10:00:00Z');

function must<T>(result: Result<T, BundleFailure>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

function ask(change: Partial<BundleAsk> = {}): BundleAsk {
  return { files: tinyPack(), by: 'm.lindqvist', at: NOW, problems: [], ...change };
}

function own(key: MadeKey) {
  return { kind: 'keys', keys: [{ jwk: key.jwk, label: 'mine' }] } as const;
}

/** A pack of which one scenario expects what does not come out. */
function failing(): Map<string, string> {
  return tinyPack().set('scenarios/s-1.json', tinyScenario('operator', 'DENY'));
}

describe('export', () => {
  test('what is shown ahead is what is signed', async () => {
    const preview = must(await bundles.preview(ask()));
    expect(preview).toMatchObject({
      name: 'tiny',
      version: '1.0.0',
      fileName: 'tiny-1.0.0.cjar',
      passed: ['s-0', 's-1', 's-2'],
      failed: [],
      doubts: [],
    });
    const key = must(await bundles.makeKey());
    const signed = must(await bundles.sign(ask(), key));
    expect(signed).toMatchObject({ fileName: 'tiny-1.0.0.cjar', result: 'PASSED' });
    const verdict = must(await bundles.verify(signed.bytes, own(key), NOW));
    expect(verdict.steps.map(({ state }) => state)).toEqual(verdict.steps.map(() => 'passed'));
    expect(verdict.verified).toBe(true);
    expect(verdict.bundle).toMatchObject({
      id: signed.id,
      test: { result: 'PASSED', passed: 3, failed: 0, by: 'm.lindqvist' },
    });
    expect(verdict.bundle?.files).toEqual(tinyPack());
    expect(preview.files.map(({ path }) => path)).toEqual(
      [...tinyPack().keys(), 'tests/decisions.json'].toSorted(),
    );
  });

  test('a failing scenario needs a reason, which the bundle carries', async () => {
    const doubtful = ask({ files: failing() });
    const preview = must(await bundles.preview(doubtful));
    expect(preview).toMatchObject({ failed: ['s-1'], doubts: [{ about: 'failing-scenarios' }] });
    const key = must(await bundles.makeKey());
    expect(await bundles.sign(doubtful, key)).toMatchObject({
      ok: false,
      error: { code: 'BUNDLE_REFUSED' },
    });
    expect(await bundles.sign({ ...doubtful, reason: '  ' }, key)).toMatchObject({ ok: false });
    const signed = must(await bundles.sign({ ...doubtful, reason: 'Known, see T-1' }, key));
    expect(signed.result).toBe('FAILED');
    const verdict = must(await bundles.verify(signed.bytes, own(key), NOW));
    expect(verdict.bundle?.test).toMatchObject({ result: 'FAILED', reason: 'Known, see T-1' });
  });

  test('errors of the official validator need a reason', async () => {
    const problems = [{ path: 'policies/allow.cedar', code: 'unknown-attribute', message: 'No.' }];
    const preview = must(await bundles.preview(ask({ problems })));
    expect(preview.doubts).toMatchObject([{ about: 'validator-errors' }]);
  });

  test('a pack that does not compile is refused with the file and the reason', async () => {
    const files = tinyPack().set('policies/allow.cedar', 'permit (');
    expect(await bundles.preview(ask({ files }))).toMatchObject({
      ok: false,
      error: {
        code: 'BUNDLE_REFUSED',
        problems: [{ code: 'PACK_BROKEN', path: 'policies/allow.cedar' }],
      },
    });
  });

  test('the bundle before gives the flips, and must come before', async () => {
    const key = must(await bundles.makeKey());
    const strict = tinyPack()
      .set(
        'policies/allow.cedar',
        '@id("allow-none")\npermit (principal, action, resource) when { false };\n',
      )
      .set('scenarios/s-1.json', tinyScenario('operator', 'DENY'));
    const { bytes } = must(await bundles.sign(ask({ files: strict, reason: 'a start' }), key));
    expect(await bundles.preview(ask({ previous: bytes }))).toMatchObject({
      ok: false,
      error: { code: 'PREVIOUS_REFUSED' },
    });
    const metadata = tinyPack().get('metadata.json')?.replace('1.0.0', '1.1.0') ?? '';
    const next = tinyPack().set('metadata.json', metadata);
    const preview = must(await bundles.preview(ask({ files: next, previous: bytes })));
    expect(preview.previous?.version).toBe('1.0.0');
    expect(preview.flips?.map(({ to }) => to)).toContain('ALLOW');
    expect(preview.doubts).toMatchObject([{ about: 'newly-allowed' }]);
  });
});

describe('verify', () => {
  test('a changed byte is refused, and nothing can be believed or imported as verified', async () => {
    const key = must(await bundles.makeKey());
    const { bytes } = must(await bundles.sign(ask(), key));
    const changed = Uint8Array.from(bytes);
    const middle = Math.floor(changed.length / 2);
    changed[middle] = (changed[middle] ?? 0) ^ 1;
    const verdict = must(await bundles.verify(changed, own(key), NOW));
    expect(verdict.verified).toBe(false);
    const failed = verdict.steps.find(({ state }) => state === 'failed');
    expect(failed?.code).toMatch(/^E_/);
    expect(failed?.help).not.toBe('');
  });

  test('another key, and none at all, are not trusted; what it claims is shown', async () => {
    const [key, stranger] = [must(await bundles.makeKey()), must(await bundles.makeKey())];
    const { bytes } = must(await bundles.sign(ask(), key));
    for (const trust of [own(stranger), { kind: 'keys', keys: [] } as const]) {
      const verdict = must(await bundles.verify(bytes, trust, NOW));
      expect(verdict.steps.find(({ state }) => state === 'failed')?.code).toBe('E_UNTRUSTED_KEY');
      expect(verdict.bundle).toMatchObject({ name: 'tiny', version: '1.0.0' });
      expect(verdict.bundle?.signers.map(({ keyid }) => keyid)).toContain(key.keyid);
      expect(verdict.bundle?.test).toBeUndefined();
    }
  });

  test('the trust.json of a key trusts it; a broken one says what is wrong', async () => {
    const key = must(await bundles.makeKey());
    const { bytes } = must(await bundles.sign(ask(), key));
    const text = must(await bundles.publicKeyText({ jwk: key.jwk, label: 'team' }, 'trust'));
    const verdict = must(await bundles.verify(bytes, { kind: 'file', text }, NOW));
    expect(verdict.verified).toBe(true);
    expect(verdict.bundle?.signers).toContainEqual({
      role: 'release',
      keyid: key.keyid,
      label: 'team',
    });
    expect(await bundles.verify(bytes, { kind: 'file', text: '{}' }, NOW)).toMatchObject({
      ok: false,
      error: { code: 'TRUST_REFUSED' },
    });
  });
});

describe('keys', () => {
  test('a made key cannot be read out', async () => {
    for (const key of [
      must(await bundles.makeKey()),
      must(await bundles.makeKey('correct horse')),
    ]) {
      expect(key.privateKey.extractable).toBe(false);
      await expect(crypto.subtle.exportKey('pkcs8', key.privateKey)).rejects.toThrow(/extractable/);
    }
  });

  test('a backup gives the same key back, with its passphrase only', async () => {
    const key = must(await bundles.makeKey('correct horse'));
    expect(key.backup).toContain('ENCRYPTED PRIVATE KEY');
    const back = must(await bundles.restoreKey(key.backup ?? '', 'correct horse'));
    expect(back.keyid).toBe(key.keyid);
    const again = must(await bundles.sign(ask(), back));
    expect(again).toEqual(must(await bundles.sign(ask(), key)));
    expect(await bundles.restoreKey(key.backup ?? '', 'wrong')).toMatchObject({
      ok: false,
      error: { code: 'KEY_REFUSED' },
    });
  });

  test('a public key is read back from what was written', async () => {
    const { jwk, keyid } = must(await bundles.makeKey());
    for (const form of ['pem', 'jwk'] as const) {
      const text = must(await bundles.publicKeyText({ jwk, label: 'x' }, form));
      expect(must(await bundles.readPublicKey(text))).toEqual({ keyid, jwk });
    }
    expect(await bundles.readPublicKey('nothing')).toMatchObject({ ok: false });
  });
});

describe('what was accepted before', () => {
  const version = (text: string) =>
    tinyPack().set('metadata.json', tinyPack().get('metadata.json')?.replace('1.0.0', text) ?? '');

  test('what is older or another of the same version is refused; what is forgotten, is not', async () => {
    const key = must(await bundles.makeKey());
    const made = async (text: string, at = NOW) =>
      must(await bundles.sign(ask({ files: version(text), at }), key)).bytes;
    const verdict = async (bytes: Uint8Array, history?: string) =>
      must(await bundles.verify(bytes, own(key), NOW, history === undefined ? {} : { history }));
    const code = async (bytes: Uint8Array, history?: string) =>
      (await verdict(bytes, history)).steps.find(({ state }) => state === 'failed')?.code;
    const [older, newer, other] = [
      await made('1.0.0'),
      await made('1.1.0'),
      await made('1.1.0', NOW - 60_000),
    ];
    const { bundle } = await verdict(newer);
    if (bundle === undefined) throw new Error('It was not opened');
    const history = must(await bundles.accept(undefined, bundle));
    expect(must(await bundles.readHistory(history))).toEqual([
      { name: 'tiny', version: '1.1.0', id: bundle.id },
    ]);
    expect([await code(older), await code(other), await code(newer, history)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([await code(older, history), await code(other, history)]).toEqual([
      'E_ROLLBACK',
      'E_EQUIVOCATION',
    ]);
    // Another tab accepted something newer between the verification and the click.
    const { bundle: late } = await verdict(older);
    expect(await bundles.accept(history, late ?? bundle)).toMatchObject({
      ok: false,
      error: { code: 'HISTORY_REFUSED', message: expect.stringContaining('E_ROLLBACK') as string },
    });
    const forgotten = must(await bundles.forget(history, 'tiny'));
    expect(await code(older, forgotten)).toBeUndefined();
  });

  test('a history that cannot be read verifies nothing', async () => {
    const key = must(await bundles.makeKey());
    const { bytes } = must(await bundles.sign(ask(), key));
    for (const history of ['', '{}', '{"format":"stage0-state/v1"']) {
      expect(await bundles.verify(bytes, own(key), NOW, { history })).toMatchObject({
        ok: false,
        error: { code: 'HISTORY_REFUSED' },
      });
      expect(await bundles.readHistory(history)).toMatchObject({ ok: false });
    }
  });
});

test('mistakes are tried, told on the way, and signed', async () => {
  const told: number[] = [];
  const mutation = must(await bundles.mutate(tinyPack(), (done) => void told.push(done)));
  expect(mutation.total).toBeGreaterThan(0);
  expect(mutation.killed + mutation.survived.length).toBe(mutation.total);
  const key = must(await bundles.makeKey());
  const { bytes } = must(await bundles.sign(ask({ mutation }), key));
  const verdict = must(await bundles.verify(bytes, own(key), NOW));
  const { killed, total } = mutation;
  expect(verdict.bundle?.test?.mutation).toEqual({ killed, total });
});
