import { err, ok, type Result } from '../../base/result.ts';

const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
const PREFIX = /^(?:0|[1-9][0-9]{0,2})$/;

/** An IPv4 or IPv6 address with a prefix length: one address, or a range of them. */
export class IpAddr {
  readonly version: 4 | 6;
  /** The address as an unsigned integer of 32 or 128 bits. */
  readonly bits: bigint;
  readonly prefix: number;

  constructor(version: 4 | 6, bits: bigint, prefix: number) {
    this.version = version;
    this.bits = bits;
    this.prefix = prefix;
  }

  isLoopback(): boolean {
    return this.version === 4
      ? this.bits >> 24n === 127n && this.prefix >= 8
      : this.bits === 1n && this.prefix === 128;
  }

  isMulticast(): boolean {
    return this.version === 4
      ? this.bits >> 28n === 0xen && this.prefix >= 4
      : this.bits >> 120n === 0xffn && this.prefix >= 8;
  }

  /** Whether every address of this range is in that one. Ranges of different versions never meet. */
  isInRange(range: IpAddr): boolean {
    if (this.version !== range.version || this.prefix < range.prefix) return false;
    const hostBits = BigInt(width(range.version) - range.prefix);
    return this.bits >> hostBits === range.bits >> hostBits;
  }

  equals(other: IpAddr): boolean {
    return (
      this.version === other.version && this.bits === other.bits && this.prefix === other.prefix
    );
  }

  toString(): string {
    const address =
      this.version === 4
        ? [24n, 16n, 8n, 0n].map((shift) => (this.bits >> shift) & 0xffn).join('.')
        : [7n, 6n, 5n, 4n, 3n, 2n, 1n, 0n]
            .map((group) => ((this.bits >> (group * 16n)) & 0xffffn).toString(16))
            .join(':');
    return this.prefix === width(this.version) ? address : `${address}/${this.prefix}`;
  }
}

/** Reads an address with an optional `/prefix`. An IPv6 address may not hold an IPv4 one. */
export function parseIpAddr(text: string): Result<IpAddr, string> {
  const malformed = err(`\`${text}\` is not a well-formed IP address`);
  // The longest form is eight groups and a prefix; it also bounds the work on hostile text.
  if (text.length > 43) return malformed;
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const version = address.includes(':') ? 6 : 4;
  const bits = version === 4 ? parseV4(address) : parseV6(address);
  if (bits === undefined) return malformed;
  if (slash < 0) return ok(new IpAddr(version, bits, width(version)));
  const prefix = text.slice(slash + 1);
  if (!PREFIX.test(prefix) || Number(prefix) > width(version)) return malformed;
  return ok(new IpAddr(version, bits, Number(prefix)));
}

function width(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}

function parseV4(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length !== 4) return undefined;
  let bits = 0n;
  for (const octet of octets) {
    if (!OCTET.test(octet) || Number(octet) > 255) return undefined;
    bits = (bits << 8n) | BigInt(octet);
  }
  return bits;
}

function parseV6(text: string): bigint | undefined {
  const gap = text.indexOf('::');
  if (gap < 0) return groups(text, 8);
  const head = text.slice(0, gap);
  const tail = text.slice(gap + 2);
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  // `::` stands for at least one group of zeros.
  const zeros = 8 - before.length - after.length;
  if (zeros < 1) return undefined;
  return groups([...before, ...Array<string>(zeros).fill('0'), ...after].join(':'), 8);
}

function groups(text: string, count: number): bigint | undefined {
  const parts = text.split(':');
  if (parts.length !== count) return undefined;
  let bits = 0n;
  for (const part of parts) {
    if (!GROUP.test(part)) return undefined;
    bits = (bits << 16n) | BigInt(`0x${part}`);
  }
  return bits;
}
