import { describe, expect, it } from 'vitest'
import type { Profile } from '../../engine/cluster/profile.ts'
import { CLUSTER_IP, EXTERNAL_IP, Lan, NODE_IP, NODE_PORT, type NodeName, OUTSIDE_IP, POD_IP, PORT, VIP } from './lan.ts'
import { type Row, SHAPES, type Shape } from './table.ts'

/** Proxy modes are columns: a mode joins the list when kube-proxy can run in it. */
const MODES: readonly { readonly name: string; readonly profile: Partial<Profile> }[] = [
  { name: 'iptables', profile: { proxyMode: 'iptables' } },
  { name: 'iptables, legacy backend', profile: { proxyMode: 'iptables', iptables: '1.8.9/legacy' } },
]

const TRIES = 14

function dialled(lan: Lan, { from, to }: Row): { readonly address: string; readonly port: number } {
  const at = to.slice(-1) as NodeName
  if (to === 'localhost') return { address: '127.0.0.1', port: NODE_PORT }
  if (to.startsWith('nodePort-')) return { address: NODE_IP[at], port: NODE_PORT }
  const address = to === 'cluster' ? CLUSTER_IP : to.startsWith('vip-') ? VIP : EXTERNAL_IP
  if (from === 'outside') lan.routeOutside(address, to === 'cluster' ? 'c' : at)
  return { address, port: PORT }
}

function ownAddress(from: Row['from']): string {
  if (from === 'outside') return OUTSIDE_IP
  return from.startsWith('node-') ? NODE_IP[from.slice(5) as NodeName] : POD_IP[from as keyof typeof POD_IP]
}

function check(shape: Shape, row: Row, profile: Partial<Profile>): void {
  const lan = new Lan(shape.service, profile, shape.protocol ?? 'TCP')
  const { address, port } = dialled(lan, row)
  const tries = typeof row.reaches === 'string' ? 2 : TRIES
  const seen = Array.from({ length: tries }, () => lan.dial(row.from, address, port))
  const reached = [...new Set(seen.map((s) => s.reached))].sort()
  if (typeof row.reaches === 'string') {
    expect(reached).toEqual([row.reaches])
    return
  }
  const servers = row.reaches.map((name) => `server-${name}`)
  if (shape.sticky) {
    expect(reached).toHaveLength(1)
    expect(servers).toContain(reached[0])
  } else expect(reached).toEqual(servers)
  const sources = [...new Set(seen.map((s) => s.source))]
  if (row.source === 'client') expect(sources).toEqual([ownAddress(row.from)])
  else {
    const addresses = lan.addressesOf(row.source?.slice(5) as NodeName)
    for (const source of sources) expect(addresses).toContain(source)
  }
}

const word = (row: Row) => {
  const reaches = typeof row.reaches === 'string' ? row.reaches : `endpoints ${row.reaches.join(' and ')}, source ${row.source}`
  return `${row.from} to ${row.to}: ${reaches}`
}

for (const mode of MODES) {
  describe(`packet flows, ${mode.name}`, () => {
    for (const shape of SHAPES) {
      describe(shape.name, () => {
        for (const row of shape.rows) it(word(row), () => check(shape, row, mode.profile))
      })
    }
  })
}
