import { z } from '../decision/zod-mini.ts';

const SEMVER = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const Moment = z.iso.datetime({
  offset: true,
  error: 'must be a moment such as 2026-03-16T10:00:00Z',
});

/** `metadata.json` of a Cedar policy store; `policy_store.name@version` names the pack in requests. */
export const Metadata = z.strictObject({
  cedar_version: z
    .string()
    .check(z.regex(/^v?4\.\d+\.\d+$/, 'must be a version of Cedar 4, such as 4.5.0')),
  policy_store: z.strictObject({
    id: z.string().check(z.minLength(1)),
    name: z
      .string()
      .check(
        z.maxLength(100),
        z.regex(/^[A-Za-z0-9][\w.-]*$/, 'must be letters, digits, "-", "_" and "." only'),
      ),
    description: z._default(z.string().check(z.maxLength(2000)), ''),
    version: z
      .string()
      .check(z.maxLength(100), z.regex(SEMVER, 'must be a semantic version such as 1.0.0')),
    created_date: z.optional(Moment),
    updated_date: z.optional(Moment),
  }),
});
