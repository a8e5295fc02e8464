import { createHash, generateKeyPairSync, sign as nodeSign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readArchive, writeArchive } from './archive.ts';
import { base64, base64Url, fromBase64, fromBase64Url } from './base64.ts';
import { byUtf8, utf8 } from './bytes.ts';
import { crc32 } from './crc32.ts';
import { der, ecdsaFromDer, ecdsaToDer, readDer } from './der.ts';
import { preAuthEncoding } from './dsse.ts';
import { readPrivateKey, readPublicKey, readSigner } from './key-files.ts';
import { keyIdOf } from './keys.ts';
import { compareVersions, momentText } from './manifest.ts';
import { acceptedState, NO_STATE, readState, stateText } from './state.ts';
import { publicKey, trusting, withThreshold } from './testing/case.ts';
import { TEST_KEYS } from './testing/test-keys.ts';
import { readTrust } from './trust.ts';

describe('base64', () => {
  test('is what Node writes, and reads back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(base64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64(base64(bytes))).toEqual(new Uint8Array(bytes));
        expect(fromBase64Url(base64Url(bytes))).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  test.each([
    'A',
    'AA',
    'AA=',
    'AB==',
    'AAB=',
    'AA==\n',
    ' AA==',
    'AA==AA==',
    'A=A=',
    '-_-_',
    '====',
  ])('has one spelling only: %j is none', (text) => expect(fromBase64(text)).toBeUndefined());
});

describe('archive', () => {
  const name = fc.stringMatching(/^[a-z0-9_ö💥]{1,8}$/u).map((text) => text.normalize('NFC'));
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  const files = fc
    .uniqueArray(fc.tuple(path, fc.uint8Array({ maxLength: 40 })), {
      selector: ([one]) => one,
      maxLength: 8,
    })
    .map((list) => new Map(list.map(([one, content]) => [one, new Uint8Array(content)])));

  test('what was written is read, and written again it is the same', () => {
    fc.assert(
      fc.property(files, (content) => {
        const written = writeArchive(content);
        // A name may be another's folder: that is refused, and has tests of its own.
        fc.pre(written.ok);
        if (!written.ok) return;
        const read = readArchive(written.value);
        const again = read.ok ? writeArchive(new Map([...read.value].toReversed())) : read;
        expect(read).toMatchObject({ ok: true });
        expect([...(read.ok ? read.value.keys() : [])]).toEqual(
          [...content.keys()].toSorted(byUtf8),
        );
        expect(again).toEqual(written);
      }),
    );
  });

  test('names are in the order of their UTF-8 bytes, not of UTF-16', () => {
    expect(['💥', 'ﬀ', 'a', 'B'].toSorted(byUtf8)).toEqual(['B', 'a', 'ﬀ', '💥']);
    expect(['💥', 'ﬀ', 'a', 'B'].toSorted()).toEqual(['B', 'a', '💥', 'ﬀ']);
  });

  test('no more files than the limit', () => {
    const many = new Map(Array.from({ length: 13_001 }, (_, index) => [`f${index}`, utf8('')]));
    expect(writeArchive(many)).toEqual({
      ok: false,
      error: 'There are 13001 files; the limit is 13000.',
    });
  });

  test('checksums are those of ZIP', () => {
    expect(crc32(utf8('123456789'))).toBe(0xcbf43926);
    const bytes = utf8('The quick brown fox jumps over the lazy dog');
    expect(crc32(bytes)).toBe(0x414fa339);
    expect([0, 1, 2, 3, 4].map((length) => crc32(new Uint8Array(length)))).toEqual([
      0, 0xd202ef8d, 0x41d912ff, 0xff41d912, 0x2144df1c,
    ]);
  });
});

describe('keys', () => {
  test('the id is the RFC 7638 thumbprint: the example of RFC 8037', () => {
    expect(keyIdOf(publicKey('mallory'))).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  test.each(['ed25519', 'P-256'])('reads what Node writes in PEM and JWK: %s', async (kind) => {
    const pair =
      kind === 'P-256'
        ? generateKeyPairSync('ec', { namedCurve: kind })
        : generateKeyPairSync('ed25519');
    const jwk = pair.publicKey.export({ format: 'jwk' });
    for (const text of [
      pair.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      JSON.stringify({ ...jwk, kid: 'mine', use: 'sig' }),
    ]) {
      expect(await readPublicKey(text)).toEqual({ ok: true, value: jwk });
    }
    for (const text of [
      pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      JSON.stringify(pair.privateKey.export({ format: 'jwk' })),
    ]) {
      expect(await readSigner(text)).toMatchObject({ ok: true, value: { jwk } });
    }
  });

  test('says what else it was given', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pkcs8 = rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const sec1 = ec.privateKey.export({ format: 'pem', type: 'sec1' }).toString();
    const spki = ec.publicKey.export({ format: 'pem', type: 'spki' }).toString();
    const swapped = JSON.stringify({ ...TEST_KEYS.alice, x: TEST_KEYS.bob.x });
    for (const [text, error] of [
      [pkcs8, 'no Ed25519 or P-256 key'],
      [sec1, 'openssl pkcs8'],
      [spki, 'this is a public key'],
      ['hello', 'no Ed25519 or P-256 key'],
      [swapped, ''],
    ] as const) {
      expect(await readSigner(text)).toMatchObject({
        ok: false,
        error: expect.stringContaining(error) as string,
      });
    }
    expect(await readPrivateKey('{}')).toMatchObject({ ok: false });
    expect(await readPublicKey(pkcs8)).toMatchObject({ ok: false });
  });

  test('ECDSA signatures have one spelling in DER', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (let index = 0; index < 200; index += 1) {
      const data = utf8(String(index));
      const signature = new Uint8Array(nodeSign('sha256', data, privateKey));
      const raw = ecdsaFromDer(signature);
      expect(raw).toHaveLength(64);
      expect(ecdsaToDer(raw ?? new Uint8Array())).toEqual(signature);
    }
    const one = Uint8Array.from([1]);
    const zeros = Uint8Array.from([0, 0, 1]);
    expect(ecdsaFromDer(der(0x30, der(2, one), der(2, one)))).toHaveLength(64);
    for (const wrong of [
      der(0x30, der(2, zeros), der(2, one)),
      der(0x30, der(2, one)),
      der(0x30, der(2, one), der(2, one), der(2, one)),
      der(0x31, der(2, one), der(2, one)),
      der(0x30, der(2, one), der(2, Uint8Array.from([0x80]))),
      Uint8Array.from([...der(0x30, der(2, one), der(2, one)), 0]),
      Uint8Array.from([0x30, 0x81, 6, 2, 1, 1, 2, 1, 1]),
    ]) {
      expect(ecdsaFromDer(wrong)).toBeUndefined();
    }
    const long = der(4, new Uint8Array(300));
    expect(readDer(long)).toMatchObject([{ tag: 4 }]);
  });
});

test('what is signed is DSSE’s own example', () => {
  const encoded = preAuthEncoding('http://example.com/HelloWorld', utf8('hello world'));
  expect(new TextDecoder().decode(encoded)).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  );
});

