import { readSigner } from '../key-files.ts';
import type { Signer } from '../keys.ts';

/** Keys of the test vectors. Everybody knows their private halves: trust them nowhere. */
export const TEST_KEYS = {
  alice: {
    kty: 'OKP',
    crv: 'Ed25519',
    x: 'h5KdLGoXjFWeZh39RYm1ECur7z-A4cXy-2iMwm8OAYM',
    d: 'SgRF3pod_W2w4rVfE76ux0aduJ-pvkd6UfYrbLZNx0k',
  },
  bob: {
    kty: 'OKP',
    crv: 'Ed25519',
    x: 'aI4pDXkmOucIceMq038fOMvQFaTYjt0brLfBMLrYooY',
    d: '_3xzfZJE4TCPPUrL4QzhfOBNkVDu7Ngi0E8oisz47tY',
  },
  /** Of RFC 8037, A.1. Trusted by nobody. */
  mallory: {
    kty: 'OKP',
    crv: 'Ed25519',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  },
  carol: {
    kty: 'EC',
    crv: 'P-256',
    x: 'uIUB3GHNUpuPuGSR__fYeSy5KIJx42566FaOq7EAOo4',
    y: '0jqzP9-guReQIwaAoOtPMKLA_bBawrDBpmJBArvtso8',
    d: 'EyQMaTckVzSgtI4uOqsQA3ont_09_X1fht49mNqrmsU',
  },
} as const;

export type TestKey = keyof typeof TEST_KEYS;

/** The signer of a test key. */
export async function testSigner(name: TestKey): Promise<Signer> {
  const signer = await readSigner(JSON.stringify(TEST_KEYS[name]));
  if (!signer.ok) throw new Error(signer.error);
  return signer.value;
}
