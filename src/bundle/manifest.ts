import { Metadata } from '../pack/metadata.ts';
import { z } from '../decision/zod.ts';

export const FORMAT = 'stage0-bundle/v1';
export const MANIFEST_FILE = 'bundle.json';
export const DECISIONS_FILE = 'tests/decisions.json';

/** The Cedar that this engine speaks; bundles of a later minor version may mean something else by it. */
export const CEDAR_LANGUAGE = { major: 4, minor: 5 } as const;

/** A moment in one spelling: UTC, whole seconds. */
export const Moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'must be a moment such as 2026-03-16T10:00:00Z')
  .refine(
    (text) => momentText(Date.parse(text)) === text,
    'must be a day and time that the calendar has',
  );

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex');

/** `sha256:<hex>` of the bytes of `bundle.json`. */
const BundleId = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be "sha256:" and lower-case hex');

const { name: PackName, version: PackVersion } = Metadata.shape.policy_store.shape;

/** The version that a bundle replaces. */
export const Previous = z.strictObject({ version: PackVersion, id: BundleId }).readonly();

/** `bundle.json`: what is in the bundle, for whom and until when. Its bytes are RFC 8785. */
export const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  name: PackName,
  version: PackVersion,
  previous: Previous.nullable(),
  issuedAt: Moment,
  expires: Moment.optional(),
  /** Who may load it; absent: anybody. */
  audience: z.array(z.string().min(1).max(200)).min(1).max(100).readonly().optional(),
  engines: z.strictObject({
    cedar: z.string().regex(/^4\.\d{1,4}\.\d{1,4}$/, 'must be a version of Cedar 4, such as 4.5.0'),
  }),
  /** Every file but this one and the attestations. */
  files: z.record(z.string(), z.strictObject({ sha256: Sha256, size: z.int().min(0) }).readonly()),
});

export type Manifest = Readonly<z.output<typeof Manifest>>;
export type Previous = z.output<typeof Previous>;

/** The moment in the spelling of manifests, seconds cut off; `undefined` when the time is none. */
export function momentText(millis: number): string | undefined {
  if (!Number.isFinite(millis) || millis < 0 || millis > MAX_MILLIS) return undefined;
  return `${new Date(millis).toISOString().slice(0, 19)}Z`;
}

/** The last second that four digits of a year can write. */
const MAX_MILLIS = 253_402_300_799_999;

/** Semantic versions by precedence: negative when `a` comes before `b`. Build metadata does not count. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (const index of [0, 1, 2]) {
    const difference = byNumber(left.core[index] ?? '', right.core[index] ?? '');
    if (difference !== 0) return difference;
  }
  if (left.pre.length === 0 || right.pre.length === 0) {
    return Number(left.pre.length === 0) - Number(right.pre.length === 0);
  }
  for (let index = 0; index < Math.max(left.pre.length, right.pre.length); index += 1) {
    const [one, other] = [left.pre[index], right.pre[index]];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    const difference = byIdentifier(one, other);
    if (difference !== 0) return difference;
  }
  return 0;
}

function parts(version: string) {
  const [bare = ''] = version.split('+');
  const dash = bare.indexOf('-');
  const core = (dash === -1 ? bare : bare.slice(0, dash)).split('.');
  return { core, pre: dash === -1 ? [] : bare.slice(dash + 1).split('.') };
}

function byIdentifier(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left && right) return byNumber(a, b);
  if (left !== right) return left ? -1 : 1;
  return byText(a, b);
}

/** Digits of any length: a number would round them. */
function byNumber(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return left.length - right.length || byText(left, right);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
