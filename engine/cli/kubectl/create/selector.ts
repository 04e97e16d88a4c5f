import { parseLabelSelector } from '../../../api/label-selector.ts'
import { fail } from '../errors.ts'
import type { Obj } from '../values.ts'

/** A selector's text as a LabelSelector (metav1.ParseToLabelSelector). */
export function labelSelectorOf(text: string): Obj {
  let requirements: ReturnType<typeof parseLabelSelector>
  try {
    requirements = parseLabelSelector(text)
  } catch (error) {
    throw fail(`couldn't parse the selector string "${text}": ${(error as Error).message}`)
  }
  const matchLabels: Obj = {}
  const matchExpressions: Obj[] = []
  for (const { key, operator, values } of requirements as readonly Obj[]) {
    if (operator === '=' || operator === '==') matchLabels[key] = values[0]
    else if (OPERATORS[operator] === undefined) throw fail(`"${operator}" isn't supported in label selectors`)
    else matchExpressions.push({ key, operator: OPERATORS[operator], ...(values?.length > 0 ? { values } : {}) })
  }
  return {
    ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}),
    ...(matchExpressions.length > 0 ? { matchExpressions } : {}),
  }
}

const OPERATORS: Readonly<Record<string, string>> = {
  in: 'In',
  notin: 'NotIn',
  '!=': 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
}
