import type { Said } from './walk.ts'
import { WHY, type WhyCode } from './walk-why.data.ts'

export type Values = Readonly<Record<string, string | number>>

/** A fact without its English: what is kept and saved. */
export interface Why {
  readonly code: WhyCode
  readonly values: Readonly<Record<string, string>>
  readonly because?: readonly Why[]
}

export function why(code: WhyCode, values: Values = {}, because: readonly Why[] = []): Why {
  const texts: Record<string, string> = {}
  for (const name in values) texts[name] = String(values[name])
  return because.length === 0 ? { code, values: texts } : { code, values: texts, because }
}

function fill({ code, values }: Why): string {
  return WHY[code].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '?')
}

/** The fact as a clause: no capital, no full stop. Reasons come first; a conclusion (`end.`) and its facts are said before theirs. */
export function clause(fact: Why): string {
  const { because = [], code } = fact
  if (because.length === 0) return fill(fact)
  const reasons = list(because.map(clause))
  if (code.startsWith('end.')) return `${fill(fact)}; ${reasons}`
  return code.startsWith('fact.') ? `${fill(fact)} (${reasons})` : `${reasons}: ${fill(fact)}`
}

function list(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** With its one English sentence. */
export function say(fact: Why): Said {
  const text = clause(fact)
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
  return said(fact, sentence)
}

function said(fact: Why, text: string): Said {
  const { code, values, because } = fact
  if (because === undefined) return { code, values, text }
  return { code, values, because: because.map((reason) => said(reason, clause(reason))), text }
}
