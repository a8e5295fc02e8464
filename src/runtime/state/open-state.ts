import { err, ok, type Result } from '../../base/result.ts';
import type { Host } from '../host.ts';
import { LocalStore } from './local-store.ts';
import type { StateStore } from './store.ts';

/**
 * Opens the store that `--state` names: a file, a `redis://` address, or the variable that holds either
 * (`env:NAME`), since an address may have a password in it. Nothing: in memory alone.
 */
export async function openState(
  host: Pick<Host, 'error'>,
  named: string | undefined,
): Promise<Result<StateStore, string>> {
  const variable = named?.startsWith('env:') === true ? named.slice('env:'.length) : undefined;
  const where = variable === undefined ? named : process.env[variable];
  if (variable !== undefined && (where === undefined || where === '')) {
    return err(`the variable ${variable} is not set`);
  }
  if (where === undefined) return ok(new LocalStore());
  if (!/^rediss?:\/\//.test(where)) return LocalStore.open(where);
  if (!URL.canParse(where)) return err('the address of Redis cannot be read');
  // Late: only who shares state needs it.
  const { openRedis } = await import('./redis-store.ts');
  return ok(await openRedis(where, host.error));
}
