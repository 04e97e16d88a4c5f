/** A rule of a Role or ClusterRole (rbac/v1 PolicyRule). */
export interface PolicyRule {
  readonly verbs?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** What is asked of the authorizer. */
export interface Attributes {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  /** Set instead of a resource for paths such as /healthz. */
  readonly path?: string
}

const list = (values: readonly string[] | undefined): readonly string[] => values ?? []
const has = (values: readonly string[] | undefined, value: string) => list(values).includes('*') || list(values).includes(value)

/** evaluation_helpers.go ResourceMatches: the resource, "*", or "*" and the subresource. */
function matchesResource(rule: PolicyRule, { resource, subresource }: Attributes): boolean {
  const combined = subresource === undefined ? resource : `${resource}/${subresource}`
  return has(rule.resources, combined) || (subresource !== undefined && list(rule.resources).includes(`*/${subresource}`))
}

/** A rule's path may end in "*". */
export function coversPath(owner: string, path: string): boolean {
  return owner === '*' || owner === path || (owner.endsWith('*') && path.startsWith(owner.replace(/\*+$/, '')))
}

/** RuleAllows (plugin/pkg/auth/authorizer/rbac). */
export function ruleAllows(rule: PolicyRule, a: Attributes): boolean {
  if (!has(rule.verbs, a.verb)) return false
  const { path } = a
  if (path !== undefined) return list(rule.nonResourceURLs).some((url) => coversPath(url, path))
  const names = list(rule.resourceNames)
  return has(rule.apiGroups, a.group) && matchesResource(rule, a) && (names.length === 0 || names.includes(a.name ?? ''))
}

/** One rule a verb, group, resource and name (BreakdownRule). */
export function breakdown(rule: PolicyRule): PolicyRule[] {
  const out: PolicyRule[] = []
  const names = list(rule.resourceNames)
  for (const group of list(rule.apiGroups)) {
    for (const resource of list(rule.resources)) {
      for (const verb of list(rule.verbs)) {
        const one = { apiGroups: [group], resources: [resource], verbs: [verb] }
        if (names.length === 0) out.push(one)
        else out.push(...names.map((name) => ({ ...one, resourceNames: [name] })))
      }
    }
  }
  for (const url of list(rule.nonResourceURLs))
    out.push(...list(rule.verbs).map((verb) => ({ nonResourceURLs: [url], verbs: [verb] })))
  return out
}

const containsAll = (owner: readonly string[] | undefined, wanted: readonly string[] | undefined) =>
  list(wanted).every((w) => list(owner).includes(w))

function coversResources(owner: PolicyRule, wanted: PolicyRule): boolean {
  if (list(owner.resources).includes('*')) return true
  return list(wanted.resources).every((r) => {
    if (list(owner.resources).includes(r)) return true
    return r.includes('/') && list(owner.resources).includes(`*/${r.slice(r.indexOf('/') + 1)}`)
  })
}

function coversNames(owner: PolicyRule, wanted: PolicyRule): boolean {
  if (list(owner.resourceNames).length === 0) return true
  return list(wanted.resourceNames).length > 0 && containsAll(owner.resourceNames, wanted.resourceNames)
}

/** ruleCovers: whether one rule grants all that another, broken down one does. */
function covers(owner: PolicyRule, wanted: PolicyRule): boolean {
  const all = (values: readonly string[] | undefined, others: readonly string[] | undefined) =>
    list(values).includes('*') || containsAll(values, others)
  return (
    all(owner.verbs, wanted.verbs) &&
    all(owner.apiGroups, wanted.apiGroups) &&
    coversResources(owner, wanted) &&
    coversNames(owner, wanted) &&
    list(wanted.nonResourceURLs).every((path) => list(owner.nonResourceURLs).some((url) => coversPath(url, path)))
  )
}

/** What of `wanted` the owner's rules do not grant, broken down (component-helpers Covers). */
export function missing(owner: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(breakdown).filter((rule) => !owner.some((o) => covers(o, rule)))
}

/** CompactRules: rules about one resource that differ in their verbs only become one. */
export function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const out: PolicyRule[] = []
  const simple = new Map<string, PolicyRule>()
  for (const rule of rules) {
    const names = list(rule.resourceNames)
    const isSimple =
      names.length <= 1 &&
      list(rule.nonResourceURLs).length === 0 &&
      list(rule.apiGroups).length === 1 &&
      list(rule.resources).length === 1
    if (!isSimple) {
      out.push(rule)
      continue
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, names])
    const held = simple.get(key)
    simple.set(key, held === undefined ? rule : { ...held, verbs: [...list(held.verbs), ...list(rule.verbs)] })
  }
  return [...out, ...simple.values()]
}

/** Go's %q of a list of strings. */
export const quoted = (values: readonly string[]) => `[${values.map((v) => JSON.stringify(v)).join(' ')}]`

/** CompactString: a rule as an escalation error names it. */
export function ruleText(rule: PolicyRule): string {
  const parts: [string, readonly string[] | undefined][] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ]
  const shown = parts.filter(([, values]) => list(values).length > 0)
  return `{${shown.map(([name, values]) => `${name}:${quoted(list(values))}`).join(', ')}}`
}
