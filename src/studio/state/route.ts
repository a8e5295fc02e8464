/**
 * Deep links. The address after `#` names pack, file and scenario, so a link opens the same view in
 * any browser that has the pack, and a static host needs no rewriting:
 *
 *     #/payments/policies/payouts.cedar?scenario=payout-without-approval
 */

/** Where in the studio an address points. A part that is absent is left to the session's memory. */
export interface Route {
  readonly packId?: string;
  readonly path?: string;
  readonly scenarioId?: string;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** Reads `location.hash`. An address that is no route gives an empty one. */
export function parseRoute(hash: string): Route {
  if (!hash.startsWith('#/')) return {};
  const [address = '', query = ''] = hash.slice(2).split('?', 2);
  const [packId, ...rest] = address.split('/').map(decode);
  const path = rest.every((part) => part !== undefined) ? rest.join('/') : '';
  const scenarioId = new URLSearchParams(query).get('scenario');
  return {
    ...(packId !== undefined && packId !== '' && { packId }),
    ...(path !== '' && { path }),
    ...(scenarioId !== null && scenarioId !== '' && { scenarioId }),
  };
}

/** The address of a route, the inverse of `parseRoute`. */
export function printRoute(route: Route): string {
  if (route.packId === undefined) return '#/';
  const path =
    route.path === undefined ? '' : `/${route.path.split('/').map(encodeURIComponent).join('/')}`;
  const query =
    route.scenarioId === undefined
      ? ''
      : `?${new URLSearchParams({ scenario: route.scenarioId }).toString()}`;
  return `#/${encodeURIComponent(route.packId)}${path}${query}`;
}
