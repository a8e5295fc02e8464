/**
 * What every command needs first: a Node that can run the toolchain, and the packages of the lock
 * file. This file and those that it imports use nothing but Node.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runNpm, secondsSince } from './process.mjs';

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 */

/**
 * Says what is wrong with this version of Node, or nothing.
 * @param {string} version such as `20.19.0`
 * @returns {string | undefined}
 */
export function nodeProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const good = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (good) return undefined;
  return (
    `Stage0 Studio needs Node 20.19 or newer (from 22 on: 22.12 or newer), and this is ${version}.\n` +
    'Install a current one from https://nodejs.org and try again.'
  );
}

/** Stops the command when Node is too old. */
export function requireNode() {
  const problem = nodeProblem(process.versions.node);
  if (problem === undefined) return;
  console.error(problem);
  process.exit(1);
}

/**
 * Installs the packages of the lock file, unless they are there already.
 * @param {{ always: boolean }} how `always` starts over in any case
 * @returns {Promise<boolean>} whether they are installed
 */
export async function ensureInstalled({ always }) {
  if (!always && isInstalled()) return true;
  const started = Date.now();
  console.log('Installing packages …');
  const { code } = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code === 0) console.log(`Packages installed in ${secondsSince(started)}`);
  else console.error('The packages could not be installed: see what npm said above.');
  return code === 0;
}

/**
 * Whether npm's own record of `node_modules` matches the lock file. Packages for other systems are
 * in the lock file alone.
 */
function isInstalled() {
  const installed = readPackages('node_modules/.package-lock.json');
  const locked = readPackages('package-lock.json');
  if (installed === undefined || locked === undefined) return false;
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '') return true;
    const there = installed[path];
    if (there === undefined) return wanted.optional === true;
    return there.version === wanted.version && there.integrity === wanted.integrity;
  });
}

/**
 * @param {string} file
 * @returns {Readonly<Record<string, LockedPackage>> | undefined}
 */
function readPackages(file) {
  try {
    /** @type {{ packages?: Record<string, LockedPackage> }} */
    const lock = JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
    return lock.packages;
  } catch {
    return undefined;
  }
}
