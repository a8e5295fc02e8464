import { err, ok, type Result } from '../../base/result.ts';
import { isJsonArray, type Json } from '../../cedar/json/lossless.ts';
import type { Check } from '../../decision/check.ts';
import type { ApiKey } from './key-file.ts';

/**
 * Holds a check to what its key is for. A key for one environment or tenant says which when the check
 * does not; what the check says beyond its key, or in a form that nobody can read, is refused.
 */
export function bindCheck(check: Check, key: ApiKey): Result<Check, string> {
  const filled: [string, Json][] = [];
  for (const { field, also, allowed } of claims(check, key)) {
    if (allowed === undefined) continue;
    const own = check.context.get(field) ?? null;
    const stated = own === null || own === '' ? [] : [own];
    const beyond = [...stated, ...also].find(
      (value) => typeof value !== 'string' || !allowed.includes(value),
    );
    if (beyond !== undefined) return err(`This key is not for the ${field} that the check names.`);
    if (stated.length > 0) continue;
    const [only] = allowed;
    if (allowed.length > 1 || only === undefined) {
      return err(`This key needs checks that name their ${field}.`);
    }
    filled.push([field, only]);
  }
  if (filled.length === 0) return ok(check);
  return ok({ ...check, context: new Map([...check.context, ...filled]) });
}

interface Claim {
  readonly field: 'environment' | 'tenant_id';
  /** What the check says about it elsewhere. */
  readonly also: readonly Json[];
  readonly allowed: readonly string[] | undefined;
}

function claims({ context, environment }: Check, key: ApiKey): readonly Claim[] {
  const targets = context.get('target_tenants') ?? null;
  return [
    {
      field: 'environment',
      also: environment === undefined || environment === '' ? [] : [environment],
      allowed: key.environments,
    },
    {
      field: 'tenant_id',
      also: targets === null ? [] : isJsonArray(targets) ? targets : [targets],
      allowed: key.tenants,
    },
  ];
}
