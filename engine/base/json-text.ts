import { goNumber, isMap, sortedKeys } from './go-value.ts'

const HTML: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** A string as Go's encoding/json writes it, HTML characters escaped. */
export function jsonString(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (ch) => HTML[ch] ?? ch)
}

/** A number as Go's encoding/json writes it: a float64 uses an exponent below 1e-6 and from 1e21. */
function jsonNumber(value: number): string {
  if (Number.isInteger(value)) return goNumber(value)
  return String(value).replace(/e-(\d)$/, 'e-0$1')
}

/** Compact JSON. `sorted`: what was a Go map; otherwise the members' own order, as of a Go struct. */
export function compactJson(value: unknown, sorted = true): string {
  if (Array.isArray(value)) return `[${value.map((item) => compactJson(item, sorted)).join(',')}]`
  if (!isMap(value)) return scalar(value)
  const keys = keysOf(value, sorted)
  return `{${keys.map((key) => `${jsonString(key)}:${compactJson(value[key], sorted)}`).join(',')}}`
}

/** JSON indented by four spaces, as `kubectl -o json` prints it (without the final newline). */
export function indentedJson(value: unknown, sorted = true, indent = ''): string {
  const deeper = `${indent}    `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[\n${value.map((item) => deeper + indentedJson(item, sorted, deeper)).join(',\n')}\n${indent}]`
  }
  if (!isMap(value)) return scalar(value)
  const keys = keysOf(value, sorted)
  if (keys.length === 0) return '{}'
  return `{\n${keys.map((key) => `${deeper}${jsonString(key)}: ${indentedJson(value[key], sorted, deeper)}`).join(',\n')}\n${indent}}`
}

function keysOf(value: object, sorted: boolean): string[] {
  const keys = sorted ? sortedKeys(value) : Object.keys(value)
  return keys.filter((key) => (value as Record<string, unknown>)[key] !== undefined)
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return jsonString(value)
  if (typeof value === 'number') return jsonNumber(value)
  return value === undefined ? 'null' : String(value)
}
