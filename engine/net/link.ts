import type { IpFamily } from '../base/ip.ts'

export type AddressScope = 'global' | 'link' | 'host'

/** One address of a device (struct in_ifaddr). */
export interface LinkAddress {
  readonly family: IpFamily
  readonly address: string
  readonly bits: number
  readonly scope: AddressScope
  readonly broadcast?: string
  readonly label?: string
  readonly secondary?: boolean
}

export type LinkKind = 'loopback' | 'ether' | 'veth' | 'vxlan' | 'bridge' | 'dummy'

/**
 * A network device. What leaves it goes to the `peer` end (veth), to the `segment` (a LAN) or to `program` (a BPF program by
 * name: Cilium's devices).
 */
export interface Link {
  readonly index: number
  readonly name: string
  readonly kind: LinkKind
  readonly mac: string
  readonly mtu: number
  readonly up: boolean
  readonly addresses: readonly LinkAddress[]
  readonly peer?: { readonly netns: string; readonly index: number }
  readonly segment?: string
  readonly master?: string
  /** Named program that takes packets leaving this device. */
  readonly egress?: string
  /** Named program that sees packets arriving on this device before the IP stack does. */
  readonly ingress?: string
  readonly qlen?: number
  readonly altnames?: readonly string[]
  /** vxlan details, for `ip -d link`. */
  readonly vxlan?: { readonly external: boolean; readonly port: number }
}

/** IFF_* words as `ip link` prints them between angle brackets, without the operational ones. */
export function linkFlags(link: Link, carrier: boolean): string[] {
  const flags: string[] = []
  if (link.kind !== 'loopback' && link.up && !carrier) flags.push('NO-CARRIER')
  if (link.kind === 'loopback') flags.push('LOOPBACK')
  else flags.push('BROADCAST', 'MULTICAST')
  if (link.up) flags.push('UP')
  if (link.up && carrier) flags.push('LOWER_UP')
  return flags
}
