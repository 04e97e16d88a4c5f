import type { Json } from '../base/json.ts'
import { CONNTRACK_DEFAULTS } from './conntrack/timeouts.ts'
import { KEY_SINCE, KEY_UNTIL, VALUE_UNTIL } from './kernel-keys.data.ts'
import { olderThan } from './kernel-release.ts'
import { CONF4_KEYS, CONF6_KEYS, NEIGH4_KEYS, NEIGH6_KEYS, NET_KEYS } from './sysctl.data.ts'

/** What `write` says of a value that the kernel's handler does not take (EINVAL), or of a key that is not there. */
export type SysctlResult = 'ok' | 'EINVAL' | 'ENOENT' | 'EACCES'

/** The switches of one device that the packet path asks for, `all` taken into account (IN_DEV_MAXCONF and friends). */
export interface DeviceConf {
  readonly acceptLocal: boolean
  readonly arpIgnore: number
  readonly logMartians: boolean
  readonly routeLocalnet: boolean
  readonly rpFilter: number
}

const PREFIX = 'net.netfilter.'
/** Keys that belong to the whole kernel: other namespaces than the node's own may only read them. */
const ONLY_INITIAL =
  /^net\.(core\.(?!somaxconn|optmem_max|txrehash|xfrm|rps_default)|netfilter\.nf_conntrack_(max|buckets|expect_max)$)/
/** The same number twice: the older name is in the node's own namespace only (nf_ct_netfilter_table). */
const CONNTRACK_MAX = 'net.nf_conntrack_max'
/** Keys that a handler computes. */
const READ_ONLY = new Set([
  'net.netfilter.nf_conntrack_count',
  'net.ipv4.tcp_available_congestion_control',
  'net.ipv4.tcp_available_ulp',
])
/** proc_dointvec_minmax of these: the smallest and largest value taken. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  'net.core.rmem_max': [2304, 2 ** 31 - 1],
  'net.core.rmem_default': [2304, 2 ** 31 - 1],
  'net.core.wmem_max': [4608, 2 ** 31 - 1],
  'net.core.wmem_default': [4608, 2 ** 31 - 1],
  'net.ipv4.ip_default_ttl': [1, 255],
  'net.ipv4.tcp_syn_retries': [1, 127],
  'net.ipv4.ip_unprivileged_port_start': [0, 65535],
  'net.core.somaxconn': [0, 65535],
  'net.netfilter.nf_conntrack_events': [0, 2],
}
const CONGESTION = 'net.ipv4.tcp_congestion_control'
/** Switches: 0 or 1 and nothing else (proc_dou8vec_minmax, proc_dobool). */
const SWITCHED: readonly [number, number] = [0, 1]
const SWITCH = /nf_conntrack_(acct|checksum|timestamp|helper|dccp_loose|tcp_loose|tcp_be_liberal|tcp_ignore_invalid_rst)$/
const PER_DEVICE: readonly { readonly start: string; readonly keys: Readonly<Record<string, string>>; readonly all: boolean }[] =
  [
    { start: 'net.ipv4.conf.', keys: CONF4_KEYS, all: true },
    { start: 'net.ipv6.conf.', keys: CONF6_KEYS, all: true },
    { start: 'net.ipv4.neigh.', keys: NEIGH4_KEYS, all: false },
    { start: 'net.ipv6.neigh.', keys: NEIGH6_KEYS, all: false },
  ]
/** Where a device's value differs from what a new one gets. */
const SPECIAL: Readonly<Record<string, string>> = {
  'net.ipv4.conf.all.accept_source_route': '0',
  'net.ipv4.conf.lo.disable_policy': '1',
  'net.ipv4.conf.lo.disable_xfrm': '1',
}

/** What sysctls need of their namespace: its devices, the node it lives on if it is not that node's own, and the kernel. */
export interface SysctlOwner {
  readonly links: readonly { readonly name: string }[]
  readonly host: string | undefined
  readonly net: { readonly kernel: string }
}

/**
 * The sysctls of one network namespace below net.*: what was written, over what a fresh namespace has. What packets ask for is
 * worked out once and kept until some key or device changes.
 */
export class Sysctls {
  private written = new Map<string, string>()
  private readonly numbers = new Map<string, number>()
  private readonly confs = new Map<string, DeviceConf>()
  private ports: readonly [number, number] | undefined
  private folders: Map<string, Set<string>> | undefined
  private forwarding: { readonly 4: boolean; readonly 6: boolean } | undefined
  private readonly of: SysctlOwner

