/**
 * Deep links. The address after `#` names pack, file and scenario, so a link opens the same view in
 * any browser that has the pack, and a static host needs no rewriting:
 *
 *     #/payments/policies/payouts.cedar?scenario=payout-without-approval
 *     #/payments?screen=compare&from=1.4.0&to=working
 */

/** One side of a comparison: the open pack as it is now, one of its versions, another pack, or one from elsewhere. */
export type SideName =
  | { readonly kind: 'working' }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'pack'; readonly packId: string }
  /** A file or folder that was chosen; it is known by its name until the studio is closed. */
  | { readonly kind: 'file'; readonly name: string };

/** What can stand in place of the panes. */
export type Screen =
  | { readonly kind: 'versions' }
  | {
      readonly kind: 'compare';
      readonly before: SideName;
      readonly after: SideName;
      /** Id of the scenario to open. */
      readonly at?: string;
    }
  | { readonly kind: 'matrix' }
  | { readonly kind: 'bundles'; readonly view: 'export' | 'verify' };

/** Where in the studio an address points. A part that is absent is left to the session's memory. */
export interface Route {
  readonly packId?: string;
  readonly path?: string;
  readonly scenarioId?: string;
  readonly screen?: Screen;
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
  const asked = new URLSearchParams(query);
  const scenarioId = asked.get('scenario');
  const screen = parseScreen(asked);
  return {
    ...(packId !== undefined && packId !== '' && { packId }),
    ...(path !== '' && { path }),
    ...(scenarioId !== null && scenarioId !== '' && { scenarioId }),
    ...(screen !== undefined && { screen }),
  };
}

function parseScreen(asked: URLSearchParams): Screen | undefined {
  switch (asked.get('screen') ?? '') {
    case 'versions':
      return { kind: 'versions' };
    case 'bundles':
      return { kind: 'bundles', view: asked.get('view') === 'verify' ? 'verify' : 'export' };
    case 'matrix':
      return { kind: 'matrix' };
    case 'compare': {
      const at = asked.get('at');
      return {
        kind: 'compare',
        before: parseSide(asked.get('from')),
        after: parseSide(asked.get('to')),
        ...(at !== null && at !== '' && { at }),
      };
    }
    default:
      return undefined;
  }
}

/** Reads a side as `printSide` writes it; nothing is the working copy. */
export function parseSide(text: string | null): SideName {
  if (text === null || text === '' || text === 'working') return { kind: 'working' };
  if (text.startsWith('pack:')) return { kind: 'pack', packId: text.slice('pack:'.length) };
  if (text.startsWith('file:')) return { kind: 'file', name: text.slice('file:'.length) };
  return { kind: 'version', version: text };
}

/** `working`, `1.4.0`, `pack:payments`. Versions are semantic, so no other is spelled like one of those. */
export function printSide(side: SideName): string {
  switch (side.kind) {
    case 'working':
      return 'working';
    case 'version':
      return side.version;
    case 'pack':
      return `pack:${side.packId}`;
    case 'file':
      return `file:${side.name}`;
  }
}

/** The address of a route, the inverse of `parseRoute`. */
export function printRoute(route: Route): string {
  if (route.packId === undefined) return '#/';
  const path =
    route.path === undefined ? '' : `/${route.path.split('/').map(encodeURIComponent).join('/')}`;
  const asked = new URLSearchParams();
  if (route.scenarioId !== undefined) asked.set('scenario', route.scenarioId);
  if (route.screen !== undefined) asked.set('screen', route.screen.kind);
  if (route.screen?.kind === 'compare') {
    asked.set('from', printSide(route.screen.before));
    asked.set('to', printSide(route.screen.after));
    if (route.screen.at !== undefined) asked.set('at', route.screen.at);
  }
  if (route.screen?.kind === 'bundles') asked.set('view', route.screen.view);
  const query = asked.size === 0 ? '' : `?${asked.toString()}`;
  return `#/${encodeURIComponent(route.packId)}${path}${query}`;
}
