import type { CommandContext } from '../command.ts'
import { waitFor } from '../waiting.ts'
import { type Log, openConnection } from './connect.ts'
import type { CurlOptions } from './options.ts'
import type { Outcome } from './report.ts'
import { ResponseReader } from './response.ts'
import { type CurlUrl, hostHeader } from './url.ts'

/** What a transfer gives back besides its outcome. */
export interface Received {
  readonly headerText: string
  readonly body: string
  readonly location?: string
}

/** One request and its response over a connection of its own. */
export async function transfer(
  context: CommandContext,
  url: CurlUrl,
  method: string,
  options: CurlOptions,
  outcome: Outcome,
  log: Log,
  raw: (text: string) => void,
): Promise<Received> {
  const nothing = { headerText: '', body: '' }
  const start = context.clock.now
  const connection = await openConnection(context, url, options, outcome, log, start)
  if (connection === undefined) return nothing
  const body = method === 'GET' || method === 'HEAD' ? undefined : options.data
  const lines = requestLines(url, method, options, body)
  raw(lines.map((l) => `> ${l}\r\n`).join(''))
  connection.send(`${lines.join('\r\n')}\r\n`)
  if (body !== undefined && body !== '') {
    if (context.tty === undefined) raw(`} [${body.length} bytes data]\n`)
    connection.send(body)
  }
  const reader = new ResponseReader(method === 'HEAD')
  const read = () => {
    reader.push(connection.read())
    return reader.complete || reader.garbage || connection.eof || connection.state === 'closed'
  }
  const deadline = options.maxTimeMs === undefined ? undefined : start + options.maxTimeMs
  const ended = await waitFor(context, [connection], read, deadline)
  if (connection.eof) reader.end()
  outcome.firstByteMs = context.clock.now - start
  outcome.status = reader.status
  outcome.headerBytes = reader.headerText.length
  outcome.downloaded = reader.body.length
  outcome.contentType = reader.header('content-type') ?? ''
  if (reader.headerText !== '') raw(reader.headerText.replace(/[^\n]*\n/g, '< $&'))
  const fail = (exit: number, error: string) => {
    outcome.exit = exit
    outcome.error = error
    log(error)
    connection.close()
    return { headerText: reader.headerText, body: reader.body }
  }
  if (!ended) {
    const got = `${reader.body.length}${reader.missing === undefined ? '' : ` out of ${reader.body.length + reader.missing}`} bytes received`
    return fail(28, `Operation timed out after ${context.clock.now - start} milliseconds with ${got}`)
  }
  if (reader.garbage) return { ...fail(1, 'Received HTTP/0.9 when not allowed'), body: '' }
  if (!reader.complete) {
    if (connection.errno === 'ECONNRESET') return fail(56, 'Recv failure: Connection reset by peer')
    if (!reader.started) return fail(52, 'Empty reply from server')
    return fail(18, `transfer closed with ${reader.missing ?? 0} bytes remaining to read`)
  }
  if (reader.body !== '' && context.tty === undefined) raw(`{ [${reader.body.length} bytes data]\n`)
  const location = reader.header('location')
  outcome.exit = 0
  if (options.fail && reader.status >= 400) {
    outcome.exit = 22
    outcome.error = `The requested URL returned error: ${reader.status}`
    log(outcome.error)
  }
  outcome.keptAlive = outcome.exit === 0 && reader.header('connection')?.toLowerCase() !== 'close'
  connection.close()
  return { headerText: reader.headerText, body: reader.body, ...(location === undefined ? {} : { location }) }
}

/** Header lines in curl's order; a -H header replaces curl's own, an empty one removes it. */
function requestLines(url: CurlUrl, method: string, options: CurlOptions, body: string | undefined): string[] {
  const own: [string, string][] = [
    ['Host', hostHeader(url)],
    ['User-Agent', options.userAgent],
    ['Accept', '*/*'],
  ]
  if (body !== undefined) own.push(['Content-Length', String(body.length)], ['Content-Type', 'application/x-www-form-urlencoded'])
  const custom = options.headers.map((h) => /^([^:;]+)[:;]\s*(.*)$/.exec(h)).filter((m) => m !== null)
  const replaced = (name: string) => custom.some((m) => m[1]?.toLowerCase() === name.toLowerCase())
  const host = custom.find((m) => m[1]?.toLowerCase() === 'host')
  const lines = own
    .map(([name, value]) => (name === 'Host' && host?.[2] ? `Host: ${host[2]}` : replaced(name) ? '' : `${name}: ${value}`))
    .filter((l) => l !== '' && !(l.startsWith('User-Agent:') && options.userAgent === ''))
  const more = custom.filter((m) => m[2] !== '' && m[1]?.toLowerCase() !== 'host').map((m) => `${m[1]}: ${m[2]}`)
  return [`${method} ${url.path} HTTP/1.1`, ...lines, ...more, '']
}
