import type { Said } from '../../electron/contract/index.ts'
import type { Locale } from '../i18n/index.svelte.ts'
import { WHY_VI, WORDS_VI } from '../i18n/why.vi.ts'

/** A language's clauses by the engine's codes, and the word between the last two reasons. */
interface Tongue {
  readonly clauses: Readonly<Record<string, string>>
  readonly and: string
  /** What of the engine's English stands in values. */
  readonly words: readonly (readonly [RegExp, string])[]
}

/** English is the engine's own: `text`. */
const TONGUES: Readonly<Partial<Record<Locale, Tongue>>> = { vi: { clauses: WHY_VI, and: 'và', words: WORDS_VI } }

const reworded = (text: string, { words }: Tongue) => words.reduce((said, [pattern, by]) => said.replace(pattern, by), text)

/** A packet's label in this language: what of it is a protocol's own word stays. */
export function label(text: string, locale: Locale): string {
  const tongue = TONGUES[locale]
  return tongue ? reworded(text, tongue) : text
}

/** A fact without capital and full stop; undefined where the language has no clause for it or a value is missing. */
function clause(said: Said, tongue: Tongue): string | undefined {
  const template = Object.hasOwn(tongue.clauses, said.code) ? tongue.clauses[said.code] : undefined
  let whole = template !== undefined
  const main = (template ?? '').replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(said.values, name) ? said.values[name] : undefined
    if (value === undefined) whole = false
    return reworded(value ?? '', tongue)
  })
  const reasons = (said.because ?? []).map((reason) => clause(reason, tongue))
  if (!whole || reasons.includes(undefined)) return undefined
  if (reasons.length === 0) return main
  const listed = reasons.length === 1 ? reasons[0] : `${reasons.slice(0, -1).join(', ')} ${tongue.and} ${reasons.at(-1)}`
  // Reasons come before what came of them; how a connection ended is said first (engine/net/walk-say.ts).
  if (said.code.startsWith('end.')) return `${main}; ${listed}`
  return said.code.startsWith('fact.') ? `${main} (${listed})` : `${listed}: ${main}`
}

/** A fact as a sentence in this language; the engine's own words where the language cannot say all of it. */
export function sentence(said: Said, locale: Locale): string {
  const tongue = TONGUES[locale]
  const text = tongue && clause(said, tongue)
  return text === undefined ? said.text : `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
}

/** The time of day on the lab's nodes, which keep UTC, to the millisecond. */
export function stepTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23)
}
