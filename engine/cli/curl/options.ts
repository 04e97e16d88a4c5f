import { type GetoptResult, optionValue } from '../getopt.ts'

/** curl's command line as values. */
export interface CurlOptions {
  readonly urls: readonly string[]
  readonly method: string | undefined
  readonly data: string | undefined
  readonly headers: readonly string[]
  readonly userAgent: string
  readonly head: boolean
  readonly include: boolean
  readonly silent: boolean
  readonly showError: boolean
  readonly meter: boolean
  readonly verbose: boolean
  readonly fail: boolean
  readonly failWithBody: boolean
  readonly follow: boolean
  readonly maxRedirects: number
  readonly insecure: boolean
  readonly outputs: readonly (string | undefined)[]
  readonly writeOut: string | undefined
  readonly maxTimeMs: number | undefined
  readonly connectTimeoutMs: number
  readonly interface: string | undefined
  readonly localPort: number | undefined
  readonly resolve: readonly string[]
  readonly family: 4 | 6 | undefined
  readonly retries: number
  readonly retryDelayMs: number
  readonly retryRefused: boolean
}

/** Milliseconds of a decimal number of seconds; undefined if it is none. */
function milliseconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Math.round(Number(text) * 1000)
}

/** The option whose value should be a number and is not, as typed. */
export function badNumber(given: GetoptResult): string | undefined {
  const numeric = ['max-time', 'connect-timeout', 'max-redirs', 'retry', 'retry-delay']
  return given.options.find((o) => numeric.includes(o.flag.long ?? '') && !/^\d+(\.\d*)?$|^\.\d+$/.test(o.value ?? ''))?.name
}

/** `-o` and `-O` belong to URLs in their order; '' stands for -O. */
function outputsOf(given: GetoptResult): (string | undefined)[] {
  return given.options.filter((o) => o.flag.long === 'output' || o.flag.long === 'remote-name').map((o) => o.value ?? '')
}

export function curlOptions(given: GetoptResult, stdoutIsTty: boolean): CurlOptions {
  const has = (name: string) => optionValue(given, name) !== undefined
  const all = (name: string) => given.options.filter((o) => o.flag.long === name).map((o) => o.value ?? '')
  const data = given.options.filter((o) => o.flag.long?.startsWith('data')).map((o) => o.value ?? '')
  const outputs = outputsOf(given)
  const silent = has('silent')
  const range = optionValue(given, 'local-port')
  return {
    urls: [...all('url'), ...given.operands],
    method: optionValue(given, 'request'),
    data: data.length > 0 ? data.join('&') : undefined,
    headers: all('header'),
    userAgent: optionValue(given, 'user-agent') ?? 'curl/7.88.1',
    head: has('head'),
    include: has('include') || has('head'),
    silent,
    showError: !silent || has('show-error'),
    meter: !silent && !has('no-progress-meter') && !(stdoutIsTty && outputs.length === 0),
    verbose: has('verbose'),
    fail: has('fail'),
    failWithBody: has('fail-with-body'),
    follow: has('location'),
    maxRedirects: Number(optionValue(given, 'max-redirs') ?? 50),
    insecure: has('insecure'),
    outputs,
    writeOut: optionValue(given, 'write-out'),
    maxTimeMs: milliseconds(optionValue(given, 'max-time')),
    connectTimeoutMs: milliseconds(optionValue(given, 'connect-timeout')) ?? 300_000,
    interface: optionValue(given, 'interface'),
    localPort: range === undefined ? undefined : Number(range.split('-')[0]),
    resolve: all('resolve'),
    family: has('ipv4') ? 4 : has('ipv6') ? 6 : undefined,
    retries: Number(optionValue(given, 'retry') ?? 0),
    retryDelayMs: milliseconds(optionValue(given, 'retry-delay')) ?? 0,
    retryRefused: has('retry-connrefused'),
  }
}
