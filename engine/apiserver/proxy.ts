import type { KubeObject } from '../api/object.ts'
import { badRequest, notEmulatedStatus, notFound, serviceUnavailable } from '../api/status.ts'
import { httpAnswer } from '../base/http-answer.ts'
import type { Json } from '../base/json.ts'
import type { ApiResponse } from './client.ts'
import type { Call } from './handler.ts'
import { getObject } from './read.ts'

/** What the API server dials with: its own node's network. */
export interface Dialer {
  /** Sends a request and gives back what came. Packets travel at one moment: whoever would answer later has not answered. */
  exchange(host: string, port: number, request: string): string | { readonly error: string }
}

/** "name", "name:port" or "scheme:name:port" (utilnet.SplitSchemeNamePort). */
function partsOf(id: string): { readonly scheme: string; readonly name: string; readonly port: string } | undefined {
  const parts = id.split(':')
  const [scheme, name, port] = parts.length === 3 ? parts : ['', parts[0], parts[1] ?? '']
  if (parts.length > 3 || !name || !['', 'http', 'https'].includes(scheme as string)) return undefined
  return { scheme: scheme as string, name, port: port as string }
}

interface Place {
  readonly host: string
  readonly port: number
  readonly scheme: string
}

function podPlace(call: Call, id: string): Place {
  const parts = partsOf(id)
  if (parts === undefined) throw badRequest(`invalid pod request ${JSON.stringify(id)}`)
  const pod = getObject(call.context.store, call.kind, { ...call.info, name: parts.name })
  const declared = pod.spec.containers.flatMap((c: { ports?: { containerPort: number }[] }) => c.ports ?? [])[0]?.containerPort
  const host: string | undefined = pod.status?.podIP
  if (!host || /^(127\.|169\.254\.|22[4-9]\.|2[34]\d\.|::1$|fe80:|ff)/.test(host)) throw badRequest('address not allowed')
  return { host, port: Number(parts.port || declared || (parts.scheme === 'https' ? 443 : 80)), scheme: parts.scheme }
}

interface Subset {
  readonly addresses?: readonly { readonly ip: string }[]
  readonly ports?: readonly { readonly name?: string; readonly port: number }[]
}

function servicePlace(call: Call, id: string): Place {
  const { store, dice } = call.context
  const parts = partsOf(id)
  if (parts === undefined) throw badRequest(`invalid service request ${JSON.stringify(id)}`)
  const service = getObject(store, call.kind, { ...call.info, name: parts.name })
  let wanted = parts.port
  if (/^\d+$/.test(wanted)) {
    const port = (service.spec.ports ?? []).find((p: { port: number }) => p.port === Number(wanted))
    if (port === undefined) throw serviceUnavailable(`no service port ${wanted} found for service ${JSON.stringify(parts.name)}`)
    wanted = port.name ?? ''
  }
  const subsets: readonly Subset[] = endpointsOf(call, service)
  if (subsets.length === 0) throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(parts.name)}`)
  for (const { addresses = [], ports = [] } of subsets) {
    const port = ports.find((p) => (p.name ?? '') === wanted)
    if (port === undefined || addresses.length === 0) continue
    const { ip } = addresses[dice.int(addresses.length)] as { ip: string }
    return { host: ip, port: port.port, scheme: parts.scheme }
  }
  throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(id)}`)
}

function endpointsOf(call: Call, service: KubeObject): readonly Subset[] {
  const { name, namespace } = service.metadata
  const endpoints = call.context.store.get('endpoints', namespace, name)
  // Asked for Endpoints, told as the request's own resource.
  if (endpoints === undefined) throw notFound({ group: '', resource: 'services' }, name)
  return endpoints.subsets ?? []
}

/** pods/NAME/proxy and services/NAME/proxy: an HTTP request that the API server makes on its caller's behalf (ResourceLocation). */
export function proxied(call: Call, dialer: Dialer | undefined): ApiResponse {
  const { info, kind, request } = call
  if (kind.key === 'nodes') throw notEmulatedStatus('nodes/proxy')
  const place = kind.key === 'pods' ? podPlace(call, info.name ?? '') : servicePlace(call, info.name ?? '')
  if (dialer === undefined) throw serviceUnavailable('error trying to reach service: no route to host')
  if (place.scheme === 'https') throw notEmulatedStatus('proxying to https')
  // Everything behind "/proxy", as it was written.
  const target = request.path.slice(request.path.indexOf('/proxy') + '/proxy'.length)
  const body = request.body === undefined ? '' : typeof request.body === 'string' ? request.body : JSON.stringify(request.body)
  const host = place.host.includes(':') ? `[${place.host}]` : place.host
  const lines = [
    `${request.method} ${target.startsWith('/') ? '' : '/'}${target} HTTP/1.1`,
    `Host: ${host}:${place.port}`,
    'User-Agent: kube-apiserver',
    'Accept-Encoding: gzip',
    ...(body === '' ? [] : [`Content-Length: ${body.length}`]),
    'Connection: close',
  ]
  const came = dialer.exchange(place.host, place.port, `${lines.join('\r\n')}\r\n\r\n${body}`)
  if (typeof came !== 'string') throw serviceUnavailable(`error trying to reach service: ${came.error}`)
  const answer = httpAnswer(came)
  if (answer === undefined) throw serviceUnavailable('error trying to reach service: EOF')
  const type = answer.headers['content-type'] ?? 'text/plain; charset=utf-8'
  return { status: answer.status, headers: { 'content-type': type }, warnings: [], body: answer.body as Json & string }
}
