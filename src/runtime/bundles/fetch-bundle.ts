/**
 * A bundle from an HTTP(S) address: asked for with the ETag that is known, within a time, a size and a
 * number of redirects. Whoever answers is not believed for it: what comes is verified like any other.
 */
import { err, ok, type Result } from '../../base/result.ts';

interface FetchLimits {
  /** Milliseconds for all of it; 30,000 when absent. */
  readonly timeout?: number | undefined;
  /** 64,000,000 when absent. */
  readonly bytes?: number;
  /** 5 when absent. */
  readonly redirects?: number;
  /** Gives it up. */
  readonly signal?: AbortSignal | undefined;
}

/** Bytes, and the ETag to ask with next time. */
export interface Fetched {
  readonly bytes: Uint8Array;
  readonly etag: string | undefined;
}

/** Fetches it, or says that it is still the one with that ETag. Never rejects. */
export async function fetchBundle(
  url: string,
  etag: string | undefined,
  { timeout = 30_000, bytes = 64_000_000, redirects = 5, signal: end }: FetchLimits = {},
): Promise<Result<Fetched | 'unchanged', string>> {
  const late = AbortSignal.timeout(timeout);
  const signal = end === undefined ? late : AbortSignal.any([late, end]);
  try {
    let at = new URL(url);
    for (let hops = 0; hops <= redirects; hops += 1) {
      const headers: Record<string, string> = etag === undefined ? {} : { 'if-none-match': etag };
      const answer = await fetch(at, { headers, redirect: 'manual', signal });
      if (answer.status === 304 && etag !== undefined) return ok('unchanged');
      if (answer.status === 200) return await bodyOf(answer, bytes);
      await answer.body?.cancel();
      const next = redirectFrom(at, answer);
      if (next === undefined) return err(`it answered ${answer.status}`);
      if (typeof next === 'string') return err(next);
      at = next;
    }
    return err(`it redirects more than ${redirects} times`);
  } catch (error) {
    return err(reasonOf(error));
  }
}

/** Where it sends us; text: why not there. */
function redirectFrom(from: URL, { status, headers }: Response): URL | string | undefined {
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const location = headers.get('location') ?? '';
  if (!URL.canParse(location, from.href)) return 'it redirects to no address';
  const to = new URL(location, from);
  const safe = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
  return safe ? to : `it redirects to ${to.protocol}`;
}

async function bodyOf(
  { headers, body }: Response,
  limit: number,
): Promise<Result<Fetched, string>> {
  const tooLarge = err(`it has more than ${limit} bytes`);
  if (Number(headers.get('content-length') ?? 0) > limit) {
    await body?.cancel();
    return tooLarge;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels what is still to come.
  for await (const chunk of body ?? []) {
    if (!(chunk instanceof Uint8Array)) return err('it has no bytes');
    size += chunk.length;
    if (size > limit) return tooLarge;
    chunks.push(chunk);
  }
  return ok({
    bytes: new Uint8Array(Buffer.concat(chunks)),
    etag: headers.get('etag') ?? undefined,
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be fetched';
  if (error.name === 'TimeoutError') return 'it did not arrive in time';
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `it cannot be fetched: ${error.message}${cause}`;
}
