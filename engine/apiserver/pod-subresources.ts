import { badRequest, type StatusError, unclassified } from '../api/status.ts'
import type { ApiResponse, WatchEvent } from './client.ts'
import type { Call } from './handler.ts'
import { logOptions } from './log-options.ts'
import type { LogRequest, NodeProxy } from './node-proxy.ts'
import { containerOf, dialRefused, kubeletAddress } from './pod-container.ts'
import { getObject } from './read.ts'
import { flag, param } from './request-info.ts'
import { textReply } from './respond.ts'

/** What a log request asks for, checked; shared by the one-off read and the follow. */
export function logRequest(call: Pick<Call, 'context' | 'kind' | 'info'>): LogRequest | undefined {
  const { info } = call
  const options = logOptions(info, call.context.minor)
  const pod = getObject(call.context.store, call.kind, info)
  const container = containerOf(pod, param(info, 'container'))
  // A pod that no node has says nothing, and that is no error (LogLocation).
  if (!pod.spec.nodeName) return undefined
  kubeletAddress(call.context.store, pod)
  return {
    namespace: pod.metadata.namespace as string,
    pod: pod.metadata.name,
    container,
    previous: flag(info, 'previous'),
    timestamps: flag(info, 'timestamps'),
    ...options,
  }
}

function noKubelet(call: Pick<Call, 'context' | 'kind' | 'info'>, { namespace, pod, container }: LogRequest): StatusError {
  const address = kubeletAddress(call.context.store, getObject(call.context.store, call.kind, call.info))
  const query = LOG_QUERY.filter((name) => call.info.query.has(name)).map((name) => `${name}=${param(call.info, name)}`)
  const url = `https://${address}/containerLogs/${namespace}/${pod}/${container}${query.length > 0 ? `?${query.join('&')}` : ''}`
  return unclassified(`Get "${url}": ${dialRefused(address)}`)
}

const LOG_QUERY = ['follow', 'limitBytes', 'previous', 'sinceSeconds', 'sinceTime', 'tailLines', 'timestamps']

export function logs(call: Call): ApiResponse {
  const request = logRequest(call)
  if (request === undefined) return { status: 204, headers: {}, warnings: [], body: '' }
  if (call.nodeProxy === undefined) throw noKubelet(call, request)
  const answer = call.nodeProxy.logs(request)
  if (typeof answer !== 'string') throw badRequest(answer.error)
  return textReply(200, answer, 'text/plain')
}

/** A followed log: what there is and what is written, as ADDED events that carry text; DELETED when the container has ended. */
export function follow(
  call: Pick<Call, 'context' | 'kind' | 'info'>,
  proxy: NodeProxy | undefined,
  onEvent: (event: WatchEvent) => void,
): { readonly stop: () => void } {
  const request = logRequest(call)
  if (request === undefined) {
    onEvent({ type: 'DELETED', object: '' })
    return { stop: () => {} }
  }
  if (proxy === undefined) throw noKubelet(call, request)
  const onEnd = () => onEvent({ type: 'DELETED', object: '' })
  const stop = proxy.followLogs(request, (text) => onEvent({ type: 'ADDED', object: text }), onEnd)
  if (typeof stop !== 'function') throw badRequest(stop.error)
  return { stop }
}
