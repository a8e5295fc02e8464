import { createServer, type Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { err, ok, type Result } from '../../base/result.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Milliseconds that a request may take to arrive whole. */
  readonly arrival?: number;
}

/** A server that answers. */
export interface Listening {
  readonly url: string;
  /** Takes no more connections, lets what is under way end for at most `grace` milliseconds, and cuts the rest. */
  readonly drain: (grace: number) => Promise<void>;
}

interface App {
  readonly fetch: (request: Request, env: object) => Response | Promise<Response>;
}

/** How long a request may take to arrive: who sends slower holds a connection for nothing. */
const ARRIVAL = 10_000;
const IDLE_SWEEP = 50;
/** Milliseconds for which a server that stops waits for what may be on its way. */
const LINGER = 500;
/** Milliseconds without a byte in either direction. */
const STALLED = 120_000;

/** Starts to answer at an address. The error says why it cannot. */
export async function listen(app: App, options: ListenOptions): Promise<Result<Listening, string>> {
  const arrival = options.arrival ?? ARRIVAL;
  // HTTP/1.0 needs no Host, and load balancers ask with it whether a server is well.
  const listener = getRequestListener(app.fetch, { hostname: 'localhost' });
  const server = createServer(
    {
      requestTimeout: arrival,
      headersTimeout: arrival,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: Math.max(50, Math.min(1000, arrival / 4)),
    },
    (incoming, outgoing) => void listener(incoming, outgoing),
  );
  // Neither may who asks hold a connection by not reading the answer.
  server.setTimeout(STALLED);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, () => resolve());
    });
  } catch (error) {
    return err(error instanceof Error ? error.message : 'The address cannot be used.');
  }
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return ok({ url: `http://${host}:${port}`, drain: (grace) => drain(server, grace) });
}

function drain(server: Server, grace: number): Promise<void> {
  return new Promise((resolve) => {
    let sweep: NodeJS.Timeout | undefined;
    // Not at once: a request may be on its way on a connection that is idle here. Its answer closes it.
    const linger = setTimeout(() => {
      server.closeIdleConnections();
      // One that was busy is idle only later.
      sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP);
    }, LINGER);
    const cut = setTimeout(() => server.closeAllConnections(), grace);
    // That of HTTP closes all that are idle now, and cuts off nobody any longer who sends slowly.
    NetServer.prototype.close.call(server, () => {
      clearTimeout(linger);
      clearInterval(sweep);
      clearTimeout(cut);
      server.close();
      resolve();
    });
  });
}
