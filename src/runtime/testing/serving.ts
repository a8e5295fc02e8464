import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { trustFileFor } from '../../bundle/trust.ts';
import { forge, REQUEST, type Forgery } from '../../bundle/testing/forge.ts';
import { TEST_KEYS } from '../../bundle/testing/test-keys.ts';
import { smallPack } from '../../bundle/testing/small-pack.ts';
import { readFile, type Host } from '../host.ts';
import { bundleLoader } from '../bundles/bundle-loader.ts';
import { startServing, type ServeOptions, type Serving } from '../server/serve.ts';
import { openApiProblem } from './held-to-openapi.ts';

/** When the test bundles are loaded: after they were issued. */
export const LOADED = Date.parse('2026-11-01T13:00:00Z');

/** A check that the small pack allows. */
export const OWNER = {
  goal: 'Open the front door',
  tools: ['door'],
  context: { actor_role: 'owner' },
};

/** A host that reads files and keeps what is said. */
export function quietHost(): Host & { readonly said: () => string } {
  let said = '';
  const say = (line: string): void => void (said += line);
  return { read: readFile, out: say, error: say, watched: false, said: () => said };
}

/** A folder with a signed bundle `door.cjar` and its `trust.json`. */
export async function bundleFolder(forgery: Forgery = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stage0-serve-'));
  await writeFile(join(folder, 'door.cjar'), await forge(forgery));
  const { kty, crv, x } = TEST_KEYS.alice;
  const trust = trustFileFor([{ jwk: { kty, crv, x }, label: 'Alice' }]);
  await writeFile(join(folder, 'trust.json'), JSON.stringify(trust));
  return folder;
}

/** The small pack's bundle in another version. */
export function nextDoor(version: string): Promise<Uint8Array> {
  return forge({ pack: smallPack(version), request: { ...REQUEST, files: smallPack(version) } });
}

/** Path of a pack that stands beside this file. */
export function packFolder(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** The small pack's bundle under another name. */
export function namedBundle(name: string): Promise<Uint8Array> {
  const files = smallPack();
  const metadata = files.get('metadata.json') ?? '';
  files.set('metadata.json', metadata.replace('"name":"door"', `"name":"${name}"`));
  return forge({ pack: files, request: { ...REQUEST, files } });
}

/** Serves the bundle of a folder on a free port of the loopback. */
export async function serveFolder(
  folder: string,
  more: Partial<ServeOptions> = {},
): Promise<Serving & { readonly said: () => string }> {
  const host = quietHost();
  const bundle = join(folder, 'door.cjar');
  const trust = join(folder, 'trust.json');
  const started = await startServing(host, {
    host: '127.0.0.1',
    port: 0,
    load: bundleLoader(host, { bundle, trust }),
    watched: [],
    now: () => LOADED,
    ...more,
  });
  if (!started.ok) throw new Error(started.error);
  return { ...started.value, said: host.said };
}

/** An answer, its JSON parsed. */
export interface Said {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function ask(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return answered('POST', url, answer);
}

export async function get(url: string, headers: Readonly<Record<string, string>> = {}) {
  return answered('GET', url, await fetch(url, { headers }));
}

async function answered(method: string, url: string, answer: Response): Promise<Said> {
  const parsed: unknown = JSON.parse(await answer.text());
  const path = new URL(url).pathname;
  const wrong = openApiProblem({ method, path, status: answer.status, body: parsed });
  if (wrong !== undefined) throw new Error(wrong);
  const body = typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  return { status: answer.status, headers: answer.headers, body };
}

/** Writes bytes to the server and gives everything that it answers until it closes. */
export async function raw(url: string, ...parts: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  for (const part of parts) socket.write(part);
  return text(socket).catch(() => '');
}

export async function remove(folder: string): Promise<void> {
  // A server that was told to stop may still be finishing a file.
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
