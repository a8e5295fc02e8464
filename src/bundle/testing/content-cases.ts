import type { KnownRole } from '../statement.ts';
import { NO_STATE, type BundleState } from '../state.ts';
import type { Case } from './case.ts';
import { forge, objectOf, type Forgery } from './forge.ts';
import { packWithRoles, scenario, smallPack } from './small-pack.ts';

const OTHER_ID = `sha256:${'1'.repeat(64)}`;

/** Bundles whose bytes are an archive and whose signers may be trusted, and that must be refused for all that. */
export const CONTENT_CASES: readonly Case[] = [
  bad('E_FORMAT', 'no bundle.json', { after: { 'bundle.json': undefined } }),
  text('bundle.json with a key twice', (json) =>
    json.replace('{', '{"format":"stage0-bundle/v1",'),
  ),
  text('bundle.json with a space', (json) => json.replace(':', ': ')),
  text('bundle.json with a line break at the end', (json) => `${json}\n`),
  text('bundle.json after a byte order mark', (json) => `\uFEFF${json}`),
  text('bundle.json with members in another order', (json) => {
    const start = json.indexOf('"version"');
    return `{${json.slice(start, -1)},${json.slice(1, start - 1)}}`;
  }),
  text('bundle.json with an escape that need not be', (json) => json.replace('door', '\\u0064oor')),
  text('bundle.json with a number spelled otherwise', (json) =>
    json.replace(/"size":(\d+)/, '"size":$1.0'),
  ),
  text('bundle.json too deep', (json) =>
    json.replace('null', `${'['.repeat(200)}${']'.repeat(200)}`),
  ),
  text('bundle.json that is none', () => '[]'),
  text('bundle.json that is no JSON', () => 'door'),
  manifest('E_FORMAT', 'another format', { format: 'stage0-bundle/v2' }),
  manifest('E_FORMAT', 'an unknown member', { extra: true }),
  manifest('E_FORMAT', 'a day that the calendar does not have', {
    issuedAt: '2026-02-30T00:00:00Z',
  }),
  manifest('E_FORMAT', 'a time with an offset', { issuedAt: '2026-11-01T13:00:00+01:00' }),
  manifest('E_FORMAT', 'an audience of nobody', { audience: [] }),
  envelope('an envelope that names its algorithm', (json) => json.replace('{', '{"alg":"none",')),
  envelope('a signature that names its algorithm', (json) =>
    json.replace('{"keyid"', '{"alg":"ES256","keyid"'),
  ),
  envelope('a payload with a space', (json) => json.replace('"payload":"', '"payload":" ')),
  envelope('a payload without its padding', (json) => json.replace(/=+"/, '"')),
  envelope('an envelope in another spelling', (json) => ` ${json}`),
  envelope('an envelope that is cut off', (json) => json.slice(0, -1)),
  bad('E_EXTRA', 'a policy put in', {
    after: { 'policies/zzz.cedar': '@id("all") permit (principal, action, resource);' },
  }),
  bad('E_EXTRA', 'something beside the attestations', {
    after: { 'attestations/notes.txt': 'hi' },
  }),
  bad('E_EXTRA', 'an attestation in a folder', {
    after: { 'attestations/old/release.dsse.json': '{}' },
  }),
  bad('E_MISSING', 'a policy taken out', { after: { 'policies/door.cedar': undefined } }),
  bad('E_MISSING', 'the decisions taken out', { after: { 'tests/decisions.json': undefined } }),
  bad('E_DIGEST', 'a policy changed', {
    after: {
      'policies/door.cedar': smallPack().get('policies/door.cedar')?.replace('guest', 'ghost'),
    },
  }),
  bad('E_DIGEST', 'a scenario changed', {
    after: { 'scenarios/owner.json': scenario('x', 'ALLOW') },
  }),
  bad('E_AUDIENCE', 'for somebody, and nobody says who is here', {
    request: { audience: ['prod'] },
  }),
  bad('E_AUDIENCE', 'for somebody else', { request: { audience: ['prod'] } }, { audience: 'test' }),
  bad('E_EXPIRED', 'expired', { request: { expires: '2026-11-01T12:59:59Z' } }),
  bad('E_EXPIRED', 'expired this second', { request: { expires: '2026-11-01T13:00:00Z' } }),
  bad('E_NOT_YET', 'issued in the future', {}, { now: '2026-11-01T11:54:59Z' }),
  bad('E_ROLLBACK', 'an older version', {}, { state: after('1.0.1') }),
  bad(
    'E_ROLLBACK',
    'an older version, where text would say newer',
    { pack: smallPack('1.9.0') },
    {
      state: after('1.10.0'),
    },
  ),
  bad(
    'E_ROLLBACK',
    'a pre-release of what was accepted',
    { pack: smallPack('1.0.0-rc.1') },
    {
      state: after('1.0.0'),
    },
  ),
  bad('E_EQUIVOCATION', 'another bundle of the same version', {}, { state: after('1.0.0') }),
  bad(
    'E_EQUIVOCATION',
    'the same version with other build metadata',
    {
      pack: smallPack('1.0.0+b'),
    },
    { state: after('1.0.0+a') },
  ),
  bad(
    'E_EQUIVOCATION',
    'it follows another bundle than the one accepted',
    {
      request: { previous: { version: '0.9.0', id: `sha256:${'2'.repeat(64)}` } },
    },
    { state: after('0.9.0') },
  ),
  bad('E_COMPILE', 'policies that do not compile', {
    content: { 'policies/door.cedar': '@id("open") permit (principal, action resource);' },
  }),
  bad('E_COMPILE', 'a file that is no text', {
    content: { 'policies/door.cedar': Uint8Array.from([0xff, 0xfe]) },
  }),
  bad('E_COMPILE', 'no schema', { content: { 'schema.cedarschema': undefined } }),
  bad('E_COMPILE', 'a policy where nobody looks', {
    content: { 'rules/more.cedar': '@id("never") forbid (principal, action, resource);' },
  }),
  bad('E_COMPILE', 'a policy that only other engines read', {
    content: {
      'policies/plain-cedar.cedar': '@id("all") permit (principal, action, resource);',
    },
  }),
  bad('E_COMPILE', 'other engines would read other policies than those that were tried', {
    pack: packWithRoles(),
    content: { 'policies/door.cedar': '@id("open") permit (principal, action, resource);' },
  }),
  bad('E_COMPILE', 'a policy that other engines do not see', {
    content: { 'source/policies/more.cedar': '@id("no") permit (principal, action, resource);' },
  }),
  bad('E_COMPILE', 'a source of nothing', {
    pack: packWithRoles(),
    content: { 'source/policies/more.cedar': '@id("no") forbid (principal, action, resource);' },
  }),
  {
    name: 'a pack under another’s name',
    code: 'E_COMPILE',
    bundle: () =>
      forge({
        manifest: (json) => ({ ...json, name: 'window' }),
        statement: (json, role) => release(json, role, 'pkg:generic/window@1.0.0'),
      }),
  },
  manifest('E_COMPILE', 'a Cedar that this engine does not speak', { engines: { cedar: '4.6.0' } }),
  bad('E_SELFTEST', 'a decision written otherwise', {
    content: { 'tests/decisions.json': '{"decisions":[\n\n],"format":"stage0-decisions/v1"}\n' },
  }),
  bad('E_SELFTEST', 'no decisions', { content: { 'tests/decisions.json': undefined } }),
  bad('E_SELFTEST', 'policies that decide otherwise', {
    content: {
      'policies/door.cedar': smallPack().get('policies/door.cedar')?.replace('guest', 'ghost'),
    },
  }),
  bad('E_SELFTEST', 'a test result that hides a failure', {
    statement: (json, role) =>
      role === 'test-result'
        ? { ...json, predicate: { ...objectOf(json['predicate']), passedTests: ['guest'] } }
        : json,
  }),
];

function bad(
  code: NonNullable<Case['code']>,
  name: string,
  forgery: Forgery,
  options: NonNullable<Case['options']> = {},
): Case {
  return { name, code, bundle: () => forge(forgery), options };
}

/** A signer who writes bundle.json otherwise. */
function text(name: string, manifestText: (text: string) => string): Case {
  return bad('E_FORMAT', name, { manifestText });
}

function manifest(
  code: NonNullable<Case['code']>,
  name: string,
  members: Exclude<Parameters<NonNullable<Forgery['manifest']>>[0], undefined>,
): Case {
  return bad(code, name, { manifest: (json) => ({ ...json, ...members }) });
}

function envelope(name: string, envelopeText: (text: string) => string): Case {
  return bad('E_FORMAT', name, { envelopeText });
}

function after(version: string): BundleState {
  return { ...NO_STATE, bundles: { door: { version, id: OTHER_ID } } };
}

function release(json: object, role: KnownRole, purl: string) {
  return role === 'release' ? { ...json, predicate: { purl } } : { ...json };
}
