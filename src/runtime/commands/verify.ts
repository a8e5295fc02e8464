import { Command } from 'commander';
import { err, ok, type Result } from '../../base/result.ts';
import { STEP_TITLES, type Step } from '../../bundle/codes.ts';
import { TestResult } from '../../bundle/evidence.ts';
import { momentText } from '../../bundle/manifest.ts';
import type { BundleState } from '../../bundle/state.ts';
import { readTrust, type Trust } from '../../bundle/trust.ts';
import { verifyBundle, type Verification } from '../../bundle/verify.ts';
import { loadState, saveAccepted } from '../bundle-state.ts';
import { testResultWords } from '../bundle-words.ts';
import { EXIT } from '../exit.ts';
import { readBytes } from '../file-bytes.ts';
import type { Host } from '../host.ts';
import { failed, problemsIn, type Problem } from '../problem.ts';

interface Options {
  readonly trust: string;
  readonly name?: string;
  readonly audience?: string;
  readonly accepted?: string;
  readonly now?: string;
  readonly json?: true;
}

const EXAMPLE = `
Exit code: 0 when the bundle may be loaded, 2 when it is refused, 1 when it cannot be verified.

Example:
  stage0 verify payments-1.4.0.cjar --trust trust.json --accepted accepted.json`;

/** `stage0 verify`: whether a bundle may be loaded, step by step. */
export function verifyCommand(host: Host, end: (code: number) => void): Command {
  return new Command('verify')
    .description('verify a signed bundle')
    .argument('<bundle>', 'the .cjar file')
    .requiredOption('--trust <file>', 'trust.json: whose signatures count; - is the standard input')
    .option('--name <name>', 'the bundle that is wanted')
    .option('--audience <audience>', 'where the bundle is to be loaded')
    .option('--accepted <file>', 'remembers what was accepted, and refuses what is older')
    .option('--now <moment>', 'instead of the clock, such as 2026-03-16T10:00:00Z')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (bundle: string, options: Options) => end(await run(host, bundle, options)));
}

async function run(host: Host, path: string, options: Options): Promise<number> {
  const input = await readInput(host, path, options);
  if (!input.ok) return failed(host, input.error, options);
  const { bytes, trust, state, now } = input.value;
  const { name, audience } = options;
  const verdict = await verifyBundle(bytes, trust, { now, name, audience, state });
  if (verdict.ok && options.accepted !== undefined && state !== undefined) {
    const saved = await saveAccepted(options.accepted, state, {
      ...verdict.bundle.manifest,
      id: verdict.bundle.id,
    });
    if (!saved.ok) {
      // Accepted and not remembered, an older one could follow it.
      return failed(host, [saved.error], options);
    }
  }
  host.out(options.json === true ? `${JSON.stringify(asJson(verdict))}\n` : pretty(path, verdict));
  return verdict.ok ? EXIT.ok : EXIT.denied;
}

interface Input {
  readonly bytes: Uint8Array;
  readonly trust: Trust;
  readonly state: BundleState | undefined;
  readonly now: number;
}

async function readInput(
  host: Host,
  path: string,
  options: Options,
): Promise<Result<Input, readonly Problem[]>> {
  const now = options.now === undefined ? Date.now() : Date.parse(options.now);
  if (momentText(now) === undefined) {
    return err([{ message: 'error: --now must be a moment such as 2026-03-16T10:00:00Z' }]);
  }
  const bytes = await readBytes(path);
  if (!bytes.ok) return err([bytes.error]);
  const source = await host.read(options.trust);
  if (!source.ok) return err([source.error]);
  const trust = readTrust(source.value.text);
  if (!trust.ok) return err(problemsIn(source.value, trust.error));
  const state = options.accepted === undefined ? ok(undefined) : await loadState(options.accepted);
  if (!state.ok) return err([state.error]);
  return ok({ bytes: bytes.value, trust: trust.value, state: state.value, now });
}

const MARKS: Readonly<Record<Step['state'], string>> = {
  passed: '✓',
  failed: '✗',
  'not-reached': '·',
};

function pretty(path: string, verdict: Verification): string {
  const lines = verdict.steps.map((step) => {
    const line = `${MARKS[step.state]} ${STEP_TITLES[step.name]}`;
    return step.state === 'failed'
      ? `${line}\n    ${step.code}: ${step.message}\n    ${step.help}`
      : line;
  });
  if (!verdict.ok) return `${[...lines, `${path}: refused, ${verdict.code}`].join('\n')}\n`;
  const { id, manifest, attestations } = verdict.bundle;
  const signers = attestations.flatMap(({ role, signers: keys, statement }) => {
    const said = TestResult.safeParse(role === 'test-result' ? statement.predicate : undefined);
    const line = `  ${role}: signed by ${keys.map(({ label, keyid }) => label ?? keyid).join(', ')}`;
    return said.success ? [line, `    ${testResultWords(said.data)}`] : [line];
  });
  const end = `${path}: ${manifest.name} ${manifest.version}, ${id}`;
  return `${[...lines, ...signers, end].join('\n')}\n`;
}

function asJson(verdict: Verification) {
  if (!verdict.ok) return verdict;
  const { id, manifest, attestations } = verdict.bundle;
  return {
    ok: true,
    steps: verdict.steps,
    id,
    name: manifest.name,
    version: manifest.version,
    issuedAt: manifest.issuedAt,
    expires: manifest.expires ?? null,
    attestations: attestations.map(({ role, signers, statement }) => ({
      role,
      signers: signers.map(({ keyid, label }) => ({ keyid, label: label ?? null })),
      predicate: statement.predicate,
    })),
  };
}
