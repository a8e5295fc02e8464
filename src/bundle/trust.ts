/**
 * `trust.json`: whose signatures count, for what and until when. It comes from the one who runs the
 * bundle, never with the bundle.
 */
import { err, ok, type Result } from '../base/result.ts';
import { parseJson } from '../cedar/json/lossless.ts';
import { fieldProblems, type FieldProblem } from '../decision/fields.ts';
import { z } from '../decision/zod.ts';
import { plainJson } from '../pack/json-file.ts';
import { keyIdOf, PublicJwk } from './keys.ts';
import { Manifest, Moment } from './manifest.ts';
import { PREDICATE_TYPES } from './statement.ts';

const TRUST_FORMAT = 'stage0-trust/v1';
const RoleName = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be a role such as release or test-result');

const TrustedKey = z.strictObject({
  keyid: z.string(),
  jwk: PublicJwk,
  label: z.string().max(200).optional(),
  notBefore: Moment.optional(),
  expires: Moment.optional(),
});

const Role = z.strictObject({
  keys: z.array(z.string()).min(1).max(100),
  /** How many different keys must have signed. */
  threshold: z.int().min(1).max(100).default(1),
  /** What the role attests, when it is neither release nor test-result. */
  predicateType: z.string().min(1).max(500).optional(),
});

const Roles = z.record(RoleName, Role);

/** `PASSED` and `WARNED` are of test-result: no worse than that. */
const Requirement = z.enum(['PRESENT', 'WARNED', 'PASSED']);

export const TrustFile = z.strictObject({
  format: z.literal(TRUST_FORMAT),
  /** From then on nobody is trusted. */
  expires: Moment.optional(),
  keys: z.array(TrustedKey).max(1000),
  roles: Roles,
  /** By the bundle's name; `*` stands for all that are not named. A release is always required. */
  bundles: z.record(
    z.union([Manifest.shape.name, z.literal('*')]),
    z.strictObject({
      require: z.partialRecord(RoleName, Requirement).default({}),
      /** Instead of the roles for all. */
      roles: Roles.optional(),
    }),
  ),
});

export interface TrustedKey {
  readonly keyid: string;
  readonly jwk: PublicJwk;
  readonly label: string | undefined;
  /** Epoch milliseconds: not before the one, and no longer from the other on. */
  readonly notBefore: number | undefined;
  readonly expires: number | undefined;
}

export interface TrustedRole {
  readonly keys: ReadonlySet<string>;
  readonly threshold: number;
  readonly predicateType: string;
}

export type Requirement = z.output<typeof Requirement>;

/** What holds for one bundle. */
export interface BundleTrust {
  readonly roles: ReadonlyMap<string, TrustedRole>;
  readonly require: ReadonlyMap<string, Requirement>;
}

/** A `trust.json` that was read. */
export interface Trust {
  readonly expires: number | undefined;
  readonly keys: ReadonlyMap<string, TrustedKey>;
  /** `undefined`: nobody is trusted for bundles of that name. */
  readonly of: (bundle: string) => BundleTrust | undefined;
}

/** Reads a `trust.json`; the error names every wrong field. */
export function readTrust(text: string): Result<Trust, readonly FieldProblem[]> {
  const json = parseJson(text, { length: 4_000_000, depth: 32, count: 200_000 });
  if (!json.ok) {
    return err([{ path: json.error.path, code: 'FIELD_VALUE', message: json.error.message }]);
  }
  const parsed = TrustFile.safeParse(plainJson(json.value), { reportInput: true });
  if (!parsed.success) return err(fieldProblems(parsed.error, 'The file'));
  const problems = contradictions(parsed.data);
  return problems.length > 0 ? err(problems) : ok(trustOf(parsed.data));
}

