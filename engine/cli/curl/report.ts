/** What happened in one transfer, for -w and the meter. */
export interface Outcome {
  exit: number
  error?: string
  status: number
  remoteIp: string
  remotePort: number
  localIp: string
  localPort: number
  connects: number
  redirects: number
  downloaded: number
  headerBytes: number
  connectMs: number
  firstByteMs: number
  totalMs: number
  contentType: string
  method: string
  scheme: string
  url: string
  redirectUrl: string
  /** The server left the connection open. */
  keptAlive: boolean
}

export function newOutcome(url: string): Outcome {
  return {
    exit: 0,
    status: 0,
    remoteIp: '',
    remotePort: 0,
    localIp: '',
    localPort: 0,
    connects: 0,
    redirects: 0,
    downloaded: 0,
    headerBytes: 0,
    connectMs: 0,
    firstByteMs: 0,
    totalMs: 0,
    contentType: '',
    method: 'GET',
    scheme: '',
    url,
    redirectUrl: '',
    keptAlive: false,
  }
}

const seconds = (ms: number) => (ms / 1000).toFixed(6)
const code = (n: number) => String(n).padStart(3, '0')

const VARIABLES: Readonly<Record<string, (o: Outcome) => string>> = {
  content_type: (o) => o.contentType,
  errormsg: (o) => o.error ?? '',
  exitcode: (o) => String(o.exit),
  http_code: (o) => code(o.status),
  response_code: (o) => code(o.status),
  http_version: (o) => (o.status === 0 ? '0' : '1.1'),
  local_ip: (o) => o.localIp,
  local_port: (o) => String(o.localPort),
  method: (o) => o.method,
  num_connects: (o) => String(o.connects),
  num_redirects: (o) => String(o.redirects),
  redirect_url: (o) => o.redirectUrl,
  remote_ip: (o) => o.remoteIp,
  remote_port: (o) => String(o.remotePort),
  scheme: (o) => o.scheme.toUpperCase(),
  size_download: (o) => String(o.downloaded),
  size_header: (o) => String(o.headerBytes),
  speed_download: (o) => String(o.totalMs > 0 ? Math.round((o.downloaded * 1000) / o.totalMs) : 0),
  time_appconnect: () => seconds(0),
  time_connect: (o) => seconds(o.connectMs),
  time_namelookup: () => seconds(0),
  time_pretransfer: (o) => seconds(o.connectMs),
  time_redirect: () => seconds(0),
  time_starttransfer: (o) => seconds(o.firstByteMs),
  time_total: (o) => seconds(o.totalMs),
  url: (o) => o.url,
  url_effective: (o) => o.url,
}

/** Fills in a --write-out format; undefined where it names a variable that Chainwalk does not fill in. */
export function writeOut(format: string, outcome: Outcome): string | undefined {
  let unknown = false
  const text = format
    .replace(/%\{([^}]*)\}/g, (_, name: string) => {
      const value = VARIABLES[name]
      if (value === undefined) unknown = true
      return value?.(outcome) ?? ''
    })
    .replace(/\\([nrt])/g, (_, c: string) => (c === 'n' ? '\n' : c === 'r' ? '\r' : '\t'))
    .replaceAll('%%', '%')
  return unknown ? undefined : text
}

const HEADER =
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n' +
  '                                 Dload  Upload   Total   Spent    Left  Speed\n'
const EMPTY = '\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0'

function size(n: number): string {
  if (n < 100_000) return String(n).padStart(5)
  if (n < 10_000 * 1024) return `${String(Math.floor(n / 1024)).padStart(4)}k`
  const mega = n / 1024 / 1024
  return mega < 100 ? `${mega.toFixed(1).padStart(4)}M` : `${String(Math.floor(mega)).padStart(4)}M`
}

/** The progress meter (tool_progress and lib/progress.c) of a transfer that is not on a terminal. */
export const METER = {
  begin: HEADER + EMPTY,
  /** After a failure: one line more, with the seconds that went by. */
  failed(ms: number): string {
    const spent = Math.floor(ms / 1000)
    if (spent < 1) return `${EMPTY}\n`
    const at = (s: number) =>
      `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}`
    const lines = Array.from(
      { length: spent },
      (_, i) => `\r  0     0    0     0    0     0      0      0 --:--:-- ${at(i + 1).padStart(8)} --:--:--     0`,
    )
    return `${lines.join('')}\n`
  },
  done(bytes: number, ms: number): string {
    const speed = size(Math.round((bytes * 1000) / Math.max(1, ms)))
    if (bytes === 0) return `${EMPTY}\n`
    return `\r100 ${size(bytes)}  100 ${size(bytes)}    0     0  ${speed}      0 --:--:-- --:--:-- --:--:-- ${speed}\n`
  },
}
