import { AGGREGATED, GROUPS, RESOURCES } from './discovery.data.ts'

/**
 * Resources that older servers than the recorded one do not serve (at this version): the first minor that does, from the release
 * notes of Kubernetes. Whole groups count as their resources.
 */
const SINCE: Readonly<Record<string, number>> = {
  'admissionregistration.k8s.io/v1/validatingadmissionpolicies': 30,
  'admissionregistration.k8s.io/v1/validatingadmissionpolicybindings': 30,
  'networking.k8s.io/v1/ipaddresses': 33,
  'networking.k8s.io/v1/servicecidrs': 33,
  'resource.k8s.io/v1/deviceclasses': 34,
  'resource.k8s.io/v1/resourceclaims': 34,
  'resource.k8s.io/v1/resourceclaimtemplates': 34,
  'resource.k8s.io/v1/resourceslices': 34,
  'storage.k8s.io/v1/volumeattributesclasses': 34,
  'v1/pods/resize': 33,
}

/** Group versions that older servers serve beside the recorded ones, with the same resources. */
const FORMER = [{ group: 'flowcontrol.apiserver.k8s.io', version: 'v1beta3', like: 'v1', until: 32 }] as const

/** Whether a v1.MINOR server serves the resource ("apps/v1", "deployments/scale"). */
export function serves(minor: number, apiVersion: string, resource: string): boolean {
  const [plain] = resource.split('/')
  return minor >= Math.max(SINCE[`${apiVersion}/${plain}`] ?? 0, SINCE[`${apiVersion}/${resource}`] ?? 0)
}

interface Named {
  readonly name: string
}

/** The resources of a group version on a v1.MINOR server; undefined if there are none. */
export function resourcesAt(minor: number, apiVersion: string): readonly Named[] | undefined {
  const former = FORMER.find((f) => minor < f.until && `${f.group}/${f.version}` === apiVersion)
  if (former !== undefined) return resourcesAt(minor, `${former.group}/${former.like}`)
  const text = RESOURCES[apiVersion]
  if (text === undefined) return undefined
  const list = (JSON.parse(text) as readonly Named[]).filter((r) => serves(minor, apiVersion, r.name))
  return list.length === 0 ? undefined : list
}

const VERSION_NAME = /^v(\d+)(?:(alpha|beta)(\d+))?$/

/** version.CompareKubeAwareVersionStrings, the newest first: v2, v1, v1beta2, v1beta1, v1alpha1, then other names. */
export function compareVersions(a: string, b: string): number {
  const left = VERSION_NAME.exec(a)
  const right = VERSION_NAME.exec(b)
  if (left === null || right === null) {
    if (left === null && right === null) return a < b ? -1 : a > b ? 1 : 0
    return left === null ? 1 : -1
  }
  const stage = (m: RegExpExecArray) => (m[2] === undefined ? 2 : m[2] === 'beta' ? 1 : 0)
  return stage(right) - stage(left) || Number(right[1]) - Number(left[1]) || Number(right[3] ?? 0) - Number(left[3] ?? 0)
}

/** The group versions of a v1.MINOR server, in discovery order. */
export function groupVersionsAt(minor: number): readonly string[] {
  return ['v1', ...groupsAt(minor).flatMap((g) => g.versions.map((v) => v.groupVersion))]
}

export interface Group {
  readonly name: string
  readonly versions: readonly { readonly groupVersion: string; readonly version: string }[]
  readonly preferredVersion: unknown
}

/** The API groups of a v1.MINOR server in discovery order. */
export function groupsAt(minor: number): readonly Group[] {
  const { groups } = JSON.parse(GROUPS) as { groups: readonly Group[] }
  return groups
    .map((g) => ({ ...g, versions: [...g.versions, ...formerVersions(minor, g.name)] }))
    .map((g) => ({ ...g, versions: g.versions.filter((v) => resourcesAt(minor, v.groupVersion) !== undefined) }))
    .filter((g) => g.versions.length > 0)
}

function formerVersions(minor: number, group: string) {
  return FORMER.filter((f) => f.group === group && minor < f.until).map(({ version }) => ({
    groupVersion: `${group}/${version}`,
    version,
  }))
}

interface AggregatedGroup {
  readonly metadata: { readonly name?: string }
  readonly versions: readonly { readonly version: string; readonly resources: readonly { readonly resource: string }[] }[]
}

/** The aggregated discovery document of "api" or "apis" on a v1.MINOR server. */
export function aggregatedAt(minor: number, root: 'api' | 'apis'): object {
  const document = JSON.parse(AGGREGATED[root] as string) as { items: readonly AggregatedGroup[] }
  const items = document.items.map((item) => {
    const prefix = item.metadata.name === undefined ? '' : `${item.metadata.name}/`
    const former = FORMER.filter((f) => f.group === item.metadata.name && minor < f.until)
    const all = [
      ...item.versions,
      ...former.flatMap((f) => item.versions.filter((v) => v.version === f.like).map((v) => ({ ...v, version: f.version }))),
    ]
    const versions = all
      .map((v) => ({ ...v, resources: v.resources.filter((r) => serves(minor, `${prefix}${v.version}`, r.resource)) }))
      .filter((v) => v.resources.length > 0)
    return { ...item, versions }
  })
  return { ...document, items: items.filter((i) => i.versions.length > 0) }
}
