/** Finding and replacing plain text over all files of a pack. */

/** One place where the text stands. Offsets in UTF-16 code units of its file. */
export interface Match {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  /** The line around it, and where in that line it stands. */
  readonly lineText: string;
  readonly column: number;
}

/** What to look for. */
export interface Search {
  readonly text: string;
  readonly matchCase: boolean;
}

/** A search stops here: more places than this are no list to read. */
export const MAX_MATCHES = 2000;

/**
 * The needle as an expression. Case is ignored by the engine's own folding, because lower-casing the
 * text would change its length (`İ`) and with it every offset.
 */
function needle(search: Search): RegExp {
  const escaped = search.text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(escaped, search.matchCase ? 'gu' : 'giu');
}

/** Every place of `search` in `files`, by path and position, at most `MAX_MATCHES`. */
export function findInFiles(files: ReadonlyMap<string, string>, search: Search): readonly Match[] {
  if (search.text === '') return [];
  const found: Match[] = [];
  for (const path of [...files.keys()].toSorted()) {
    const text = files.get(path) ?? '';
    let line = 1;
    let counted = 0;
    for (const match of text.matchAll(needle(search))) {
      const start = match.index;
      for (let at = text.indexOf('\n', counted); at >= 0 && at < start;) {
        line += 1;
        counted = at + 1;
        at = text.indexOf('\n', counted);
      }
      const lineStart = text.lastIndexOf('\n', start - 1) + 1;
      const lineEnd = text.indexOf('\n', start);
      found.push({
        path,
        start,
        end: start + match[0].length,
        line,
        lineText: text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd),
        column: start - lineStart,
      });
      if (found.length >= MAX_MATCHES) return found;
    }
  }
  return found;
}

/** The files that change when every place of `search` is replaced, with their new texts. */
export function replaceInFiles(
  files: ReadonlyMap<string, string>,
  search: Search,
  replacement: string,
): ReadonlyMap<string, string> {
  const changed = new Map<string, string>();
  if (search.text === '') return changed;
  for (const [path, text] of files) {
    const replaced = text.replaceAll(needle(search), () => replacement);
    if (replaced !== text) changed.set(path, replaced);
  }
  return changed;
}
