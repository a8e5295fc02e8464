import { err, ok, type Result } from '../base/result.ts';
import type { RecordName, StoreProblem } from './problem.ts';
import { z } from './zod.ts';

/** The record format written by this release, in each record's `v`. */
export const RECORD_FORMAT = 1;

const time = z.number().int().nonnegative();
const format = z.literal(RECORD_FORMAT);

/** Strict, because an unknown field would be lost on the next write. */
export const packRecord = z.strictObject({
  v: format,
  id: z.string().min(1),
  name: z.string(),
  createdAt: time,
  exampleName: z.string().optional(),
  deletedAt: time.optional(),
});
export type PackRecord = Readonly<z.output<typeof packRecord>>;

/** A deleted file keeps its text and its revision: for undo, and so that a stale tab cannot revive it unseen. */
export const fileRecord = z.strictObject({
  v: format,
  packId: z.string().min(1),
  path: z.string().min(1),
  text: z.string(),
  revision: z.number().int().positive(),
  updatedAt: time,
  deletedAt: time.optional(),
});
export type FileRecord = Readonly<z.output<typeof fileRecord>>;

export const uiRecord = z.strictObject({
  v: format,
  key: z.string().min(1),
  value: z.unknown(),
  updatedAt: time,
});

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** One saved version, its contents aside: those are the blobs that the manifest of its digest lists. */
export const versionRecord = z.strictObject({
  v: format,
  packId: z.string().min(1),
  digest,
  version: z.string().min(1).max(100),
  author: z.string().max(200),
  message: z.string().max(4000),
  createdAt: time,
  /** The digest of the version that it was made from. */
  parent: digest.optional(),
  tags: z.array(z.string().min(1).max(100)).max(50),
  /** How its scenarios came out when it was saved. */
  scenarios: z.strictObject({ passed: time, failed: time }),
  deletedAt: time.optional(),
});
export type VersionRecord = Readonly<z.output<typeof versionRecord>>;

/** A text under its hash. */
export const blobRecord = z.strictObject({ v: format, hash, text: z.string() });

/** What the text of a manifest holds. */
export const manifest = z.array(z.tuple([z.string().min(1), hash]));

const coordinate = z.string().regex(/^[\w-]{43}$/);

/** A key that signs bundles, under its thumbprint (RFC 7638). */
export const keyRecord = z.strictObject({
  v: format,
  keyid: z.string().regex(/^[\w-]{43}$/),
  label: z.string().min(1).max(200),
  createdAt: time,
  jwk: z.union([
    z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: coordinate }),
    z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }),
  ]),
  /** Sealed: it signs, and nothing gets it out. Looked up late, for there is none on insecure pages. */
  privateKey: z.custom<CryptoKey>(
    (value) => typeof CryptoKey !== 'undefined' && value instanceof CryptoKey && !value.extractable,
    'is no sealed key',
  ),
  /** Whether a backup was downloaded when it was made; later none can be. */
  backedUp: z.boolean(),
});
export type KeyRecord = Readonly<z.output<typeof keyRecord>>;

const versioned = z.looseObject({ v: z.number().int().nonnegative() });

/**
 * Reads one stored record. STORE_NEWER when a newer release wrote it, whatever else it holds;
 * STORE_CORRUPT, naming the first wrong field, when it has another shape.
 */
export function readRecord<T>(
  schema: z.ZodType<T>,
  record: RecordName,
  raw: unknown,
): Result<T, StoreProblem> {
  const version = versioned.safeParse(raw);
  if (version.success && version.data.v > RECORD_FORMAT) {
    return err({
      code: 'STORE_NEWER',
      message: `${describe(record)} was saved by a newer release of the studio (format ${version.data.v}, this one knows ${RECORD_FORMAT}). It was left as it is.`,
      record,
    });
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return ok(parsed.data);
  return err(corrupt(record, parsed.error));
}

/** The problem of a record, or of a value in it, that its schema refuses. */
export function corrupt(record: RecordName, error: z.ZodError): StoreProblem {
  const issue = error.issues[0];
  const unknownFields = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  const field = [...(issue?.path ?? []), ...unknownFields.slice(0, 1)].map(String).join('.');
  const where = field === '' ? '' : `, field ${field}`;
  return {
    code: 'STORE_CORRUPT',
    message: `${describe(record)} is damaged${where}: ${issue?.message ?? 'unreadable'}. It was kept as it is.`,
    record,
    field,
  };
}

const KINDS: Readonly<Record<RecordName['store'], string>> = {
  packs: 'pack',
  files: 'file',
  ui: 'setting',
  versions: 'version',
  blobs: 'content',
  keys: 'key',
};

function describe(record: RecordName): string {
  return `The stored ${KINDS[record.store]} “${record.key}”`;
}
