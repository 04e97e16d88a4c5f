import { expect, test } from 'vitest'
import { MemoryStore } from '../../api/memory-store.ts'
import { ApiServer } from '../../apiserver/server.ts'
import { Clock } from '../../clock/clock.ts'
import { Dice } from '../../clock/dice.ts'
import { kubeconfigText } from '../../cluster/kubeconfig.ts'
import type { CompletionContext } from '../command.ts'
import { kubectl } from './kubectl.ts'

const store = new MemoryStore()
for (const [resource, kind, names] of [
  ['namespaces', 'Namespace', ['default', 'myapp']],
  ['services', 'Service', ['back-end', 'front-end']],
] as const) {
  for (const name of names) {
    const namespace = kind === 'Service' ? 'myapp' : undefined
    store.putRaw(resource, { apiVersion: 'v1', kind, metadata: { name, namespace, uid: name, resourceVersion: '1' }, spec: {} })
  }
}
const profile = { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' }
const server = new ApiServer({ store, clock: new Clock(0), dice: new Dice(1), profile })
const context = {
  cwd: '/root',
  machine: {
    fs: { exists: () => true, read: () => kubeconfigText('https://10.0.0.1:6443') },
    api: () => server.client({ name: 'admin', groups: ['kubeadm:cluster-admins'] }),
  },
} as unknown as CompletionContext

const candidates = (line: string) => {
  const words = line.split(' ')
  return kubectl.complete!(words, words.length - 1, context)
}

test.each([
  ['kubectl des', ['describe']],
  ['kubectl rollout re', ['restart', 'resume']],
  ['kubectl get endpointsl', ['endpointslices.discovery.k8s.io']],
  ['kubectl get svc -n my', ['myapp']],
  ['kubectl get svc -n myapp b', ['back-end']],
  ['kubectl -n myapp get svc/', ['svc/back-end', 'svc/front-end']],
  ['kubectl get svc back-end -n myapp f', ['front-end']],
  ['kubectl get svc back-end -n myapp b', []],
  ['kubectl get pods,serviceacc', ['pods,serviceaccounts']],
  ['kubectl get pods --show-', ['--show-kind', '--show-labels', '--show-managed-fields']],
  ['kubectl get pods -o js', ['json', 'jsonpath', 'jsonpath-as-json', 'jsonpath-file']],
  ['kubectl get pods --namespace=d', ['--namespace=default']],
  ['kubectl config use-context ', ['kubernetes-admin@kubernetes']],
  ['kubectl apply -f x', undefined],
])('%s', (line, wanted) => {
  expect(candidates(line)).toEqual(wanted)
})
