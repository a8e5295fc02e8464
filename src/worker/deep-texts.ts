/** Conditions that nest in one way each, for tests: how deep does the official toolchain live? */
import { tooDeep } from '../authoring/official/depth.ts';

export const DEEP_SHAPES: readonly (readonly [string, (n: number) => string])[] = [
  ['parentheses', (n) => `${'('.repeat(n)}true${')'.repeat(n)}`],
  ['sets', (n) => `${'['.repeat(n)}1${']'.repeat(n)} == [1]`],
  ['records', (n) => `${'{a:'.repeat(n)}1${'}'.repeat(n)} == {a: 1}`],
  ['calls', (n) => `${'ip('.repeat(n)}"1"${')'.repeat(n)} == 1`],
  ['&&', (n) => times(n, () => 'context.goal == "a"').join(' && ')],
  ['||', (n) => times(n, () => 'context.goal == "a"').join(' || ')],
  ['+', (n) => `${times(n, String).join(' + ')} == 1`],
  ['attributes', (n) => `context${'.a'.repeat(n)} == 1`],
  ['indexes', (n) => `context${'["a"]'.repeat(n)} == 1`],
  ['methods', (n) => `context.tools${'.isEmpty()'.repeat(n)}`],
  ['else if', (n) => `${'if 1 == 2 then true else '.repeat(n)}true`],
  ['nots', (n) => `${'!('.repeat(n)}true${')'.repeat(n)}`],
  ['a list', (n) => `[${times(n, String).join(', ')}].contains(1)`],
  ['a string', (n) => `context.goal == "${'é'.repeat(n)}"`],
  ['an emoji string', (n) => `context.goal == "${'💥'.repeat(n)}"`],
  ['a comment', (n) => `true // ${'é'.repeat(n)}\n`],
  ['comment lines', (n) => `true ${'// a\n'.repeat(n)}`],
  ['brackets among operands', (n) => `${'(true && !['.repeat(n)}1${'].isEmpty())'.repeat(n)}`],
];

export function policyWith(condition: string): string {
  return `@id("a") permit (principal, action, resource) when { ${condition} };`;
}

/** The greatest size of a shape that the depth check lets pass; 4999 when it bounds nothing. */
export function deepest(shape: (n: number) => string): number {
  let n = 1;
  let dead = 5000;
  while (dead - n > 1) {
    const middle = (n + dead) >> 1;
    if (tooDeep(policyWith(shape(middle)))) dead = middle;
    else n = middle;
  }
  return n;
}

function times<T>(n: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: n }, (_, index) => make(index));
}