  constructor(of: SysctlOwner) {
    this.of = of
  }

  /** Devices as keys name them. */
  private devices(): readonly string[] {
    return this.of.links.map((l) => l.name.replaceAll('.', '/'))
  }

  /** Whether this is the node's own namespace (init_net). */
  private initial(): boolean {
    return this.of.host === undefined
  }

  private kernel(): string {
    return this.of.net.kernel
  }

  /** The value of "net.ipv4.ip_forward" and the like, or undefined where there is no such key. */
  get(key: string): string | undefined {
    if (key === CONNTRACK_MAX) return this.initial() ? this.get(`${PREFIX}nf_conntrack_max`) : undefined
    const written = this.written.get(key)
    if (written !== undefined) return written
    return SPECIAL[key] ?? this.fresh(key)
  }

  private fresh(key: string): string | undefined {
    if (!this.has(key)) return undefined
    const before = KEY_UNTIL[key] ?? VALUE_UNTIL[key]
    if (before !== undefined && olderThan(this.kernel(), before[0])) return before[1]
    const global = NET_KEYS[key]
    if (global !== undefined) return global
    if (key.startsWith(PREFIX)) return CONNTRACK_DEFAULTS[key.slice(PREFIX.length)]
    for (const { start, keys, all } of PER_DEVICE) {
      if (!key.startsWith(start)) continue
      const dot = key.lastIndexOf('.')
      const device = key.slice(start.length, dot)
      const name = key.slice(dot + 1)
      const value = keys[name]
      if (value === undefined) return undefined
      if (device === 'all' || device === 'default') return all ? value : undefined
      if (!this.devices().includes(device)) return undefined
      // A device takes what `default` says when it appears; later changes of `default` do not reach it.
      return value
    }
    return undefined
  }

  /** Whether this kernel has a key, so far as releases differ. */
  private has(key: string): boolean {
    const since = KEY_SINCE[key] ?? KEY_SINCE[key.slice(key.lastIndexOf('.') + 1)]
    return since === undefined || !olderThan(this.kernel(), since)
  }

  /** A numeric key; the first number of several. */
  number(key: string): number {
    const known = this.numbers.get(key)
    if (known !== undefined) return known
    const value = Number.parseInt(this.get(key) ?? '0', 10)
    this.numbers.set(key, value)
    return value
  }

  /** Of a device by its own name; in keys a dot of that name is written as a slash. */
  conf(name: string): DeviceConf {
    const known = this.confs.get(name)
    if (known !== undefined) return known
    const device = name.replaceAll('.', '/')
    const max = (key: string) => Math.max(this.number(`net.ipv4.conf.all.${key}`), this.number(`net.ipv4.conf.${device}.${key}`))
    const made: DeviceConf = {
      acceptLocal: max('accept_local') > 0,
      arpIgnore: max('arp_ignore'),
      logMartians: max('log_martians') > 0,
      routeLocalnet: max('route_localnet') > 0,
      rpFilter: max('rp_filter'),
    }
    this.confs.set(name, made)
    return made
  }

  /** Whether packets of others are passed on; every one of them asks. */
  forwards(family: 4 | 6): boolean {
    this.forwarding ??= {
      4: this.number('net.ipv4.ip_forward') !== 0,
      6: this.number('net.ipv6.conf.all.forwarding') !== 0,
    }
    return this.forwarding[family]
  }

  portRange(): readonly [number, number] {
    if (this.ports === undefined) {
      const [low = 32_768, high = 60_999] = (this.get('net.ipv4.ip_local_port_range') ?? '').split(/\s+/).map(Number)
      this.ports = [low, high]
    }
    return this.ports
  }

  write(name: string, text: string): SysctlResult {
    const key = name === CONNTRACK_MAX && this.initial() ? `${PREFIX}nf_conntrack_max` : name
    const now = this.get(key)
    if (now === undefined) return 'ENOENT'
    if (READ_ONLY.has(key) || (!this.initial() && ONLY_INITIAL.test(key))) return 'EACCES'
    if (key === CONGESTION && !(this.get('net.ipv4.tcp_available_congestion_control') ?? '').split(' ').includes(text.trim()))
      return 'ENOENT'
    const value = taken(key, now, text, this.kernel())
    if (value === undefined) return 'EINVAL'
    this.forget()
    this.written.set(key, value)
    this.follow(key, value)
    return 'ok'
  }

