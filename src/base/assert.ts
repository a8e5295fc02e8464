/**
 * Proves to the compiler that a switch is exhaustive. At run time it is reached only when a value
 * escaped its type, which is a defect of ours and not bad input: it throws.
 */
export function assertNever(value: never): never {
  throw new Error(`Unreachable value: ${String(value)}`);
}
