import { gateSuite } from '../testing/gate-suite.ts';
import type { GateHost, HostOptions } from '../testing/host.ts';
import {
  client1,
  client2,
  serve2,
  server1,
  server2,
  wire1,
  wire2,
  type TestClient,
} from './testing/hosts.ts';
import { gateTools, proxyMcp } from './transport.ts';

type Opened = readonly [TestClient, () => Promise<void>];
type Open = (options: HostOptions, asks: boolean) => Promise<Opened>;

function hostOf([client, close]: Opened): GateHost {
  return {
    turn: (calls, signal) =>
      Promise.all(calls.map((call) => client.call(call.tool, call.arguments, signal))),
    close: async () => {
      await client.close();
      await close();
    },
  };
}

const options = { approver: 'somebody' };

/** One's own server with SDK 1.x. */
const own1: Open = async ({ gate, tools, run, person }, asks) => {
  const [here, there] = wire1();
  const server = gateTools(server1({ names: tools, run }), gate, options);
  await server.connect(there);
  return [await client1(here, asks ? person : undefined), () => server.close()];
};

/** One's own server with SDK 2.x. */
const own2 =
  (modern: boolean): Open =>
  async ({ gate, tools, run, person }, asks) => {
    const [here, there] = wire2();
    const close = serve2(() => gateTools(server2({ names: tools, run }), gate, options), there);
    return [await client2(here, modern, asks ? person : undefined), close];
  };

/** A proxy between a client and a server of one line each. */
const between =
  (line: 1 | 2, modern: boolean): Open =>
  async ({ gate, tools, run, person }, asks) => {
    const [client, toClient] = line === 1 ? wire1() : wire2();
    const [toServer, server] = line === 1 ? wire2() : wire1();
    const close = line === 1 ? serve2(() => server2({ names: tools, run }), server) : undefined;
    if (close === undefined) await server1({ names: tools, run }).connect(server);
    const ended = proxyMcp(toClient, toServer, gate, options);
    const human = asks ? person : undefined;
    const opened = await (line === 1 ? client1(client, human) : client2(client, modern, human));
    return [
      opened,
      async () => {
        await close?.();
        await ended;
      },
    ];
  };

/** Both sides 2.x and of the newest revision. */
const betweenModern: Open = async ({ gate, tools, run, person }, asks) => {
  const [client, toClient] = wire2();
  const [toServer, server] = wire2();
  const close = serve2(() => server2({ names: tools, run }), server);
  const ended = proxyMcp(toClient, toServer, gate, options);
  const opened = await client2(client, true, asks ? person : undefined);
  return [
    opened,
    async () => {
      await close();
      await ended;
    },
  ];
};

const CASES: readonly (readonly [string, Open, boolean])[] = [
  ['gateTools, SDK 1.x', own1, true],
  ['gateTools, SDK 1.x, a client without forms', own1, false],
  ['gateTools, SDK 2.x', own2(false), true],
  ['gateTools, SDK 2.x, revision 2026-07-28', own2(true), true],
  ['gateTools, SDK 2.x, revision 2026-07-28, a client without forms', own2(true), false],
  ['proxy, a client of 1.x and a server of 2.x', between(1, false), true],
  ['proxy, a client of 2.x and a server of 1.x', between(2, false), true],
  ['proxy, revision 2026-07-28', betweenModern, true],
];

for (const [name, open, asks] of CASES) {
  gateSuite({ name, asks, cancels: true, open: async (given) => hostOf(await open(given, asks)) });
}
