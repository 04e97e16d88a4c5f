import type { KubeObject } from './object.ts'
import { badRequest } from './status.ts'

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[]
}

type Labels = Readonly<Record<string, string>>

/** One term of a label selector: "a in (b,c)", "!a", "a>3". */
export interface Requirement {
  readonly key: string
  readonly operator: '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'
  readonly values: readonly string[]
}

/** metav1.LabelSelector against labels: an empty selector matches everything, a missing one nothing. */
export function matchesSelector(selector: LabelSelector | undefined | null, labels: Labels | undefined): boolean {
  if (selector === undefined || selector === null) return false
  const have = labels ?? {}
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (have[key] !== value) return false
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const value = have[key]
    if (operator === 'In' && (value === undefined || !values.includes(value))) return false
    if (operator === 'NotIn' && value !== undefined && values.includes(value)) return false
    if (operator === 'Exists' && value === undefined) return false
    if (operator === 'DoesNotExist' && value !== undefined) return false
  }
  return true
}

/** A Service's selector (a plain map): an empty or missing one selects nothing. */
export function matchesMap(selector: Labels | undefined, labels: Labels | undefined): boolean {
  const entries = Object.entries(selector ?? {})
  return entries.length > 0 && entries.every(([key, value]) => labels?.[key] === value)
}

/** Whether labels satisfy every requirement (labels.Selector.Matches). */
export function matchesRequirements(requirements: readonly Requirement[], labels: Labels | undefined): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = labels?.[key]
    switch (operator) {
      case '=':
      case '==':
      case 'in':
        return value !== undefined && values.includes(value)
      case '!=':
      case 'notin':
        return value === undefined || !values.includes(value)
      case 'exists':
        return value !== undefined
      case '!':
        return value === undefined
      default: {
        const [have, limit] = [Number(value), Number(values[0])]
        if (value === undefined || !/^-?\d+$/.test(value)) return false
        return operator === 'gt' ? have > limit : have < limit
      }
    }
  })
}

/** One term of a field selector. */
export interface FieldRequirement {
  readonly field: string
  readonly not: boolean
  readonly value: string
}

/** fields.ParseSelector: "a=b,c!=d", backslash escapes. */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  const out: FieldRequirement[] = []
  for (const term of splitEscaped(text)) {
    if (term === '') continue
    const match = /^((?:[^=!\\]|\\.)*)(!=|==|=)(.*)$/s.exec(term)
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`)
    const wrong = /\\([^\\,=]|$)/.exec(match[3] as string)
    if (wrong !== null) throw badRequest(`invalid field selector: invalid escape sequence: ${wrong[0]}`)
    const value = (match[3] as string).replace(/\\([\\,=])/g, '$1')
    // "=" alone asks that no field be nothing, which is so
    if (match[1] !== '' || value !== '') out.push({ field: match[1] as string, not: match[2] === '!=', value })
  }
  return out
}

function splitEscaped(text: string): string[] {
  const out: string[] = []
  let term = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') {
      term += text.slice(i, i + 2)
      i++
    } else if (text[i] === ',') {
      out.push(term)
      term = ''
    } else term += text[i]
  }
  return [...out, term]
}

/** Whether the object satisfies every term; `read` reads a selectable field. */
export function matchesFields(
  requirements: readonly FieldRequirement[],
  object: KubeObject,
  read: (field: string, object: KubeObject) => string,
): boolean {
  return requirements.every(({ field, not, value }) => (read(field, object) === value) !== not)
}
