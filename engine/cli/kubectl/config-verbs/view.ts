import { encodeBase64 } from '../../../base/utf8.ts'
import { yamlDocument } from '../../../base/yaml.ts'
import { FsError } from '../../../cluster/fs.ts'
import { absolute, type KubeConfig } from '../config.ts'
import { asBool } from '../dry-run.ts'
import { fail } from '../errors.ts'
import { PRINT_FLAGS } from '../flags/groups.ts'
import { flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import { printerFor } from '../print/printer.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { CLUSTER_FIELDS, CONTEXT_FIELDS } from './fields.ts'

/** The members of clientcmd/api/v1's structs in their order, which is the order of JSON. */
const ORDER: readonly string[] = [
  ...CLUSTER_FIELDS,
  ...CONTEXT_FIELDS,
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'token',
  'tokenFile',
  'act-as',
  'act-as-uid',
  'act-as-groups',
  'act-as-user-extra',
  'username',
  'password',
  'auth-provider',
  'exec',
  'extensions',
]
const REDACTED = ['certificate-authority-data', 'client-certificate-data', 'client-key-data']
const FILES = ['client-certificate', 'client-key', 'certificate-authority']

export const view: Verb = {
  name: 'view',
  short: 'Display merged kubeconfig settings or a specified kubeconfig file',
  flags: [
    ...PRINT_FLAGS,
    flag('flatten', 'bool'),
    flag('merge', 'string', { bare: 'true', fallback: 'true' }),
    flag('minify', 'bool'),
    flag('raw', 'bool'),
  ],
  run: (call) => {
    const { flags } = call
    if (call.args.length > 0) throw call.usage(`unexpected arguments: [${call.args.join(' ')}]`)
    if (!merges(call) && flags.text('kubeconfig') === '') throw fail('if merge==false a precise file must be specified')
    const { clusters, contexts, users, current } = flags.bool('minify') ? minified(call) : call.config
    const plain = flags.bool('raw') || flags.bool('flatten')
    const shown = (value: Obj, origin: string | undefined) => {
      const whole = flags.bool('flatten') ? flattened(call, value, origin) : value
      return ordered(plain ? whole : hidden(whole))
    }
    // Users come before clusters: the first file that cannot be read is a user's.
    const who = users.map((u) => ({ name: u.name, user: shown(u.user, u.origin) }))
    const object = {
      kind: 'Config',
      apiVersion: 'v1',
      ...(call.minor < 33 ? { preferences: {} } : {}),
      clusters: some(clusters.map((c) => ({ name: c.name, cluster: shown(c.cluster, c.origin) }))),
      users: some(who),
      contexts: some(contexts.map((c) => ({ name: c.name, context: ordered(c.context ?? {}) }))),
      'current-context': current,
    }
    const printer = printerFor(call, 'other')
    call.out(printer === undefined ? yamlDocument(object) : printer.print(object, false))
    return undefined
  },
}

/** --merge, one of Go's booleans. */
function merges(call: Invocation): boolean {
  const text = call.flags.text('merge')
  const value = asBool(text)
  if (value === undefined)
    throw call.usage(`invalid argument "${text}" for "--merge" flag: strconv.ParseBool: parsing "${text}": invalid syntax`)
  return value
}

const some = <T>(list: readonly T[]) => (list.length > 0 ? list : null)

/** The current context and what it names (clientcmdapi.MinifyConfig). */
function minified(call: Invocation): Pick<KubeConfig, 'clusters' | 'contexts' | 'users' | 'current'> {
  const { config } = call
  const current = call.flags.text('context') || config.current
  if (current === '') throw fail('current-context must exist in order to minify')
  const context = config.contexts.find((c) => c.name === current)
  if (context === undefined) throw fail(`cannot locate context ${current}`)
  const { cluster = '', user = '' } = context.context ?? {}
  const clusters = config.clusters.filter((c) => c.name === cluster)
  const users = config.users.filter((u) => u.name === user)
  if (cluster !== '' && clusters.length === 0) throw fail(`cannot locate cluster ${cluster}`)
  if (user !== '' && users.length === 0) throw fail(`cannot locate user ${user}`)
  return { clusters, contexts: [context], users, current }
}

/** Files take their content's place (clientcmdapi.FlattenConfig). */
function flattened(call: Invocation, section: Obj, origin: string | undefined): Obj {
  const out: Obj = { ...section }
  const base = absolute(call.configSource, origin ?? '').replace(/\/[^/]*$/, '')
  for (const key of FILES) {
    const path = out[key]
    if (!path) continue
    if (out[`${key}-data`]) throw fail('cannot have values for both path and contents')
    const file = path.startsWith('/') ? path : `${base}/${path}`
    try {
      out[`${key}-data`] = encodeBase64(call.context.machine.fs.read(file))
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      throw fail(`open ${file}: ${error.code === 'EACCES' ? 'permission denied' : 'no such file or directory'}`)
    }
    delete out[key]
  }
  return out
}

/** Secrets and certificates are not shown unless --raw. */
function hidden(section: Obj): Obj {
  const out: Obj = {}
  for (const [key, value] of Object.entries(section ?? {}))
    out[key] = REDACTED.includes(key) ? 'DATA+OMITTED' : key === 'token' || key === 'password' ? 'REDACTED' : value
  return out
}

function ordered(section: Obj): Obj {
  const rank = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length)
  return Object.fromEntries(Object.entries(section ?? {}).sort(([x], [y]) => rank(x) - rank(y)))
}
