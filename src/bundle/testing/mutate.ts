import fc from 'fast-check';
import { concat, type Bytes } from '../bytes.ts';
import { writeArchive } from '../archive.ts';

/** One change to a bundle: to the bytes of one of its files, or of the archive as a whole. */
export interface Mutation {
  /** A file, or the archive when there is none of that name. */
  readonly target: string;
  readonly kind: 'flip' | 'set' | 'cut' | 'insert' | 'repeat' | 'swap' | 'drop';
  /** Of the length, 0 to 1. */
  readonly from: number;
  readonly length: number;
  readonly byte: number;
}

/** Several changes, one after another. */
export function mutations(names: readonly string[]): fc.Arbitrary<readonly Mutation[]> {
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  const mutation = fc.record({
    target: fc.constantFrom('', ...names),
    kind: fc.constantFrom<Mutation['kind']>(
      'flip',
      'set',
      'cut',
      'insert',
      'repeat',
      'swap',
      'drop',
    ),
    from: part,
    length: fc.oneof(fc.constant(0), part),
    byte: fc.integer({ min: 0, max: 255 }),
  });
  return fc.array(mutation, { minLength: 1, maxLength: 4 });
}

/** The bundle's bytes after the changes. Files are archived anew, so that their changes get past the archive. */
export function mutate(
  files: ReadonlyMap<string, Bytes>,
  bundle: Bytes,
  steps: readonly Mutation[],
): Bytes {
  const changed = new Map(files);
  for (const step of steps) {
    const content = changed.get(step.target);
    if (content === undefined) continue;
    if (step.kind === 'drop') changed.delete(step.target);
    else changed.set(step.target, change(content, step, [...changed.values()]));
  }
  const archive = writeArchive(changed);
  const bytes = archive.ok ? archive.value : bundle;
  return steps
    .filter(({ target }) => target === '')
    .reduce<Bytes>((all, step) => change(all, step, [bundle]), bytes);
}

function change(content: Bytes, step: Mutation, others: readonly Bytes[]): Bytes {
  const from = Math.floor(step.from * content.length);
  const to = Math.min(content.length, from + 1 + Math.floor(step.length * 64));
  const [before, middle, after] = [
    content.slice(0, from),
    content.slice(from, to),
    content.slice(to),
  ];
  switch (step.kind) {
    case 'flip':
      return concat([before, middle.map((byte) => byte ^ (step.byte || 1)), after]);
    case 'set':
      return concat([before, middle.fill(step.byte), after]);
    case 'cut':
      return concat([before, after]);
    case 'insert':
      return concat([before, Uint8Array.from([step.byte]), middle, after]);
    case 'repeat':
      return concat([before, middle, middle, after]);
    case 'swap':
      return others[step.byte % others.length] ?? content;
    case 'drop':
      return before;
  }
}
