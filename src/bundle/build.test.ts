import { describe, expect, test } from 'vitest';
import { readArchive } from './archive.ts';
import { buildBundle, type BundleRequest } from './build.ts';
import { textOf, utf8 } from './bytes.ts';
import { firstDifference } from './decisions.ts';
import { envelopeBytes } from './dsse.ts';
import { accepting, bundleFileName } from './gather.ts';
import { openUnverified } from './open.ts';
import { addSignatures, attachEnvelope, attachSignature, bytesToSign, signBundle } from './sign.ts';
import { NOW, publicKey, trusting } from './testing/case.ts';
import { archiveOf, forge, REQUEST } from './testing/forge.ts';
import { scenario, smallPack } from './testing/small-pack.ts';
import { testSigner } from './testing/test-keys.ts';
import { readTrust } from './trust.ts';
import { verifyBundle } from './verify.ts';

const reason = { by: 'Alice', reason: 'The fix is on its way.' };

function codes(request: Partial<BundleRequest>) {
  const built = buildBundle({ ...REQUEST, ...request });
  return built.ok ? [] : built.error.map(({ code, path, about }) => [code, path ?? about ?? '']);
}

describe('buildBundle refuses', () => {
  test.each([
    ['a pack that cannot decide', { files: smallPack().set('stage0.json', '{') }, 'PACK_BROKEN'],
    ['no pack at all', { files: new Map() }, 'PACK_BROKEN'],
    [
      'a file with the name of its own',
      { files: smallPack().set('bundle.json', '') },
      'NAME_RESERVED',
    ],
    [
      'that name in capitals',
      { files: smallPack().set('Tests/Decisions.json', '') },
      'NAME_RESERVED',
    ],
    [
      'a signature of the pack’s',
      { files: smallPack().set('attestations/x', '') },
      'NAME_RESERVED',
    ],
    ['a source of its own', { files: smallPack().set('source/notes.txt', '') }, 'NAME_RESERVED'],
    [
      'what is said for other engines',
      { files: smallPack().set('policies/plain-cedar.cedar', '') },
      'NAME_RESERVED',
    ],
    ['half a surrogate pair', { files: smallPack().set('notes.txt', '\uD800') }, 'TEXT_BROKEN'],
    ['a name too deep', { files: smallPack().set('a/b/c/d/e/f/g/h/i/j', '') }, 'REQUEST'],
    ['a time that is none', { issuedAt: '2026-02-30T00:00:00Z' }, 'REQUEST'],
    ['an end before the beginning', { expires: '2026-01-01T00:00:00Z' }, 'REQUEST'],
    ['a previous bundle without an id', { previous: { version: '0.9.0', id: 'x' } }, 'REQUEST'],
    ['evidence of nobody', { evidence: { ...REQUEST.evidence, by: '' } }, 'REQUEST'],
  ])('%s', (_name, request, code) => {
    expect(codes(request).map(([one]) => one)).toContain(code);
  });

  test('what needs a reason and has none, all of it at once; a reason for each part is enough', () => {
    const files = smallPack().set('scenarios/owner.json', scenario('owner', 'DENY'));
    const evidence = {
      ...REQUEST.evidence,
      flips: [
        { scenario: 'guest', from: 'DENY', to: 'ALLOW' },
        { scenario: 'new', from: null, to: 'ALLOW' },
        { scenario: 'owner', from: 'ALLOW', to: 'DENY' },
      ] as const,
      problems: [{ path: 'policies/door.cedar', code: 'unknown', message: 'There is none.' }],
    };
    const built = buildBundle({ ...REQUEST, files, evidence });
    const problems = built.ok ? [] : built.error;
    expect(problems.map(({ about, message }) => [about, message])).toEqual([
      ['failing-scenarios', 'There is one scenario not passing: owner.'],
      ['validator-errors', 'There is one error found by the validator.'],
      ['newly-allowed', 'There is one scenario newly allowed: guest.'],
    ]);
    const accepted = accepting(evidence, problems, reason);
    const again = buildBundle({ ...REQUEST, files, evidence: accepted ?? evidence });
    expect(again).toMatchObject({
      ok: true,
      value: { testResult: { result: 'FAILED', passedTests: ['guest'], failedTests: ['owner'] } },
    });
    const part = accepting(evidence, problems.slice(0, 1), reason);
    expect(codes({ files, evidence: part ?? evidence })).toHaveLength(2);
  });

  test('no reason mends what is broken', () => {
    const built = buildBundle({ ...REQUEST, files: new Map() });
    expect(accepting(REQUEST.evidence, built.ok ? [] : built.error, reason)).toBeUndefined();
  });
});

test('what was accepted for a reason is a warning, and trust.json may demand better', async () => {
  const acceptance = { of: ['newly-allowed'] as const, ...reason };
  const flips = [{ scenario: 'guest', from: 'DENY', to: 'ALLOW' }] as const;
  const bytes = await forge({ request: { evidence: { ...REQUEST.evidence, flips, acceptance } } });
  const answers: string[] = [];
  for (const wanted of ['PRESENT', 'WARNED', 'PASSED'] as const) {
    const bundles = { '*': { require: { 'test-result': wanted } } };
    const trust = readTrust(JSON.stringify({ ...trusting('alice'), bundles }));
    if (!trust.ok) throw new Error('No trust');
    const verdict = await verifyBundle(bytes, trust.value, { now: Date.parse(NOW) });
    answers.push(verdict.ok ? 'ok' : verdict.code);
  }
  expect(answers).toEqual(['ok', 'ok', 'E_ATTESTATION']);
});

