import type { Flag } from '../command.ts'

const SUITE = 'node-tools'
/** Nobody recorded these. */
const MODELLED = 'data-raw data-ascii user-agent version header location max-redirs ipv4 ipv6 http1.1 url get'.split(' ')
const on = (long: string, short?: string, value?: string, help?: string): Flag => ({
  long,
  status: 'emulated',
  suite: MODELLED.includes(long) ? 'modelled' : SUITE,
  ...(short === undefined ? {} : { short }),
  ...(value === undefined ? {} : { value }),
  ...(help === undefined ? {} : { help }),
})
const same = (long: string, reason: string, short?: string, value?: string): Flag => ({
  ...on(long, short, value),
  status: 'accepted',
  reason,
})
const known = (names: string): Flag[] =>
  names.split(' ').map((word) => {
    const [long = '', value, short] = word.split(':')
    return { long, status: 'known', ...(value ? { value } : {}), ...(short ? { short } : {}) }
  })

/** curl 7.88.1's options. */
export const CURL_FLAGS: readonly Flag[] = [
  on('data', 'd', 'data', 'HTTP POST data'),
  on('data-raw', undefined, 'data'),
  on('data-ascii', undefined, 'data'),
  on('fail', 'f', undefined, 'Fail fast with no output on HTTP errors'),
  on('fail-with-body'),
  on('help', 'h', undefined, 'Get help for commands'),
  on('include', 'i', undefined, 'Include protocol response headers in the output'),
  on('output', 'o', 'file', 'Write to file instead of stdout'),
  on('remote-name', 'O', undefined, 'Write output to a file named as the remote file'),
  on('silent', 's', undefined, 'Silent mode'),
  on('show-error', 'S', undefined, 'Show error even when -s is used'),
  on('user-agent', 'A', 'name', 'Send User-Agent <name> to server'),
  on('verbose', 'v', undefined, 'Make the operation more talkative'),
  on('version', 'V', undefined, 'Show version number and quit'),
  on('head', 'I', undefined, 'Show document info only'),
  on('header', 'H', 'header', 'Pass custom header(s) to server'),
  on('request', 'X', 'method', 'Specify request method to use'),
  on('location', 'L', undefined, 'Follow redirects'),
  on('max-redirs', undefined, 'num'),
  on('max-time', 'm', 'seconds', 'Maximum time allowed for transfer'),
  on('connect-timeout', undefined, 'seconds', 'Maximum time allowed for connection'),
  on('write-out', 'w', 'format', 'Use output FORMAT after completion'),
  on('insecure', 'k', undefined, 'Allow insecure server connections'),
  on('interface', undefined, 'name', 'Use network INTERFACE (or address)'),
  on('local-port', undefined, 'range'),
  on('resolve', undefined, 'host:port:addr'),
  on('ipv4', '4'),
  on('ipv6', '6'),
  on('http1.1'),
  on('url', undefined, 'url'),
  on('get', 'G'),
  on('retry', undefined, 'num'),
  on('retry-delay', undefined, 'seconds'),
  on('retry-connrefused'),
  same('no-buffer', 'output is written as it comes anyway', 'N'),
  same('no-progress-meter', 'hides the meter, as -s does', '#'),
  same('globoff', 'no globbing is done here', 'g'),
  same('no-keepalive', 'no flow here lives long enough', undefined),
  same('tcp-nodelay', 'data is never held back here', undefined),
  same('path-as-is', 'paths are sent as given', undefined),
  ...known(
    'upload-file:file:T user:user:u cookie:data:b cookie-jar:file:c form:data:F proxy:host:x socks5:host socks4:host cacert:file cert:file:E key:file compressed http2 http0.9 http1.0::0 data-binary:data data-urlencode:data json:data range:range:r referer:URL:e trace:file trace-ascii:file unix-socket:path limit-rate:speed create-dirs config:file:K netrc:: parallel::Z next::: dns-servers:addr doh-url:url haproxy-protocol connect-to:map proto:protocols tlsv1.2 tlsv1.3 remote-header-name::J remote-time::R speed-limit:bytes:Y speed-time:seconds:y stderr:file noproxy:list pinnedpubkey:hashes',
  ),
]
