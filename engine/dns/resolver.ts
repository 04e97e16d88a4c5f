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

/** One question to one server over UDP: the reply, an errno, or undefined after the timeout. */
export async function ask(
  host: ResolverHost,
  server: string,
  question: { readonly name: string; readonly type: number },
  timeoutMs: number,
): Promise<DnsMessage | Errno | undefined> {
  const socket = host.netns.ip.openUdp({
    dst: server,
    port: 53,
    uid: host.uid,
    recverr: true,
    ...(host.origin === undefined ? {} : { origin: host.origin }),
  })
  if (typeof socket === 'string') return socket
  const id = host.netns.net.dice.int(65_536)
  const none = { answers: [], authority: [], additional: [] }
  let reply: DnsMessage | undefined
  let errno = socket.send(encodeMessage({ id, response: false, recursionDesired: true, rcode: 0, question, ...none }))
  const done = () => {
    const datagram = socket.receive()
    const message = datagram === undefined ? undefined : decodeMessage(datagram.data)
    if (message?.id === id) reply = message
    errno ??= socket.error()
    return reply !== undefined || errno !== undefined
  }
  await host.wait(socket, done, timeoutMs)
  socket.close()
  return reply ?? errno
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
    for (const type of family === 4 ? [TYPE.A] : family === 6 ? [TYPE.AAAA] : [TYPE.A, TYPE.AAAA]) {
      const reply = await query(host, conf, candidate, type)
      if (reply === undefined || reply.rcode === RCODE.SERVFAIL || reply.rcode === RCODE.REFUSED) failed = true
      for (const r of reply?.answers ?? []) if (r.type === type) addresses.push(r.data)
    }
    if (addresses.length > 0) return { kind: 'found', name: candidate.replace(/\.$/, ''), addresses }
  }
  return { kind: failed ? 'again' : 'none' }
}

async function query(host: ResolverHost, conf: ResolvConf, name: string, type: number): Promise<DnsMessage | undefined> {
  for (let attempt = 0; attempt < conf.attempts; attempt++) {
    for (const server of conf.nameservers) {
      const reply = await ask(host, server, { name, type }, conf.timeout * 1000)
      if (typeof reply === 'object') return reply
    }
  }
  return undefined
}
