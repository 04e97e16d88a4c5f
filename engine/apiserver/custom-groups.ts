import { sha256 } from '@noble/hashes/sha2.js'
import type { Kinds } from '../api/kinds/kinds.ts'
import type { Kind } from '../api/kinds/registry.ts'
import { compareVersions, type Group } from '../api/schema/versions.ts'
import { encodeBase64 } from '../base/utf8.ts'

/** The groups of custom resources by name, each with its versions, the preferred one first. */
function groups(kinds: Kinds): readonly { readonly name: string; readonly versions: readonly string[] }[] {
  const found = new Map<string, Set<string>>()
  for (const { group, version } of kinds.custom) {
    const versions = found.get(group)
    if (versions === undefined) found.set(group, new Set([version]))
    else versions.add(version)
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, versions]) => ({ name, versions: [...versions].sort(compareVersions) }))
}

/** APIGroup values for /apis. */
export function customGroups(kinds: Kinds): readonly Group[] {
  return groups(kinds).map(({ name, versions }) => {
    const all = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
    return { name, versions: all, preferredVersion: all[0] }
  })
}

/** The first eight bytes of a digest of the stored kind's name (apiserver StorageVersionHash). */
function storageVersionHash(kinds: Kinds, kind: Kind): string {
  const stored = kinds.ofKey(kind.key) ?? kind
  const digest = sha256(Uint8Array.from(`${stored.group}/${stored.version}/${stored.kind}`, (c) => c.charCodeAt(0)))
  return encodeBase64(String.fromCharCode(...digest.subarray(0, 8)))
}

/** APIResource values of a group version, or undefined if no custom resource is in it. */
export function customResources(kinds: Kinds, apiVersion: string): readonly { readonly name: string }[] | undefined {
  const own = kinds.custom.filter((k) => k.apiVersion === apiVersion)
  if (own.length === 0) return undefined
  return own.flatMap((k) => [
    {
      name: k.resource,
      singularName: k.singular,
      namespaced: k.namespaced,
      kind: k.kind,
      verbs: k.verbs,
      ...(k.shortNames.length > 0 ? { shortNames: k.shortNames } : {}),
      ...(k.categories.length > 0 ? { categories: k.categories } : {}),
      storageVersionHash: storageVersionHash(kinds, k),
    },
    ...k.subresources.map((s) => ({
      name: `${k.resource}/${s.name}`,
      singularName: '',
      namespaced: k.namespaced,
      ...(s.name === 'scale' ? { group: s.group, version: s.version } : {}),
      kind: s.kind,
      verbs: s.verbs,
    })),
  ])
}

/** APIGroupDiscovery values for the aggregated document. */
export function customDiscovery(kinds: Kinds): readonly object[] {
  return groups(kinds).map(({ name, versions }) => ({
    metadata: { name },
    versions: versions.map((version) => ({
      version,
      resources: kinds.custom.filter((k) => k.group === name && k.version === version).map(aggregated),
      freshness: 'Current',
    })),
  }))
}

function aggregated(k: Kind): object {
  const subresources = k.subresources.map((s) => ({
    subresource: s.name,
    responseKind: { group: s.group, version: s.version, kind: s.kind },
    verbs: s.verbs,
  }))
  return {
    resource: k.resource,
    responseKind: { group: k.group, version: k.version, kind: k.kind },
    scope: k.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: k.singular,
    verbs: k.verbs,
    ...(k.shortNames.length > 0 ? { shortNames: k.shortNames } : {}),
    ...(k.categories.length > 0 ? { categories: k.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  }
}
