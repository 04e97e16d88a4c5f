import type { ApiRequest, ApiResponse } from '../../apiserver/client.ts'
import { encodeUtf8 } from '../../base/utf8.ts'
import type { Invocation } from './invocation.ts'
import { klogHead, quotedText } from './klog.ts'
import { compactJson } from './print/json.ts'
import type { Obj } from './values.ts'

/** client-go's feature gates and their defaults in v1.35, told from level 1 on (the real order is that of a map). */
const GATES: readonly (readonly [string, boolean])[] = [
  ['ClientsAllowCBOR', false],
  ['ClientsPreferCBOR', false],
  ['InOrderInformers', true],
  ['InOrderInformersBatchProcess', true],
  ['InformerResourceVersion', true],
  ['WatchListClient', true],
]

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  500: 'Internal Server Error',
  501: 'Not Implemented',
}

/** How much of a body level 8 shows. */
const BODY_LIMIT = 1024

/** What -v tells of requests: 6 one line each, 7 headers, 8 bodies (client-go transport/round_trippers.go, rest/request.go). */
export class HttpLog {
  private readonly call: Invocation
  readonly level: number

  constructor(call: Invocation, level: number) {
    this.call = call
    this.level = level
  }

  /** Before the first request. */
  start(): void {
    if (this.level >= 6 && this.call.config.exists)
      this.line('I', 'loader.go:405', `Config loaded from file:  ${this.call.config.path}`)
    if (this.level < 1) return
    for (const [name, on] of GATES)
      this.line('I', 'envvar.go:172', `"Feature gate default state" feature="${name}" enabled=${on}`)
  }

  /** One exchange. Discovery is read from kubectl's cache and not told of. */
  exchange(request: ApiRequest, headers: Readonly<Record<string, string>>, url: string, response: ApiResponse): void {
    if (this.level < 6) return
    const status = `${response.status} ${REASONS[response.status] ?? ''}`.trim()
    const took = 1 + this.call.context.machine.dice.int(9)
    if (this.level === 6) {
      this.line(
        'I',
        'round_trippers.go:632',
        `"Response" verb="${request.method}" url="${url}" status="${status}" milliseconds=${took}`,
      )
      return
    }
    if (this.level >= 8) this.body('Request Body', request.body === undefined ? '' : bodyText(request.body))
    const sent = { ...headers, ...(headers.Authorization === undefined ? {} : { Authorization: 'Bearer <masked>' }) }
    this.line('I', 'round_trippers.go:527', `"Request" verb="${request.method}" url="${url}" headers=${block(sent)}`)
    if (this.level === 7) {
      this.line('I', 'round_trippers.go:632', `"Response" status="${status}" milliseconds=${took}`)
      return
    }
    const text = typeof response.body === 'string' ? response.body : `${bodyText(response.body)}\n`
    const at = new Date(this.call.now).toUTCString()
    const got = { ...canonical(response.headers), 'Content-Length': String(encodeUtf8(text).length), Date: at }
    this.line('I', 'round_trippers.go:632', `"Response" status="${status}" headers=${block(got)} milliseconds=${took}`)
    this.body('Response Body', text)
  }

  /** The Status behind an error, as checkErr tells it. */
  failure(status: Obj): void {
    if (this.level >= 6) this.line('I', 'helpers.go:246', `server response object: %s[${JSON.stringify(status, null, 2)}]`)
  }

  private body(what: string, text: string): void {
    const bytes = encodeUtf8(text)
    const shown = bytes.length > BODY_LIMIT ? `${text.slice(0, BODY_LIMIT)} [truncated ${bytes.length - BODY_LIMIT} chars]` : text
    this.line('I', 'helper.go:105', `"${what}" body=${quotedText(shown)}`)
  }

  private line(severity: 'I', where: string, text: string): void {
    this.call.err(`${klogHead(this.call, severity, where)} ${text}\n`)
  }
}

function bodyText(body: Obj): string {
  return typeof body === 'string' ? body : compactJson(body, false)
}

function block(headers: Readonly<Record<string, string>>): string {
  const lines = Object.keys(headers)
    .sort()
    .map((name) => `\t${name}: ${headers[name]}\n`)
  return `<\n${lines.join('')} >`
}

function canonical(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name !== 'warning')
      .map(([name, value]) => [name.replace(/(^|-)([a-z])/g, (_, dash: string, ch: string) => dash + ch.toUpperCase()), value]),
  )
}
