export { byteOrder, goValue, isMap, sortedKeys } from '../../base/go-value.ts'

/** An API object of any kind, as it came over the wire. */
// biome-ignore lint/suspicious/noExplicitAny: kubectl handles every kind; the server has validated them
export type Obj = any

/** The group of "apps/v1", "" of "v1". */
export function groupOf(apiVersion: string): string {
  const at = apiVersion.indexOf('/')
  return at < 0 ? '' : apiVersion.slice(0, at)
}

/** A string as Go's %q prints it. */
export function quote(text: string): string {
  let out = '"'
  for (const ch of text) {
    const code = ch.codePointAt(0)!
    const named = {
      '"': '\\"',
      '\\': '\\\\',
      '\n': '\\n',
      '\t': '\\t',
      '\r': '\\r',
      '\x07': '\\a',
      '\b': '\\b',
      '\f': '\\f',
      '\v': '\\v',
    }[ch]
    if (named !== undefined) out += named
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`
    else out += ch
  }
  return `${out}"`
}
