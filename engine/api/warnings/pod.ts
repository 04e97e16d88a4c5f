// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import type { KubeObject } from '../object.ts'
import { dns1123Label, labelValue } from '../validation/names.ts'
import { isWhole } from '../validation/quantity.ts'
import { overlappingPaths } from './volume-paths.ts'

/** Node labels that have another name by now (pkg/api/node/util.go). */
const DEPRECATED_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

/** GetWarningsForRuntimeClass. */
export function nodeSelectorWarnings(runtimeClass: KubeObject): string[] {
  return Object.keys(runtimeClass.scheduling?.nodeSelector ?? {}).flatMap((key) =>
    DEPRECATED_LABELS[key] === undefined ? [] : [`scheduling.nodeSelector: ${DEPRECATED_LABELS[key]}`],
  )
}

/** GetWarningsForNodeSelectorTerm. */
export function nodeSelectorTermWarnings(term: any, at: string, values: boolean): string[] {
  return (term?.matchExpressions ?? []).flatMap((e: any, i: number) => {
    const words = DEPRECATED_LABELS[e.key]
    const field = `${at}.matchExpressions[${i}]`
    const out = words === undefined ? [] : [`${field}.key: ${e.key} is ${words}`]
    if (values)
      for (const [j, v] of (e.values ?? []).entries())
        out.push(...labelValue(v).map((m) => `${field}.values[${j}]: ${v} is invalid, ${m}`))
    return out
  })
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'

function placement(spec: any, at: string): string[] {
  const out: string[] = []
  for (const key of Object.keys(spec.nodeSelector ?? {}))
    if (DEPRECATED_LABELS[key] !== undefined) out.push(`${at}.nodeSelector[${key}]: ${DEPRECATED_LABELS[key]}`)
  const node = spec.affinity?.nodeAffinity
  const field = `${at}.affinity.nodeAffinity`
  for (const [i, t] of (node?.[REQUIRED]?.nodeSelectorTerms ?? []).entries())
    out.push(...nodeSelectorTermWarnings(t, `${field}.${REQUIRED}.nodeSelectorTerms[${i}]`, false))
  for (const [i, t] of (node?.[PREFERRED] ?? []).entries())
    out.push(...nodeSelectorTermWarnings(t.preference, `${field}.${PREFERRED}[${i}].preference`, true))
  for (const [i, c] of (spec.topologySpreadConstraints ?? []).entries()) {
    const constraint = `${at}.topologySpreadConstraints[${i}]`
    const words = DEPRECATED_LABELS[c.topologyKey]
    if (words !== undefined) out.push(`${constraint}.topologyKey: ${c.topologyKey} is ${words}`)
    if (c.labelSelector === undefined) out.push(`${constraint}.labelSelector: a null labelSelector results in matching no pod`)
  }
  return out
}

/** Pod affinity terms that select nothing. */
function affinity(spec: any, at: string): string[] {
  const out: string[] = []
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const field = `${at}.affinity.${kind}`
    const none = (term: any, where: string) => {
      if (term?.labelSelector === undefined) out.push(`${where}.labelSelector: a null labelSelector results in matching no pod`)
    }
    for (const [i, t] of (spec.affinity?.[kind]?.[REQUIRED] ?? []).entries()) none(t, `${field}.${REQUIRED}[${i}]`)
    for (const [i, t] of (spec.affinity?.[kind]?.[PREFERRED] ?? []).entries())
      none(t.podAffinityTerm, `${field}.${PREFERRED}[${i}].podAffinityTerm`)
  }
  return out
}

const VOLUMES: readonly [string, string, string][] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

function volumes(list: readonly any[], at: string): string[] {
  return list.flatMap((v, i) => [
    ...VOLUMES.filter(([source]) => v[source] !== undefined).map(([, shown, words]) => `${at}[${i}].${shown}: ${words}`),
    ...(v.ephemeral?.volumeClaimTemplate === undefined
      ? []
      : storageWarnings(v.ephemeral.volumeClaimTemplate.spec, `${at}[${i}].ephemeral.volumeClaimTemplate.spec`)),
  ])
}

function fraction(list: Readonly<Record<string, string>> | undefined, name: string, at: string): string[] {
  const value = list?.[name]
  if (value === undefined || isWhole(value)) return []
  return [`${at}[${name}]: fractional byte value ${JSON.stringify(value)} is invalid, must be an integer`]
}

/** GetWarningsForPersistentVolumeClaimSpec. */
export function storageWarnings(spec: any, at: string): string[] {
  return [
    ...fraction(spec?.resources?.requests, 'storage', `${at}.resources.requests`),
    ...fraction(spec?.resources?.limits, 'storage', `${at}.resources.limits`),
  ]
}

