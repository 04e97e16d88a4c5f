import { TABLE_LAYOUT, tabbed } from '../../../base/tabwriter.ts'
import { saveConfig } from '../config.ts'
import { fail } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import type { Verb } from '../verb.ts'
import { deleteCluster, deleteContext, deleteUser, exactly, renameContext, setCluster, setCredentials } from './entries.ts'
import { setProperty, unsetProperty } from './property.ts'
import { view } from './view.ts'

const currentContext: Verb = {
  name: 'current-context',
  short: 'Display the current-context',
  flags: [],
  run: (call) => {
    if (call.config.current === '') throw fail('current-context is not set')
    call.out(`${call.config.current}\n`)
    return undefined
  },
}

const getContexts: Verb = {
  name: 'get-contexts',
  short: 'Describe one or many contexts',
  completes: 'context',
  flags: [flag('no-headers', 'bool'), flag('output', 'string', { short: 'o' })],
  run: (call) => {
    const { config, flags, args } = call
    const output = flags.text('output')
    if (output !== '' && output !== 'name') throw fail(`output must be one of '' or 'name': ${output}`)
    const names = args.length > 0 ? args : config.contexts.map((c) => c.name).sort()
    const rows = []
    for (const name of names) {
      const found = config.contexts.find((c) => c.name === name)
      if (found === undefined) throw fail(`context ${name} not found`)
      const { cluster = '', user = '', namespace = '' } = found.context ?? {}
      rows.push(output === 'name' ? name : [name === config.current ? '*' : '', name, cluster, user, namespace].join('\t'))
    }
    const header = output === 'name' || flags.bool('no-headers') ? [] : ['CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE']
    call.out(tabbed([...header, ...rows].map((r) => `${r}\n`).join(''), TABLE_LAYOUT))
    return undefined
  },
}

const useContext: Verb = {
  name: 'use-context',
  aliases: ['use'],
  short: 'Set the current-context in a kubeconfig file',
  use: 'CONTEXT_NAME',
  completes: 'context',
  flags: [],
  run: (call) => {
    const [name] = exactly(call, useContext, [1]) as [string]
    if (!call.config.contexts.some((c) => c.name === name)) throw fail(`no context exists with the name: "${name}"`)
    call.config.current = name
    saveConfig(call.configSource, call.config)
    call.out(`Switched to context "${name}".\n`)
    return undefined
  },
}

const setContext: Verb = {
  name: 'set-context',
  short: 'Set a context entry in kubeconfig',
  use: '[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace] [options]',
  completes: 'context',
  flags: [flag('current', 'bool'), flag('cluster', 'string'), flag('user', 'string'), flag('namespace', 'string')],
  run: (call) => {
    const { config, flags, args } = call
    const current = flags.bool('current')
    if (args.length > 1) exactly(call, setContext, [0, 1])
    if (args.length === 0 && !current) throw fail('you must specify a non-empty context name or --current')
    if (current && args.length > 0) throw fail('you cannot specify both a context name and --current')
    const name = current ? config.current : args[0]!
    if (name === '') throw fail('no current context is set')
    let entry = config.contexts.find((c) => c.name === name)
    const isNew = entry === undefined
    if (entry === undefined) {
      if (current) throw fail(`cannot locate context ${name}`)
      entry = { name, context: { cluster: '', user: '' } }
      config.contexts.push(entry)
    }
    const context = { ...entry.context }
    for (const key of ['cluster', 'user', 'namespace']) if (flags.changed(key)) context[key] = flags.text(key)
    entry.context = context
    saveConfig(call.configSource, config)
    call.out(`Context "${name}" ${isNew ? 'created' : 'modified'}.\n`)
    return undefined
  },
}

const getClusters: Verb = {
  name: 'get-clusters',
  short: 'Display clusters defined in the kubeconfig',
  flags: [],
  run: (call) => {
    call.out(['NAME', ...call.config.clusters.map((c) => c.name).sort()].map((n) => `${n}\n`).join(''))
    return undefined
  },
}

const getUsers: Verb = {
  name: 'get-users',
  short: 'Display users defined in the kubeconfig',
  flags: [],
  run: (call) => {
    call.out(['NAME', ...call.config.users.map((u) => u.name).sort()].map((n) => `${n}\n`).join(''))
    return undefined
  },
}

export const config: Verb = {
  name: 'config',
  short: 'Modify kubeconfig files',
  flags: [],
  verbs: [
    currentContext,
    getClusters,
    getContexts,
    getUsers,
    setContext,
    useContext,
    view,
    deleteCluster,
    deleteContext,
    deleteUser,
    renameContext,
    setCluster,
    setCredentials,
    setProperty,
    unsetProperty,
  ],
}
