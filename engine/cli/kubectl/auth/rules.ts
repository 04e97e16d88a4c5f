import { breakdown, type PolicyRule } from '../../../api/rbac/rules.ts'

/** A row of "Resources, Non-Resource URLs, Resource Names, Verbs". */
export interface RuleRow {
  readonly resource: string
  readonly urls: readonly string[]
  readonly names: readonly string[]
  readonly verbs: readonly string[]
}

const list = (values: readonly string[] | undefined): readonly string[] => values ?? []

/** The generated String() of rbac/v1 PolicyRule, which rows are sorted by. */
function text(rule: PolicyRule): string {
  const part = (name: string, values: readonly string[] | undefined) => `${name}:[${list(values).join(' ')}],`
  const parts = [part('Verbs', rule.verbs), part('APIGroups', rule.apiGroups), part('Resources', rule.resources)]
  return `&PolicyRule{${parts.join('')}${part('ResourceNames', rule.resourceNames)}${part('NonResourceURLs', rule.nonResourceURLs)}}`
}

/** describe.CombineResourceGroup: "deployments.apps/scale". */
function combined(resources: readonly string[] | undefined, groups: readonly string[] | undefined): string {
  const [resource] = list(resources)
  if (resource === undefined) return ''
  const cut = resource.indexOf('/')
  const [head, sub] = cut < 0 ? [resource, ''] : [resource.slice(0, cut), resource.slice(cut)]
  const group = list(groups)[0] ?? ''
  return `${head}${group === '' ? '' : `.${group}`}${sub}`
}

/** Rules taken apart, those about one resource put together again, in order (kubectl/pkg/util/rbac). */
export function ruleRows(rules: readonly PolicyRule[]): RuleRow[] {
  const kept: PolicyRule[] = []
  const simple = new Map<string, PolicyRule>()
  for (const rule of rules.flatMap(breakdown)) {
    if (rule.nonResourceURLs !== undefined) {
      kept.push(rule)
      continue
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames])
    const held = simple.get(key)
    const verbs = [...new Set([...list(held?.verbs), ...list(rule.verbs)])]
    simple.set(key, { ...rule, verbs })
  }
  return [...kept, ...simple.values()]
    .map((rule) => ({ rule, order: text(rule) }))
    .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
    .map(({ rule }) => ({
      resource: combined(rule.resources, rule.apiGroups),
      urls: list(rule.nonResourceURLs),
      names: list(rule.resourceNames),
      verbs: list(rule.verbs),
    }))
}

/** Go's %v of a list of strings. */
export const goList = (values: readonly string[]) => `[${values.join(' ')}]`
