import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import initCedarling, {
  init_from_archive_bytes,
  type Cedarling,
} from '@janssenproject/cedarling_wasm';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { CALL_TOOL } from '../decision/policies.ts';
import { readPack, type Pack } from '../pack/read.ts';
import { readArchive } from './archive.ts';
import { fromBase64 } from './base64.ts';
import { textOf, type Bytes } from './bytes.ts';
import { payloadOf, preAuthEncoding, readEnvelope } from './dsse.ts';
import { publicPem } from './key-files.ts';
import { openUnverified } from './open.ts';
import { publicKey } from './testing/case.ts';
import { forge } from './testing/forge.ts';
import { questionsOf, recordJson, type Asked, type JsonValue } from './testing/other-engines.ts';
import { attestationPath, PREDICATE_TYPES } from './statement.ts';
import { smallPack } from './testing/small-pack.ts';
import type { TestKey } from './testing/test-keys.ts';

vi.setConfig({ testTimeout: 120_000 });

const PACKS = new URL('../../policies/', import.meta.url);
const NAMES = readdirSync(PACKS);

/** What an exported bundle of an example pack holds, read back from its bytes. */
interface Exported {
  readonly bytes: Bytes;
  readonly files: ReadonlyMap<string, string>;
  readonly pack: Pack;
}

async function exported(name: string): Promise<Exported> {
  const root = new URL(`${name}/`, PACKS);
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const plain = paths.filter((path) => statSync(new URL(path, root)).isFile());
  const pack = new Map(plain.map((path) => [path, readFileSync(new URL(path, root), 'utf8')]));
  const bytes = await forge({ pack });
  const archive = readArchive(bytes);
  const opened = openUnverified(bytes);
  if (!opened.ok) throw new Error(opened.error.message);
  const read = readPack(opened.value.files);
  if (read.pack === undefined) throw new Error('The pack cannot decide');
  if (!archive.ok) throw new Error(archive.error);
  // As somebody reads it who knows no more of bundles than that they are policy stores.
  const files = new Map([...archive.value].map(([path, file]) => [path, textOf(file) ?? '']));
  return { bytes, files, pack: read.pack };
}

