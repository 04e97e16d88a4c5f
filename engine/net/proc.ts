import { entryText } from './conntrack/text.ts'
import type { Netns } from './netns.ts'
import { recentText, writeRecent } from './xt-recent-proc.ts'

/** Two processors, as /proc/net/stat has a line for each; the engine counts everything on the first. */
const CPUS = 2
/** Files of /proc/net that this namespace's state makes, by name below /proc/net. */
export function procNet(ns: Netns): Readonly<Record<string, () => string>> {
  const files: Record<string, () => string> = {
    nf_conntrack: () => flows(ns),
    'stat/nf_conntrack': () => statistics(ns),
    arp: () => arp(ns),
    ip_tables_names: () => tableNames(ns, 4),
    ip6_tables_names: () => tableNames(ns, 6),
  }
  for (const name of ns.netfilter.recentNames()) files[`xt_recent/${name}`] = () => recentText(ns, name)
  return files
}

/** Writes to a file of /proc/net; undefined where it takes nothing. */
export function writeProcNet(ns: Netns, path: string, text: string): 'ok' | 'EINVAL' | undefined {
  const name = path.startsWith('xt_recent/') ? path.slice('xt_recent/'.length) : undefined
  return name === undefined || !ns.netfilter.recentNames().includes(name) ? undefined : writeRecent(ns, name, text)
}

/** ct_seq_show of nf_conntrack_standalone.c: zone and a reference of the reader's own. */
function flows(ns: Netns): string {
  const { now } = ns.net.clock
  return ns.conntrack
    .list()
    .map((e) => `${entryText(e, { now, extended: true, zone: true, use: 2 + ns.queuedFor(e) })}\n`)
    .join('')
}

/** ct_cpu_seq_show: hexadecimal columns, the number of entries on every line. */
function statistics(ns: Netns): string {
  const { stats } = ns.conntrack
  const hex = (n: number) => n.toString(16).padStart(8, '0')
  const lines = [
    'entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart\n',
  ]
  for (let cpu = 0; cpu < CPUS; cpu++) {
    const n = (value: number) => hex(cpu === 0 ? value : 0)
    const before = [
      hex(ns.conntrack.count()),
      n(stats.clash_resolve),
      n(stats.found),
      n(0),
      n(stats.invalid),
      n(0),
      n(0),
      n(stats.chaintoolong),
    ]
    const after = [n(stats.insert), n(stats.insert_failed), n(stats.drop), n(stats.early_drop), n(stats.error)]
    lines.push(`${[...before, ...after].join(' ')}  ${[n(0), n(0), n(0), n(stats.search_restart)].join(' ')}\n`)
  }
  return lines.join('')
}

/** arp_format_neigh_entry: complete entries have flag 0x2. */
function arp(ns: Netns): string {
  const lines = ns
    .listNeighbours()
    .filter((n) => !n.address.includes(':') && n.state !== 'NOARP' && n.state !== 'NONE')
    .map((n) => {
      const flags = n.state === 'PERMANENT' ? '0x6' : n.mac === undefined ? '0x0' : '0x2'
      const mac = n.mac ?? '00:00:00:00:00:00'
      return `${n.address.padEnd(16)} 0x1         ${flags}         ${mac}     *        ${n.dev}\n`
    })
  return `IP address       HW type     Flags       HW address            Mask     Device\n${lines.join('')}`
}

/** Legacy tables of the namespace, the one made last first. */
function tableNames(ns: Netns, family: 4 | 6): string {
  return ns.netfilter
    .tablesOf(family, 'legacy')
    .map((table) => `${table.name}\n`)
    .reverse()
    .join('')
}
