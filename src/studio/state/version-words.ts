import type { VersionInfo } from '../../store/store.ts';

/** A version's number; one that was saved while scenarios failed says so wherever it appears. */
export function versionWords({
  version,
  scenarios: { failed },
}: Pick<VersionInfo, 'version' | 'scenarios'>): string {
  return failed === 0 ? version : `${version} (${failed} ${failed === 1 ? 'fails' : 'fail'})`;
}
