import { type IpFamily, ipToBigInt, parseIPv4 } from '../../base/ip.ts'

/** jhash's arbitrary initial value. */
const INITVAL = 0xdeadbeef

function rol(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by))
}

/** jhash2 of four 32-bit words (include/linux/jhash.h, after Bob Jenkins' lookup3). */
export function jhash4(words: readonly [number, number, number, number], init: number): number {
  let a = (INITVAL + (4 << 2) + init) | 0
  let b = a
  let c = a
  a = (a + words[0]) | 0
  b = (b + words[1]) | 0
  c = (c + words[2]) | 0
  // __jhash_mix
  a = ((a - c) | 0) ^ rol(c, 4)
  c = (c + b) | 0
  b = ((b - a) | 0) ^ rol(a, 6)
  a = (a + c) | 0
  c = ((c - b) | 0) ^ rol(b, 8)
  b = (b + a) | 0
  a = ((a - c) | 0) ^ rol(c, 16)
  c = (c + b) | 0
  b = ((b - a) | 0) ^ rol(a, 19)
  a = (a + c) | 0
  c = ((c - b) | 0) ^ rol(b, 4)
  b = (b + a) | 0
  a = (a + words[3]) | 0
  // __jhash_final
  c = ((c ^ b) - rol(b, 14)) | 0
  a = ((a ^ c) - rol(c, 11)) | 0
  b = ((b ^ a) - rol(a, 25)) | 0
  c = ((c ^ b) - rol(b, 16)) | 0
  a = ((a ^ c) - rol(c, 4)) | 0
  b = ((b ^ a) - rol(a, 14)) | 0
  c = ((c ^ b) - rol(b, 24)) | 0
  return c >>> 0
}

/** An address as the four words that a little-endian kernel sees of union nf_inet_addr (network byte order in memory). */
export function addressWords(address: string, family: IpFamily): [number, number, number, number] {
  if (family === 4) return [swap(parseIPv4(address) ?? 0), 0, 0, 0]
  const value = ipToBigInt(address)
  const word = (at: number) => swap(Number((value >> BigInt(96 - 32 * at)) & 0xffffffffn))
  return [word(0), word(1), word(2), word(3)]
}

/** Byte order turned round. */
export function swap(x: number): number {
  return (((x & 0xff) << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24)) >>> 0
}

/** reciprocal_scale: a 32-bit number onto 0 .. range - 1. */
export function scale(value: number, range: number): number {
  return Number((BigInt(value >>> 0) * BigInt(range)) >> 32n)
}
