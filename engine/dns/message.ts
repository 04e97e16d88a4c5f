import { canonicalIp } from '../base/ip.ts'

/** DNS messages on the wire (RFC 1035), as far as resolver and CoreDNS here need them; one char per byte. */

export const TYPE = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, ANY: 255 } as const
export const RCODE = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const

/** A resource record; `data` is text as dig prints it ("0 100 80 web.shop.svc.cluster.local."). Names end in a dot. */
export interface DnsRecord {
  readonly name: string
  readonly type: number
  readonly ttl: number
  readonly data: string
}

export interface DnsMessage {
  readonly id: number
  readonly response: boolean
  readonly authoritative?: boolean
  readonly truncated?: boolean
  readonly recursionDesired?: boolean
  readonly recursionAvailable?: boolean
  readonly rcode: number
  readonly question: { readonly name: string; readonly type: number }
  readonly answers: readonly DnsRecord[]
  readonly authority: readonly DnsRecord[]
  readonly additional: readonly DnsRecord[]
}

const u16 = (n: number) => String.fromCharCode((n >> 8) & 255, n & 255)
const u32 = (n: number) => u16(n >>> 16) + u16(n & 0xffff)

function encodeName(name: string): string {
  const labels = name.split('.').filter((l) => l !== '')
  return `${labels.map((l) => String.fromCharCode(l.length) + l).join('')}\0`
}

function encodeIp(text: string): string {
  if (!text.includes(':'))
    return text
      .split('.')
      .map((o) => String.fromCharCode(Number(o)))
      .join('')
  const [head = '', tail] = text.split('::')
  const groups = (t: string | undefined) => (t === undefined || t === '' ? [] : t.split(':').map((g) => Number.parseInt(g, 16)))
  const front = groups(head)
  const back = groups(tail)
  const zeros = Array<number>(Math.max(0, 8 - front.length - back.length)).fill(0)
  return [...front, ...(tail === undefined ? [] : zeros), ...back].map(u16).join('')
}

function encodeData(r: DnsRecord): string {
  const words = r.data.split(' ')
  if (r.type === TYPE.A || r.type === TYPE.AAAA) return encodeIp(r.data)
  if (r.type === TYPE.SRV)
    return (
      words
        .slice(0, 3)
        .map((n) => u16(Number(n)))
        .join('') + encodeName(words[3] ?? '')
    )
  if (r.type === TYPE.SOA)
    return (
      encodeName(words[0] ?? '') +
      encodeName(words[1] ?? '') +
      words
        .slice(2)
        .map((n) => u32(Number(n)))
        .join('')
    )
  if (r.type === TYPE.TXT) return String.fromCharCode(r.data.length) + r.data
  return encodeName(r.data)
}

function encodeRecord(r: DnsRecord): string {
  const data = encodeData(r)
  return `${encodeName(r.name) + u16(r.type) + u16(1) + u32(r.ttl) + u16(data.length)}${data}`
}

export function encodeMessage(m: DnsMessage): string {
  const bit = (on: boolean | undefined, n: number) => (on ? 1 << n : 0)
  const flags =
    bit(m.response, 15) |
    bit(m.authoritative, 10) |
    bit(m.truncated, 9) |
    bit(m.recursionDesired, 8) |
    bit(m.recursionAvailable, 7) |
    m.rcode
  const counts = [1, m.answers.length, m.authority.length, m.additional.length]
  const sections = [...m.answers, ...m.authority, ...m.additional].map(encodeRecord).join('')
  return (
    u16(m.id) + u16(flags) + counts.map(u16).join('') + encodeName(m.question.name) + u16(m.question.type) + u16(1) + sections
  )
}

/** Reads what {@link encodeMessage} wrote (no compression); undefined for anything malformed. */
export function decodeMessage(bytes: string): DnsMessage | undefined {
  let at = 12
  const word = (i: number) => (bytes.charCodeAt(i) << 8) | bytes.charCodeAt(i + 1)
  const long = (i: number) => word(i) * 65536 + word(i + 2)
  const name = () => {
    const labels: string[] = []
    for (;;) {
      const length = bytes.charCodeAt(at)
      at++
      if (!(length > 0)) return `${labels.join('.')}.`
      labels.push(bytes.slice(at, at + length))
      at += length
    }
  }
  if (bytes.length < 17) return undefined
  const flags = word(2)
  const question = { name: name(), type: word(at) }
  at += 4
  const record = (): DnsRecord => {
    const owner = name()
    const type = word(at)
    const ttl = long(at + 4)
    const length = word(at + 8)
    at += 10
    const end = at + length
    const data = decodeData(type, length)
    at = end
    return { name: owner, type, ttl, data }
  }
  const decodeData = (type: number, length: number): string => {
    if (type === TYPE.A) return [...bytes.slice(at, at + 4)].map((c) => c.charCodeAt(0)).join('.')
    if (type === TYPE.AAAA)
      return canonicalIp(Array.from({ length: 8 }, (_, i) => word(at + 2 * i).toString(16)).join(':')) ?? '::'
    if (type === TYPE.TXT) return bytes.slice(at + 1, at + length)
    if (type === TYPE.SRV) {
      const numbers = [word(at), word(at + 2), word(at + 4)]
      at += 6
      return `${numbers.join(' ')} ${name()}`
    }
    if (type === TYPE.SOA) {
      const names = [name(), name()]
      return [...names, ...Array.from({ length: 5 }, (_, i) => long(at + 4 * i))].join(' ')
    }
    return name()
  }
  const section = (count: number) => Array.from({ length: count }, record)
  const answers = section(word(6))
  const authority = section(word(8))
  const additional = section(word(10))
  return {
    id: word(0),
    response: (flags & 0x8000) !== 0,
    authoritative: (flags & 0x400) !== 0,
    truncated: (flags & 0x200) !== 0,
    recursionDesired: (flags & 0x100) !== 0,
    recursionAvailable: (flags & 0x80) !== 0,
    rcode: flags & 15,
    question,
    answers,
    authority,
    additional,
  }
}
