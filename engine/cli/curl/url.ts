import { ipFamily } from '../../base/ip.ts'

export interface CurlUrl {
  readonly scheme: string
  readonly host: string
  readonly port: number
  readonly explicitPort: boolean
  readonly path: string
  /** The host without brackets. */
  readonly bare: string
}

export type UrlError = { readonly exit: number; readonly error: string }

const BAD: UrlError = { exit: 3, error: 'URL using bad/illegal format or missing URL' }
const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** Parses a URL as curl does: scheme guessed as http, any number of slashes after it. */
export function parseUrl(text: string): CurlUrl | UrlError {
  if (text === '' || /\s/.test(text)) return BAD
  const match = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):\/{1,3})?(.*)$/.exec(text)
  const scheme = (match?.[1] ?? 'http').toLowerCase()
  const rest = match?.[2] ?? ''
  const slash = rest.search(/[/?#]/)
  const authority = slash < 0 ? rest : rest.slice(0, slash)
  const tail = slash < 0 ? '' : rest.slice(slash)
  if (/^\[[^\]]*$/.test(authority)) {
    const at = text.indexOf('[') + 1
    return { exit: 3, error: `bad range specification in URL position ${at + 1}:\n${text}\n${' '.repeat(at)}^` }
  }
  const parts = /^(?:[^@]*@)?(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(.*))?$/.exec(authority)
  if (parts === null) return BAD
  const port = parts[2]
  if (port !== undefined && port !== '' && (!/^\d+$/.test(port) || Number(port) > 65535)) return BAD
  if (PORTS[scheme] === undefined) {
    if (/^(ftps?|gopher|dict|file|imaps?|ldaps?|mqtt|pop3s?|rtsp|scp|sftp|smbs?|smtps?|telnet|tftp|rtmp)$/.test(scheme))
      return { exit: 64, error: `${scheme}://` }
    return { exit: 1, error: `Protocol "${scheme}" not supported or disabled in libcurl` }
  }
  const host = parts[1] ?? ''
  const path = (tail.split('#')[0] ?? '').replace(/^\?/, '/?') || '/'
  return {
    scheme,
    host,
    bare: host.startsWith('[') ? host.slice(1, -1) : host,
    port: port === undefined || port === '' ? (PORTS[scheme] as number) : Number(port),
    explicitPort: port !== undefined && port !== '' && Number(port) !== PORTS[scheme],
    path,
  }
}

/** Resolves a Location header against where it came from. */
export function joinUrl(base: CurlUrl, location: string): string {
  if (/^[a-z]+:\/\//i.test(location)) return location
  const origin = `${base.scheme}://${base.host}${base.explicitPort ? `:${base.port}` : ''}`
  if (location.startsWith('/')) return origin + location
  return origin + base.path.slice(0, base.path.lastIndexOf('/') + 1) + location
}

export function hostHeader(url: CurlUrl): string {
  return `${url.host}${url.explicitPort ? `:${url.port}` : ''}`
}

export function shown(address: string): string {
  return ipFamily(address) === 6 ? `[${address}]` : address
}