function trustOf(file: z.output<typeof TrustFile>): Trust {
  const keys = file.keys.map(({ keyid, jwk, label, notBefore, expires }): TrustedKey => {
    return { keyid, jwk, label, notBefore: millis(notBefore), expires: millis(expires) };
  });
  const bundles = new Map(
    Object.entries(file.bundles).map(([name, { require, roles }]) => [
      name,
      {
        roles: rolesOf(roles ?? file.roles),
        require: new Map<string, Requirement>([['release', 'PRESENT'], ...entries(require)]),
      },
    ]),
  );
  return {
    expires: millis(file.expires),
    keys: new Map(keys.map((key) => [key.keyid, key])),
    of: (name) => bundles.get(name) ?? bundles.get('*'),
  };
}

function rolesOf(roles: z.output<typeof Roles>): ReadonlyMap<string, TrustedRole> {
  return new Map(
    Object.entries(roles).map(([name, { keys, threshold, predicateType }]) => [
      name,
      { keys: new Set(keys), threshold, predicateType: predicateType ?? predicateOf(name) },
    ]),
  );
}

function contradictions(file: z.output<typeof TrustFile>): readonly FieldProblem[] {
  const known = new Set<string>();
  const problems: FieldProblem[] = [];
  const add = (path: string, message: string): void => {
    problems.push({ path, code: 'FIELD_VALUE', message });
  };
  for (const [index, { keyid, jwk }] of file.keys.entries()) {
    const at = `/keys/${index}/keyid`;
    if (keyIdOf(jwk) !== keyid) {
      add(at, `keys[${index}].keyid is not the key's thumbprint, which is ${keyIdOf(jwk)}.`);
    }
    if (known.has(keyid)) add(at, `keys[${index}] is there twice.`);
    known.add(keyid);
  }
  const all = [
    ['', file.roles] as const,
    ...Object.entries(file.bundles).map(
      ([name, { roles }]) => [`/bundles/${name}`, roles ?? {}] as const,
    ),
  ];
  for (const [path, roles] of all) {
    for (const [name, role] of Object.entries(roles)) {
      const at = `${path}/roles/${name}`;
      const stranger = role.keys.find((keyid) => !known.has(keyid));
      if (stranger !== undefined) add(at, `The role ${name} names a key that is not in keys.`);
      if (new Set(role.keys).size !== role.keys.length)
        add(at, `The role ${name} names a key twice.`);
      if (role.threshold > role.keys.length) {
        add(at, `The role ${name} needs ${role.threshold} signatures and has fewer keys.`);
      }
      if ((role.predicateType === undefined) === (predicateOf(name) === '')) {
        add(
          at,
          `The role ${name} must name its predicateType if, and only if, it is not built in.`,
        );
      }
    }
  }
  return problems;
}

function predicateOf(role: string): string {
  return new Map(Object.entries<string>(PREDICATE_TYPES)).get(role) ?? '';
}

function millis(moment: string | undefined): number | undefined {
  return moment === undefined ? undefined : Date.parse(moment);
}

function entries<T>(
  record: Readonly<Partial<Record<string, T>>>,
): readonly (readonly [string, T])[] {
  return Object.entries(record).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
}

/** A `trust.json` that trusts these keys alone, for all bundles, and asks for passed tests. */
export function trustFileFor(
  keys: readonly { readonly jwk: PublicJwk; readonly label?: string }[],
): z.input<typeof TrustFile> {
  const ids = keys.map(({ jwk }) => keyIdOf(jwk));
  const role = { keys: ids, threshold: 1 };
  return {
    format: TRUST_FORMAT,
    keys: keys.map(({ jwk, label }) => trustEntry(jwk, label)),
    roles: { release: role, 'test-result': role },
    bundles: { '*': { require: { release: 'PRESENT', 'test-result': 'PASSED' } } },
  };
}

/** A key's entry in `keys` of a `trust.json`. */
export function trustEntry(jwk: PublicJwk, label?: string): z.input<typeof TrustedKey> {
  return { keyid: keyIdOf(jwk), ...(label === undefined ? {} : { label }), jwk };
}
