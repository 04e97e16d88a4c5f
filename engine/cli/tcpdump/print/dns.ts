import { type DnsMessage, type DnsRecord, decodeMessage, RCODE, TYPE } from '../../../dns/message.ts'

const TYPE_NAMES = new Map<number, string>(Object.entries(TYPE).map(([name, number]) => [number, name]))
const RCODES = new Map<number, string>([
  [RCODE.FORMERR, ' FormErr'],
  [RCODE.SERVFAIL, ' ServFail'],
  [RCODE.NXDOMAIN, ' NXDomain'],
  [RCODE.NOTIMP, ' NotImp'],
  [RCODE.REFUSED, ' Refused'],
])

const typeName = (type: number) => TYPE_NAMES.get(type) ?? `Type${type}`

/** print-domain.c: "1234+ A? web.shop.svc.cluster.local. (44)", "1234*- 1/0/0 A 10.96.10.10 (86)". */
export function dnsText(payload: string, verbose: number): string | undefined {
  const message = decodeMessage(payload)
  if (message === undefined) return undefined
  return `${message.id}${message.response ? response(message, verbose) : query(message)} (${payload.length})`
}

function question({ question }: DnsMessage): string {
  return ` ${typeName(question.type)}? ${dotted(question.name)}`
}

function query(message: DnsMessage): string {
  const more = message.additional.length
  return `${message.recursionDesired ? '+' : ''}${more > 0 ? ` [${more}au]` : ''}${question(message)}`
}

function response(m: DnsMessage, verbose: number): string {
  const flags = `${RCODES.get(m.rcode) ?? ''}${m.authoritative ? '*' : ''}${m.recursionAvailable ? '' : '-'}${m.truncated ? '|' : ''}`
  const asked = verbose > 1 ? ` q:${question(m)}` : ''
  const counts = ` ${m.answers.length}/${m.authority.length}/${m.additional.length}`
  const answers = m.answers.map((r) => recordText(r, verbose)).join(',')
  const section = (name: string, records: readonly DnsRecord[]) =>
    verbose > 1 && records.length > 0 ? ` ${name}:${records.map((r) => recordText(r, verbose)).join(',')}` : ''
  return `${flags}${asked}${counts}${answers}${section('ns', m.authority)}${section('ar', m.additional)}`
}

/** ns_rprint: the name from -v on, the time to live from -vvv on. */
function recordText(record: DnsRecord, verbose: number): string {
  const name = verbose > 0 ? ` ${dotted(record.name)}` : ''
  const ttl = verbose > 2 ? ` [${lifetime(record.ttl)}]` : ''
  return `${name}${ttl} ${typeName(record.type)}${dataText(record)}`
}

function lifetime(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [604_800, 'w'],
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
    [1, 's'],
  ]
  let left = seconds
  let text = ''
  for (const [size, unit] of units) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0 || (unit === 's' && text === '')) text += `${count}${unit}`
  }
  return text
}

function dataText({ type, data }: DnsRecord): string {
  const words = data.split(' ')
  if (type === TYPE.SRV) return ` ${words[3]}:${words[2]} ${words[0]} ${words[1]}`
  if (type === TYPE.MX) return ` ${words[1]} ${words[0]}`
  if (type === TYPE.SOA) return ` ${words.join(' ')}`
  return type === TYPE.A || type === TYPE.AAAA || type === TYPE.TXT ? ` ${data}` : ` ${dotted(data)}`
}

function dotted(name: string): string {
  return name.endsWith('.') ? name : `${name}.`
}
