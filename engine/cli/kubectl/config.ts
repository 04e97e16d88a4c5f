import { parse } from 'yaml'
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts'
import { yamlDocument } from '../../base/yaml.ts'
import type { MachineFs } from '../../cluster/fs.ts'
import { fail, KubectlError } from './errors.ts'
import type { Obj } from './values.ts'

/** An entry of a kubeconfig; `origin` is the file it came from, absent for a new one. */
interface Entry {
  name: string
  origin?: string
}

/** What a kubeconfig file holds (client-go clientcmd/api/v1 Config). */
interface Content {
  clusters: (Entry & { cluster: Obj })[]
  contexts: (Entry & { context: Obj })[]
  users: (Entry & { user: Obj })[]
  current: string
}

/** The merged kubeconfig: every change is written to the file that an entry came from. */
export interface KubeConfig extends Content {
  /** Where new entries go, as it was named. */
  readonly path: string
  readonly exists: boolean
  /** The files in the order in which they count. */
  readonly files: readonly string[]
  /** As it was when it was read. */
  readonly before: Content
}

export interface ConfigSource {
  readonly fs: MachineFs
  readonly env: Readonly<Record<string, string>>
  readonly home: string
  readonly cwd: string
}

/** Where the kubeconfig is read from: --kubeconfig, the files of $KUBECONFIG, ~/.kube/config (clientcmd.PathOptions). */
function filesOf(source: ConfigSource, flag: string): readonly string[] {
  if (flag !== '') return [flag]
  const named = source.env.KUBECONFIG ?? ''
  if (named === '') return [`${source.home}/.kube/config`]
  return [...new Set(named.split(':').filter((p) => p !== ''))]
}

/** A path of the configuration as a path of the machine. */
export function absolute(source: ConfigSource, path: string): string {
  return path.startsWith('/') ? path : `${source.cwd === '/' ? '' : source.cwd}/${path}`
}

const SECTIONS = ['clusters', 'contexts', 'users'] as const

function readContent(source: ConfigSource, path: string): Content {
  const empty: Content = { clusters: [], contexts: [], users: [], current: '' }
  if (!source.fs.exists(absolute(source, path))) return empty
  let data: Obj
  try {
    data = parse(decodeUtf8(source.fs.read(absolute(source, path))))
  } catch (error) {
    throw fail(`error loading config file "${path}": yaml: ${(error as Error).message.split('\n')[0]}`)
  }
  for (const section of SECTIONS) empty[section] = (data?.[section] ?? []).map((entry: Obj) => ({ ...entry, origin: path }))
  return { ...empty, current: data?.['current-context'] ?? '' }
}

/** Reads the kubeconfig; an explicit file that is missing is an error but to `kubectl config`, others need not be there. */
export function loadConfig(source: ConfigSource, flag: string, lenient = false): KubeConfig {
  const files = filesOf(source, flag)
  const there = files.filter((path) => source.fs.exists(absolute(source, path)))
  if (flag !== '' && there.length === 0 && !lenient) throw fail(`stat ${flag}: no such file or directory`)
  const merged: Content = { clusters: [], contexts: [], users: [], current: '' }
  for (const content of there.map((path) => readContent(source, path))) {
    // The first file that has a name, or says which context is current, counts.
    for (const section of SECTIONS)
      for (const entry of content[section])
        if (!merged[section].some((e) => e.name === entry.name)) (merged[section] as Entry[]).push(entry)
    merged.current ||= content.current
  }
  for (const section of SECTIONS) byName(merged[section])
  return { ...merged, path: there[0] ?? files.at(-1) ?? '', exists: there.length > 0, files, before: structuredCopy(merged) }
}

function byName(list: Entry[]): void {
  list.sort((x, y) => (x.name < y.name ? -1 : x.name > y.name ? 1 : 0))
}

function structuredCopy(content: Content): Content {
  return JSON.parse(JSON.stringify(content))
}

