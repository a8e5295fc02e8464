/** The packs in `policies/`, which the product ships as examples. */

// Only the names are taken from this: the files come in one chunk, fetched when an example is read.
const packs = Object.keys(import.meta.glob('/policies/*/metadata.json'));

/** The names of the example packs. */
export const exampleNames: readonly string[] = packs.flatMap(
  (path) => /^\/policies\/([^/]+)\//u.exec(path)?.[1] ?? [],
);

/** The files of one example pack: path inside the pack → text. An unknown name gives an empty pack. */
export async function readExample(name: string): Promise<ReadonlyMap<string, string>> {
  const { exampleFiles } = await import('./example-files.ts');
  const folder = `/policies/${name}/`;
  return new Map(
    Object.entries(exampleFiles)
      .filter(([source]) => source.startsWith(folder))
      .map(([source, text]) => [source.slice(folder.length), text]),
  );
}
