import { isMap, type Obj, sortedKeys } from '../values.ts'

/** A document as `-o kyaml` prints it (sigs.k8s.io/yaml/kyaml): braces, quoted strings, trailing commas. `sorted` false keeps members' order. */
export function kyamlDocument(value: Obj, sorted = true): string {
  return `---\n${node(value, 0, sorted)}\n`
}

function node(value: Obj, depth: number, sorted: boolean): string {
  if (Array.isArray(value)) return sequence(value, depth, sorted)
  if (isMap(value)) return mapping(value, depth, sorted)
  return typeof value === 'string' ? quoted(value, depth + 1) : String(value ?? null)
}

/** Lists of maps or lists share their brackets' lines. */
function sequence(items: readonly Obj[], depth: number, sorted: boolean): string {
  if (items.length === 0) return '[]'
  if (items.every((item) => isMap(item) || Array.isArray(item))) return `[${items.map((i) => node(i, depth, sorted)).join(', ')}]`
  return `[\n${items.map((item) => `${indent(depth + 1)}${node(item, depth + 1, sorted)},\n`).join('')}${indent(depth)}]`
}

function mapping(map: Record<string, Obj>, depth: number, sorted: boolean): string {
  const keys = (sorted ? sortedKeys(map) : Object.keys(map)).filter((key) => map[key] !== undefined)
  if (keys.length === 0) return '{}'
  const line = (key: string) =>
    `${indent(depth + 1)}${ambiguous(key) ? quoted(key, depth + 1) : key}: ${node(map[key], depth + 1, sorted)},\n`
  return `{\n${keys.map(line).join('')}${indent(depth)}}`
}

function indent(depth: number): string {
  return '  '.repeat(depth)
}

/** Whether a key needs quotes (needsQuotes): it might be read as another type, or has characters that are not plain. */
function ambiguous(key: string): boolean {
  if (/^(|~|null|true|false|t|f|y|yes|n|no|on|off|\.nan|[-+]?\.inf)$/i.test(key)) return true
  const bare = key.replaceAll('_', '')
  if (/^[-+]?(\d+|0x[0-9a-f]+|0o?[0-7]+|0b[01]+)$/i.test(bare) || /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(bare)) return true
  if (/^[-+]?(inf|infinity|nan)$/i.test(bare)) return true
  if (/^\d{4}-\d\d?-\d\d?([Tt ].*)?$/.test(key)) return true
  return !/^[\p{L}\p{N}_]([\p{L}\p{N}_./-]*[\p{L}\p{N}_])?$/u.test(key)
}

const NAMED: Readonly<Record<string, string>> = {
  '\t': '\t',
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\r': '\\r',
  '\v': '\\v',
  '\0': '\\0',
  '\x1b': '\\e',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

/** A string in double quotes; one of several lines is folded, a line of the text on each (renderString). */
function quoted(text: string, depth: number): string {
  const multi = text.includes('\n')
  let out = multi ? '"\\\n' : '"'
  for (const ch of text) {
    if (out.endsWith('\n')) out += indent(depth) + (/\s/.test(ch) && ch !== '\n' ? '\\' : ' ')
    out += ch === '\n' ? '\\n\\\n' : (NAMED[ch] ?? plain(ch))
  }
  if (!multi) return `${out}"`
  return `${out.endsWith('\n') ? out : `${out}\\\n`}${indent(depth)}"`
}

function plain(ch: string): string {
  const code = ch.codePointAt(0)!
  if (code < 32 || code === 127) return `\\x${code.toString(16).padStart(2, '0')}`
  if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(ch)) return ch
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
}
