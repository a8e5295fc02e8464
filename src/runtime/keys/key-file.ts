/**
 * The file of API keys: who may ask, how much, and for what. It holds no key, only the SHA-256 of each.
 * A slow hash would protect a password that people choose; a key is 256 random bits, which no hash that
 * leaks gives away.
 */
import { hash, randomBytes } from 'node:crypto';
import { err, ok, type Result } from '../../base/result.ts';
import { Moment, Sha256 } from '../../bundle/manifest.ts';
import { parseJson } from '../../cedar/json/lossless.ts';
import { fieldProblems } from '../../decision/fields.ts';
import { z } from '../../decision/zod.ts';
import { plainJson } from '../../pack/json-file.ts';
import { problemsAt, problemsIn, type Problem, type Source } from '../problem.ts';

const KEYS_FORMAT = 'stage0-keys/v1';

/** `null`: no limit. */
const Limit = z.int().min(0).max(1_000_000_000_000).nullable();

const Plan = z
  .strictObject({
    /** Whether checks with `pro` are included. */
    pro: z.boolean(),
    per_minute: Limit,
    per_day: Limit,
    per_month: Limit,
    /** Requests of one key that may be under way at once, by one server; absent: any number. */
    concurrent: z.int().min(1).max(1_000_000).optional(),
    /** Bytes of a request's body; absent: as many as the server takes. */
    max_bytes: z.int().min(1).max(1_000_000).optional(),
  })
  .readonly();

const Name = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/, 'must be a name such as pro or batch-jobs');
const Names = z.array(z.string().min(1).max(200)).min(1).max(1000).readonly();

const ApiKey = z
  .strictObject({
    id: z.string().regex(/^[0-9a-f]{12}$/, 'must be twelve lower-case hex digits'),
    sha256: Sha256,
    label: z.string().max(200),
    plan: Name,
    /** The only bundles that decide for it, by name; absent: any that the server has. */
    bundles: Names.optional(),
    /** The only environments that its checks may be about; absent: any. */
    environments: Names.optional(),
    /** The only tenants that its checks may be about; absent: any. */
    tenants: Names.optional(),
    created: Moment,
    revoked: Moment.optional(),
  })
  .readonly();

const KeysFile = z
  .strictObject({
    format: z.literal(KEYS_FORMAT),
    plans: z.record(Name, Plan).readonly(),
    keys: z.array(ApiKey).max(100_000).readonly(),
  })
  .readonly();

export type Plan = z.output<typeof Plan>;
export type ApiKey = z.output<typeof ApiKey>;
export type KeysFile = z.output<typeof KeysFile>;

/** What a file begins with. The plans are there to be changed. */
export const NO_KEYS: KeysFile = {
  format: KEYS_FORMAT,
  plans: {
    free: { pro: false, per_minute: 60, per_day: 1000, per_month: 10_000 },
    pro: { pro: true, per_minute: 600, per_day: 50_000, per_month: 1_000_000 },
    unlimited: { pro: true, per_minute: null, per_day: null, per_month: null },
  },
  keys: [],
};

/** Reads a key file, or everything that is wrong with it. */
export function readKeysFile(source: Source): Result<KeysFile, readonly Problem[]> {
  const json = parseJson(source.text);
  if (!json.ok) return err(problemsAt(source, [json.error]));
  const parsed = KeysFile.safeParse(plainJson(json.value), { reportInput: true });
  if (!parsed.success) return err(problemsIn(source, fieldProblems(parsed.error, 'The file')));
  const problems = contradictions(parsed.data);
  return problems.length > 0 ? err(problemsIn(source, problems)) : ok(parsed.data);
}

function contradictions({ plans, keys }: KeysFile) {
  const known = new Set<string>();
  return keys.flatMap(({ id, plan }, index) => {
    const twice = known.has(id);
    known.add(id);
    return [
      ...(twice ? [{ path: `/keys/${index}/id`, message: `The key ${id} is there twice.` }] : []),
      ...(Object.hasOwn(plans, plan)
        ? []
        : [{ path: `/keys/${index}/plan`, message: `There is no plan ${plan}.` }]),
    ];
  });
}

/** A key that was just made: shown once, and stored as its hash. */
export interface NewApiKey {
  readonly id: string;
  readonly secret: string;
  readonly sha256: string;
}

/** Makes a key, `s0_<id>_<secret>`. */
export function newApiKey(): NewApiKey {
  const id = randomBytes(6).toString('hex');
  const secret = `s0_${id}_${randomBytes(32).toString('base64url')}`;
  return { id, secret, sha256: hashOf(secret).toString('hex') };
}

/** SHA-256 of a key as it is presented. */
export function hashOf(presented: string): Buffer {
  return hash('sha256', presented, 'buffer');
}
