/**
 * Cedar's `Long`: a signed 64-bit integer. It is a JavaScript number while that is exact and a bigint
 * past 2^53, never both for one value, so `===` compares longs and `<` orders them. Every operation
 * that leaves the 64-bit range yields `undefined`: overflow is an evaluation error, never a wrap.
 */
export type Long = number | bigint;

export const MIN_LONG = -(2n ** 63n);
export const MAX_LONG = 2n ** 63n - 1n;

/** The one representation of an integer; the caller vouches that it lies in the 64-bit range. */
export function normalLong(n: bigint): Long {
  const small = Number(n);
  return Number.isSafeInteger(small) ? small : n;
}

/** The long of this integer, or `undefined` outside the 64-bit range. */
export function checkedLong(n: bigint): Long | undefined {
  return n < MIN_LONG || n > MAX_LONG ? undefined : normalLong(n);
}

export function addLongs(a: Long, b: Long): Long | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return checkedLong(BigInt(a) + BigInt(b));
}

export function subtractLongs(a: Long, b: Long): Long | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return checkedLong(BigInt(a) - BigInt(b));
}

export function multiplyLongs(a: Long, b: Long): Long | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    // Adding 0 turns -0, which Cedar does not have, into 0.
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return checkedLong(BigInt(a) * BigInt(b));
}

export function negateLong(a: Long): Long | undefined {
  return subtractLongs(0, a);
}

/** Division that rounds towards zero, as Rust's and Cedar's does; `divisor` is a positive constant. */
export function truncatedQuotient(a: Long, divisor: number): Long {
  return typeof a === 'number' ? Math.trunc(a / divisor) + 0 : normalLong(a / BigInt(divisor));
}
