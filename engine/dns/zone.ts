import { canonicalIp, ipFamily, parseIPv4 } from '../base/ip.ts'
import type { Dice } from '../clock/dice.ts'
import { type DnsRecord, RCODE, TYPE } from './message.ts'

/** A ready endpoint of a Service as DNS names it. */
export interface DnsEndpoint {
  readonly address: string
  readonly hostname?: string
  readonly ports: readonly DnsPort[]
}

export interface DnsPort {
  readonly name?: string
  readonly port: number
  readonly protocol: string
}

/** A Service as the kubernetes plugin of CoreDNS sees it. */
export interface DnsService {
  readonly namespace: string
  readonly name: string
  /** Empty for a headless one. */
  readonly clusterIPs: readonly string[]
  readonly externalName?: string
  readonly ports: readonly DnsPort[]
  readonly endpoints: readonly DnsEndpoint[]
}

/** The cluster behind the zone. */
export interface DnsSource {
  /** The zone, "cluster.local". */
  readonly domain: string
  service(namespace: string, name: string): DnsService | undefined
  services(): readonly DnsService[]
  namespaceExists(name: string): boolean
  /** Where it forwards other names; undefined: SERVFAIL as with a dead upstream. */
  forward?(name: string, type: number): DnsReply | undefined
  /** Unix seconds of CoreDNS' last change. */
  readonly serial: number
}

export interface DnsReply {
  readonly rcode: number
  readonly answers: readonly DnsRecord[]
  readonly authority: readonly DnsRecord[]
  readonly additional: readonly DnsRecord[]
  readonly authoritative: boolean
}

const TTL = 30

/** Answers as CoreDNS' kubernetes plugin does (pods insecure, ttl 30, fallthrough in-addr.arpa ip6.arpa). */
export function answer(source: DnsSource, name: string, type: number, dice: Dice): DnsReply {
  const asked = name.toLowerCase().replace(/\.$/, '')
  if (asked.endsWith('.in-addr.arpa')) return pointer(source, name, type, asked)
  const zone = source.domain.toLowerCase()
  if (asked !== zone && !asked.endsWith(`.${zone}`)) return outside(source, name, type)
  const labels = asked === zone ? [] : asked.slice(0, -zone.length - 1).split('.')
  return inside(source, name, type, labels, dice)
}

function soa(source: DnsSource): DnsRecord {
  const z = `${source.domain}.`
  return { name: z, type: TYPE.SOA, ttl: TTL, data: `ns.dns.${z} hostmaster.${z} ${source.serial} 7200 1800 86400 30` }
}

function nothing(source: DnsSource, rcode: number): DnsReply {
  return { rcode, answers: [], authority: [soa(source)], additional: [], authoritative: true }
}

function records(answers: readonly DnsRecord[], additional: readonly DnsRecord[] = []): DnsReply {
  return { rcode: RCODE.NOERROR, answers, authority: [], additional, authoritative: true }
}

function outside(source: DnsSource, name: string, type: number): DnsReply {
  const failed: DnsReply = { rcode: RCODE.SERVFAIL, answers: [], authority: [], additional: [], authoritative: false }
  return source.forward?.(name, type) ?? failed
}

function inside(source: DnsSource, name: string, type: number, labels: readonly string[], dice: Dice): DnsReply {
  const kind = labels.at(-1)
  if (labels.length === 0) return type === TYPE.SOA ? records([soa(source)]) : nothing(source, RCODE.NOERROR)
  if (labels.join('.') === 'ns.dns') {
    const dns = source.service('kube-system', 'kube-dns')
    return addresses(source, name, type, dns?.clusterIPs ?? [])
  }
  if (labels.join('.') === 'dns-version') {
    return type === TYPE.TXT ? records([{ name, type, ttl: TTL, data: '1.1.0' }]) : nothing(source, RCODE.NOERROR)
  }
  if (kind !== 'svc' && kind !== 'pod') return nothing(source, RCODE.NXDOMAIN)
  const namespace = labels.at(-2)
  if (namespace === undefined) return nothing(source, RCODE.NOERROR)
  if (!source.namespaceExists(namespace)) return nothing(source, RCODE.NXDOMAIN)
  const rest = labels.slice(0, -2)
  if (rest.length === 0) return nothing(source, type === TYPE.TXT ? RCODE.NXDOMAIN : RCODE.NOERROR)
  return kind === 'pod' ? podRecord(source, name, type, rest) : serviceRecord(source, name, type, namespace, rest, dice)
}

/** `pods insecure`: any dashed address in a namespace that exists. */
function podRecord(source: DnsSource, name: string, type: number, rest: readonly string[]): DnsReply {
  const text = rest[0] ?? ''
  const v4 = text.replaceAll('-', '.')
  const v6 = canonicalIp(text.replaceAll('-', ':'))
  if (rest.length !== 1) return nothing(source, RCODE.NXDOMAIN)
  if (parseIPv4(v4) !== undefined) return addresses(source, name, type, [v4])
  return v6 === undefined ? nothing(source, RCODE.NXDOMAIN) : addresses(source, name, type, [v6])
}

