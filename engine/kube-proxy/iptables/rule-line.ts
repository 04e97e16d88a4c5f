import type { Rule } from '../../net/netfilter/rule.ts'
import type { Endpoint } from '../endpoints-map.ts'

/** A part of a line that decides how the tool reads it (which matches, which verdict), not just what it names. */
export interface Fixed {
  readonly fixed: string
}

const FIXED = new Map<string, Fixed>()

/** The same text is the same word: forms are told apart by it. */
export function fixed(text: string): Fixed {
  const word = FIXED.get(text) ?? { fixed: text }
  FIXED.set(text, word)
  return word
}

/** Where an endpoint stands in a line, DNAT's target, it stands as "10.0.0.1:80". */
export type Word = string | number | Fixed | Endpoint

/** One "-A CHAIN …" line of iptables-restore: the text around its words is its form. */
export interface RuleLine {
  readonly chain: string
  readonly form: TemplateStringsArray
  readonly words: readonly Word[]
}

/** rule`-A ${chain} -d ${ip} -j ${to}`: the first word is the chain. */
export function rule(form: TemplateStringsArray, chain: string, ...words: readonly Word[]): RuleLine {
  return { chain, form, words }
}

const wordText = (word: Word) => (typeof word !== 'object' ? String(word) : 'fixed' in word ? word.fixed : word.text)

/** The line as iptables-restore reads it. */
export function lineText({ chain, form, words }: RuleLine): string {
  let text = (form[0] as string) + chain
  for (const [i, word] of words.entries()) text += (form[i + 1] as string) + wordText(word)
  return text + (form[words.length + 1] as string)
}

type Filled = (words: readonly Word[]) => unknown

/** A part of a rule: the same for every line of a form, or filled from some of its words. */
type Part = { readonly same: unknown } | { readonly uses: readonly number[]; readonly fill: Filled }

