import { cidrAddress, cidrContains, parseCidr } from '../base/ip.ts'

/** The first free address of a range, from its `from`-th on; the last one (broadcast) is never given out. */
export function firstFree(range: string, taken: ReadonlySet<string>, from: number): string | undefined {
  const cidr = parseCidr(range)
  if (cidr === undefined) return undefined
  const size = 2 ** Math.min((cidr.family === 4 ? 32 : 128) - cidr.bits, 16)
  for (let n = from; n < size - 1; n++) {
    const address = cidrAddress(cidr, n)
    if (!taken.has(address)) return address
  }
  return undefined
}

export function inRange(range: string, address: string): boolean {
  const cidr = parseCidr(range)
  return cidr !== undefined && cidrContains(cidr, address)
}
