import { ipFamily } from '../../base/ip.ts'
import { fail } from './errors.ts'
import type { Obj } from './values.ts'

/** A port of ours, and the pod's that it leads to. */
export interface ForwardedPort {
  local: number
  readonly remote: number
}

/** Where to listen; of localhost's two addresses one is enough ('all' must fail), of others none may fail ('any'). */
export interface ListenAddress {
  readonly address: string
  readonly mode: 'all' | 'any'
}

function split(word: string): [local: string, remote: string] {
  const parts = word.split(':')
  return parts.length === 2 ? [parts[0] as string, parts[1] as string] : [parts[0] as string, parts[0] as string]
}

const isNumber = (text: string) => /^[+-]?\d+$/.test(text)

function podPortNamed(pod: Obj, name: string): number {
  for (const container of pod.spec.containers)
    for (const port of container.ports ?? []) if (port.name === name) return port.containerPort
  throw fail(`Pod '${pod.metadata.name}' does not have a named port '${name}'`)
}

function servicePortNamed(service: Obj, name: string): number {
  const port = (service.spec.ports ?? []).find((p: Obj) => (p.name ?? '') === name)
  if (port === undefined) throw fail(`Service '${service.metadata.name}' does not have a named port '${name}'`)
  return port.port
}

/** Only TCP is forwarded: a port that is UDP alone is refused. */
function refuseUdp(
  words: readonly string[],
  ports: readonly Obj[],
  number: (port: Obj) => number,
  named: (name: string) => number,
) {
  const of = (protocol: string) => ports.filter((p) => (p.protocol ?? 'TCP') === protocol).map(number)
  const tcp = of('TCP')
  const udpOnly = of('UDP').filter((port) => !tcp.includes(port))
  for (const word of words) {
    const remote = split(word)[1]
    if (udpOnly.includes(isNumber(remote) ? Number(remote) : named(remote)))
      throw fail(`UDP protocol is not supported for ${remote}`)
  }
}

/** Words with a Service's ports as words with its pod's (translateServicePortToTargetPort). */
export function servicePorts(words: readonly string[], service: Obj, pod: Obj): string[] {
  const ports: readonly Obj[] = service.spec.ports ?? []
  refuseUdp(
    words,
    ports,
    (p) => p.port,
    (name) => servicePortNamed(service, name),
  )
  return words.map((word) => {
    let [local, remote] = split(word)
    const number = isNumber(remote) ? Number(remote) : servicePortNamed(service, remote)
    if (!isNumber(remote) && local === remote) local = String(number)
    const port = ports.find((p) => p.port === number)
    if (port === undefined) throw fail(`Service ${service.metadata.name} does not have a service port ${number}`)
    const target = port.targetPort
    if (service.spec.clusterIP === 'None') remote = String(number)
    else if (typeof target === 'string') remote = String(podPortNamed(pod, target))
    else remote = String(target || port.port)
    return local === remote ? remote : `${local}:${remote}`
  })
}

/** Named ports of a pod as numbers (convertPodNamedPortToNumber). */
export function podPorts(words: readonly string[], pod: Obj): string[] {
  const ports: readonly Obj[] = pod.spec.containers.flatMap((c: Obj) => c.ports ?? [])
  refuseUdp(
    words,
    ports,
    (p) => p.containerPort,
    (name) => podPortNamed(pod, name),
  )
  return words.map((word) => {
    const [local, remote] = split(word)
    if (remote === '') throw fail('remote port cannot be empty')
    const number = isNumber(remote) ? remote : String(podPortNamed(pod, remote))
    return local === remote ? number : `${local}:${number}`
  })
}

/** client-go's parsePorts. */
export function parsePorts(words: readonly string[]): ForwardedPort[] {
  return words.map((word) => {
    const parts = word.split(':')
    if (parts.length > 2) throw fail(`invalid port format '${word}'`)
    const localText = parts.length === 2 ? parts[0] || '0' : (parts[0] as string)
    const local = uint16(localText, 'local')
    const remote = uint16(parts.at(-1) as string, 'remote')
    if (remote === 0) throw fail('remote port must be > 0')
    return { local, remote }
  })
}

const UINT16 = 65_535

function uint16(text: string, which: string): number {
  const wrong = (why: string) =>
    fail(`error parsing ${which} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`)
  if (!/^\d+$/.test(text)) throw wrong('invalid syntax')
  if (Number(text) > UINT16) throw wrong('value out of range')
  return Number(text)
}

export function addressesToListen(words: readonly string[]): ListenAddress[] {
  if (words.length === 0) throw fail('you must specify at least 1 address')
  const found = new Map<string, ListenAddress>()
  for (const address of words) {
    if (address === 'localhost') {
      for (const own of ['127.0.0.1', '::1']) if (!found.has(own)) found.set(own, { address: own, mode: 'all' })
    } else if (ipFamily(address) === undefined) throw fail(`${address} is not a valid IP`)
    else found.set(address, { address, mode: 'any' })
  }
  return [...found.values()].sort((x, y) => (x.address < y.address ? -1 : 1))
}
