import { ipFamily } from '../base/ip.ts'
import type { Origin } from '../net/flows.ts'
import type { Netns } from '../net/netns.ts'
import type { Errno } from '../net/socket/types.ts'
import { type DnsMessage, decodeMessage, encodeMessage, RCODE, TYPE } from './message.ts'

/** resolv.conf(5) as glibc reads it. */
export interface ResolvConf {
  readonly nameservers: readonly string[]
  readonly search: readonly string[]
  readonly ndots: number
  readonly timeout: number
  readonly attempts: number
}

export function parseResolvConf(text: string): ResolvConf {
  const nameservers: string[] = []
  let search: readonly string[] = []
  const options = { ndots: 1, timeout: 5, attempts: 2 }
  for (const line of text.split('\n')) {
    const [key, ...words] = line.trim().split(/\s+/)
    if (key === 'nameserver' && words[0] !== undefined && ipFamily(words[0]) !== undefined && nameservers.length < 3)
      nameservers.push(words[0])
    else if (key === 'search' || key === 'domain') search = words
    else if (key === 'options') {
      for (const word of words) {
        const [name = '', value] = word.split(':')
        if ((name === 'ndots' || name === 'timeout' || name === 'attempts') && value !== undefined) options[name] = Number(value)
      }
    }
  }
  return { nameservers: nameservers.length > 0 ? nameservers : ['127.0.0.1'], search, ...options }
}

/** Addresses of a name in /etc/hosts, in file order. */
export function hostsLookup(text: string, name: string): readonly string[] {
  const wanted = name.toLowerCase().replace(/\.$/, '')
  const found: string[] = []
  for (const line of text.split('\n')) {
    const [address, ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/)
    if (address !== undefined && ipFamily(address) !== undefined && names.some((n) => n.toLowerCase() === wanted))
      found.push(address)
  }
  return found
}

/** What the resolver needs of the machine it runs on. */
export interface ResolverHost {
  readonly netns: Netns
  readonly uid: number
  /** Who wants to know, for the record of the connections that the question makes. */
  readonly origin?: Origin
  readFile(path: string): string
  /** Waits for an answer; false after `ms` without one. */
  wait(watched: { watch(wake: () => void): () => void }, done: () => boolean, ms: number): Promise<boolean>
}

export type LookupResult =
  | { readonly kind: 'found'; readonly name: string; readonly addresses: readonly string[] }
  /** EAI_NONAME and EAI_AGAIN: "Name or service not known", "Temporary failure in name resolution". */
  | { readonly kind: 'none' | 'again' }

/**
 * The questions of one name to one server, over UDP from one socket: glibc and musl send A and AAAA one after the other and then wait
 * for both (res_send.c send_dg, __res_msend_rc), so the server sees one flow. Answers by type, as far as they came before the timeout.
 */
async function askAll(
  host: ResolverHost,
  server: string,
  name: string,
  types: readonly number[],
  timeoutMs: number,
): Promise<ReadonlyMap<number, DnsMessage>> {
  const replies = new Map<number, DnsMessage>()
  const socket = host.netns.ip.openUdp({
    dst: server,
    port: 53,
    uid: host.uid,
    recverr: true,
    ...(host.origin === undefined ? {} : { origin: host.origin }),
  })
  if (typeof socket === 'string') return replies
  const none = { answers: [], authority: [], additional: [] }
  const asked = new Map<number, number>()
  let errno: Errno | undefined
  for (const type of types) {
    let id = host.netns.net.dice.int(65_536)
    while (asked.has(id)) id = (id + 1) % 65_536
    asked.set(id, type)
    const question = { name, type }
    errno ??= socket.send(encodeMessage({ id, response: false, recursionDesired: true, rcode: 0, question, ...none }))
  }
  const done = () => {
    for (let datagram = socket.receive(); datagram !== undefined; datagram = socket.receive()) {
      const message = decodeMessage(datagram.data)
      const type = message === undefined ? undefined : asked.get(message.id)
      if (message !== undefined && type !== undefined) replies.set(type, message)
    }
    errno ??= socket.error()
    return replies.size === types.length || errno !== undefined
  }
  await host.wait(socket, done, timeoutMs)
  socket.close()
  return replies
}

/** The names that glibc tries, in order. */
export function candidates(name: string, conf: ResolvConf): readonly string[] {
  if (name.endsWith('.')) return [name]
  const dots = name.split('.').length - 1
  const searched = conf.search.map((domain) => `${name}.${domain.replace(/\.$/, '')}.`)
  return dots >= conf.ndots ? [`${name}.`, ...searched] : [...searched, `${name}.`]
}

/** getaddrinfo(3): /etc/hosts, then A and AAAA of each candidate until one has either. */
export async function lookup(host: ResolverHost, name: string, family?: 4 | 6): Promise<LookupResult> {
  const keep = (ip: string) => family === undefined || ipFamily(ip) === family
  if (ipFamily(name) !== undefined) return { kind: 'found', name, addresses: [name] }
  const local = hostsLookup(host.readFile('/etc/hosts'), name).filter(keep)
  if (local.length > 0) return { kind: 'found', name, addresses: local }
  const conf = parseResolvConf(host.readFile('/etc/resolv.conf'))
  let failed = false
  for (const candidate of candidates(name, conf)) {
    const addresses: string[] = []
    const types = family === 4 ? [TYPE.A] : family === 6 ? [TYPE.AAAA] : [TYPE.A, TYPE.AAAA]
    const replies = await query(host, conf, candidate, types)
    for (const type of types) {
      const reply = replies.get(type)
      if (reply === undefined || reply.rcode === RCODE.SERVFAIL || reply.rcode === RCODE.REFUSED) failed = true
      for (const r of reply?.answers ?? []) if (r.type === type) addresses.push(r.data)
    }
    if (addresses.length > 0) return { kind: 'found', name: candidate.replace(/\.$/, ''), addresses }
  }
  return { kind: failed ? 'again' : 'none' }
}

/** Server after server, attempt after attempt, until each question has its answer. */
async function query(
  host: ResolverHost,
  conf: ResolvConf,
  name: string,
  types: readonly number[],
): Promise<ReadonlyMap<number, DnsMessage>> {
  const replies = new Map<number, DnsMessage>()
  for (let attempt = 0; attempt < conf.attempts; attempt++) {
    for (const server of conf.nameservers) {
      const open = types.filter((type) => !replies.has(type))
      for (const [type, reply] of await askAll(host, server, name, open, conf.timeout * 1000)) replies.set(type, reply)
      if (replies.size === types.length) return replies
    }
  }
  return replies
}
