import type { KubeObject } from '../../api/object.ts'
import { canonicalIp } from '../../base/ip.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Machine } from '../../cluster/machine.ts'
import type { Netns } from '../../net/netns.ts'

/** A question that cannot be asked so: what is wrong with it, for the learner. */
export class BadPlace extends Error {}

/** Where a connection starts. */
export interface Source {
  readonly netns: Netns
  /** Its files, for names; absent for a machine outside the cluster. */
  readonly machine: Machine | undefined
  /** The address it was named by: the packet carries it. Otherwise routing chooses. */
  readonly src?: string
}

/** Where it is to go. */
export type Destination =
  | { readonly kind: 'address'; readonly address: string; readonly port: number; readonly protocol?: string }
  | { readonly kind: 'host'; readonly host: string; readonly port: number }

const SOURCE_FORMS = 'pod/NAMESPACE/NAME, node/NAME or an address'
const TARGET_FORMS = 'svc/NAMESPACE/NAME:PORT, pod/NAMESPACE/NAME:PORT, ADDRESS:PORT or HOST:PORT'

export function sourceOf(cluster: Cluster, word: string): Source {
  const [kind, ...rest] = word.split('/')
  if (kind === 'node' && rest.length === 1) return nodeSource(cluster, rest[0] as string)
  if (kind === 'pod' && rest.length === 2) return podSource(cluster, rest[0] as string, rest[1] as string)
  const address = canonicalIp(word)
  if (address === undefined) throw new BadPlace(`--from ${word}: want ${SOURCE_FORMS}`)
  const netns = cluster.network.namespaces().find((ns) => ns.isLocal(address) && !address.startsWith('127.'))
  if (netns === undefined) throw new BadPlace(`--from ${word}: no node or pod has this address`)
  return { netns, machine: machineOf(cluster, netns), src: address }
}

function nodeSource(cluster: Cluster, name: string): Source {
  const machine = cluster.machine(name)
  if (machine === undefined) throw new BadPlace(`--from node/${name}: no such node (there are ${cluster.nodeNames().join(', ')})`)
  return { netns: machine.netns, machine }
}

function podSource(cluster: Cluster, namespace: string, name: string): Source {
  const pod = podNamed(cluster, '--from', namespace, name)
  const machine = cluster.container(namespace, name)
  const id = pod.spec?.hostNetwork === true ? `nodes/${pod.spec.nodeName}` : `pods/${namespace}/${name}`
  const netns = machine?.netns ?? cluster.network.namespace(id)
  if (netns === undefined)
    throw new BadPlace(`--from pod/${namespace}/${name}: the pod has no network (it is ${pod.status?.phase})`)
  return { netns, machine }
}

function machineOf(cluster: Cluster, netns: Netns): Machine | undefined {
  const [kind, first = '', second = ''] = netns.id.split('/')
  return kind === 'nodes' ? cluster.machine(first) : kind === 'pods' ? cluster.container(first, second) : undefined
}

export function destinationOf(cluster: Cluster, word: string): Destination {
  const at = word.lastIndexOf(':')
  const [place, port] = at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)]
  const [kind, ...rest] = place.split('/')
  if (kind === 'svc' && rest.length === 2) return serviceDestination(cluster, rest[0] as string, rest[1] as string, port)
  const number = portNumber(word, port)
  if (kind === 'pod' && rest.length === 2) {
    const pod = podNamed(cluster, '--to', rest[0] as string, rest[1] as string)
    const address: string | undefined = pod.status?.podIP
    if (address === undefined) throw new BadPlace(`--to ${place}: the pod has no address (it is ${pod.status?.phase})`)
    return { kind: 'address', address, port: number }
  }
  if (rest.length > 0) throw new BadPlace(`--to ${word}: want ${TARGET_FORMS}`)
  const bare = place.replace(/^\[(.*)\]$/, '$1')
  const address = canonicalIp(bare)
  if (address !== undefined && (bare !== place || !bare.includes(':'))) return { kind: 'address', address, port: number }
  if (!/^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/.test(place) || /^[\d.]+$/.test(place))
    throw new BadPlace(`--to ${word}: want ${TARGET_FORMS}`)
  return { kind: 'host', host: place, port: number }
}

function podNamed(cluster: Cluster, option: string, namespace: string, name: string): KubeObject {
  const pod = cluster.store.get('pods', namespace, name)
  if (pod === undefined) throw new BadPlace(`${option} pod/${namespace}/${name}: no such pod`)
  return pod
}

function portNumber(word: string, port: string): number {
  if (port === '') throw new BadPlace(`--to ${word}: the port is missing`)
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0
  if (number < 1 || number > 65_535) throw new BadPlace(`--to ${word}: ${port} is no port`)
  return number
}

interface ServicePort {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
}

function serviceDestination(cluster: Cluster, namespace: string, name: string, port: string): Destination {
  const word = `--to svc/${namespace}/${name}`
  const service = cluster.store.get('services', namespace, name)
  if (service === undefined) throw new BadPlace(`${word}: no such Service`)
  const address: string | undefined = service.spec?.clusterIP
  if (service.spec?.type === 'ExternalName') throw new BadPlace(`${word}: it is an ExternalName and has no address of its own`)
  if (address === 'None') throw new BadPlace(`${word}: it is headless and has no address of its own; name a pod`)
  if (address === undefined || address === '') throw new BadPlace(`${word}: it has no address yet`)
  const ports: readonly ServicePort[] = service.spec?.ports ?? []
  const names = ports.map((p) => (p.name === undefined ? `${p.port}` : `${p.port} (${p.name})`)).join(', ')
  if (port === '') throw new BadPlace(`${word}: the port is missing (it has ${names})`)
  const known = ports.find((p) => p.name === port) ?? ports.find((p) => String(p.port) === port)
  if (known !== undefined) return { kind: 'address', address, port: known.port, protocol: known.protocol ?? 'TCP' }
  // A port that the Service does not have can be dialled all the same: what comes of it is worth seeing.
  if (!/^\d+$/.test(port)) throw new BadPlace(`${word}:${port}: no such port (it has ${names})`)
  return { kind: 'address', address, port: portNumber(`svc/${namespace}/${name}:${port}`, port) }
}