/** Words that no real line has, one for each place, so that what became of them in the rule can be found. */
function marker(word: Word, i: number): Word {
  if (typeof word === 'number') return 51_000 + i
  if (typeof word === 'object') {
    if ('fixed' in word) return word
    const ip = word.ip.includes(':') ? `3fff:${i}::f` : `198.51.100.${i + 1}`
    return { ...word, ip, port: 52_000 + i, text: ip.includes(':') ? `[${ip}]:${52_000 + i}` : `${ip}:${52_000 + i}` }
  }
  if (/^[\d.]+$/.test(word)) return `198.51.100.${i + 1}`
  if (/^[\d.]+\//.test(word)) return `198.51.${i}.0/24`
  if (/^[0-9a-f:]+$/.test(word) && word.includes(':')) return `3fff:${i}::f`
  if (/^[0-9a-f:]+\//.test(word)) return `3fff:${i}::/32`
  return `~marker-${i}~`
}

/** How a value that the parser made from markers follows from the words. */
function partOf(value: unknown, markers: readonly Word[]): Part {
  for (const [i, word] of markers.entries()) {
    if (typeof word === 'number' && value === word) return { uses: [i], fill: (words) => words[i] }
    if (typeof word === 'object' && 'ip' in word) {
      if (value === word.port) return { uses: [i], fill: (words) => (words[i] as Endpoint).port }
      if (value === word.ip) return { uses: [i], fill: (words) => (words[i] as Endpoint).ip }
    }
    if (typeof word === 'string' && typeof value === 'string' && value.startsWith(word)) {
      const rest = value.slice(word.length)
      return { uses: [i], fill: rest === '' ? (words) => words[i] : (words) => (words[i] as string) + rest }
    }
  }
  if (typeof value !== 'object' || value === null) return { same: value }
  const parts = Object.entries(value).map(([key, part]) => [key, partOf(part, markers)] as const)
  const changing = parts.flatMap(([key, part]) => ('uses' in part ? [{ key, ...part }] : []))
  if (changing.length === 0) return { same: value }
  const uses = [...new Set(changing.flatMap((part) => part.uses))]
  return { uses, fill: remembering(uses, Array.isArray(value) ? filledArray(value, changing) : filledObject(value, changing)) }
}

type Changing = readonly { readonly key: string; readonly fill: Filled }[]

/**
 * Objects of the shapes that most rules are made of are made in one go, each where only its shape is made: an engine copies an object
 * of any shape much more slowly, and there are hundreds of thousands.
 */
function filledObject(value: object, changing: Changing): Filled {
  const keys = Object.keys(value).join()
  const part = (key: string): Filled => {
    const found = changing.find((one) => one.key === key)
    const { [key]: fixedPart } = value as Record<string, unknown>
    return found?.fill ?? (() => fixedPart)
  }
  if (keys === 'writer,filter,matches,target') {
    const { writer } = value as Rule
    const [filter, matches, target] = [part('filter'), part('matches'), part('target')]
    return (words) => ({ writer, filter: filter(words), matches: matches(words), target: target(words) })
  }
  if (keys === 'kind,chain') {
    const [kind, chain] = [part('kind'), part('chain')]
    return (words) => ({ kind: kind(words), chain: chain(words) })
  }
  if (keys === 'kind,data') {
    const [kind, data] = [part('kind'), part('data')]
    return (words) => ({ kind: kind(words), data: data(words) })
  }
  if (keys === 'ext,ports,to') {
    const [ext, ports, to] = [part('ext'), part('ports'), part('to')]
    return (words) => ({ ext: ext(words), ports: ports(words), to: to(words) })
  }
  if (keys === 'src') {
    const src = part('src')
    return (words) => ({ src: src(words) })
  }
  return (words) => {
    const made = { ...value } as Record<string, unknown>
    for (const { key, fill } of changing) made[key] = fill(words)
    return made
  }
}

/** The same array while it would hold the same: all endpoints of a Service have one port. */
function filledArray(value: readonly unknown[], changing: Changing): Filled {
  const parts = changing.map(({ key, fill }) => ({ at: Number(key), fill }))
  let made = value
  return (words) => {
    let shared = made !== value
    for (const { at, fill } of parts) {
      const part = fill(words)
      if (made[at] === part) continue
      if (shared || made === value) made = made.slice()
      shared = false
      ;(made as unknown[])[at] = part
    }
    return made
  }
}

/** Neighbouring lines say much the same (a Service's name as comment): the same words get the same object. */
function remembering(uses: readonly number[], fill: Filled): Filled {
  let last: readonly Word[] = []
  let made: unknown
  return (words) => {
    let isSame = last.length > 0
    for (let i = 0; isSame && i < uses.length; i++) isSame = words[uses[i] as number] === last[uses[i] as number]
    if (isSame) return made
    last = words
    made = fill(words)
    return made
  }
}

/** Whether two values hold the same; what the parser left undefined counts as absent. */
function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

/** Undefined: this form cannot be filled, each of its lines is read. */
type Form = Filled | undefined

/** What is known of a form: by its one fixed word, or by all of them as text. */
interface Forms {
  plain: { readonly fill: Form } | undefined
  readonly byWord: Map<Fixed, Form>
  readonly byText: Map<string, Form>
}

/**
 * Rules from lines, much sooner than by reading each: a form is read once by the tool's own parser, with markers for words; from
 * where the markers end up in that rule follows where the words of other lines belong. A form whose first line would not come out as
 * the parser reads it is never filled.
 */
export class LineReader {
  private readonly parse: (line: string) => Rule
  private readonly forms = new Map<TemplateStringsArray, Forms>()

  /** `parse` reads "-A CHAIN …" as iptables-restore does. */
  constructor(parse: (line: string) => Rule) {
    this.parse = parse
  }

  read(line: RuleLine): Rule {
    const fill = this.formOf(line)
    return fill === undefined ? this.parse(lineText(line)) : (fill(line.words) as Rule)
  }

  private formOf(line: RuleLine): Form {
    let forms = this.forms.get(line.form)
    if (forms === undefined) {
      forms = { plain: undefined, byWord: new Map(), byText: new Map() }
      this.forms.set(line.form, forms)
    }
    let only: Fixed | undefined
    for (const word of line.words) {
      if (typeof word !== 'object' || !('fixed' in word)) continue
      if (only !== undefined) return this.manyFixed(forms, line)
      only = word
    }
    if (only === undefined) {
      forms.plain ??= { fill: this.learn(line) }
      return forms.plain.fill
    }
    if (!forms.byWord.has(only)) forms.byWord.set(only, this.learn(line))
    return forms.byWord.get(only)
  }

  private manyFixed({ byText }: Forms, line: RuleLine): Form {
    const kind = line.words.map((word) => (typeof word === 'object' && 'fixed' in word ? word.fixed : '')).join('|')
    if (!byText.has(kind)) byText.set(kind, this.learn(line))
    return byText.get(kind)
  }

  private learn(line: RuleLine): Form {
    const markers = line.words.map(marker)
    const part = partOf(this.parse(lineText({ ...line, words: markers })), markers)
    const fill: Filled = 'uses' in part ? part.fill : () => part.same
    return same(fill(line.words), this.parse(lineText(line))) ? fill : undefined
  }
}
