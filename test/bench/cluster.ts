import type { KubeObject } from '../../engine/api/object.ts'
import { createCluster } from '../../engine/cluster/cluster.ts'
import { completeProfile } from '../../engine/cluster/profile.ts'
import { cpu, endpointIP, START, serviceObjects, slice } from './services.ts'

/** What a whole cluster of 10,000 Services costs to keep: snapshot, undo and memory, for as many nodes as asked for. */
const SERVICES = 10_000
const ENDPOINTS = 3
const SLICES = 'endpointslices.discovery.k8s.io'

const nodes = Number(process.argv[2] ?? 1)
const show = (name: string, value: string, budget = '') =>
  process.stdout.write(`${name.padEnd(46)} ${value.padStart(14)}  ${budget}\n`)
const rss = () => `${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB`
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`

function node(n: number): KubeObject {
  const name = `node-${n}`
  const podCIDR = `10.240.${n}.0/24`
  const addresses = [
    { type: 'InternalIP', address: `192.168.50.${10 + n}` },
    { type: 'Hostname', address: name },
  ]
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { podCIDR, podCIDRs: [podCIDR] }, status: { addresses } }
}

const objects = [...Array.from({ length: nodes }, (_, n) => node(n)), ...serviceObjects(SERVICES, ENDPOINTS)]
const profile = completeProfile({ serviceCIDR: '10.100.0.0/14', proxyArgs: ['--cluster-cidr=10.0.0.0/9'] })
const made = cpu(() => createCluster({ now: START, profile, objects, running: ['kube-proxy'], nodes: {} }))
const cluster = made.value
const pass = () => cluster.clock.advanceTo(cluster.clock.now + 3000)
pass()
show(`cluster of ${SERVICES} Services, ${nodes} node: made`, ms(made.ms))
show('its first save', ms(cpu(() => cluster.save()).ms))
show('its snapshot as JSON text', ms(Math.min(...[1, 2, 3].map(() => cpu(() => JSON.stringify(cluster.save())).ms))), '≤ 300 ms')
show('RSS with a snapshot taken', rss(), '≤ 600 MB')

const undos: number[] = []
let change = 0
for (let n = 0; n < 10; n++) {
  const before = cluster.save()
  cluster.store.put(SLICES, slice(5 + n, [endpointIP(15), endpointIP(500_000 + n)]))
  change = cpu(pass).ms
  undos.push(cpu(() => cluster.load(before)).ms)
}
show('undo of an endpoint that changed, best of ten', ms(Math.min(...undos)), '≤ 5 ms')
show('undo of an endpoint that changed, the first', ms(undos[0] ?? 0))
show('the change after it: kube-proxy starts over', ms(change))
show('RSS after all this', rss())
