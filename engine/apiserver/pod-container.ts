import type { KubeObject } from '../api/object.ts'
import { badRequest, notFound } from '../api/status.ts'
import type { Store } from '../api/store.ts'

const KUBELET_PORT = 10250

function names(list: readonly { readonly name: string }[] | undefined): string[] {
  return (list ?? []).map((c) => c.name)
}

/** The container that a log, exec or attach request means, with the server's words where it is not clear (validateContainer). */
export function containerOf(pod: KubeObject, asked: string | undefined): string {
  const { containers, initContainers, ephemeralContainers } = pod.spec
  const main = names(containers)
  const all = [...names(initContainers), ...main, ...names(ephemeralContainers)]
  if (asked) {
    if (all.includes(asked)) return asked
    throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`)
  }
  if (main.length === 1) return main[0] as string
  throw badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${all.join(' ')}]`)
}

/** Where the API server looks for a pod's kubelet: its node's InternalIP (NodeConnectionInfoGetter). */
export function kubeletAddress(store: Store, pod: KubeObject): string {
  // Without a node there is no kubelet to ask.
  if (!pod.spec.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
  const node = store.get('nodes', undefined, pod.spec.nodeName)
  if (node === undefined) throw notFound({ group: '', resource: 'nodes' }, pod.spec.nodeName)
  const { addresses = [], daemonEndpoints } = node.status ?? {}
  const internal = addresses.find((a: { type: string }) => a.type === 'InternalIP')?.address
  const port = daemonEndpoints?.kubeletEndpoint?.Port ?? KUBELET_PORT
  return `${internal ?? pod.spec.nodeName}:${port}`
}

/** What connect(2) says where no kubelet listens. */
export function dialRefused(address: string): string {
  return `dial tcp ${address}: connect: connection refused`
}