describe('cedar-wasm over the files of a bundle, by the adapter of FORMAT.md', () => {
  let adapter: Adapter;
  beforeAll(async () => {
    adapter = await adapterOfFormat();
  });

  test.each(NAMES)('agrees on every tool of every scenario: %s', async (name) => {
    const { files, pack } = await exported(name);
    const policies = policiesIn(files);
    let compared = 0;
    for (const asked of questionsOf(pack)) {
      for (const { tool, request, verdict } of asked.tools) {
        const found = adapter.decide(policies, entitiesFor(files, pack, asked, request), {
          principal: uid(request.principal),
          action: uid(request.action),
          resource: uid(request.resource),
          context: recordJson(request.context),
        });
        expect([asked.id, tool, found]).toEqual([asked.id, tool, verdict]);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThanOrEqual(pack.scenarios.length);
  });
});

interface Adapter {
  decide(
    policies: Record<string, string>,
    entities: cedar.EntityJson[],
    request: Pick<cedar.AuthorizationCall, 'principal' | 'action' | 'resource' | 'context'>,
  ): string;
}

/** The adapter of FORMAT.md, as it stands there. */
async function adapterOfFormat(): Promise<Adapter> {
  const text = readFileSync(new URL('FORMAT.md', import.meta.url), 'utf8');
  const code = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const folder = new URL('../../node_modules/.cache/format-adapter/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`adapter-${process.pid}.mjs`, folder);
  writeFileSync(file, code);
  return (await import(/* @vite-ignore */ file.href)) as Adapter;
}

function policiesIn(files: ReadonlyMap<string, string>): Record<string, string> {
  const texts = [...files].filter(([path]) => /^policies\/[^/]+\.cedar$/.test(path));
  const policies: Record<string, string> = {};
  for (const [path, text] of texts) {
    const parts = cedar.policySetTextToParts(text);
    if (parts.type === 'failure') throw new Error(`${path}: ${parts.errors[0]?.message}`);
    for (const policy of parts.policies) {
      const id = /@id\("([^"]+)"\)/.exec(policy)?.[1] ?? '';
      policies[id] = policy;
    }
  }
  return policies;
}

function uid({ type, id }: { readonly type: string; readonly id: string }) {
  return { type, id };
}

/** The bundle's entities, the actions with their groups, and the agent in its role. */
function entitiesFor(
  files: ReadonlyMap<string, string>,
  pack: Pack,
  asked: Asked,
  request: Asked['tools'][number]['request'],
): cedar.EntityJson[] {
  const own = [...files]
    .filter(([path]) => /^entities\/[^/]+\.json$/.test(path))
    .flatMap(([, text]) => JSON.parse(text) as cedar.EntityJson[]);
  const actions = [...pack.policies.schema.actions.values()].map((action) => ({
    uid: uid(action.uid),
    attrs: {},
    parents: action.memberOf.map(uid),
  }));
  const parents = asked.role === undefined ? [] : [{ type: 'Role', id: asked.role }];
  const agent = { uid: uid(request.principal), attrs: {}, parents };
  const known = pack.policies.schema.actions.has(request.action.toString());
  const group = [{ type: 'Action', id: 'call_tool' }];
  const action = { uid: uid(request.action), attrs: {}, parents: group };
  return [...own, ...actions, agent, ...(known ? [] : [action])];
}

describe('Cedarling over a bundle', () => {
  beforeAll(async () => {
    const wasm = new URL(
      '../../node_modules/@janssenproject/cedarling_wasm/cedarling_wasm_bg.wasm',
      import.meta.url,
    );
    await initCedarling({ module_or_path: readFileSync(wasm) });
  });

  test.each(NAMES)('loads it and decides every scenario as expected: %s', async (name) => {
    const { bytes, pack } = await exported(name);
    const cedarling = await init_from_archive_bytes(CEDARLING, bytes);
    const otherwise: unknown[] = [];
    for (const asked of questionsOf(pack)) {
      const answers = await askCedarling(cedarling, pack, asked);
      const allowed = answers.every(Boolean);
      if (allowed !== (asked.verdict === 'ALLOW'))
        otherwise.push([asked.id, asked.verdict, answers]);
    }
    expect(otherwise).toEqual([]);
  });
});

/** Whether Cedarling allows each tool, asked as README says. */
async function askCedarling(
  cedarling: Cedarling,
  pack: Pack,
  { tools }: Asked,
): Promise<readonly boolean[]> {
  const answers: boolean[] = [];
  for (const { request } of tools) {
    const declared = pack.policies.schema.actions.has(request.action.toString());
    const result = await cedarling.authorize_unsigned(
      JSON.stringify({
        principal: entityData(request.principal),
        action: (declared ? request.action : CALL_TOOL).toString(),
        resource: entityData(request.resource),
        context: recordJson(request.context),
      }),
    );
    answers.push(result.decision && result.response.diagnostics.errors.length === 0);
  }
  return answers;
}

const CEDARLING = {
  CEDARLING_APPLICATION_NAME: 'stage0',
  CEDARLING_LOG_TYPE: 'off',
  CEDARLING_JWT_SIG_VALIDATION: 'disabled',
};

function entityData({ type, id }: { readonly type: string; readonly id: string }): JsonValue {
  return { cedar_entity_mapping: { entity_type: type, id } };
}

describe('openssl', () => {
  test.each(['alice', 'carol'] as const)(
    'verifies the signature over the encoded statement: %s',
    async (key) => {
      const found = spawnSync('openssl', ['version'], { encoding: 'utf8' });
      if (found.status !== 0) {
        process.stdout.write('openssl is not installed: its verification is skipped\n');
        return;
      }
      const folder = mkdtempSync(join(tmpdir(), 'stage0-openssl-'));
      try {
        const { signed, signature } = await signedBytes(key);
        writeFileSync(join(folder, 'signed'), signed);
        writeFileSync(join(folder, 'sig'), signature);
        writeFileSync(join(folder, 'pub.pem'), await publicPem(publicKey(key)));
        const verify = () => {
          const files = ['-in', 'signed', '-sigfile', 'sig', '-pubin', '-inkey', 'pub.pem'];
          const digest = key === 'carol' ? ['-digest', 'sha256'] : [];
          const args = ['pkeyutl', '-verify', '-rawin', ...digest, ...files];
          return spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
        };
        expect(verify().stdout).toContain('Signature Verified Successfully');
        writeFileSync(join(folder, 'signed'), signed.with(40, 0));
        expect(verify().status).not.toBe(0);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

test('cosign accepts the attestation files', async (context) => {
  if (spawnSync('cosign', ['version']).status !== 0) {
    process.stdout.write('cosign is not installed: its verification is skipped\n');
    context.skip();
  }
  const folder = mkdtempSync(join(tmpdir(), 'stage0-cosign-'));
  try {
    const files = readArchive(await forge({ signers: ['carol'] }));
    if (!files.ok) throw new Error(files.error);
    writeFileSync(join(folder, 'pub.pem'), await publicPem(publicKey('carol')));
    writeFileSync(join(folder, 'bundle.json'), files.value.get('bundle.json') ?? '');
    for (const [role, type] of Object.entries(PREDICATE_TYPES)) {
      const file = `${role}.dsse.json`;
      writeFileSync(join(folder, file), files.value.get(attestationPath(role)) ?? '');
      const args = ['--key', 'pub.pem', '--signature', file, '--type', type];
      const all = ['verify-blob-attestation', ...args, '--insecure-ignore-tlog', 'bundle.json'];
      const ran = spawnSync('cosign', all, { cwd: folder, encoding: 'utf8' });
      expect([role, ran.status, ran.stderr]).toEqual([role, 0, expect.any(String)]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function signedBytes(key: TestKey) {
  const files = readArchive(await forge({ signers: [key] }));
  if (!files.ok) throw new Error(files.error);
  const file = files.value.get('attestations/release.dsse.json') ?? new Uint8Array();
  const envelope = readEnvelope(file);
  if (!envelope.ok) throw new Error(envelope.error);
  const signed = preAuthEncoding(envelope.value.payloadType, payloadOf(envelope.value));
  const signature = fromBase64(envelope.value.signatures[0]?.sig ?? '') ?? new Uint8Array();
  return { signed, signature };
}
