/** Brings a Chromium when there is none, and proves that it starts. Needs the packages installed. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from './chromium.mjs';
import { run, runPackage } from './process.mjs';

const HELP = `No Chromium could be found or installed. Install Chromium or Google Chrome, and if it is not
found then, say where it is: CHROMIUM_PATH=/path/to/chromium npm test`;

/**
 * The path of a Chromium that starts.
 * @returns {Promise<string>}
 * @throws {Error} when there is none and none could be installed; the message says what to do
 */
export async function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) {
    const problem = await startProblem(found);
    if (problem === undefined) return found;
    console.log(`${found} does not start: ${problem}`);
    if (process.env['CHROMIUM_PATH'] === found) throw new Error(HELP);
  }
  for (const install of [installWithPlaywright, installWithApt]) {
    const path = await install();
    if (path === undefined || !existsSync(path)) continue;
    const problem = await startProblem(path);
    if (problem === undefined) return path;
    console.log(`${path} does not start: ${problem}`);
  }
  throw new Error(HELP);
}

/** @returns {Promise<string | undefined>} */
async function installWithPlaywright() {
  console.log('No Chromium found: asking Playwright to download one …');
  const { code, output } = await runPackage('playwright', ['install', 'chromium'], {
    collect: true,
  });
  if (code === 0) return chromium.executablePath();
  console.log(`That failed: ${output.match(/^Error: .+/mu)?.[0] ?? 'it did not say why'}`);
  return undefined;
}

/** @returns {Promise<string | undefined>} */
async function installWithApt() {
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return undefined;
  console.log('Installing Debian’s Chromium …');
  const how = { collect: true, env: { DEBIAN_FRONTEND: 'noninteractive' } };
  const update = await run('apt-get', ['update'], how);
  const install = await run(
    'apt-get',
    ['install', '--yes', '--no-install-recommends', 'chromium'],
    how,
  );
  if (install.code === 0) return '/usr/bin/chromium';
  console.log(`That failed:\n${update.output}${install.output}`);
  return undefined;
}

/**
 * Why this program is no browser that tests can drive, or nothing.
 * @param {string} executablePath
 */
async function startProblem(executablePath) {
  try {
    const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS, timeout: 60_000 });
    console.log(`Chromium ${browser.version()}: ${executablePath}`);
    await browser.close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : String(error);
  }
}
