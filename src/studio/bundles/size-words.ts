const options = { style: 'unit', unitDisplay: 'short', maximumFractionDigits: 1 } as const;
const small = new Intl.NumberFormat(undefined, { ...options, unit: 'byte', unitDisplay: 'long' });
const large = new Intl.NumberFormat(undefined, { ...options, unit: 'kilobyte' });

/** A size in bytes as people read it: `325 bytes`, `6.9 kB`. */
export function sizeWords(bytes: number): string {
  return bytes < 1000 ? small.format(bytes) : large.format(bytes / 1000);
}
