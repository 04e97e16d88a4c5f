import { parse } from 'yaml'
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts'
import { yamlDocument } from '../../base/yaml.ts'
import type { MachineFs } from '../../cluster/fs.ts'
import { fail, KubectlError } from './errors.ts'
import type { Obj } from './values.ts'

/** A kubeconfig file as a value (client-go clientcmd/api/v1 Config). */
export interface KubeConfig {
  readonly path: string
  readonly exists: boolean
  clusters: { name: string; cluster: Obj }[]
  contexts: { name: string; context: Obj }[]
  users: { name: string; user: Obj }[]
  current: string
}

export interface ConfigSource {
  readonly fs: MachineFs
  readonly env: Readonly<Record<string, string>>
  readonly home: string
  readonly cwd: string
}

/** Where the kubeconfig is read from: --kubeconfig, $KUBECONFIG (its first file), ~/.kube/config. */
export function configPath(source: ConfigSource, flag: string): string {
  const given = flag || (source.env.KUBECONFIG ?? '').split(':').find((p) => p !== '') || ''
  if (given === '') return `${source.home}/.kube/config`
  return given.startsWith('/') ? given : `${source.cwd === '/' ? '' : source.cwd}/${given}`
}

/** Reads the kubeconfig; an explicit file that is missing is an error, the default one is not. */
export function loadConfig(source: ConfigSource, flag: string): KubeConfig {
  const path = configPath(source, flag)
  const empty: KubeConfig = { path, exists: false, clusters: [], contexts: [], users: [], current: '' }
  if (!source.fs.exists(path)) {
    if (flag !== '') throw fail(`stat ${flag}: no such file or directory`)
    return empty
  }
  let data: Obj
  try {
    data = parse(decodeUtf8(source.fs.read(path)))
  } catch (error) {
    throw fail(`error loading config file "${path}": yaml: ${(error as Error).message.split('\n')[0]}`)
  }
  return {
    ...empty,
    exists: true,
    clusters: data?.clusters ?? [],
    contexts: data?.contexts ?? [],
    users: data?.users ?? [],
    current: data?.['current-context'] ?? '',
  }
}

/** The file's content as client-go writes it back. */
export function configObject(config: KubeConfig): Obj {
  return {
    apiVersion: 'v1',
    clusters: config.clusters.length > 0 ? config.clusters : null,
    contexts: config.contexts.length > 0 ? config.contexts : null,
    'current-context': config.current,
    kind: 'Config',
    ...(config.exists ? {} : {}),
    users: config.users.length > 0 ? config.users : null,
  }
}

export function saveConfig(source: ConfigSource, config: KubeConfig): void {
  source.fs.write(config.path, encodeUtf8(yamlDocument(configObject(config))), { mode: 0o600 })
}

/** What a command line and the kubeconfig say about the server, the user and the namespace. */
export interface Connection {
  readonly server: string
  readonly namespace: string
  /** Whether -n (or the context) names it: "default" otherwise. */
  readonly explicitNamespace: boolean
  readonly user: Obj
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
    user: flags.token !== '' ? { ...user, token: flags.token } : (user ?? {}),
  }
}

function configError(text: string): Error {
  return new KubectlError(`Error in configuration: ${text}`)
}
