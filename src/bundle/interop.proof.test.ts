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
import type { EntityUid } from '../cedar/value.ts';
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
import { questionsOf, recordJson, type JsonValue } from './testing/other-engines.ts';
import { attestationPath, PREDICATE_TYPES } from './statement.ts';
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

describe('cedar-wasm over the files of a bundle, by the adapter of README', () => {
  let adapter: Adapters;
  beforeAll(async () => {
    adapter = await adaptersOfReadme();
  });

  test.each(NAMES)('agrees on every tool of every scenario: %s', async (name) => {
    const { files, pack } = await exported(name);
    const decide = adapter.decider({
      policies: policiesIn(files),
      schema: files.get('schema.cedarschema') ?? '',
      entities: entitiesIn(files),
    });
    const otherwise: unknown[] = [];
    let compared = 0;
    for (const asked of questionsOf(pack)) {
      for (const { tool, request, verdict } of asked.tools) {
        const found = decide({
          principal: uid(request.principal),
          action: uid(actionFor(pack, request)),
          resource: uid(request.resource),
          context: recordJson(request.context),
        });
        if (found !== verdict) otherwise.push([asked.id, tool, verdict, found]);
        compared += 1;
      }
    }
    expect(otherwise).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(pack.scenarios.length);
  });

  test('denies where a rule fails', () => {
    const decide = adapter.decider({
      policies: {
        all: '@id("all") permit (principal, action, resource);',
        fails:
          '@id("fails") @verdict("DEFER") forbid (principal, action, resource) when { context.n * 2 > 0 };',
      },
      schema:
        'entity Agent, Environment; action "go" appliesTo { principal: Agent, resource: Environment, context: { n: Long } };',
      entities: [],
    });
    const ask = (n: string) =>
      decide({
        principal: { type: 'Agent', id: 'a' },
        action: { type: 'Action', id: 'go' },
        resource: { type: 'Environment', id: 'e' },
        context: JSON.parse(`{"n":${n}}`) as cedar.Context,
      });
    expect([ask('0'), ask('1'), ask('9223372036854775807'), ask('"x"')]).toEqual([
      'ALLOW',
      'DEFER',
      'DENY',
      'DENY',
    ]);
  });
});

type CedarRequest = Pick<cedar.AuthorizationCall, 'principal' | 'action' | 'resource' | 'context'>;

interface Adapters {
  decider(bundle: {
    readonly policies: Record<string, string>;
    readonly schema: string;
    readonly entities: readonly cedar.EntityJson[];
  }): (request: CedarRequest) => string;
  allows(
    cedarling: Cedarling,
    request: {
      readonly agent: string;
      readonly tool: string;
      readonly environment: string;
      readonly context: JsonValue;
    },
  ): Promise<boolean>;
}

/** The code of README, as it stands there. */
async function adaptersOfReadme(): Promise<Adapters> {
  const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const code = [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
  const folder = new URL('../../node_modules/.cache/readme-adapters/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`adapters-${process.pid}.mjs`, folder);
  writeFileSync(file, code.filter((block) => block.includes('export ')).join('\n'));
  try {
    return (await import(/* @vite-ignore */ file.href)) as Adapters;
  } finally {
    rmSync(file);
  }
}

/** The action that other engines are asked for: they know none that the schema does not declare. */
function actionFor(pack: Pack, { action }: { readonly action: EntityUid }): EntityUid {
  return pack.policies.schema.actions.has(action.toString()) ? action : CALL_TOOL;
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

function entitiesIn(files: ReadonlyMap<string, string>): readonly cedar.EntityJson[] {
  return [...files]
    .filter(([path]) => /^entities\/[^/]+\.json$/.test(path))
    .flatMap(([, text]) => JSON.parse(text) as cedar.EntityJson[]);
}

function uid({ type, id }: { readonly type: string; readonly id: string }) {
  return { type, id };
}

describe('Cedarling over a bundle, by the adapter of README', () => {
  let adapter: Adapters;
  beforeAll(async () => {
    adapter = await adaptersOfReadme();
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
      const answers: boolean[] = [];
      for (const { request } of asked.tools) {
        const { principal, resource, context } = request;
        const asking = {
          agent: principal.id,
          environment: resource.id,
          context: recordJson(context),
        };
        const tool = actionFor(pack, request).id;
        answers.push(await adapter.allows(cedarling, { ...asking, tool }));
      }
      const allowed = answers.every(Boolean);
      if (allowed !== (asked.verdict === 'ALLOW'))
        otherwise.push([asked.id, asked.verdict, answers]);
    }
    expect(otherwise).toEqual([]);
  });
});

const CEDARLING = {
  CEDARLING_APPLICATION_NAME: 'stage0',
  CEDARLING_LOG_TYPE: 'off',
  CEDARLING_JWT_SIG_VALIDATION: 'disabled',
};

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