function duplicates(list: readonly any[], key: string, at: string): string[] {
  const seen = new Set<string>()
  return list.flatMap((item, i) => {
    const value: string = item[key] ?? ''
    const again = seen.has(value)
    seen.add(value)
    return again ? [`${at}[${i}].${key}: duplicate ${key} ${JSON.stringify(value)}`] : []
  })
}

type Visit = (container: any, at: string) => void

function visit(spec: any, at: string, each: Visit): void {
  for (const kind of ['initContainers', 'containers', 'ephemeralContainers'])
    for (const [i, c] of (spec[kind] ?? []).entries()) each(c, `${at}.${kind}[${i}]`)
}

function containers(spec: any, at: string): string[] {
  const out: string[] = []
  visit(spec, at, (c, field) => {
    for (const name of ['memory', 'ephemeral-storage'])
      for (const part of ['limits', 'requests']) out.push(...fraction(c.resources?.[part], name, `${field}.resources.${part}`))
    const seen = new Set<string>()
    for (const [i, e] of (c.env ?? []).entries()) {
      const reference = `$(${e.name})`
      const hides = e.valueFrom !== undefined || e.value === reference || !(e.value ?? '').includes(reference)
      if (seen.has(e.name) && hides) {
        const name = JSON.stringify(e.name)
        out.push(`${field}.env[${i}]: hides previous definition of ${name}, which may be dropped when using apply`)
      }
      seen.add(e.name)
    }
  })
  return out
}

/** How two definitions of one port get in each other's way. */
function overlap(a: any, b: any): string | undefined {
  const [hostA, hostB] = [a.hostPort ?? 0, b.hostPort ?? 0]
  const [ipA, ipB] = [a.hostIP ?? '', b.hostIP ?? '']
  if (ipA === ipB && hostA === hostB) return 'duplicate port definition'
  if (hostA === 0 || hostB === 0) return 'overlapping port definition'
  return hostA === hostB && (ipA === '') !== (ipB === '') ? 'dangerously ambiguous port definition' : undefined
}

function ports(spec: any, at: string): string[] {
  const out: string[] = []
  const all = new Map<string, { at: string; port: any }[]>()
  const names = new Map<string, string>()
  const later: string[] = []
  visit(spec, at, (c, container) => {
    for (const [i, p] of (c.ports ?? []).entries()) {
      const field = `${container}.ports[${i}]`
      if (p.hostIP && !p.hostPort) {
        const shown = `{Name:${p.name ?? ''} HostPort:0 ContainerPort:${p.containerPort} Protocol:${p.protocol} HostIP:${p.hostIP}}`
        out.push(`${field}: hostIP set without hostPort: ${shown}`)
      }
      const key = `${p.containerPort}/${p.protocol}`
      const others = all.get(key) ?? []
      for (const other of others) {
        const what = overlap(p, other.port)
        if (what !== undefined) out.push(`${field}: ${what} with ${other.at}`)
      }
      all.set(key, [...others, { at: field, port: p }])
      if (!p.name) continue
      const first = names.get(p.name)
      if (first === undefined) names.set(p.name, field)
      else {
        const words = `services and probes that select ports by name will use ${first}`
        later.push(`${field}: duplicate port name ${JSON.stringify(p.name)} with ${first}, ${words}`)
      }
    }
  })
  return [...out, ...later]
}

/** warningsForPodSpecAndMeta; `at` is "spec" of a pod, "spec.template.spec" of a workload. */
function specWarnings(spec: any, at: string): string[] {
  const secrets: readonly any[] = spec.imagePullSecrets ?? []
  return [
    ...placement(spec, at),
    ...volumes(spec.volumes ?? [], `${at}.volumes`),
    ...overlappingPaths(spec.volumes ?? []),
    ...duplicates(spec.hostAliases ?? [], 'ip', `${at}.hostAliases`),
    ...duplicates(secrets, 'name', `${at}.imagePullSecrets`),
    ...secrets.flatMap((s, i) => (s.name ? [] : [`${at}.imagePullSecrets[${i}].name: invalid empty name ""`])),
    ...fraction(spec.overhead, 'memory', `${at}.overhead`),
    ...fraction(spec.overhead, 'ephemeral-storage', `${at}.overhead`),
    ...containers(spec, at),
    ...ports(spec, at),
    ...(spec.terminationGracePeriodSeconds < 0
      ? [`${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...affinity(spec, at),
  ]
}

const HOSTNAME =
  "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended"

/** podStrategy.WarningsOnCreate; changes of pods warn of nothing. */
export function podWarnings(pod: KubeObject): string[] {
  const wrong = dns1123Label(pod.metadata.name)
  const hostname = wrong.length === 0 ? [] : [`${HOSTNAME}: [${wrong.join(' ')}]`]
  return [...hostname, ...specWarnings(pod.spec ?? {}, 'spec')]
}

/** GetWarningsForPodTemplate. */
export function templateWarnings(template: any, at: string): string[] {
  return specWarnings(template?.spec ?? {}, `${at}.spec`)
}
