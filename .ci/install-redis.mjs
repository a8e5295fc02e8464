/** Brings a Redis for the tests that need one, where continuous integration runs as root on Debian. */
import { existsSync } from 'node:fs';
import { run } from './process.mjs';

/** Without one those tests are skipped, and say so. */
export async function ensureRedis() {
  const { code } = await run('redis-server', ['--version'], { collect: true });
  if (code === 0) return;
  const mayInstall = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
  if (process.env['CI'] !== 'true' || !mayInstall) {
    console.log('No redis-server found: the tests that need one are skipped.');
    return;
  }
  console.log('Installing Debian’s Redis …');
  // A server that starts by itself would be one that nobody asked for.
  const how = { collect: true, env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' } };
  const update = await run('apt-get', ['update'], how);
  const install = await run(
    'apt-get',
    ['install', '--yes', '--no-install-recommends', 'redis-server'],
    how,
  );
  if (install.code !== 0) console.log(`That failed:\n${update.output}${install.output}`);
}
