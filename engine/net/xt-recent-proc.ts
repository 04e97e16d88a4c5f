import { ipFamily, parseIPv6 } from '../base/ip.ts'
import type { Netns } from './netns.ts'

/** HZ of the kernels that distributions ship, and where jiffies start (five minutes before they wrap). */
const HZ = 250
const FIRST_JIFFY = 2 ** 32 - 300 * HZ

/** recent_seq_show of xt_recent.c: stamps in the order of their places in a ring, with the place that comes next. */
export function recentText(ns: Netns, name: string): string {
  const { bootedAt } = ns.kernelLog
  const jiffies = (ms: number) => FIRST_JIFFY + Math.floor(((ms - bootedAt) * HZ) / 1000)
  const size = ns.netfilter.recentStamps(name)
  let text = ''
  for (const [address, { ttl, stamps, count }] of ns.netfilter.recentList(name) ?? []) {
    const next = ((count - 1) % size) + 1
    const turned = count > size ? [...stamps.slice(size - next), ...stamps.slice(0, size - next)] : stamps
    const last = jiffies(stamps.at(-1) ?? 0)
    text += `src=${shown(address)} ttl: ${ttl} last_seen: ${last} oldest_pkt: ${next} ${turned.map(jiffies).join(', ')}\n`
  }
  return text
}

/** %pI6 writes all eight groups. */
function shown(address: string): string {
  if (!address.includes(':')) return address
  const digits = (parseIPv6(address) ?? 0n).toString(16).padStart(32, '0')
  return (digits.match(/.{4}/g) ?? []).join(':')
}

/** recent_mt_proc_write: "+addr" adds or renews, "-addr" removes, "/" empties the list; anything else is refused and logged. */
export function writeRecent(ns: Netns, name: string, text: string): 'ok' | 'EINVAL' {
  const list = ns.netfilter.recent(name)
  if (text === '') return 'ok'
  if (text.startsWith('/')) {
    for (const address of [...(ns.netfilter.recentList(name)?.keys() ?? [])]) list.remove(address)
    return 'ok'
  }
  const add = text.startsWith('+')
  if (!add && !text.startsWith('-')) {
    ns.log('xt_recent: Need "+ip", "-ip" or "/"', 6)
    return 'EINVAL'
  }
  const address = (text.slice(1).split('\n')[0] ?? '').toLowerCase()
  if (ipFamily(address) === undefined) {
    ns.log('xt_recent: illegal address written to procfs', 6)
    return 'EINVAL'
  }
  const known = list.get(address)
  if (add) list.put(address, known?.ttl ?? 0, [...(known?.stamps ?? []), ns.net.clock.now])
  else if (known !== undefined) list.remove(address)
  return 'ok'
}