function addresses(source: DnsSource, name: string, type: number, ips: readonly string[]): DnsReply {
  const family = type === TYPE.A ? 4 : type === TYPE.AAAA ? 6 : 0
  const found = ips.filter((ip) => ipFamily(ip) === family).map((data) => ({ name, type, ttl: TTL, data }))
  return found.length > 0 ? records(found) : nothing(source, RCODE.NOERROR)
}

function serviceRecord(
  source: DnsSource,
  name: string,
  type: number,
  namespace: string,
  rest: readonly string[],
  dice: Dice,
): DnsReply {
  const service = source.service(namespace, rest.at(-1) ?? '')
  if (service === undefined) return nothing(source, RCODE.NXDOMAIN)
  const before = rest.slice(0, -1)
  const base = `${service.name}.${namespace}.svc.${source.domain}.`
  if (service.externalName !== undefined) return alias(source, name, type, service.externalName, dice)
  const headless = service.clusterIPs.length === 0
  if (before.length === 2 && before[0]?.startsWith('_') && before[1]?.startsWith('_')) {
    const wanted = { name: before[0].slice(1), protocol: before[1].slice(1).toUpperCase() }
    const ports = service.ports.filter((p) => p.name === wanted.name && p.protocol === wanted.protocol)
    if (ports.length === 0) return nothing(source, RCODE.NXDOMAIN)
    return type === TYPE.SRV
      ? srv(service, base, name, ports, headless)
      : addresses(source, name, type, hosts(service, headless, dice))
  }
  if (before.length === 1 && headless) {
    const endpoint = service.endpoints.find((e) => endpointName(e) === before[0])
    return endpoint === undefined ? nothing(source, RCODE.NXDOMAIN) : addresses(source, name, type, [endpoint.address])
  }
  if (before.length > 0) return nothing(source, RCODE.NXDOMAIN)
  if (headless && service.endpoints.length === 0) return nothing(source, RCODE.NXDOMAIN)
  if (type === TYPE.SRV) return srv(service, base, name, service.ports, headless)
  return addresses(source, name, type, hosts(service, headless, dice))
}

function hosts(service: DnsService, headless: boolean, dice: Dice): readonly string[] {
  return headless ? dice.shuffle(service.endpoints.map((e) => e.address)) : service.clusterIPs
}

function endpointName(e: DnsEndpoint): string {
  return e.hostname ?? e.address.replace(/[.:]/g, '-')
}

function srv(service: DnsService, base: string, name: string, ports: readonly DnsPort[], headless: boolean): DnsReply {
  const targets = headless
    ? service.endpoints.flatMap((e) =>
        ports.map((p) => ({
          target: `${endpointName(e)}.${base}`,
          port: e.ports.find((x) => x.name === p.name)?.port ?? p.port,
          ip: e.address,
        })),
      )
    : ports.map((p) => ({ target: base, port: p.port, ip: service.clusterIPs[0] ?? '' }))
  const weight = Math.floor(100 / Math.max(1, targets.length))
  const lines = new Map(targets.map((t) => [`0 ${weight} ${t.port} ${t.target}`, t]))
  const found = [...lines].map(([data]) => ({ name, type: TYPE.SRV, ttl: TTL, data }))
  const extra = new Map(targets.map((t) => [t.target, t.ip]))
  const more = [...extra].map(([owner, data]) => ({
    name: owner,
    type: ipFamily(data) === 6 ? TYPE.AAAA : TYPE.A,
    ttl: TTL,
    data,
  }))
  return records(found, more)
}

/** ExternalName: a CNAME, followed as CoreDNS follows it. */
function alias(source: DnsSource, name: string, type: number, target: string, dice: Dice): DnsReply {
  if (ipFamily(target) !== undefined) return nothing(source, RCODE.NXDOMAIN)
  const cname = { name, type: TYPE.CNAME, ttl: TTL, data: `${target.replace(/\.$/, '')}.` }
  const followed = type === TYPE.CNAME ? undefined : answer(source, cname.data, type, dice)
  return records([cname, ...(followed?.answers ?? [])])
}

/** PTR of ClusterIPs and ready endpoints; anything else is forwarded. */
function pointer(source: DnsSource, name: string, type: number, asked: string): DnsReply {
  const ip = asked
    .replace(/\.in-addr\.arpa$/, '')
    .split('.')
    .reverse()
    .join('.')
  const names: string[] = []
  for (const s of source.services()) {
    const base = `${s.name}.${s.namespace}.svc.${source.domain}.`
    if (s.clusterIPs.includes(ip)) names.push(base)
    for (const e of s.endpoints) if (e.address === ip) names.push(`${endpointName(e)}.${base}`)
  }
  if (names.length === 0) return outside(source, name, type)
  if (type !== TYPE.PTR) return { ...nothing(source, RCODE.NOERROR) }
  return records(names.map((data) => ({ name, type, ttl: TTL, data })))
}
