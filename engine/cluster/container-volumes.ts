import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'
import { decodeBase64, decodeUtf8 } from '../base/utf8.ts'

interface Item {
  readonly key: string
  readonly path: string
}

interface Source {
  readonly configMap?: { readonly name?: string; readonly items?: readonly Item[] }
  readonly secret?: { readonly secretName?: string; readonly name?: string; readonly items?: readonly Item[] }
  readonly downwardAPI?: {
    readonly items?: readonly { readonly path: string; readonly fieldRef?: { readonly fieldPath: string } }[]
  }
}

type Volume = Source & { readonly name: string; readonly projected?: { readonly sources?: readonly Source[] } }

type Files = Readonly<Record<string, string>>

/** What a container's volumes put into its files as it starts: texts by path, and folders that are empty. */
export function mountedFiles(
  store: Store,
  pod: KubeObject,
  container: string,
): { readonly files: readonly (readonly [string, string])[]; readonly folders: readonly string[] } {
  const { containers = [], initContainers = [], ephemeralContainers = [], volumes = [] } = pod.spec
  const spec = [...containers, ...initContainers, ...ephemeralContainers].find((c) => c.name === container)
  const files: [string, string][] = []
  const folders: string[] = []
  for (const { name, mountPath, subPath } of spec?.volumeMounts ?? []) {
    const volume = (volumes as readonly Volume[]).find((v) => v.name === name)
    // The service account's own volume is told of by its namespace file.
    if (volume === undefined || name.startsWith('kube-api-access-')) continue
    const path = mountPath.replace(/\/+$/, '')
    const found = [volume, ...(volume.projected?.sources ?? [])].flatMap((source) => Object.entries(filesOf(store, pod, source)))
    if (subPath !== undefined && found.some(([file]) => file === subPath))
      files.push([path, found.find(([file]) => file === subPath)?.[1] ?? ''])
    else {
      folders.push(path)
      for (const [file, text] of found) files.push([`${path}/${file}`, text])
    }
  }
  return { files, folders }
}

function filesOf(store: Store, pod: KubeObject, { configMap, secret, downwardAPI }: Source): Files {
  const { namespace } = pod.metadata
  const name = secret?.secretName ?? secret?.name ?? ''
  return {
    ...(configMap === undefined ? {} : chosen(store.get('configmaps', namespace, configMap.name ?? '')?.data, configMap.items)),
    ...(secret === undefined ? {} : decoded(chosen(store.get('secrets', namespace, name)?.data, secret.items))),
    ...Object.fromEntries((downwardAPI?.items ?? []).map(({ path, fieldRef }) => [path, field(pod, fieldRef?.fieldPath ?? '')])),
  }
}

function chosen(data: Files | undefined, items: readonly Item[] | undefined): Files {
  if (items === undefined) return data ?? {}
  return Object.fromEntries(items.flatMap(({ key, path }) => (data?.[key] === undefined ? [] : [[path, data[key]]])))
}

function decoded(data: Files): Files {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decodeUtf8(decodeBase64(value) ?? '')]))
}

/** Labels and annotations as `key="value"` lines, other fields as they are (fieldpath.ExtractFieldPathAsString). */
function field(pod: KubeObject, path: string): string {
  const map =
    path === 'metadata.labels' ? pod.metadata.labels : path === 'metadata.annotations' ? pod.metadata.annotations : undefined
  if (map !== undefined) {
    const lines = Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))
    return lines.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join('\n')
  }
  if (path === 'metadata.name') return pod.metadata.name
  if (path === 'metadata.namespace') return pod.metadata.namespace ?? ''
  return path === 'metadata.uid' ? (pod.metadata.uid ?? '') : ''
}
