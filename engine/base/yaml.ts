import { goNumber, isMap } from './go-value.ts'
import { scalarText } from './yaml-scalar.ts'

/** A document as sigs.k8s.io/yaml writes it: keys sorted, sequences not indented under their key. Ends with a newline. */
export function yamlDocument(value: unknown): string {
  if (isMap(value) && liveKeys(value).length > 0) return mapping(value, '')
  if (Array.isArray(value) && value.length > 0) return sequence(value, '')
  return `${inline(value, '', 0)}\n`
}

function liveKeys(map: Record<string, unknown>): string[] {
  return Object.keys(map)
    .filter((key) => map[key] !== undefined)
    .sort(naturalOrder)
}

function mapping(map: Record<string, unknown>, indent: string, first = indent): string {
  let out = ''
  let lead = first
  for (const key of liveKeys(map)) {
    const value = map[key]
    const head = `${lead}${keyText(key)}:`
    out += head
    if (isMap(value) && liveKeys(value).length > 0) out += `\n${mapping(value, `${indent}  `)}`
    else if (Array.isArray(value) && value.length > 0) out += `\n${sequence(value, indent)}`
    else out += ` ${inline(value, indent, head.length + 1)}\n`
    lead = indent
  }
  return out
}

function sequence(items: readonly unknown[], indent: string, first = indent): string {
  let out = ''
  let lead = first
  for (const item of items) {
    if (isMap(item) && liveKeys(item).length > 0) out += mapping(item, `${indent}  `, `${lead}- `)
    else if (Array.isArray(item) && item.length > 0) out += sequence(item, `${indent}  `, `${lead}- `)
    else out += `${lead}- ${inline(item, indent, lead.length + 2)}\n`
    lead = indent
  }
  return out
}

/** A key that spans lines or is longer than 128 bytes would need "? "; neither occurs in API objects' maps. */
function keyText(key: string): string {
  return scalarText(key, '')
}

function inline(value: unknown, indent: string, column: number): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return scalarText(value, `${indent}  `, column)
  if (typeof value === 'number')
    return Number.isInteger(value) ? goNumber(value) : String(value).replace(/e([+-])(\d)$/, 'e$10$2')
  if (typeof value === 'boolean') return String(value)
  return Array.isArray(value) ? '[]' : '{}'
}

const ASCII = /^[\x00-\x7f]*$/
const isLetter = (ch: string) => (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch > '\x7f' && /\p{L}/u.test(ch))
const isDigit = (ch: string) => (ch >= '0' && ch <= '9') || (ch > '\x7f' && /\p{Nd}/u.test(ch))

/** go-yaml v2's order of keys: letters before others in a tie of kinds, runs of digits by value (sorter.go keyList.Less). */
export function naturalOrder(x: string, y: string): number {
  const a = ASCII.test(x) ? x : [...x]
  const b = ASCII.test(y) ? y : [...y]
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] === b[i]) continue
    const al = isLetter(a[i]!)
    const bl = isLetter(b[i]!)
    if (al && bl) return a[i]!.codePointAt(0)! - b[i]!.codePointAt(0)!
    let digits = false
    for (let k = i - 1; k >= 0 && isDigit(a[k]!); k--) digits = true
    if (al || bl) {
      if (digits) return al ? -1 : 1
      return bl ? -1 : 1
    }
    return digitRuns(a, b, i)
  }
  return a.length - b.length
}

function digitRuns(a: ArrayLike<string>, b: ArrayLike<string>, at: number): number {
  let ai = at
  let bi = at
  let an = 0
  let bn = 0
  if (a[at] === '0' || b[at] === '0') {
    for (let j = at - 1; j >= 0 && isDigit(a[j]!); j--) {
      if (a[j] !== '0') {
        an = 1
        bn = 1
        break
      }
    }
  }
  for (; ai < a.length && isDigit(a[ai]!); ai++) an = an * 10 + a[ai]!.codePointAt(0)! - 48
  for (; bi < b.length && isDigit(b[bi]!); bi++) bn = bn * 10 + b[bi]!.codePointAt(0)! - 48
  if (an !== bn) return an - bn
  if (ai !== bi) return ai - bi
  return a[at]!.codePointAt(0)! - b[at]!.codePointAt(0)!
}
