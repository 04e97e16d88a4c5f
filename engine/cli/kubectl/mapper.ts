import { fail, StatusError } from './errors.ts'
import { NO_CREDENTIALS } from './refused.ts'
import { ConnectionRefused, type Rest } from './rest.ts'
import type { Obj } from './values.ts'

/** A kind as discovery describes it. */
export interface Mapping {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly singular: string
  readonly kind: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
}

const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'

/** From what the learner types ("po", "deployments.apps", "Pod") to a kind of the server. */
export class Mapper {
  private readonly rest: Rest
  /** Discovery complains by itself before the command does. */
  private readonly onRefused: (why?: string) => void
  private found: readonly Mapping[] | undefined

  constructor(rest: Rest, onRefused: (why?: string) => void = () => {}) {
    this.rest = rest
    this.onRefused = onRefused
  }

  /** Every resource of every group's versions, groups in the server's order, preferred version first. */
  all(): readonly Mapping[] {
    if (this.found === undefined) {
      const mappings: Mapping[] = []
      for (const root of ['/api', '/apis']) {
        const list = this.discover(root)
        for (const item of list.items ?? []) {
          for (const version of item.versions ?? []) {
            for (const r of version.resources ?? []) mappings.push(fromDiscovery(item.metadata?.name ?? '', version.version, r))
          }
        }
      }
      this.found = mappings
    }
    return this.found
  }

  private discover(root: string): Obj {
    try {
      return this.rest.get(root, DISCOVERY)
    } catch (error) {
      if (error instanceof ConnectionRefused) this.onRefused()
      if (!(error instanceof StatusError) || error.reason !== 'Unauthorized') throw error
      this.onRefused(NO_CREDENTIALS)
      throw fail(`You must be logged in to the server (${NO_CREDENTIALS})`)
    }
  }

  /** One version a resource: the first its group offers. */
  preferred(): readonly Mapping[] {
    const seen = new Set<string>()
    return this.all().filter((m) => {
      const key = `${m.group}/${m.resource}`
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
  }

  /** The kind that `word` names, or undefined: "svc", "services", "service", "deployments.apps", "deployments.v1.apps", "Service". */
  find(word: string): Mapping | undefined {
    const lower = word.toLowerCase()
    const [head = '', ...rest] = lower.split('.')
    const named = (m: Mapping) => m.resource === head || m.singular === head || m.kind.toLowerCase() === head
    const all = this.all()
    const direct = all.find(
      (m) => (m.resource === lower || m.singular === lower || m.kind.toLowerCase() === lower) && rest.length === 0,
    )
    if (direct !== undefined) return direct
    const typed = word.split('.')[0]!
    const [short, ...others] = all.filter((m) => m.shortNames.includes(typed) && (rest.length === 0 || matchesGroup(m, rest)))
    for (const other of new Set(others.map(groupResource))) {
      if (short === undefined || other === groupResource(short)) continue
      this.rest.warn(`short name "${typed}" could also match lower priority resource ${other}`)
    }
    if (rest.length === 0) return short
    return all.find((m) => named(m) && matchesGroup(m, rest)) ?? short
  }

  /** Like {@link find}; unknown names are kubectl's error. */
  resolve(word: string): Mapping {
    const mapping = this.find(word)
    if (mapping === undefined) throw fail(`the server doesn't have a resource type "${word.split('.')[0]}"`)
    return mapping
  }

  /** The kind of an object's apiVersion and kind. */
  ofKind(apiVersion: string, kind: string): Mapping | undefined {
    const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion]
    return this.all().find((m) => m.group === group && m.version === version && m.kind === kind)
  }

  /** The resources of a category ("all"), or undefined when there is no such category. */
  category(name: string): readonly Mapping[] | undefined {
    const members = this.preferred().filter((m) => m.categories.includes(name))
    return members.length === 0 ? undefined : members
  }
}

/** "v1.apps" or "apps" or "networking.k8s.io" behind a resource's name. */
function matchesGroup(m: Mapping, rest: readonly string[]): boolean {
  const whole = rest.join('.')
  if (m.group === whole) return true
  return rest.length > 1 && rest[0] === m.version && m.group === rest.slice(1).join('.')
}

function fromDiscovery(group: string, version: string, r: Obj): Mapping {
  return {
    group: r.responseKind?.group || group,
    version: r.responseKind?.version || version,
    resource: r.resource,
    singular: r.singularResource || String(r.responseKind?.kind ?? '').toLowerCase(),
    kind: r.responseKind?.kind ?? '',
    namespaced: r.scope === 'Namespaced',
    shortNames: r.shortNames ?? [],
    categories: r.categories ?? [],
    verbs: r.verbs ?? [],
  }
}

export function apiVersionOf(m: Mapping): string {
  return m.group === '' ? m.version : `${m.group}/${m.version}`
}

/** "deployments.apps", "pods". */
export function groupResource(m: Mapping): string {
  return m.group === '' ? m.resource : `${m.resource}.${m.group}`
}

/** "deployment.apps", "pod": how results are named. */
export function kindName(m: Mapping): string {
  const kind = m.kind.toLowerCase()
  return m.group === '' ? kind : `${kind}.${m.group}`
}

/** The URL of a collection or an object. */
export function pathOf(m: Mapping, namespace: string | undefined, name?: string, subresource?: string): string {
  let path = m.group === '' ? `/api/${m.version}` : `/apis/${m.group}/${m.version}`
  if (m.namespaced && namespace) path += `/namespaces/${namespace}`
  path += `/${m.resource}`
  if (name !== undefined) path += `/${name}`
  return subresource === undefined ? path : `${path}/${subresource}`
}
