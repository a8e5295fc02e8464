import { expect, test } from 'vitest';
import { sha256Hex } from './bytes.ts';
import { backupPem, generateKey, readSigner, sealKey } from './key-files.ts';
import { signerOf } from './keys.ts';
import { signBundle } from './sign.ts';
import { buildBundle } from './build.ts';
import { NOW, optionsOf, trusting } from './testing/case.ts';
import { CASES } from './testing/cases.ts';
import { forge, REQUEST } from './testing/forge.ts';
import { packWithRoles } from './testing/small-pack.ts';
import { FIRST_VECTOR } from './testing/vectors.ts';
import { readTrust, trustFileFor } from './trust.ts';
import { verifyBundle } from './verify.ts';

test('Chromium writes the bytes that Node writes', async () => {
  expect(sha256Hex(await forge())).toBe(FIRST_VECTOR);
  // One that Node wrote, with another form of its policies for other engines.
  const url = new URL('./vectors/ok-with-another-form-for-other-engines.cjar', import.meta.url);
  const written = new Uint8Array(await (await fetch(url)).arrayBuffer());
  expect(sha256Hex(await forge({ pack: packWithRoles() }))).toBe(sha256Hex(written));
});

test('Chromium gives every case its code', async () => {
  const wrong: string[] = [];
  for (const one of CASES) {
    const trust = readTrust(JSON.stringify(one.trust ?? trusting('alice')));
    if (!trust.ok) throw new Error(one.name);
    const verdict = await verifyBundle(await one.bundle(), trust.value, optionsOf(one));
    const code = verdict.ok ? undefined : verdict.code;
    if (code !== one.code) wrong.push(`${one.name}: ${code} and not ${one.code}`);
  }
  expect(wrong).toEqual([]);
});

test.each(['Ed25519', 'ES256'] as const)(
  'a key that nobody can read out signs, and its backup signs the same bundles: %s',
  async (algorithm) => {
    const made = await generateKey(algorithm);
    const key = await sealKey(made);
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('pkcs8', key)).rejects.toThrow('not extractable');
    const backup = await backupPem(made.pkcs8, 'correct horse');
    const restored = await readSigner(backup, 'correct horse');
    expect((await readSigner(backup, 'wrong')).ok).toBe(false);
    const built = buildBundle(REQUEST);
    const trust = readTrust(JSON.stringify(trustFileFor([{ jwk: made.jwk }])));
    const sealed = await signerOf(key, made.jwk);
    if (!built.ok || !trust.ok || !sealed.ok || !restored.ok) throw new Error('Not made');
    for (const signer of [sealed.value, restored.value]) {
      const bundle = await signBundle(built.value, [signer]);
      if (!bundle.ok) throw new Error(bundle.error);
      const verdict = await verifyBundle(bundle.value, trust.value, { now: Date.parse(NOW) });
      expect(verdict).toMatchObject({ ok: true });
    }
  },
);