/** The file's content as client-go writes it back: its entries by name. */
function configObject(content: Content): Obj {
  const section = (name: (typeof SECTIONS)[number]) => {
    const list = content[name].map(({ origin: _, ...entry }) => entry)
    byName(list)
    return list.length > 0 ? list : null
  }
  return {
    apiVersion: 'v1',
    clusters: section('clusters'),
    contexts: section('contexts'),
    'current-context': content.current,
    kind: 'Config',
    users: section('users'),
  }
}

/** Writes what changed, each entry to the file it came from (clientcmd.ModifyConfig). */
export function saveConfig(source: ConfigSource, config: KubeConfig): void {
  const { before } = config
  const changed = new Map<string, Content>()
  const fileOf = (path: string) => {
    const content = changed.get(path) ?? readContent(source, path)
    changed.set(path, content)
    return content
  }
  if (config.current !== before.current) {
    const clearing = config.files.find((path) => readContent(source, path).current !== '')
    fileOf(config.current === '' ? (clearing ?? config.path) : config.path).current = config.current
  }
  for (const section of SECTIONS) {
    for (const entry of config[section]) {
      const former = before[section].find((e) => e.name === entry.name)
      if (former !== undefined && JSON.stringify(former) === JSON.stringify(entry)) continue
      const list = fileOf(entry.origin ?? config.path)[section] as Entry[]
      const at = list.findIndex((e) => e.name === entry.name)
      list.splice(at < 0 ? list.length : at, at < 0 ? 0 : 1, entry)
    }
    for (const { name, origin } of before[section]) {
      if (config[section].some((e) => e.name === name)) continue
      const list = fileOf(origin ?? config.path)[section] as Entry[]
      const at = list.findIndex((e) => e.name === name)
      if (at >= 0) list.splice(at, 1)
    }
  }
  for (const [path, content] of changed)
    source.fs.write(absolute(source, path), encodeUtf8(yamlDocument(configObject(content))), { mode: 0o600 })
}

/** What a command line and the kubeconfig say about the server, the user and the namespace. */
export interface Connection {
  readonly server: string
  readonly namespace: string
  /** Whether -n (or the context) names it: "default" otherwise. */
  readonly explicitNamespace: boolean
  readonly user: Obj
  readonly userName: string
}

export interface ConnectionFlags {
  readonly context: string
  readonly cluster: string
  readonly user: string
  readonly server: string
  readonly namespace: string
  readonly token: string
}

/** clientcmd's DirectClientConfig: flags over the named (or current) context. */
export function connection(config: KubeConfig, flags: ConnectionFlags): Connection {
  const name = flags.context || config.current
  const context = config.contexts.find((c) => c.name === name)?.context
  if (flags.context !== '' && context === undefined)
    throw configError(`context was not found for specified context: ${flags.context}`)
  if (name !== '' && context === undefined && flags.server === '')
    throw configError(`context was not found for specified context: ${name}`)
  const clusterName = flags.cluster || context?.cluster || ''
  const cluster = config.clusters.find((c) => c.name === clusterName)?.cluster
  if (flags.cluster !== '' && cluster === undefined) throw fail(`no server found for cluster "${flags.cluster}"`)
  if (context !== undefined && cluster === undefined && flags.server === '')
    throw configError(`cluster "${clusterName}" does not exist`)
  const userName = flags.user || context?.user || ''
  const user = config.users.find((u) => u.name === userName)?.user
  if (flags.user !== '' && user === undefined) throw fail(`auth info "${flags.user}" does not exist`)
  const named = flags.namespace || context?.namespace || ''
  return {
    server: flags.server || cluster?.server || 'http://localhost:8080',
    namespace: named || 'default',
    explicitNamespace: flags.namespace !== '',
    userName,
    user: flags.token !== '' ? { ...user, token: flags.token } : (user ?? {}),
  }
}

function configError(text: string): Error {
  return new KubectlError(`Error in configuration: ${text}`)
}
