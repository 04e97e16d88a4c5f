import type { ApiRequest, ApiResponse } from '../../apiserver/client.ts'
import { BAD_REQUEST, formatResponse, type HttpRequest, takeRequest } from '../../base/http-message.ts'
import { encodeUtf8 } from '../../base/utf8.ts'
import type { TcpConnection } from '../../net/socket/api.ts'
import { fail } from './errors.ts'
import { accepted, flag, known } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { klogHead } from './klog.ts'
import { kubectlPid, listenOn } from './listen.ts'
import type { Verb } from './verb.ts'

export const proxy: Verb = {
  name: 'proxy',
  short: 'Run a proxy to the Kubernetes API server',
  use: '[--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix] [options]',
  flags: [
    flag('accept-hosts', 'string', { fallback: '^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$' }),
    flag('accept-paths', 'string', { fallback: '^.*' }),
    flag('address', 'string', { fallback: '127.0.0.1' }),
    flag('api-prefix', 'string', { fallback: '/' }),
    accepted('append-server-path', 'bool', 'servers have no path here'),
    flag('disable-filter', 'bool'),
    accepted('keepalive', 'duration', 'connections are not probed', { fallback: '0s' }),
    flag('port', 'int', { short: 'p', fallback: '8001' }),
    flag('reject-methods', 'string', { fallback: '^$' }),
    flag('reject-paths', 'string', { fallback: '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach' }),
    known('unix-socket', 'string', { short: 'u' }),
    known('www', 'string', { short: 'w' }),
    known('www-prefix', 'string', { short: 'P' }),
  ],
  run,
}

/** Which requests are let through (proxy.FilterServer). */
type Filter = (method: string, path: string, host: string) => boolean

function filterOf(call: Invocation): Filter {
  const { flags } = call
  const patterns = (name: string) =>
    flags
      .text(name)
      .split(',')
      .map((text) => {
        try {
          return new RegExp(text)
        } catch {
          throw fail(`unable to parse regular expression: ${text}`)
        }
      })
  if (flags.bool('disable-filter')) {
    call.err(
      `${klogHead(call, 'W', 'proxy.go:177')} Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious\n`,
    )
    return () => true
  }
  const [paths, hosts, notPaths, notMethods] = ['accept-paths', 'accept-hosts', 'reject-paths', 'reject-methods'].map(patterns)
  const any = (list: readonly RegExp[] | undefined, text: string) => list?.some((re) => re.test(text)) === true
  return (method, path, host) => !any(notPaths, path) && !any(notMethods, method) && any(paths, path) && any(hosts, host)
}

async function run(call: Invocation): Promise<number> {
  const { flags, context } = call
  const filter = filterOf(call)
  const prefix = flags.text('api-prefix').replace(/\/?$/, '/')
  const listener = listenOn(call, flags.text('address'), flags.int('port'), kubectlPid(call))
  if ('error' in listener) throw fail(listener.error.replace(/^listen tcp[46]/, 'listen tcp'))
  call.out(`Starting to serve on ${flags.text('address')}:${listener.port}\n`)
  const open = new Set<() => void>()
  listener.onConnection((connection) => {
    const close = serve(call, connection, { filter, prefix }, () => open.delete(close))
    open.add(close)
  })
  await new Promise<void>((resolve) => {
    context.signal.onAbort(resolve)
  })
  for (const close of open) close()
  listener.close()
  return 0
}

interface Serving {
  readonly filter: Filter
  readonly prefix: string
}

/** Answers what comes over one connection; returns how to end it. */
function serve(call: Invocation, connection: TcpConnection, serving: Serving, onClose: () => void): () => void {
  let buffer = ''
  let stopWatch: (() => void) | undefined
  let over = false
  const close = () => {
    if (over) return
    over = true
    stop()
    stopWatch?.()
    connection.read()
    connection.close()
    onClose()
  }
  const look = () => {
    buffer += connection.read()
    for (;;) {
      const taken = takeRequest(buffer)
      if (taken === undefined) break
      if (taken === 'bad') {
        connection.send(BAD_REQUEST)
        close()
        return
      }
      buffer = taken.rest
      stopWatch = answer(call, connection, taken.request, serving)
      if (stopWatch === undefined && taken.request.headers.connection?.toLowerCase() === 'close') {
        close()
        return
      }
    }
    if (connection.eof || connection.state === 'closed') close()
  }
  // Not within the packet's own walk: the answer may need packets of its own.
  const later = () => void Promise.resolve().then(() => (over ? undefined : look()))
  const stop = connection.watch(later)
  later()
  return close
}

/** Sends the answer; of a watch, how to stop it. */
function answer(
  call: Invocation,
  connection: TcpConnection,
  request: HttpRequest,
  { filter, prefix }: Serving,
): (() => void) | undefined {
  const { method, target, headers, body } = request
  const path = target.split('?')[0] as string
  const host = (headers.host ?? '').replace(/:\d+$/, '')
  const plain = (status: number, text: string) =>
    connection.send(
      formatResponse(
        {
          status,
          headers: [
            ['Content-Type', 'text/plain; charset=utf-8'],
            ['X-Content-Type-Options', 'nosniff'],
          ],
          body: text,
        },
        method === 'HEAD',
      ),
    )
  if (!target.startsWith(prefix) && `${target}/` !== prefix) {
    plain(404, '404 page not found\n')
    return undefined
  }
  if (!filter(method, path, host)) {
    plain(403, 'Forbidden\n')
    return undefined
  }
  const inner: ApiRequest = {
    method: (method === 'HEAD' ? 'GET' : method) as ApiRequest['method'],
    path: `/${target.slice(prefix.length)}`,
    headers: Object.fromEntries(
      Object.entries(headers).filter(([name]) => ['accept', 'content-type', 'user-agent'].includes(name)),
    ),
    ...(body === '' ? {} : { body }),
  }
  if (/[?&]watch=(?!0|false)/.test(target)) return watch(call, connection, inner)
  const response = call.rest.raw(inner)
  connection.send(
    formatResponse({ status: response.status, headers: headersOf(response), body: bytesOf(response) }, method === 'HEAD'),
  )
  return undefined
}

function headersOf({ headers, warnings }: ApiResponse): [string, string][] {
  const given = Object.entries(headers).map(([name, value]) => [name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase()), value])
  return [...given, ...warnings.map((text) => ['Warning', `299 - ${JSON.stringify(text)}`])] as [string, string][]
}

function bytesOf({ body }: ApiResponse): string {
  return encodeUtf8(typeof body === 'string' ? body : `${JSON.stringify(body)}\n`)
}

function watch(call: Invocation, connection: TcpConnection, request: ApiRequest): (() => void) | undefined {
  const chunk = (text: string) => connection.send(`${text.length.toString(16)}\r\n${text}\r\n`)
  let begun = false
  const begin = () => {
    if (begun) return
    begun = true
    connection.send('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n')
  }
  const started = call.rest.rawWatch(request, (event) => {
    begin()
    chunk(encodeUtf8(`${JSON.stringify(event)}\n`))
  })
  if ('stop' in started) {
    begin()
    return started.stop
  }
  connection.send(formatResponse({ status: started.status, headers: headersOf(started), body: bytesOf(started) }, false))
  return undefined
}
