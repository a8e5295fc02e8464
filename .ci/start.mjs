/** `npm start`: installs what is missing, builds the studio and serves it on this machine alone. */
import { createServer } from 'node:net';
import util from 'node:util';
import { ensureInstalled, requireNode } from './install.mjs';
import { ROOT, secondsSince } from './process.mjs';

const HOST = '127.0.0.1';
const DEFAULT_PORT = 4173;

const HELP = `npm start [-- --port N]

Installs what is missing, builds Stage0 Studio and serves it on http://${HOST}:${DEFAULT_PORT}

  --port N   serve on another port
  --help     show this`;

/**
 * The port that was asked for. Anything else that stands on the command line ends the command.
 * @returns {number}
 */
function readPort() {
  const { values } = util.parseArgs({
    options: { port: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(HELP);
    process.exit(0);
  }
  if (values.port === undefined) return DEFAULT_PORT;
  const port = Number(values.port);
  if (!/^\d+$/u.test(values.port) || port < 1 || port > 65535) {
    throw new Error(`--port must be a number from 1 to 65535, and is "${values.port}".`);
  }
  return port;
}

/**
 * Why nobody can listen there, or nothing. Asked ahead of the build, so that the answer comes at once.
 * @param {number} port
 * @returns {Promise<string | undefined>}
 */
function portProblem(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is taken, perhaps by another Stage0 Studio.`
          : `Port ${port} cannot be opened: ${error.message}.`;
      const other = port < 65535 ? port + 1 : port - 1;
      resolve(`${why}\nStop what runs there, or choose another: npm start -- --port ${other}`);
    });
    probe.listen(port, HOST, () => probe.close(() => resolve(undefined)));
  });
}

/** @param {number} port */
async function serve(port) {
  const { build, preview } = await import('vite');
  const started = Date.now();
  console.log('Building …');
  await build({ root: ROOT, logLevel: 'warn' });
  console.log(`Built in ${secondsSince(started)}`);

  const server = await preview({ root: ROOT, preview: { port, strictPort: true } });
  const stop = () => {
    void server.close().finally(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  console.log(`\nStage0 Studio runs on http://${HOST}:${port}\nCtrl-C ends it.`);
}

requireNode();
try {
  const port = readPort();
  const taken = await portProblem(port);
  if (taken !== undefined) throw new Error(taken);
  if (await ensureInstalled({ always: false })) await serve(port);
  else process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
