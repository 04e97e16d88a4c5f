import type { TcpConnection } from '../../net/socket/api.ts'
import { STRERROR } from '../../net/socket/types.ts'
import { type CommandContext, originOf } from '../command.ts'
import { resolveName } from '../resolve.ts'
import { waitFor } from '../waiting.ts'
import type { CurlOptions } from './options.ts'
import type { Outcome } from './report.ts'
import { type CurlUrl, shown } from './url.ts'

export type Log = (line: string) => void

/** Name to connection, with curl's own words for what goes wrong; undefined after filling in the outcome's error. */
export async function openConnection(
  context: CommandContext,
  url: CurlUrl,
  options: CurlOptions,
  outcome: Outcome,
  log: Log,
  start: number,
): Promise<TcpConnection | undefined> {
  const fail = (exit: number, error: string) => {
    outcome.exit = exit
    outcome.error = error
    return undefined
  }
  const addresses = await addressesOf(context, url, options, log)
  if (addresses.length === 0) {
    log(`Could not resolve host: ${url.bare}`)
    return fail(6, `Could not resolve host: ${url.bare}`)
  }
  const bind = binding(context, options)
  if (typeof bind === 'string') return fail(45, bind)
  const deadline = (ms: number) =>
    Math.min(start + ms, options.maxTimeMs === undefined ? Number.POSITIVE_INFINITY : start + options.maxTimeMs)
  for (const address of addresses) {
    log(`  Trying ${shown(address)}:${url.port}...`)
    const port = options.localPort
    if (port !== undefined) log(`Local port: ${port}`)
    const opened = context.machine.netns.ip.connectTcp({
      dst: address,
      port: url.port,
      uid: context.user.uid,
      ...originOf(context),
      ...bind,
      ...(port === undefined ? {} : { sport: port }),
    })
    if (typeof opened === 'string') {
      log(`Immediate connect fail for ${address}: ${STRERROR[opened]}`)
      continue
    }
    await waitFor(context, [opened], () => opened.state !== 'connecting', deadline(options.connectTimeoutMs))
    if (opened.state === 'connected') {
      outcome.connectMs = context.clock.now - start
      outcome.connects++
      outcome.remoteIp = address
      outcome.remotePort = url.port
      outcome.localIp = opened.socket.local
      outcome.localPort = opened.socket.lport
      log(`Connected to ${url.bare} (${address}) port ${url.port} (#0)`)
      return opened
    }
    const errno = opened.errno
    opened.close()
    if (errno !== undefined) {
      log(`connect to ${address} port ${url.port} failed: ${STRERROR[errno]}`)
      continue
    }
    const elapsed = context.clock.now - start
    if (options.maxTimeMs !== undefined && elapsed >= options.maxTimeMs) {
      log(`Connection timed out after ${elapsed} milliseconds`)
      return fail(28, `Connection timed out after ${elapsed} milliseconds`)
    }
    log(`ipv${address.includes(':') ? 6 : 4} connect timeout after ${elapsed}ms, move on!`)
    const timeout = `Failed to connect to ${url.bare} port ${url.port} after ${elapsed} ms: Timeout was reached`
    log(timeout)
    return fail(28, timeout)
  }
  const error = `Failed to connect to ${url.bare} port ${url.port} after ${context.clock.now - start} ms: Couldn't connect to server`
  log(error)
  return fail(7, error)
}

async function addressesOf(context: CommandContext, url: CurlUrl, options: CurlOptions, log: Log): Promise<readonly string[]> {
  for (const entry of options.resolve) {
    const [host, port, ...rest] = entry.split(':')
    if (host !== url.bare || Number(port) !== url.port) continue
    log(`Hostname ${url.bare} was found in DNS cache`)
    return rest.join(':').split(',')
  }
  // localhost is never looked up (curl 7.77 and later).
  if (url.bare === 'localhost')
    return options.family === 4 ? ['127.0.0.1'] : options.family === 6 ? ['::1'] : ['127.0.0.1', '::1']
  const found = await resolveName(context, url.bare, options.family)
  return found.kind === 'found' ? found.addresses : []
}

/** --interface: a device's or an own address. */
function binding(context: CommandContext, options: CurlOptions): { src?: string; device?: string } | string {
  const wanted = options.interface
  if (wanted === undefined) return {}
  const { netns } = context.machine
  if (netns.link(wanted) !== undefined) return { device: wanted }
  if (!/^[\d.]+$|:/.test(wanted)) return `Couldn't bind to '${wanted}'`
  return netns.isLocal(wanted) ? { src: wanted } : 'bind failed with errno 99: Cannot assign requested address'
}
