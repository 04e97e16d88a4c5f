export interface Address {
  readonly ip: string
  readonly hostname?: string
  readonly nodeName?: string
  readonly targetRef?: { readonly kind: string; readonly namespace?: string; readonly name: string; readonly uid?: string }
}

export interface Port {
  readonly name?: string
  readonly port: number
  readonly protocol: string
  readonly appProtocol?: string
}

export interface Subset {
  readonly addresses?: readonly Address[]
  readonly notReadyAddresses?: readonly Address[]
  readonly ports: readonly Port[]
}

interface Entry {
  readonly address: Address
  readonly isReady: boolean
  ports: Port[]
}

const order = (a: string | bigint, b: string | bigint) => (a < b ? -1 : a > b ? 1 : 0)
// By a hash over Go's dump of the port, of all things (api/v1/endpoints, SortSubsets).
const byPort = (a: Port, b: Port) => order(fnv128a(dumped(a)), fnv128a(dumped(b)))
// As text: "10.0.1.111" before "10.0.1.5" (LessEndpointAddress).
const byAddress = (a: Address, b: Address) => order(a.ip, b.ip) || order(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '')

/** Joins single-address, single-port subsets: addresses with the same ports share a subset (endpoints.RepackSubsets). */
export function repack(parts: readonly Subset[]): readonly Subset[] {
  const entries = new Map<string, Entry>()
  for (const { addresses = [], notReadyAddresses = [], ports } of parts) {
    for (const [list, isReady] of [
      [addresses, true],
      [notReadyAddresses, false],
    ] as const) {
      for (const address of list) {
        const key = `${address.ip} ${address.targetRef?.uid ?? ''} ${isReady}`
        const entry = entries.get(key) ?? { address, isReady, ports: [] }
        entry.ports.push(...ports)
        entries.set(key, entry)
      }
    }
  }
  const groups = new Map<string, { ports: Port[]; entries: Entry[] }>()
  for (const entry of entries.values()) {
    const ports = [...entry.ports].sort(byPort)
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports, entries: [] }
    group.entries.push(entry)
    groups.set(key, group)
  }
  const subsets = [...groups.values()].map(({ ports, entries: members }) => {
    const of = (isReady: boolean) =>
      members
        .filter((e) => e.isReady === isReady)
        .map((e) => e.address)
        .sort(byAddress)
    const [ready, notReady] = [of(true), of(false)]
    return {
      ...(ready.length > 0 ? { addresses: ready } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
      ports,
    }
  })
  return subsets.sort((a, b) => order(JSON.stringify(a.ports), JSON.stringify(b.ports)))
}

const FNV_OFFSET = 0x6c62272e07bb014262b821756295c58dn
const FNV_PRIME = 0x1000000000000000000013bn
const LOW_128 = (1n << 128n) - 1n

function fnv128a(text: string): bigint {
  let hash = FNV_OFFSET
  for (let i = 0; i < text.length; i++) hash = ((hash ^ BigInt(text.charCodeAt(i))) * FNV_PRIME) & LOW_128
  return hash
}

/** The port as spew prints it with "%#v" (apimachinery, dump.ForHash). */
function dumped({ name = '', port, protocol, appProtocol = '<nil>' }: Port): string {
  const fields = [
    `Name:(string)${name}`,
    `Port:(int32)${port}`,
    `Protocol:(v1.Protocol)${protocol}`,
    `AppProtocol:(*string)${appProtocol}`,
  ]
  return `(v1.EndpointPort){${fields.join(' ')}}`
}
