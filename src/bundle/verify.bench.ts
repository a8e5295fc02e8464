/** What verifying costs, beside the bare cost of its digests and signature checks. */
import { buildBundle } from './build.ts';
import { sha256Hex, type Bytes } from './bytes.ts';
import { preAuthEncoding } from './dsse.ts';
import { verifySignature } from './keys.ts';
import { signBundle } from './sign.ts';
import { PAYLOAD_TYPE } from './statement.ts';
import { REQUEST } from './testing/forge.ts';
import { packWithRoles, scenario } from './testing/small-pack.ts';
import { testSigner } from './testing/test-keys.ts';
import { publicKey, trusting } from './testing/case.ts';
import { readTrust } from './trust.ts';
import { verifyBundle, type VerifyOptions } from './verify.ts';

/** The contestants, over one bundle of `files` files. */
export async function verifyContestants(files: number) {
  const pack = packWithRoles();
  for (let index = 0; pack.size < files; index += 1) {
    pack.set(`scenarios/s-${String(index).padStart(4, '0')}.json`, scenario('owner', 'ALLOW'));
  }
  const built = buildBundle({ ...REQUEST, files: pack });
  if (!built.ok) throw new Error('The bundle cannot be built');
  const archive = await signBundle(built.value, [await testSigner('alice')]);
  const trust = readTrust(JSON.stringify(trusting('alice')));
  const require = { approval: 'PRESENT' as const };
  const asking = readTrust(JSON.stringify({ ...trusting('alice'), bundles: { '*': { require } } }));
  if (!archive.ok || !trust.ok || !asking.ok) throw new Error('The bundle cannot be signed');

  const alice = await testSigner('alice');
  const signed: { readonly bytes: Bytes; readonly signature: Bytes }[] = [];
  for (const statement of built.value.statements.values()) {
    const bytes = preAuthEncoding(PAYLOAD_TYPE, statement);
    signed.push({ bytes, signature: await alice.sign(bytes) });
  }
  const contents = [...built.value.files.values()];
  const options: VerifyOptions = { now: Date.parse(REQUEST.issuedAt) };
  return {
    bytes: archive.value.length,
    /** Every digest and every signature check, and nothing else. */
    bare: async (): Promise<boolean> => {
      for (const content of contents) sha256Hex(content);
      for (const { bytes, signature } of signed) {
        if (!(await verifySignature(publicKey('alice'), signature, bytes))) return false;
      }
      return true;
    },
    /** Everything up to compiling: an attestation that nobody made is asked for, and the step before refuses. */
    believe: async (): Promise<boolean> => {
      const verdict = await verifyBundle(archive.value, asking.value, options);
      return !verdict.ok && verdict.code === 'E_ATTESTATION';
    },
    /** All steps: compiling, and deciding every scenario again, among them. */
    verify: async (): Promise<boolean> =>
      (await verifyBundle(archive.value, trust.value, options)).ok,
  };
}