  /** What a write to one key does to others (devinet_sysctl_forward, inet_forward_change, addrconf_fixup_forwarding). */
  private follow(key: string, value: string): void {
    if (key === 'net.ipv4.ip_forward' || key === 'net.ipv4.conf.all.forwarding') {
      for (const d of ['all', 'default', ...this.devices()]) this.written.set(`net.ipv4.conf.${d}.forwarding`, value)
      this.written.set('net.ipv4.ip_forward', value)
      this.written.set('net.ipv4.conf.all.accept_redirects', value === '0' ? '1' : '0')
    } else if (key === 'net.ipv6.conf.all.forwarding') {
      for (const d of ['default', ...this.devices()]) this.written.set(`net.ipv6.conf.${d}.forwarding`, value)
    }
  }

  /** A device appeared: it starts with what `default` says by now. */
  added(name: string): void {
    const device = name.replaceAll('.', '/')
    for (const { start, all } of PER_DEVICE) {
      if (!all) continue
      const from = `${start}default.`
      for (const [key, value] of [...this.written])
        if (key.startsWith(from)) this.written.set(`${start}${device}.${key.slice(from.length)}`, value)
    }
    this.forget()
  }

  /** A device went, and its keys with it. */
  removed(name: string): void {
    const device = name.replaceAll('.', '/')
    for (const key of [...this.written.keys()])
      if (PER_DEVICE.some(({ start }) => key.startsWith(`${start}${device}.`))) this.written.delete(key)
    this.forget()
  }

  /** Forgets what was worked out. */
  forget(): void {
    this.numbers.clear()
    this.confs.clear()
    this.ports = undefined
    this.folders = undefined
    this.forwarding = undefined
  }

  /** What lies in a folder of /proc/sys ("net/ipv4"); undefined where there is no such folder. */
  folder(path: string): readonly string[] | undefined {
    this.folders ??= this.tree()
    const found = this.folders.get(path)
    return found === undefined ? undefined : [...found]
  }

  private tree(): Map<string, Set<string>> {
    const folders = new Map<string, Set<string>>()
    for (const key of this.keys()) {
      const parts = key.replace(/[./]/g, (c) => (c === '.' ? '/' : '.')).split('/')
      for (let i = 0, at = ''; i < parts.length; i++) {
        const name = parts[i] as string
        const known = folders.get(at)
        if (known === undefined) folders.set(at, new Set([name]))
        else known.add(name)
        at = at === '' ? name : `${at}/${name}`
      }
    }
    return folders
  }

  private keys(): string[] {
    const kernel = this.kernel()
    const gone = Object.entries(KEY_UNTIL).filter(([, [release]]) => olderThan(kernel, release))
    const keys = [...Object.keys(NET_KEYS), ...Object.keys(CONNTRACK_DEFAULTS).map((k) => PREFIX + k), ...gone.map(([k]) => k)]
    if (this.initial()) keys.push(CONNTRACK_MAX)
    const devices = this.devices()
    for (const { start, keys: names, all } of PER_DEVICE)
      for (const device of all ? ['all', 'default', ...devices] : devices)
        for (const name of Object.keys(names)) keys.push(`${start}${device}.${name}`)
    return keys.filter((key) => this.has(key)).sort()
  }

  save(): Json {
    return [...this.written]
  }

  load(state: Json): void {
    this.written = new Map(state as unknown as [string, string][])
    this.forget()
  }
}

/** The value as the handler stores it, or undefined where it refuses. Whole numbers (one or several) are checked; words are taken. */
function taken(key: string, now: string, text: string, kernel: string): string | undefined {
  const value = text.trim()
  if (!/^-?\d+(\s+-?\d+)*$/.test(now)) return value
  const parts = value.split(/\s+/)
  if (value === '' || parts.length > now.split(/\s+/).length) return value === '' ? now : undefined
  if (!parts.every((p) => /^[-+]?(0[xX][0-9a-fA-F]+|\d+)$/.test(p))) return undefined
  const numbers = parts.map(Number)
  if (numbers.some((n) => Number.isNaN(n) || n > 4294967295 || n < -2147483648)) return undefined
  const events = key === 'net.netfilter.nf_conntrack_events' && olderThan(kernel, '5.19')
  const range = events || SWITCH.test(key) ? SWITCHED : RANGES[key]
  if (range !== undefined && numbers.some((n) => n < range[0] || n > range[1])) return undefined
  if (
    key === 'net.ipv4.ip_local_port_range' &&
    ((numbers[0] ?? 1) > (numbers[1] ?? 0) || (numbers[0] ?? 0) < 1 || (numbers[1] ?? 0) > 65535)
  )
    return undefined
  return numbers.join('\t')
}