test('versions are compared as semver.org orders them', () => {
  const ordered = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.2.0',
    '1.10.0',
    '2.0.0',
    '99999999999999999999.0.0',
    '99999999999999999999.0.1',
  ];
  for (const [index, left] of ordered.entries()) {
    for (const [other, right] of ordered.entries()) {
      expect(Math.sign(compareVersions(left, right))).toBe(Math.sign(index - other));
    }
  }
  expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
});

test('moments are UTC to the second, and nothing is made of no time', () => {
  expect(momentText(Date.parse('2026-03-16T10:00:00.999Z'))).toBe('2026-03-16T10:00:00Z');
  expect([Number.NaN, Infinity, -1, 1e18].map(momentText)).toEqual(Array(4).fill(undefined));
});

test('a state is read as it was written, and a broken one is none', () => {
  const id = `sha256:${createHash('sha256').update('x').digest('hex')}`;
  const state = acceptedState(NO_STATE, 'door', { version: '1.0.0', id });
  expect(readState(stateText(state))).toEqual({ ok: true, value: state });
  for (const text of [
    '',
    '{}',
    stateText(state).slice(0, -3),
    stateText(state).replace('v1', 'v2'),
  ]) {
    expect(readState(text)).toMatchObject({ ok: false });
  }
});

describe('trust.json', () => {
  const good = trusting('alice', 'bob');
  const [alice, bob] = good.keys;
  const release = { keys: [alice?.keyid ?? ''] };
  test.each([
    ['a key under another’s id', { keys: [{ ...alice, keyid: bob?.keyid }] }, '/keys/0/keyid'],
    ['a key twice', { keys: [alice, bob, alice] }, '/keys/2/keyid'],
    ['an algorithm of nobody’s', { keys: [{ ...alice, jwk: { kty: 'RSA' } }] }, '/keys/0/jwk'],
    ['a role of an unknown key', { roles: { release: { keys: ['?'] } } }, '/roles/release'],
    ['more signatures than keys', withThreshold(2, 'alice').roles, ''],
    ['a role that nobody knows', { roles: { release, approval: release } }, '/roles/approval'],
    [
      'another meaning for a role that is known',
      { roles: { release: { ...release, predicateType: 'https://example.com' } } },
      '/roles/release',
    ],
    ['an unknown field', { threshold: 1 }, '/threshold'],
  ])('refuses %s', (_name, change, path) => {
    const file = path === '' ? { ...good, roles: change } : { ...good, ...change };
    const read = readTrust(JSON.stringify(file));
    const paths = read.ok ? [] : read.error.map((one) => one.path);
    expect(read.ok).toBe(false);
    expect(paths.join(' ')).toContain(path);
  });

  test('refuses what is no JSON, and keys named twice', () => {
    expect(readTrust('{').ok).toBe(false);
    expect(readTrust(JSON.stringify(good).replace('{', '{"keys":[],')).ok).toBe(false);
    expect(readTrust(JSON.stringify(good)).ok).toBe(true);
  });
});
