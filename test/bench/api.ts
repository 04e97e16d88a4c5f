import { podDefaults } from '../../engine/api/defaults/pod.ts'
import { MemoryStore } from '../../engine/api/memory-store.ts'
import type { KubeObject } from '../../engine/api/object.ts'
import { ApiServer } from '../../engine/apiserver/server.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'
import { runKubectl } from '../support/kubectl.ts'
import { cpu, START, serviceObjects } from './services.ts'

/** The API server's budgets: big lists, tables through the engine's kubectl, watches beside many objects, and what stays behind. */
const SERVICES = 1000
const PODS = 5000
const OBJECTS = 50_000
const WATCHES = 10_000

const show = (name: string, value: string, budget = '') =>
  process.stdout.write(`${name.padEnd(46)} ${value.padStart(14)}  ${budget}\n`)
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`
const best = (run: () => unknown, times = 7) => Math.min(...Array.from({ length: times }, () => cpu(run).ms))

const store = new MemoryStore()
const clock = new Clock(START)
const profile = { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' }
const server = new ApiServer({ store, clock, dice: new Dice('bench'), profile })
const client = server.client({ name: 'kubernetes-admin', groups: ['system:masters'] })

const meta = (name: string, n: number) => ({
  name,
  namespace: `ns-${n % 50}`,
  uid: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  creationTimestamp: '2025-12-31T00:00:00Z',
  labels: { app: `app-${n % 100}`, tier: 'bench' },
})

function pod(n: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(`pod-${n}`, n),
    spec: { nodeName: `node-${n % 100}`, containers: [{ name: 'c', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] },
    status: {
      phase: 'Running',
      podIP: `10.244.${n >> 8}.${n & 255}`,
      containerStatuses: [{ name: 'c', ready: true, restartCount: 0 }],
    },
  }
}

const get = (path: string, accept = 'application/json') => client.request({ method: 'GET', path, headers: { Accept: accept } })
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io'

for (const object of serviceObjects(SERVICES, 1)) if (object.kind === 'Service') store.put('services', object)
const line = 'kubectl get svc -A'
await runKubectl(line, { client, clock, server: 'https://127.0.0.1:6443' })
let kubectl = Number.POSITIVE_INFINITY
for (let i = 0; i < 7; i++) {
  const from = process.cpuUsage()
  const { stdout } = await runKubectl(line, { client, clock, server: 'https://127.0.0.1:6443' })
  const { user, system } = process.cpuUsage(from)
  if (stdout.split('\n').length < SERVICES) throw new Error(`${line}: ${stdout.slice(0, 200)}`)
  kubectl = Math.min(kubectl, (user + system) / 1000)
}
show(`${line}, ${SERVICES} Services, in the engine`, ms(kubectl), '≤ 20 ms')

for (let n = 0; n < PODS; n++) store.put('pods', podDefaults(pod(n)))
for (let n = 0; n < OBJECTS - PODS; n++)
  store.put('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta(`map-${n}`, n), data: { key: `value-${n}` } })
show(`${PODS} pods as a table, beside ${OBJECTS} objects`, ms(best(() => get('/api/v1/pods', TABLE))), '≤ 150 ms')
show(`${PODS} pods as a list, with its JSON text`, ms(best(() => JSON.stringify(get('/api/v1/pods').body))), '≤ 150 ms')
show(`${OBJECTS - PODS} ConfigMaps as a list`, ms(best(() => get('/api/v1/configmaps'))), '≤ 150 ms')
show('one namespace of them', ms(best(() => get('/api/v1/namespaces/ns-7/configmaps'))))
show('pods by label', ms(best(() => get('/api/v1/pods?labelSelector=app%3Dapp-7'))))

let events = 0
const watching = client.watch(
  { method: 'GET', path: `/api/v1/pods?watch=true&resourceVersion=${store.revision}` },
  () => events++,
)
const edit = (n: number) =>
  client.request({
    method: 'PATCH',
    path: `/api/v1/namespaces/ns-${n % 50}/pods/pod-${n}`,
    headers: { 'Content-Type': 'application/merge-patch+json' },
    body: { metadata: { labels: { touched: String(events) } } },
  })
events = 0
const first = edit(1)
if (first.status !== 200) throw new Error(`the patch: ${JSON.stringify(first.body)}`)
const times = Array.from({ length: 20 }, (_, i) => cpu(() => edit(100 + i)).ms).sort((a, b) => a - b)
if (events < 20) throw new Error(`a watch saw ${events} of 20 events`)
show('a patch and its watch event, median', ms(times[10] as number), '≤ 2 ms')
if ('stop' in watching) watching.stop()

const listening = store.listening
globalThis.gc?.()
const before = process.memoryUsage().heapUsed
const opened = cpu(() => {
  for (let i = 0; i < WATCHES; i++) {
    const watch = client.watch({ method: 'GET', path: `/api/v1/pods?watch=true&resourceVersion=${store.revision}` }, () => {})
    if ('stop' in watch) watch.stop()
  }
})
globalThis.gc?.()
show(`${WATCHES} watches opened and closed`, ms(opened.ms))
show('listeners they left', String(store.listening - listening), '0')
show('heap they left', `${((process.memoryUsage().heapUsed - before) / 2 ** 20).toFixed(1)} MB`)
show('RSS after all this', `${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB`, '≤ 500 MB')
