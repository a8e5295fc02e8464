/**
 * The element at an index that is known to lie inside the list. That it does not would be a defect of
 * ours and not bad input: it throws.
 */
export function elementAt<T>(list: ArrayLike<T>, index: number): T {
  const element = list[index];
  if (element === undefined) throw new RangeError(`No element ${index} among ${list.length}`);
  return element;
}
