import { encodeBase64 } from '../../../base/utf8.ts'
import { FsError } from '../../../cluster/fs.ts'
import { type KubeConfig, saveConfig } from '../config.ts'
import { fail } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import { helpText } from '../help.ts'
import type { Invocation } from '../invocation.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'

/** Exactly so many arguments, or the verb's help and the error. */
export function exactly(call: Invocation, verb: Verb, counts: readonly number[], words = 'Unexpected args'): readonly string[] {
  if (counts.includes(call.args.length)) return call.args
  call.out(helpText(verb, call.path))
  throw fail(`${words}: [${call.args.join(' ')}]`)
}

type Section = 'clusters' | 'contexts' | 'users'
const KIND = { clusters: 'cluster', contexts: 'context', users: 'user' } as const

/** delete-cluster, delete-context, delete-user. */
function deleting(section: Section): Verb {
  const kind = KIND[section]
  const verb: Verb = {
    name: `delete-${kind}`,
    short: `Delete the specified ${kind} from the kubeconfig`,
    ...(section === 'contexts' ? { completes: 'context' as const } : {}),
    flags: [],
    run: (call) => {
      if (call.args.length !== 1) {
        call.out(helpText(verb, call.path))
        return undefined
      }
      const { config } = call
      const name = call.args[0]!
      const list = config[section] as { name: string }[]
      const at = list.findIndex((entry) => entry.name === name)
      if (at < 0) throw fail(`cannot delete ${kind} ${name}, not in ${config.path}`)
      if (section === 'contexts' && config.current === name)
        call.err('warning: this removed your active context, use "kubectl config use-context" to select a different one\n')
      list.splice(at, 1)
      saveConfig(call.configSource, config)
      call.out(`deleted ${kind} ${name} from ${config.path}\n`)
      return undefined
    },
  }
  return verb
}

export const deleteCluster = deleting('clusters')
export const deleteContext = deleting('contexts')
export const deleteUser = deleting('users')

export const renameContext: Verb = {
  name: 'rename-context',
  short: 'Rename a context from the kubeconfig file',
  completes: 'context',
  flags: [],
  run: (call) => {
    const [from, to] = exactly(call, renameContext, [2]) as [string, string]
    const { config } = call
    const entry = config.contexts.find((c) => c.name === from)
    if (entry === undefined) throw fail(`cannot rename the context "${from}", it's not in ${config.path}`)
    if (config.contexts.some((c) => c.name === to))
      throw fail(`cannot rename the context "${from}", the context "${to}" already exists in ${config.path}`)
    entry.name = to
    if (config.current === from) config.current = to
    saveConfig(call.configSource, config)
    call.out(`Context "${from}" renamed to "${to}".\n`)
    return undefined
  },
}

/** The entry of a name; made if there is none. */
export function entryOf(config: KubeConfig, section: Section, name: string): Obj {
  const list = config[section] as Obj[]
  let entry = list.find((e) => e.name === name)
  if (entry === undefined) {
    entry = { name, [KIND[section]]: {} }
    list.push(entry)
  }
  entry[KIND[section]] ??= {}
  return entry[KIND[section]]
}

/** A file's bytes as base64 for --embed-certs. */
function embedded(call: Invocation, flagName: string, path: string): string {
  try {
    return encodeBase64(call.context.machine.fs.read(call.resolve(path)))
  } catch (error) {
    if (!(error instanceof FsError)) throw error
    throw fail(`could not stat ${flagName} file ${path}: stat ${path}: no such file or directory`)
  }
}

export const setCluster: Verb = {
  name: 'set-cluster',
  short: 'Set a cluster entry in kubeconfig',
  flags: [
    flag('certificate-authority', 'string'),
    flag('embed-certs', 'bool'),
    flag('insecure-skip-tls-verify', 'bool'),
    flag('proxy-url', 'string'),
    flag('server', 'string'),
    flag('tls-server-name', 'string'),
  ],
  run: (call) => {
    const [name] = exactly(call, setCluster, [1]) as [string]
    const { flags, config } = call
    const authority = flags.text('certificate-authority')
    if (authority !== '' && flags.bool('insecure-skip-tls-verify'))
      throw fail('you cannot specify a certificate authority and insecure mode at the same time')
    if (flags.bool('embed-certs') && authority === '') throw fail('you must specify a --certificate-authority to embed')
    const data = flags.bool('embed-certs') ? embedded(call, 'certificate-authority', authority) : undefined
    const cluster = entryOf(config, 'clusters', name)
    // The name belongs to the server, and trusting blindly is never kept (set_cluster.go modifyCluster).
    if (flags.changed('server')) delete cluster['tls-server-name']
    for (const key of ['server', 'tls-server-name', 'proxy-url']) if (flags.changed(key)) cluster[key] = flags.text(key)
    delete cluster['insecure-skip-tls-verify']
    if (flags.bool('insecure-skip-tls-verify')) {
      cluster['insecure-skip-tls-verify'] = true
      for (const key of ['certificate-authority', 'certificate-authority-data']) delete cluster[key]
    }
    if (authority !== '') {
      for (const key of ['certificate-authority', 'certificate-authority-data', 'insecure-skip-tls-verify']) delete cluster[key]
      if (data === undefined) cluster['certificate-authority'] = call.resolve(authority)
      else cluster['certificate-authority-data'] = data
    }
    saveConfig(call.configSource, config)
    call.out(`Cluster "${name}" set.\n`)
    return undefined
  },
}

export const setCredentials: Verb = {
  name: 'set-credentials',
  short: 'Set a user entry in kubeconfig',
  flags: [
    flag('client-certificate', 'string'),
    flag('client-key', 'string'),
    flag('embed-certs', 'bool'),
    flag('password', 'string'),
    flag('token', 'string'),
    flag('username', 'string'),
  ],
  run: (call) => {
    const [name] = exactly(call, setCredentials, [1], 'unexpected args') as [string]
    const { flags, config } = call
    const methods = [
      ...(flags.text('token') === '' ? [] : ['--token']),
      ...(flags.text('username') === '' && flags.text('password') === '' ? [] : ['--username/--password']),
    ]
    if (methods.length > 1)
      throw fail(`you cannot specify more than one authentication method at the same time: ${methods.join(', ')}`)
    const files = ['client-certificate', 'client-key'] as const
    if (flags.bool('embed-certs') && files.every((f) => flags.text(f) === ''))
      throw fail('you must specify a --client-certificate or --client-key to embed')
    const made: Obj = {}
    for (const f of files) {
      if (flags.text(f) === '') continue
      if (flags.bool('embed-certs')) made[`${f}-data`] = embedded(call, f, flags.text(f))
      else made[f] = call.resolve(flags.text(f))
    }
    const user = entryOf(config, 'users', name)
    for (const f of files) if (flags.text(f) !== '') for (const key of [f, `${f}-data`]) delete user[key]
    Object.assign(user, made)
    // A token takes the place of a name and password, and the other way about.
    if (flags.text('token') !== '') for (const key of ['username', 'password']) delete user[key]
    if (methods.includes('--username/--password')) delete user.token
    for (const key of ['token', 'username', 'password']) if (flags.changed(key)) user[key] = flags.text(key)
    saveConfig(call.configSource, config)
    call.out(`User "${name}" set.\n`)
    return undefined
  },
}
