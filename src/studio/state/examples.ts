/**
 * The packs in `policies/`, which the product ships as examples. Each pack is a chunk of its own,
 * fetched when it is first opened or reset.
 */

const sources = import.meta.glob<string>('/policies/**/*.{cedar,cedarschema,json}', {
  query: '?raw',
  import: 'default',
});

/** `/policies/payments/schema.cedarschema` → pack `payments`, path `schema.cedarschema`. */
function split(source: string): { readonly pack: string; readonly path: string } {
  const [, , pack = '', ...rest] = source.split('/');
  return { pack, path: rest.join('/') };
}

/** The names of the example packs, the one a first visit opens standing first. */
export const exampleNames: readonly string[] = [
  ...new Set(['payments', ...Object.keys(sources).map((source) => split(source).pack)]),
];

/** Reads one example pack. An unknown name gives an empty pack. */
export async function readExample(name: string): Promise<ReadonlyMap<string, string>> {
  const wanted = Object.entries(sources).filter(([source]) => split(source).pack === name);
  const entries = await Promise.all(
    wanted.map(async ([source, load]) => [split(source).path, await load()] as const),
  );
  return new Map(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
