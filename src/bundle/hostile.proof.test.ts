import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Bytes } from './bytes.ts';
import { BUNDLE_CODES } from './codes.ts';
import { NOW, trusting } from './testing/case.ts';
import { archiveOf, forge, forgedFiles } from './testing/forge.ts';
import { mutate, mutations } from './testing/mutate.ts';
import { packWithRoles, smallPack } from './testing/small-pack.ts';
import { readTrust, type Trust } from './trust.ts';
import { verifyBundle, type Verification } from './verify.ts';
import { openUnverified } from './open.ts';

vi.setConfig({ testTimeout: 86_400_000 });

/** `npm run fuzz` makes it a long run. */
const FUZZ = Number(process.env['FUZZ'] ?? 400);

let trust: Trust;
let bundle: Bytes;
let files: ReadonlyMap<string, Bytes>;
/** One in which other engines read another form of the policies. */
let roles: { readonly bundle: Bytes; readonly files: ReadonlyMap<string, Bytes> };

beforeAll(async () => {
  const read = readTrust(JSON.stringify(trusting('alice')));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  trust = read.value;
  const pack = smallPack();
  pack.delete('scenarios/guest.json');
  bundle = await forge({ pack });
  files = await forgedFiles({ pack });
  const other = { pack: packWithRoles() };
  roles = { bundle: await forge(other), files: await forgedFiles(other) };
});

async function verify(bytes: Uint8Array): Promise<Verification> {
  return verifyBundle(bytes, trust, { now: Date.parse(NOW) });
}

function flipped(bytes: Bytes, bit: number): Bytes {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe('one bit', () => {
  test('of the archive: whichever is flipped, the bundle is refused', async () => {
    expect((await verify(bundle)).ok).toBe(true);
    const accepted: number[] = [];
    for (let bit = 0; bit < bundle.length * 8; bit += 1) {
      if ((await verify(flipped(bundle, bit))).ok) accepted.push(bit);
    }
    expect(accepted).toEqual([]);
  });

  test('of a file, with the archive written anew around it: refused, and never for the archive', async () => {
    const accepted: string[] = [];
    const codes = new Set<string>();
    for (const [path, content] of files) {
      // What is signed or signs in every bit; what is hashed in a bit of every byte.
      const every = path === 'bundle.json' || path.startsWith('attestations/') ? 1 : 8;
      for (let bit = 0; bit < content.length * 8; bit += every) {
        const at = every === 1 ? bit : bit + ((bit >> 3) % 8);
        const verdict = await verify(archiveOf(new Map([...files, [path, flipped(content, at)]])));
        if (verdict.ok) accepted.push(`${path}:${at}`);
        else codes.add(verdict.code);
      }
    }
    expect(accepted).toEqual([]);
    expect(codes).not.toContain('E_ARCHIVE');
    expect([...codes].toSorted()).toEqual([
      'E_DIGEST',
      'E_FORMAT',
      'E_SIG',
      'E_SUBJECT',
      'E_UNTRUSTED_KEY',
    ]);
  });
});

describe('random mutations', () => {
  test('neither throw nor are accepted', async () => {
    const names = [...roles.files.keys()];
    await fc.assert(
      fc.asyncProperty(mutations(names), async (steps) => {
        const bytes = mutate(roles.files, roles.bundle, steps);
        const same = Buffer.from(bytes).equals(Buffer.from(roles.bundle));
        const verdict = await verify(bytes);
        expect(verdict.ok).toBe(same);
        expect([...BUNDLE_CODES, undefined]).toContain(verdict.ok ? undefined : verdict.code);
        openUnverified(bytes);
      }),
      { numRuns: FUZZ },
    );
  });

  test('bytes of any kind neither throw nor are accepted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect((await verify(bytes)).ok).toBe(false);
      }),
      { numRuns: FUZZ },
    );
  });
});
