import { parseGoDuration } from '../../base/duration.ts'
import { parseCidr, parseIPv4, parseIPv6 } from '../../base/ip.ts'
import { decodeBase64 } from '../../base/utf8.ts'

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})$/
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
/** A label, or labels below a domain of letters (go-openapi/strfmt HostnamePattern). */
const HOSTNAME =
  /^([a-zA-Z0-9\p{S}\p{L}](-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?|([a-zA-Z0-9\p{S}\p{L}]([a-zA-Z0-9\-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?\.)+[a-zA-Z\p{L}]{2,63})$/u
const EMAIL = /^[^\s@<>]+@[^\s@<>]+$/
const URI = /^[a-zA-Z][a-zA-Z0-9+.-]*:\S+$|^\/\S*$/

/** Whether text is of a format that the server checks (apiextensions validation/formats.go); names without their dashes. */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  byte: (text) => text !== '' && decodeBase64(text) !== undefined,
  cidr: (text) => text.includes('/') && parseCidr(text) !== undefined,
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
  datetime: (text) => RFC3339.test(text) && !Number.isNaN(Date.parse(text)),
  duration: (text) => typeof parseGoDuration(text) === 'number',
  email: (text) => EMAIL.test(text),
  hostname: (text) => text.length <= 255 && HOSTNAME.test(text),
  ipv4: (text) => parseIPv4(text) !== undefined,
  ipv6: (text) => parseIPv6(text) !== undefined,
  mac: (text) => /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text),
  uri: (text) => URI.test(text),
  uuid: (text) => UUID.test(text),
}

/** Whether the server checks this format at all; others are names only. */
export function isFormat(format: string): boolean {
  return Object.hasOwn(FORMATS, format.replaceAll('-', ''))
}

/** Whether `text` may stand where a schema asks for `format`; formats that nobody checks are names only. */
export function hasFormat(text: string, format: string): boolean {
  return FORMATS[format.replaceAll('-', '')]?.(text) ?? true
}
