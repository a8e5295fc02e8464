import type { PackModel } from '../model.ts';
import { byLocation, type Location } from '../problem.ts';
import { occurrenceAt, occurrences, sameSymbol } from './occurrence.ts';

/** Where what is named at `offset` is declared; nowhere when it is not, or nothing is named there. */
export function definition(model: PackModel, path: string, offset: number): readonly Location[] {
  return located(model, path, offset, ({ role }) => role === 'declaration');
}

/** Every place that names what is named at `offset`, its declaration among them. */
export function references(model: PackModel, path: string, offset: number): readonly Location[] {
  return located(model, path, offset, () => true);
}

function located(
  model: PackModel,
  path: string,
  offset: number,
  wanted: (one: { readonly role: 'declaration' | 'reference' }) => boolean,
): readonly Location[] {
  const here = occurrenceAt(model, path, offset);
  if (here === undefined) return [];
  const found: Location[] = [];
  for (const one of occurrences(model)) {
    if (sameSymbol(one.symbol, here.symbol) && wanted(one)) {
      found.push({ path: one.path, span: one.span });
    }
  }
  return found.toSorted(byLocation);
}
