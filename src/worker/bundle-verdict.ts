import { err, ok, type Result } from '../base/result.ts';
import { STEP_TITLES } from '../bundle/codes.ts';
import { TestResult } from '../bundle/evidence.ts';
import type { Manifest } from '../bundle/manifest.ts';
import { openUnverified } from '../bundle/open.ts';
import { readTrust, trustFileFor, type Trust } from '../bundle/trust.ts';
import { verifyBundle, type VerifiedBundle } from '../bundle/verify.ts';
import type {
  BundleAnswer,
  BundleFailure,
  BundleVerdict,
  Mutation,
  Place,
  ShownBundle,
  TrustSource,
} from './bundle-api.ts';
import { historyOf } from './bundle-history.ts';

/** Verifies a bundle, and shows what it says of itself even when it is refused. */
export async function verdictOn(
  bytes: Uint8Array,
  source: TrustSource,
  now: number,
  { audience, history }: Place = {},
): BundleAnswer<BundleVerdict> {
  const trust = trustOf(source);
  if (!trust.ok) return trust;
  const state = historyOf(history);
  if (!state.ok) return state;
  const options = { now, audience, state: state.value };
  const verdict = await verifyBundle(bytes, trust.value, options);
  const steps = verdict.steps.map((step) => ({ ...step, title: STEP_TITLES[step.name] }));
  if (verdict.ok) return ok({ verified: true, steps, bundle: verifiedView(verdict.bundle) });
  const opened = openUnverified(bytes);
  if (!opened.ok) return ok({ verified: false, steps });
  const { id, manifest, files, claims } = opened.value;
  const signers = claims.flatMap(({ role, keyids }) => keyids.map((keyid) => ({ role, keyid })));
  return ok({ verified: false, steps, bundle: { ...said(manifest), id, files, signers } });
}

const NOBODY: Trust = { expires: undefined, keys: new Map(), of: () => undefined };

function trustOf(source: TrustSource): Result<Trust, BundleFailure> {
  switch (source.kind) {
    case 'file':
      return read(source.text);
    case 'keys': {
      if (source.keys.length === 0) return ok(NOBODY);
      const file = trustFileFor(source.keys);
      const require = { release: 'PRESENT', 'test-result': 'PRESENT' };
      return read(JSON.stringify({ ...file, bundles: { '*': { require } } }));
    }
  }
}

function read(text: string): Result<Trust, BundleFailure> {
  const trust = readTrust(text);
  if (trust.ok) return trust;
  const [first] = trust.error;
  const message = `This is no trust.json: ${first?.message ?? 'it cannot be read.'}`;
  return err({ code: 'TRUST_REFUSED', message });
}

function said(manifest: Manifest): Omit<ShownBundle, 'id' | 'files' | 'signers'> {
  const { name, version, issuedAt, expires, audience, previous } = manifest;
  return {
    name,
    version,
    issuedAt,
    previous,
    ...(expires === undefined ? {} : { expires }),
    ...(audience === undefined ? {} : { audience }),
  };
}

function verifiedView({ id, manifest, files, attestations }: VerifiedBundle): ShownBundle {
  const signers = attestations.flatMap(({ role, signers: keys }) =>
    keys.map(({ keyid, label }) => ({ role, keyid, ...(label === undefined ? {} : { label }) })),
  );
  const predicate = attestations.find(({ role }) => role === 'test-result')?.statement.predicate;
  const tested = TestResult.safeParse(predicate);
  if (!tested.success) return { ...said(manifest), id, files, signers };
  const { result, passedTests, failedTests, stage0 } = tested.data;
  const test = {
    result,
    passed: passedTests.length,
    failed: failedTests.length,
    ...(stage0 === undefined ? {} : { by: stage0.by }),
    ...(stage0?.mutation === undefined ? {} : { mutation: countsOf(stage0.mutation) }),
    ...(stage0?.acceptance === undefined ? {} : { reason: stage0.acceptance.reason }),
  };
  return { ...said(manifest), id, files, signers, test };
}

function countsOf({ killed, total }: Mutation): Pick<Mutation, 'killed' | 'total'> {
  return { killed, total };
}
