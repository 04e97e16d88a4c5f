import type { KubeObject } from '../api/object.ts'
import type { Netns } from '../net/netns.ts'
import type { MainPrograms } from './main-programs.ts'

export type ProbeKind = 'readiness' | 'liveness' | 'startup'

export interface Probe {
  readonly httpGet?: { readonly path?: string; readonly port: number | string; readonly host?: string; readonly scheme?: string }
  readonly tcpSocket?: { readonly port: number | string; readonly host?: string }
  readonly exec?: { readonly command: readonly string[] }
  readonly grpc?: { readonly port: number }
  readonly initialDelaySeconds?: number
  readonly periodSeconds?: number
  readonly timeoutSeconds?: number
  readonly successThreshold?: number
  readonly failureThreshold?: number
}

export interface ProbeResult {
  readonly ok: boolean
  /** What the Unhealthy Event says after "Readiness probe failed: ". */
  readonly message: string
}

interface Container {
  readonly name: string
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[]
}

export function probeOf(pod: KubeObject, container: string, kind: ProbeKind): Probe | undefined {
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers] as KubeObject[string][]
  return all.find((c) => c.name === container)?.[`${kind}Probe`]
}

/** Runs a command in the container and takes its exit code for the answer; without a runtime it is taken for well. */
export function execProbe(
  mains: MainPrograms | undefined,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  container: string,
  command: readonly string[],
  answer: (ok: boolean, message: string) => void,
): void {
  if (mains?.runtime === undefined) {
    answer(true, '')
    return
  }
  let output = ''
  const started = mains.runtime.start(
    { namespace, pod: name, container, command, stdin: false, tty: false },
    {
      onOutput: (_from, bytes) => {
        output += bytes
      },
      onExit: (code) => answer(code === 0, output),
    },
  )
  if ('error' in started) answer(false, `rpc error: code = Unknown desc = ${started.error}`)
}

/** Asks the container from the node, as the kubelet does (pkg/probe). Network and answer take no virtual time. */
export function runProbe(node: Netns, pod: KubeObject, container: string, probe: Probe, ip: string, minor: number): ProbeResult {
  if (probe.httpGet !== undefined) return httpProbe(node, pod, container, probe.httpGet, ip, `kube-probe/1.${minor}`)
  const port = probe.tcpSocket?.port ?? probe.grpc?.port
  if (port === undefined) return { ok: true, message: '' }
  const target = { host: probe.tcpSocket?.host ?? ip, port: portNumber(pod, container, port) }
  const failure = dialFailure(node, target.host, target.port)
  return { ok: failure === undefined, message: failure ?? '' }
}

function portNumber(pod: KubeObject, container: string, port: number | string): number {
  if (typeof port === 'number') return port
  const own = (pod.spec.containers as Container[]).find((c) => c.name === container)
  return own?.ports?.find((p) => p.name === port)?.containerPort ?? Number(port)
}

const ERRNO: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  EPERM: 'operation not permitted',
}

function dialFailure(node: Netns, host: string, port: number): string | undefined {
  const connection = node.ip.connectTcp({ dst: host, port, uid: 0, unrecorded: true })
  const where = `dial tcp ${host}:${port}: `
  if (typeof connection === 'string') return where + (ERRNO[connection] ?? connection)
  const { state, errno } = connection
  connection.close()
  if (state === 'connected') return undefined
  return where + (errno === undefined ? 'i/o timeout' : `connect: ${ERRNO[errno] ?? errno}`)
}

function httpProbe(
  node: Netns,
  pod: KubeObject,
  container: string,
  http: NonNullable<Probe['httpGet']>,
  ip: string,
  agent: string,
): ProbeResult {
  const host = http.host ?? ip
  const port = portNumber(pod, container, http.port)
  const scheme = (http.scheme ?? 'HTTP').toLowerCase()
  const path = http.path ?? '/'
  const url = `${scheme}://${host}:${port}${path.startsWith('/') ? path : `/${path}`}`
  const connection = node.ip.connectTcp({ dst: host, port, uid: 0, unrecorded: true })
  if (typeof connection === 'string')
    return { ok: false, message: `Get "${url}": dial tcp ${host}:${port}: connect: ${ERRNO[connection] ?? connection}` }
  if (connection.state !== 'connected') {
    const { errno } = connection
    connection.close()
    const why = errno === undefined ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)' : undefined
    return { ok: false, message: `Get "${url}": ${why ?? `dial tcp ${host}:${port}: connect: ${ERRNO[errno ?? ''] ?? errno}`}` }
  }
  // An HTTPS server's answer is inside TLS, which nothing here looks into: that it accepts is all that can be told.
  if (scheme === 'https') {
    connection.close()
    return { ok: true, message: '' }
  }
  connection.send(
    `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUser-Agent: ${agent}\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
  )
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(connection.read())?.[1] ?? 0)
  connection.close()
  if (status === 0) return { ok: false, message: `Get "${url}": EOF` }
  return { ok: status >= 200 && status < 400, message: `HTTP probe failed with statuscode: ${status}` }
}
