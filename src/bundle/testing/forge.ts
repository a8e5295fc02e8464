import { canonicalJson, type CanonicalJson } from '../../base/canonical-json.ts';
import { z } from '../../decision/zod.ts';
import { writeArchive } from '../archive.ts';
import { base64 } from '../base64.ts';
import { buildBundle, type BundleRequest } from '../build.ts';
import { sha256Hex, utf8, type Bytes } from '../bytes.ts';
import { readJsonAs } from '../canonical-file.ts';
import { preAuthEncoding, type Envelope, type EnvelopeSignature } from '../dsse.ts';
import { MANIFEST_FILE } from '../manifest.ts';
import { attestationPath, PAYLOAD_TYPE, statementBytes, type KnownRole } from '../statement.ts';
import { smallPack } from './small-pack.ts';
import { testSigner, type TestKey } from './test-keys.ts';

export type Data = { readonly [name: string]: CanonicalJson | undefined };

/** How a forged bundle differs from the one that would be exported. */
export interface Forgery {
  readonly pack?: ReadonlyMap<string, string>;
  readonly request?: Partial<BundleRequest>;
  /** Before hashing: what a signer with bad intentions, or a bug, would sign. `undefined` takes a file out. */
  readonly content?: Readonly<Record<string, Bytes | string | undefined>>;
  readonly manifest?: (manifest: Data) => Data;
  readonly manifestText?: (text: string) => string;
  readonly statement?: (statement: Data, role: KnownRole) => CanonicalJson;
  readonly statementText?: (text: string, role: KnownRole) => string;
  /** What is signed as what. */
  readonly payloadType?: string;
  readonly signed?: (payloadType: string, payload: Bytes) => Bytes;
  readonly signers?: readonly TestKey[] | Readonly<Record<KnownRole, readonly TestKey[]>>;
  readonly envelope?: (envelope: Envelope) => Data;
  readonly envelopeText?: (text: string, role: KnownRole) => string;
  /** After signing: what an attacker changes. `undefined` takes a file out. */
  readonly after?: Readonly<Record<string, Bytes | string | undefined>>;
}

const ISSUED = '2026-11-01T12:00:00Z';

/** What is asked for when nothing else is said. */
export const REQUEST: BundleRequest = {
  files: smallPack(),
  issuedAt: ISSUED,
  previous: null,
  evidence: { by: 'Alice', at: ISSUED },
};

/** The files of a bundle, forged as asked. */
export async function forgedFiles(forgery: Forgery = {}): Promise<Map<string, Bytes>> {
  const built = buildBundle({ ...REQUEST, files: forgery.pack ?? smallPack(), ...forgery.request });
  if (!built.ok) throw new Error(JSON.stringify(built.error));
  const files = new Map(built.value.files);
  files.delete(MANIFEST_FILE);
  put(files, forgery.content);
  const listed = Object.fromEntries(
    [...files].map(([path, bytes]) => [path, { sha256: sha256Hex(bytes), size: bytes.length }]),
  );
  const honest: Data = { ...built.value.manifest, files: listed };
  const text = canonicalJson((forgery.manifest ?? same)(honest));
  const manifest = utf8((forgery.manifestText ?? same)(text));
  files.set(MANIFEST_FILE, manifest);
  const predicates = new Map(
    [...built.value.statements].map(([role, bytes]) => [
      role,
      objectOf(dataOf(bytes)['predicate']),
    ]),
  );
  for (const [role, predicate] of predicates) {
    const statement = statementBytes(sha256Hex(manifest), role, predicate);
    const data = dataOf(statement);
    const honestly = canonicalJson(forgery.statement?.(data, role) ?? data);
    const payload = utf8(forgery.statementText?.(honestly, role) ?? honestly);
    files.set(attestationPath(role), await sign(payload, role, forgery));
  }
  put(files, forgery.after);
  return files;
}

/** The archive of a forged bundle. */
export async function forge(forgery: Forgery = {}): Promise<Bytes> {
  return archiveOf(await forgedFiles(forgery));
}

/** The archive of any files with safe names. */
export function archiveOf(files: ReadonlyMap<string, Bytes>): Bytes {
  const archive = writeArchive(files);
  if (!archive.ok) throw new Error(archive.error);
  return archive.value;
}

async function sign(payload: Bytes, role: KnownRole, forgery: Forgery): Promise<Bytes> {
  const { signers = ['alice'], payloadType = PAYLOAD_TYPE, signed = preAuthEncoding } = forgery;
  const names = 'release' in signers ? signers[role] : signers;
  const signatures: EnvelopeSignature[] = [];
  for (const name of names) {
    const signer = await testSigner(name);
    const sig = base64(await signer.sign(signed(payloadType, payload)));
    signatures.push({ keyid: signer.keyid, sig });
  }
  signatures.sort((a, b) => (a.keyid < b.keyid ? -1 : 1));
  const envelope: Envelope = { payload: base64(payload), payloadType, signatures };
  const text = canonicalJson({ ...(forgery.envelope?.(envelope) ?? envelope) });
  return utf8(forgery.envelopeText?.(text, role) ?? text);
}

function put(
  files: Map<string, Bytes>,
  changes: Readonly<Record<string, Bytes | string | undefined>> = {},
): void {
  for (const [path, content] of Object.entries(changes)) {
    if (content === undefined) files.delete(path);
    else files.set(path, typeof content === 'string' ? utf8(content) : content);
  }
}

function same<T>(value: T): T {
  return value;
}

function dataOf(json: Bytes): Data {
  const read = readJsonAs(json, z.record(z.string(), z.json()));
  return read.ok ? read.value : {};
}

/** A value as an object; an empty one when it is none. */
export function objectOf(value: CanonicalJson | undefined): Data {
  const read = z.record(z.string(), z.json()).safeParse(value);
  return read.success ? read.data : {};
}
