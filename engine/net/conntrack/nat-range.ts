import { ipFamily, ipFromBigInt, ipToBigInt } from '../../base/ip.ts'
import type { NatRequest } from '../netfilter/env.ts'
import type { Tuple } from '../packet.ts'
import { addressWords, jhash4, scale, swap } from './hash.ts'

export function addressInRange(address: string, min: string, max: string): boolean {
  if (min === max) return address === min
  const value = ipToBigInt(address)
  return value >= ipToBigInt(min) && value <= ipToBigInt(max)
}

/**
 * The address of a range (find_best_ips_proto): a hash of both ends, of the client alone with --persistent, so that one client is
 * always seen at one address. The kernel's hash has no secret: the same client gets the same address there.
 */
export function bestAddress(from: Tuple, manip: 'src' | 'dst', request: NatRequest | undefined): string {
  const now = manip === 'src' ? from.src : from.dst
  const { minAddress: min, maxAddress: max = min, persistent } = request ?? {}
  if (min === undefined || max === undefined) return now
  if (min === max) return min
  const family = ipFamily(min) ?? 4
  const words = family === 4 ? 1 : 4
  const destination = addressWords(from.dst, family)
  let j = jhash4(addressWords(from.src, family), persistent ? 0 : (destination[words - 1] as number))
  const low = addressWords(min, family)
  const high = addressWords(max, family)
  // The field being filled is part of the tuple: without --persistent each word of the destination stirs the hash for the next.
  const filled = manip === 'dst' ? destination : undefined
  let value = 0n
  let full = false
  for (let i = 0; i < words; i++) {
    const lowest = full ? 0 : swap(low[i] as number)
    const span = full ? 0xffffffff : swap(high[i] as number) - lowest + 1
    const chosen = (lowest + scale(j, span)) >>> 0
    if (swap(chosen) !== high[i]) full = true
    value = (value << 32n) | BigInt(chosen)
    if (filled !== undefined) filled[i] = swap(chosen)
    if (!persistent) j = (j ^ (destination[i] as number)) >>> 0
  }
  return ipFromBigInt(value, family)
}
