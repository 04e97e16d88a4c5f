import { DESCRIBE_LAYOUT, tabbed } from '../../../base/tabwriter.ts'
import { type Obj, sortedKeys } from '../values.ts'

/** A description under construction: lines at two blanks a level, cells separated by tabs (describe.PrefixWriter). */
export class Lines {
  private text = ''

  /** `text` at a level; the newline is the caller's. */
  at(level: number, text: string): this {
    this.text += `${'  '.repeat(level)}${text}`
    return this
  }

  /** A whole line at level 0. */
  line(text: string): this {
    return this.at(0, `${text}\n`)
  }

  /** "Title:\tvalue". */
  field(title: string, value: unknown): this {
    return this.at(0, `${title}:\t${value ?? ''}\n`)
  }

  /** Every piece of another description, each a level deeper (describe.NewNestedPrefixWriter). */
  nest(level: number, inner: Lines): this {
    this.text += inner.text.replace(/^(?=.)/gm, '  '.repeat(level))
    return this
  }

  done(): string {
    return tabbed(this.text, DESCRIBE_LAYOUT)
  }
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (n: number) => String(n).padStart(2, '0')

/** Go's time.RFC1123Z in UTC: "Fri, 20 Nov 2026 17:39:20 +0000". */
export function rfc1123(timestamp: string): string {
  const d = new Date(Date.parse(timestamp))
  const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
  return `${DAYS[d.getUTCDay()]}, ${two(d.getUTCDate())} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()} ${clock} +0000`
}

/** Labels, one a line. */
export function labels(out: Lines, title: string, map: Obj): void {
  const keys = sortedKeys(map)
  if (keys.length === 0) out.at(0, `${title}:\t<none>\n`)
  keys.forEach((key, i) => {
    out.at(0, `${i === 0 ? `${title}:` : ''}\t${key}=${map[key]}\n`)
  })
}

const WIDEST = 140
const HIDDEN = ['kubectl.kubernetes.io/last-applied-configuration']

/** Annotations: long or many-lined values on lines of their own, cut at 140 bytes. */
export function annotations(out: Lines, title: string, map: Obj): void {
  const keys = sortedKeys(map).filter((key) => !HIDDEN.includes(key))
  if (keys.length === 0) out.at(0, `${title}:\t<none>\n`)
  keys.forEach((key, i) => {
    out.at(0, i === 0 ? `${title}:\t` : '\t')
    const value = String(map[key]).replace(/\n$/, '')
    if (value.length + key.length + 2 <= WIDEST && !value.includes('\n')) out.at(0, `${key}: ${value}\n`)
    else {
      out.at(0, `${key}:\n`)
      for (const part of value.split('\n'))
        out.at(0, `\t  ${part.length > WIDEST - 2 ? `${part.slice(0, WIDEST - 2)}...` : part}\n`)
    }
  })
}

/** A metav1.LabelSelector as text: "app=web,tier in (a,b)". */
export function selectorText(selector: Obj): string {
  const parts = sortedKeys(selector?.matchLabels).map((key) => ({ key, text: `${key}=${selector.matchLabels[key]}` }))
  for (const e of selector?.matchExpressions ?? []) parts.push({ key: e.key, text: requirement(e) })
  return parts
    .sort((x, y) => (x.key < y.key ? -1 : x.key > y.key ? 1 : 0))
    .map((p) => p.text)
    .join(',')
}

function requirement(e: Obj): string {
  const values = `(${[...(e.values ?? [])].sort().join(',')})`
  if (e.operator === 'In') return `${e.key} in ${values}`
  if (e.operator === 'NotIn') return `${e.key} notin ${values}`
  return e.operator === 'Exists' ? e.key : `!${e.key}`
}

/** {@link selectorText}, "<none>" when empty (metav1.FormatLabelSelector). */
export function formatSelector(selector: Obj): string {
  return selectorText(selector) || '<none>'
}

/** A plain label map as a selector. */
export function mapSelector(map: Obj): string {
  return (
    sortedKeys(map)
      .map((key) => `${key}=${map[key]}`)
      .join(',') || '<none>'
  )
}

export const orNone = (text: string | undefined) => text || '<none>'
export const orUnset = (text: string | undefined) => text || '<unset>'
/** Go's strconv-less printBool: True or False. */
export const printBool = (value: unknown) => (value ? 'True' : 'False')
