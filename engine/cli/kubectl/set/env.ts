import { decodeBase64, decodeUtf8 } from '../../../base/utf8.ts'
import type { Fetched } from '../builder.ts'
import { fail } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import { pathOf } from '../mapper.ts'
import { type Obj, sortedKeys } from '../values.ts'
import { matches } from './resources.ts'
import { pairOf, podSpec, SetError, setter } from './setter.ts'

const NAME = `a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`

interface Change {
  readonly set: readonly Obj[]
  readonly remove: readonly string[]
}

export const env = setter({
  name: 'env',
  short: 'Update environment variables on a pod template',
  flags: [
    flag('containers', 'string', { short: 'c' }),
    flag('from', 'string'),
    flag('keys', 'stringSlice'),
    flag('list', 'bool'),
    flag('prefix', 'string'),
    flag('resolve', 'bool'),
    flag('overwrite', 'bool'),
    flag('env', 'stringArray', { short: 'e' }),
  ],
  word: 'env updated',
  refused: 'failed to patch env update to pod template: ',
  isValue: (arg) => arg.includes('=') || (arg.endsWith('-') && !arg.includes('/')),
  check: (call, _values, named) => {
    const { flags } = call
    if (named.length === 0 && flags.list('filename').length === 0)
      throw fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
    if (flags.bool('list') && flags.text('output') !== '') throw fail('--list and --output may not be specified together')
    if (flags.list('keys').length > 0 && flags.text('from') === '')
      throw fail('when specifying --keys, a configmap or secret must be provided with --from')
  },
  instead: (call, objects) => {
    if (!call.flags.bool('list')) return false
    for (const found of objects) list(call, found)
    return true
  },
  prepare: (call, values): Change => {
    const set: Obj[] = []
    const remove: string[] = []
    for (const text of [...values, ...call.flags.list('env')]) {
      if (text.includes('=')) {
        const [name, value] = pairOf(text)
        if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)) throw fail(`${JSON.stringify(name)} is not a valid key name: ${NAME}`)
        set.push({ name, value })
      } else remove.push(text.slice(0, -1))
    }
    set.push(...fromObject(call))
    return { set, remove }
  },
  edit: (object, _values, call, change: Change, found) => {
    const spec = podSpec(object)
    const only = call.flags.text('containers')
    const hits = [...spec.containers, ...(spec.initContainers ?? [])].filter((c: Obj) => matches(only, c.name))
    if (hits.length === 0) {
      call.err(`Warning: ${found.mapping.kind}/${object.metadata.name} does not have any containers matching "${only}"\n`)
      return
    }
    for (const c of hits) {
      for (const { name } of change.set) {
        const there = (c.env ?? []).find((e: Obj) => e.name === name)
        if (there !== undefined && !call.flags.bool('overwrite'))
          throw new SetError(`'${name}' already has a value (${there.value ?? ''}), and --overwrite is false`)
      }
      c.env = updated(c.env ?? [], change)
      if (c.env.length === 0) delete c.env
    }
  },
})

/** Values in their places, new ones at the end, removed ones gone (set_env.go updateEnv). */
function updated(existing: readonly Obj[], { set, remove }: Change): Obj[] {
  const kept = existing.filter((e) => !remove.includes(e.name)).map((e) => set.findLast((s) => s.name === e.name) ?? e)
  const fresh = set.filter(
    (s, i) => !existing.some((e) => e.name === s.name) && set.findLastIndex((o) => o.name === s.name) === i,
  )
  return [...kept, ...fresh.filter((s) => !remove.includes(s.name))]
}

/** --from: a reference for every key of a ConfigMap or Secret. */
function fromObject(call: Invocation): Obj[] {
  const from = call.flags.text('from')
  if (from === '') return []
  const [type = '', name = ''] = from.split('/')
  const mapping = call.mapper.resolve(type)
  const object = call.rest.get(pathOf(mapping, call.namespace, name))
  const ref = ({ ConfigMap: 'configMapKeyRef', Secret: 'secretKeyRef' } as Record<string, string>)[mapping.kind]
  if (ref === undefined) throw fail('unsupported resource specified in --from')
  const wanted = call.flags.list('keys')
  return sortedKeys(object.data)
    .filter((key) => wanted.length === 0 || wanted.includes(key))
    .map((key) => {
      const upper = key.toUpperCase().replace(/[^A-Z0-9_]/g, '_')
      if (upper !== key) call.err(`Warning: key ${key} transferred to ${upper}\n`)
      return { name: `${call.flags.text('prefix')}${upper}`, valueFrom: { [ref]: { key, name } } }
    })
}

function list(call: Invocation, { mapping, object }: Fetched): void {
  const only = call.flags.text('containers')
  const spec = podSpec(object)
  for (const c of [...spec.containers, ...(spec.initContainers ?? [])]) {
    if (!matches(only, c.name)) continue
    call.out(`# ${mapping.kind} ${object.metadata.name}, container ${c.name}\n`)
    for (const e of c.env ?? []) {
      if (e.valueFrom === undefined) call.out(`${e.name}=${e.value ?? ''}\n`)
      else if (call.flags.bool('resolve')) call.out(`${e.name}=${resolved(call, e.valueFrom, object.metadata.namespace)}\n`)
      else call.out(`# ${e.name} from ${reference(e.valueFrom)}\n`)
    }
  }
}

function reference({ configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef }: Obj): string {
  if (configMapKeyRef) return `configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`
  if (secretKeyRef) return `secret ${secretKeyRef.name}, key ${secretKeyRef.key}`
  if (fieldRef) return `field path ${fieldRef.fieldPath}`
  if (resourceFieldRef)
    return `resource field ${resourceFieldRef.containerName ? `${resourceFieldRef.containerName}, ` : ''}${resourceFieldRef.resource}`
  return 'invalid valueFrom'
}

function resolved(call: Invocation, { configMapKeyRef, secretKeyRef, ...rest }: Obj, namespace: string): string {
  if (configMapKeyRef)
    return call.rest.get(`/api/v1/namespaces/${namespace}/configmaps/${configMapKeyRef.name}`).data?.[configMapKeyRef.key] ?? ''
  if (!secretKeyRef) throw call.notEmulated(`--resolve of ${Object.keys(rest).join(', ')}`)
  const text = call.rest.get(`/api/v1/namespaces/${namespace}/secrets/${secretKeyRef.name}`).data?.[secretKeyRef.key] ?? ''
  return decodeUtf8(decodeBase64(text) ?? '')
}
