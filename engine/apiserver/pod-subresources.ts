import type { KubeObject } from '../api/object.ts'
import { badRequest, internalError, type StatusError, unclassified } from '../api/status.ts'
import type { ApiResponse, WatchEvent } from './client.ts'
import type { Call } from './handler.ts'
import type { LogRequest, NodeProxy } from './node-proxy.ts'
import { getObject } from './read.ts'
import { flag, param } from './request-info.ts'
import { reply, textReply } from './respond.ts'

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

function names(list: readonly { readonly name: string }[] | undefined): string[] {
  return (list ?? []).map((c) => c.name)
}

/** The container a log or exec request means, with the server's words where it is not clear (podContainerSpec, LogLocation). */
function containerOf(pod: KubeObject, asked: string | undefined): string {
  const { containers, initContainers, ephemeralContainers } = pod.spec
  const main = names(containers)
  const init = names(initContainers)
  const all = [...main, ...init, ...names(ephemeralContainers)]
  if (asked) {
    if (all.includes(asked)) return asked
    throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`)
  }
  const noted = pod.metadata.annotations?.[DEFAULT_CONTAINER]
  if (noted !== undefined && all.includes(noted)) return noted
  if (main.length === 1) return main[0] as string
  const more = init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : ''
  throw badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${main.join(' ')}]${more}`)
}

function bound(pod: KubeObject): void {
  // without a node there is no kubelet to ask (getContainer: "pod %s does not have a host assigned")
  if (!pod.spec.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
}

function numeric(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : Number(text)
}

/** What a log request asks for, checked; shared by the one-off read and the follow. */
export function logRequest(call: Pick<Call, 'context' | 'kind' | 'info'>): LogRequest {
  const { info } = call
  const pod = getObject(call.context.store, call.kind, info)
  const container = containerOf(pod, param(info, 'container'))
  bound(pod)
  return {
    namespace: pod.metadata.namespace as string,
    pod: pod.metadata.name,
    container,
    previous: flag(info, 'previous'),
    timestamps: flag(info, 'timestamps'),
    tailLines: numeric(param(info, 'tailLines')),
    limitBytes: numeric(param(info, 'limitBytes')),
    sinceSeconds: numeric(param(info, 'sinceSeconds')),
    sinceTime: param(info, 'sinceTime'),
  }
}

const KUBELET_PORT = 10250

/** Where the API server looks for a pod's kubelet: its node's InternalIP. */
function kubeletAddress({ context }: Pick<Call, 'context'>, pod: KubeObject): string {
  const node = context.store.get('nodes', undefined, pod.spec.nodeName)
  const internal = node?.status?.addresses?.find((a: { type: string }) => a.type === 'InternalIP')?.address
  return `${internal ?? pod.spec.nodeName}:${KUBELET_PORT}`
}

const refused = (address: string) => `dial tcp ${address}: connect: connection refused`

function noKubelet(call: Pick<Call, 'context' | 'kind' | 'info'>, { namespace, pod, container }: LogRequest): StatusError {
  const address = kubeletAddress(call, getObject(call.context.store, call.kind, call.info))
  const query = LOG_QUERY.filter((name) => call.info.query.has(name)).map((name) => `${name}=${param(call.info, name)}`)
  const url = `https://${address}/containerLogs/${namespace}/${pod}/${container}${query.length > 0 ? `?${query.join('&')}` : ''}`
  return unclassified(`Get "${url}": ${refused(address)}`)
}

const LOG_QUERY = ['follow', 'limitBytes', 'previous', 'sinceSeconds', 'sinceTime', 'tailLines', 'timestamps']

export function logs(call: Call): ApiResponse {
  const request = logRequest(call)
  if (call.nodeProxy === undefined) throw noKubelet(call, request)
  const answer = call.nodeProxy.logs(request)
  if (typeof answer !== 'string') throw badRequest(answer.error)
  return textReply(200, answer)
}

/** A followed log: what there is, then what is written, as ADDED events that carry text. */
export function follow(
  call: Pick<Call, 'context' | 'kind' | 'info'>,
  proxy: NodeProxy | undefined,
  onEvent: (event: WatchEvent) => void,
): { readonly stop: () => void } {
  const request = logRequest(call)
  if (proxy === undefined) throw noKubelet(call, request)
  const stop = proxy.followLogs(request, (text) => onEvent({ type: 'ADDED', object: text }))
  if (typeof stop !== 'function') throw badRequest(stop.error)
  return { stop }
}

/**
 * exec: everything the API server checks, then 101 and where the program is to run. The bytes do not travel through the API here:
 * whoever asked starts the program on that machine.
 */
export function execute(call: Call): ApiResponse {
  const pod = getObject(call.context.store, call.kind, call.info)
  if (!call.info.query.get('command')?.length) throw badRequest('you must specify at least 1 command for the container')
  const container = containerOf(pod, param(call.info, 'container'))
  bound(pod)
  if (call.nodeProxy === undefined) throw unclassified(`error dialing backend: ${refused(kubeletAddress(call, pod))}`)
  const phase = pod.status?.phase
  if (phase === 'Failed' || phase === 'Succeeded') {
    throw badRequest(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  }
  const can = call.nodeProxy.canExec(pod.metadata.namespace as string, pod.metadata.name, container)
  if (can !== true) throw internalError(can.error)
  return reply(101, { machine: `pods/${pod.metadata.namespace}/${pod.metadata.name}/${container}`, container }, call.warnings)
}
