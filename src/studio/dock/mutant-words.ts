import { assertNever } from '../../base/assert.ts';
import type { MutationResult } from '../../worker/probe-api.ts';

const percent = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const numbers = new Intl.NumberFormat();

type Kind = MutationResult['kinds'][number]['kind'];

/** "97.1 % noticed: 602 of 620 mistakes." */
export function scoreWords({ percent: score, noticed, total }: MutationResult): string {
  if (total === 0) return 'There is no rule to make a mistake in.';
  return `${percent.format(score)} % noticed: ${numbers.format(noticed)} of ${numbers.format(total)} mistakes.`;
}

function kindName(kind: Kind): string {
  switch (kind) {
    case 'drop':
      return 'a condition dropped';
    case 'flip':
      return 'an operator flipped';
    case 'boundary':
      return 'a limit off by one';
    case 'widen':
      return 'a scope too wide';
    case 'remove':
      return 'a rule lost';
    case 'defer':
      return 'DEFER instead of DENY';
    case 'deny':
      return 'DENY instead of DEFER';
    default:
      return assertNever(kind);
  }
}

/** The score by what kind of mistake it was, a line each. */
export function kindWords(kinds: MutationResult['kinds']): string {
  return kinds
    .map(({ kind, noticed, total }) => `${kindName(kind)}: ${noticed} of ${total} noticed`)
    .join('\n');
}
