import { badRequest, methodNotSupported, unclassified } from '../api/status.ts'
import type { ApiForward, ApiResponse, ApiStream, StreamEvents } from './client.ts'
import type { Call } from './handler.ts'
import type { ExecRequest, NodeProxy } from './node-proxy.ts'
import { containerOf, dialRefused, kubeletAddress } from './pod-container.ts'
import { getObject } from './read.ts'
import { flag, param } from './request-info.ts'
import { textReply } from './respond.ts'

/** What opening a stream needs of a request. */
export type StreamCall = Pick<Call, 'context' | 'kind' | 'info' | 'nodeProxy'>

/** The subresources that a connection is upgraded for. */
const UPGRADED: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward'])

export function isUpgraded({ kind, info }: Pick<Call, 'kind' | 'info'>): boolean {
  return kind.key === 'pods' && info.subresource !== undefined && UPGRADED.has(info.subresource)
}

/** exec and attach as a plain request: all the checks, and then there is nothing to upgrade (UpgradeAwareHandler). */
export function notUpgraded(call: StreamCall): never {
  if (call.info.subresource === 'portforward') forwarded(call)
  else streamRequest(call)
  throw badRequest('Upgrade request required')
}

/** Starts what an exec or attach asks for, or says why the kubelet would not (pkg/registry/core/pod/rest, streamLocation). */
export function openStream(call: StreamCall, events: StreamEvents): ApiStream | ApiResponse {
  const { info } = call
  if (info.subresource !== 'exec' && info.subresource !== 'attach') throw methodNotSupported()
  const { request, proxy } = streamRequest(call)
  const { stdin, stdout, stderr, tty } = request
  // The kubelet's own check comes before it looks for the container (remotecommand.NewOptions).
  if (!(stdin || stdout || (stderr && !tty))) return refused(400, 'you must specify at least 1 of stdin, stdout, stderr')
  const opened = proxy.exec({ ...request, stderr: stderr && !tty }, events)
  return 'error' in opened ? refused(500, opened.error) : opened
}

export function openForward(call: StreamCall): ApiForward | ApiResponse {
  if (call.info.subresource !== 'portforward') throw methodNotSupported()
  const { namespace, pod, proxy } = forwarded(call)
  const can = proxy.canForward(namespace, pod)
  if (can !== true) return refused(500, can.error)
  const connections = new Set<{ close(): void }>()
  return {
    connect: (port, events) => {
      const made = proxy.forward(namespace, pod, port, events)
      if ('error' in made) {
        events.onError(`error forwarding port ${port} to pod ${pod}, uid : ${made.error}`)
        return { write: () => {}, end: () => {}, close: () => {} }
      }
      connections.add(made)
      return {
        write: (bytes) => made.write(bytes),
        end: () => made.end(),
        close: () => {
          connections.delete(made)
          made.close()
        },
      }
    },
    close: () => {
      for (const connection of connections) connection.close()
      connections.clear()
    },
  }
}

/** What a kubelet answers instead of upgrading: plain text, which the API server passes on as it is. */
function refused(status: number, words: string): ApiResponse {
  return textReply(status, words)
}

function streamRequest(call: StreamCall): { readonly request: ExecRequest; readonly proxy: NodeProxy } {
  const { info, context } = call
  const pod = getObject(context.store, call.kind, info)
  const container = containerOf(pod, param(info, 'container'))
  const address = kubeletAddress(context.store, pod)
  if (call.nodeProxy === undefined) throw unclassified(`error dialing backend: ${dialRefused(address)}`)
  const request = {
    namespace: pod.metadata.namespace as string,
    pod: pod.metadata.name,
    container,
    ...(info.subresource === 'exec' ? { command: info.query.get('command') ?? [] } : {}),
    stdin: flag(info, 'stdin'),
    stdout: flag(info, 'stdout'),
    stderr: flag(info, 'stderr'),
    tty: flag(info, 'tty'),
  }
  return { request, proxy: call.nodeProxy }
}

function forwarded({ context, kind, info, nodeProxy }: StreamCall) {
  const pod = getObject(context.store, kind, info)
  const address = kubeletAddress(context.store, pod)
  if (nodeProxy === undefined) throw unclassified(`error dialing backend: ${dialRefused(address)}`)
  return { namespace: pod.metadata.namespace as string, pod: pod.metadata.name, proxy: nodeProxy }
}
