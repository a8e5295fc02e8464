/**
 * CRC-32 of ZIP (ISO 3309, reflected polynomial 0xEDB88320), four bytes at a time. Finds accidents, stops
 * nobody.
 */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  const whole = bytes.length - (bytes.length % 4);
  let at = 0;
  for (; at < whole; at += 4) {
    crc ^= byte(bytes, at) | (byte(bytes, at + 1) << 8);
    crc ^= (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24);
    crc =
      entry(3, crc & 0xff) ^
      entry(2, (crc >>> 8) & 0xff) ^
      entry(1, (crc >>> 16) & 0xff) ^
      entry(0, crc >>> 24);
  }
  for (; at < bytes.length; at += 1) crc = entry(0, (crc ^ byte(bytes, at)) & 0xff) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Row 0: what a byte becomes; row n: the same after n more bytes of zeros. */
const TABLE = new Uint32Array(4 * 256);
for (let index = 0; index < 256; index += 1) {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) {
    value = (value & 1) === 0 ? value >>> 1 : 0xedb88320 ^ (value >>> 1);
  }
  TABLE[index] = value;
}
for (let index = 256; index < TABLE.length; index += 1) {
  const before = TABLE[index - 256] ?? 0;
  TABLE[index] = (TABLE[before & 0xff] ?? 0) ^ (before >>> 8);
}

function entry(row: number, index: number): number {
  return TABLE[row * 256 + index] ?? 0;
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
