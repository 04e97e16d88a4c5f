/** Protocol qualifiers that stand before a primitive. */
export type Protocol =
  | 'ether'
  | 'ip'
  | 'ip6'
  | 'arp'
  | 'rarp'
  | 'tcp'
  | 'udp'
  | 'sctp'
  | 'icmp'
  | 'icmp6'
  | 'igmp'
  | 'esp'
  | 'ah'
  | 'pim'
  | 'vrrp'

export type Direction = 'src' | 'dst' | 'either' | 'both'
export type Kind = 'host' | 'net' | 'port' | 'portrange' | 'proto'

/** What was said before a name: "tcp src port". */
export interface Qualifiers {
  readonly protocol: Protocol | undefined
  readonly direction: Direction
  readonly kind: Kind | undefined
}

/** An operand of a primitive, as the scanner took it. */
export type Operand =
  | { readonly kind: 'address'; readonly text: string; readonly bits?: number; readonly mask?: string }
  | { readonly kind: 'address6'; readonly text: string; readonly bits?: number }
  | { readonly kind: 'mac'; readonly text: string }
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number; readonly bits?: number; readonly mask?: string }

/** A number computed from the packet (arth of grammar.y). */
export type Arithmetic =
  | { readonly op: 'number'; readonly value: number }
  | { readonly op: 'length' }
  | { readonly op: 'load'; readonly protocol: Protocol; readonly at: Arithmetic; readonly size: number }
  | {
      readonly op: '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>'
      readonly left: Arithmetic
      readonly right: Arithmetic
    }

export type Node =
  | { readonly kind: 'and' | 'or'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'not'; readonly of: Node }
  | { readonly kind: 'protocol'; readonly protocol: Protocol }
  | { readonly kind: 'operand'; readonly qualifiers: Qualifiers; readonly operand: Operand }
  | { readonly kind: 'compare'; readonly op: string; readonly left: Arithmetic; readonly right: Arithmetic }
  | { readonly kind: 'length'; readonly atLeast: boolean; readonly value: number }
  | { readonly kind: 'cast'; readonly protocol: 'ether' | 'ip' | 'ip6'; readonly to: 'broadcast' | 'multicast' }
  | { readonly kind: 'direction'; readonly inbound: boolean }