describe('decisions', () => {
  test('keep every digit of what a scenario asks', async () => {
    const text = scenario('owner', 'ALLOW').replace(
      '"actor_role"',
      '"big":9007199254740993123,"small":0.10,"actor_role"',
    );
    const bytes = await forge({ pack: smallPack().set('scenarios/owner.json', text) });
    const opened = openUnverified(bytes);
    expect(opened.ok && opened.value.decisions).toContain('"big":9007199254740993123,"small":0.10');
    const trust = readTrust(JSON.stringify(trusting('alice')));
    if (!trust.ok) throw new Error('No trust');
    const verdict = await verifyBundle(bytes, trust.value, { now: Date.parse(NOW) });
    expect(verdict).toMatchObject({ ok: true });
  });

  test('name the first scenario that differs', () => {
    const one = '{"decisions":[{"scenario":"a","x":1},{"scenario":"b"}]}';
    expect(firstDifference(one, one.replace('"x":1', '"x":2'))).toBe('a');
    expect(firstDifference(one, one.replace(',{"scenario":"b"}', ''))).toBe('b');
    expect(firstDifference(one, one)).toBeUndefined();
    expect(firstDifference('not json', '[]')).toBeUndefined();
  });
});

describe('signing', () => {
  test('who signs first leaves no trace', async () => {
    const built = buildBundle(REQUEST);
    if (!built.ok) throw new Error('Not built');
    const [alice, bob] = [await testSigner('alice'), await testSigner('bob')];
    const together = await signBundle(built.value, [bob, alice]);
    const waiting = await signBundle(built.value, []);
    if (!waiting.ok) throw new Error(waiting.error);
    const first = await addSignatures(waiting.value, bob);
    if (!first.ok) throw new Error(first.error);
    expect(await addSignatures(first.value, alice)).toEqual(together);
    expect(await addSignatures(first.value, bob)).toEqual(first);
  });

  test('a key that fails, and what is no bundle, are errors and not exceptions', async () => {
    const built = buildBundle(REQUEST);
    if (!built.ok) throw new Error('Not built');
    const alice = await testSigner('alice');
    const broken = { ...alice, sign: () => Promise.reject(new Error('The card was taken out')) };
    expect(await signBundle(built.value, [broken])).toMatchObject({ ok: false });
    const bundle = await forge();
    expect(await addSignatures(bundle, broken)).toMatchObject({ ok: false });
    const none = utf8('no bundle, but long enough to be looked into');
    const key = publicKey('alice');
    expect(bytesToSign(none)).toMatchObject({ ok: false });
    expect(await addSignatures(none, alice)).toMatchObject({ ok: false });
    expect(await attachSignature(none, 'release', key, none)).toMatchObject({ ok: false });
    expect(await attachSignature(bundle, 'release', key, none)).toMatchObject({ ok: false });
    expect(await attachSignature(bundle, 'approval', key, none)).toMatchObject({ ok: false });
    expect(await attachEnvelope(none, 'release', none, [key])).toMatchObject({ ok: false });
    expect(await attachEnvelope(bundle, '../x', none, [key])).toMatchObject({ ok: false });
    expect(await attachEnvelope(bundle, 'release', none, [key])).toMatchObject({ ok: false });
    const foreign = envelopeBytes('text/plain', utf8('x'), [{ keyid: '', sig: 'AAAA' }]);
    expect(await attachEnvelope(bundle, 'release', foreign, [key])).toMatchObject({ ok: false });
  });
});

describe('openUnverified', () => {
  test('gives the pack, and who claims to have signed it', async () => {
    const opened = openUnverified(await forge({ signers: ['mallory'] }));
    expect(opened).toMatchObject({
      ok: true,
      value: { files: smallPack(), claims: [{ role: 'release' }, { role: 'test-result' }] },
    });
    expect(bundleFileName({ name: 'door', version: '1.0.0' })).toBe('door-1.0.0.cjar');
  });

  test('refuses what is not even as it says itself', async () => {
    const files = readArchive(await forge());
    if (!files.ok) throw new Error(files.error);
    const changed = (path: string, text: string) =>
      openUnverified(archiveOf(new Map([...files.value, [path, utf8(text)]])));
    const answers = [
      openUnverified(utf8('')),
      changed('bundle.json', '{}'),
      changed('attestations/release.dsse.json', '{}'),
      changed('stage0.json', '{}'),
      openUnverified(await forge({ content: { 'policies/door.cedar': new Uint8Array([255]) } })),
    ];
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code))).toEqual([
      'E_ARCHIVE',
      'E_FORMAT',
      'E_FORMAT',
      'E_DIGEST',
      'E_COMPILE',
    ]);
    expect(textOf(new Uint8Array([255]))).toBeUndefined();
  });
});
