import type { Link } from '../../net/link.ts'
import type { Netns } from '../../net/netns.ts'
import type { LinkType } from './frame.ts'

/** Where to capture: a device, all of them, or a netfilter log group. */
export type Source =
  | { readonly kind: 'device'; readonly link: Link; readonly linkType: LinkType; readonly name: string }
  | { readonly kind: 'any'; readonly linkType: LinkType; readonly name: string }
  | { readonly kind: 'nflog'; readonly groups: readonly number[]; readonly linkType: LinkType; readonly name: string }

/** What libpcap says where it cannot open a device; the words behind "tcpdump: ". */
export class DeviceError extends Error {}

const PSEUDO = [
  'bluetooth-monitor (Bluetooth Linux Monitor) [Wireless]',
  'nflog (Linux netfilter log (NFLOG) interface) [none]',
  'nfqueue (Linux netfilter queue (NFQUEUE) interface) [none]',
  'dbus-system (D-Bus system bus) [none]',
  'dbus-session (D-Bus session bus) [none]',
]

/** pcap_findalldevs: devices that run, "any", loopback, what is no network device, and what is down at the end. */
export function deviceList(netns: Netns): string {
  const links = [...netns.links].sort((a, b) => a.index - b.index)
  const runs = (link: Link) => link.up && netns.net.carrier(netns, link)
  const ordinary = links.filter((l) => l.kind !== 'loopback' && runs(l)).map((l) => `${l.name} [Up, Running, Connected]`)
  const loopback = links.filter((l) => l.kind === 'loopback' && l.up).map((l) => `${l.name} [Up, Running, Loopback]`)
  const rest = links
    .filter((l) => !runs(l) && (l.kind !== 'loopback' || !l.up))
    .map((l) => `${l.name} [${l.up ? 'Up' : l.kind === 'loopback' ? 'Loopback' : 'none'}, Disconnected]`)
  const any = 'any (Pseudo-device that captures on all interfaces) [Up, Running]'
  return [...ordinary, any, ...loopback, ...PSEUDO, ...rest].map((text, i) => `${i + 1}.${text}\n`).join('')
}

/** The device that -i names, by name or by its number in -D; without -i the first of that list. */
export function sourceOf(netns: Netns, given: string | undefined): Source {
  const listed = (n: number) => /^\d+\.(\S+)/.exec(deviceList(netns).split('\n')[n - 1] ?? '')?.[1]
  const byNumber = given !== undefined && /^\d+$/.test(given) && netns.link(given) === undefined
  const name = given === undefined ? listed(1) : byNumber ? listed(Number(given)) : given
  if (name === undefined) throw new DeviceError('Invalid adapter index')
  if (name === 'any') return { kind: 'any', linkType: 'LINUX_SLL2', name }
  if (/^nflog(:|$)/.test(name)) return { kind: 'nflog', groups: groupsOf(name), linkType: 'NFLOG', name }
  const link = netns.link(name)
  if (link === undefined) throw new DeviceError(`${name}: No such device exists\n(No such device exists)`)
  if (!link.up) throw new DeviceError(`${name}: That device is not up`)
  return { kind: 'device', link, linkType: 'EN10MB', name }
}

/** "nflog", "nflog:5", "nflog:5,6" (nflog_activate of pcap-netfilter-linux.c). */
function groupsOf(name: string): readonly number[] {
  const list = name.slice('nflog:'.length)
  if (list === '') return [0]
  return list.split(',').map((text) => {
    if (!/^\d+$/.test(text)) throw new DeviceError(`Can't get netfilter group(s) index from ${name}`)
    if (Number(text) > 65535) throw new DeviceError(`Netfilter group range from 0 to 65535 (got ${text})`)
    return Number(text)
  })
}
