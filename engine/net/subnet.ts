import { canonicalIp, cidrContains, parseCidr } from '../base/ip.ts'

/** The modified EUI-64 address of a MAC (RFC 4291, appendix A). */
export function linkLocal(mac: string): string {
  const b = mac.split(':').map((x) => Number.parseInt(x, 16))
  const [x = 0, y = 0, z = 0, u = 0, v = 0, w = 0] = b
  const groups = [((x ^ 2) << 8) | y, (z << 8) | 0xff, 0xfe00 | u, (v << 8) | w]
  return canonicalIp(`fe80::${groups.map((g) => g.toString(16)).join(':')}`) ?? 'fe80::1'
}

/** Whether two addresses share a prefix of that length. */
export function sameSubnet(a: string, b: string, bits: number): boolean {
  const cidr = parseCidr(`${a}/${bits}`)
  return cidr !== undefined && cidrContains(cidr, b)
}
