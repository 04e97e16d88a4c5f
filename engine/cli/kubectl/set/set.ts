import { type Fetched, fetchObjects, targets } from '../builder.ts'
import { dryRunOf, writeQuery } from '../dry-run.ts'
import { fail, throwAll } from '../errors.ts'
import { DRY_RUN, FILENAME_FLAGS, fieldManager, PRINT_FLAGS, SELECTOR } from '../flags/groups.ts'
import { type FlagSpec, flag, known } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import { manifestTargets } from '../manifests.ts'
import { pathOf } from '../mapper.ts'
import { compactJson } from '../print/json.ts'
import { ResultPrinter } from '../print/printer.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'

const FLAGS: readonly FlagSpec[] = [
  ...PRINT_FLAGS,
  ...FILENAME_FLAGS,
  DRY_RUN,
  SELECTOR,
  fieldManager('kubectl-set'),
  flag('all', 'bool'),
  known('local', 'bool'),
]

/** A patch of the object, or undefined when nothing changes. */
type Change = (found: Fetched, values: readonly string[], call: Invocation) => Obj | undefined

interface Setter {
  readonly name: string
  readonly short: string
  readonly use: string
  readonly flags?: readonly FlagSpec[]
  readonly word: string
  /** Which arguments are the change rather than resources. */
  readonly isValue: (arg: string) => boolean
  readonly change: Change
  readonly needs?: (values: readonly string[], call: Invocation) => string | undefined
}

function setter(s: Setter): Verb {
  return {
    name: s.name,
    short: s.short,
    use: s.use,
    completes: 'resource',
    flags: [...FLAGS, ...(s.flags ?? [])],
    run: async (call) => {
      const { flags } = call
      const resources = call.args.filter((a) => !s.isValue(a))
      const values = call.args.filter((a) => s.isValue(a))
      const lacking = s.needs?.(values, call)
      if (lacking !== undefined) throw fail(lacking)
      const dryRun = dryRunOf(call)
      const files = flags.list('filename')
      const options = { selector: flags.text('selector'), all: flags.bool('all') }
      if (files.length === 0 && resources.length === 0)
        throw fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
      const list = files.length > 0 ? await manifestTargets(call, files) : targets(call, resources, options)
      const { objects, errors } = fetchObjects(call, list, options)
      const printer = new ResultPrinter(call, dryRun)
      for (const found of objects) {
        try {
          const { mapping, object } = found
          const patch = s.change(found, values, call)
          if (patch === undefined) continue
          const path = pathOf(mapping, object.metadata.namespace, object.metadata.name) + writeQuery(call, dryRun)
          const made = dryRun === 'client' ? object : call.rest.patch(path, 'application/strategic-merge-patch+json', patch)
          printer.print(mapping, made, s.word)
        } catch (error) {
          errors.push(error as Error)
        }
      }
      throwAll(errors)
      return undefined
    },
  }
}

/** The containers of a workload or pod and how a patch reaches them. */
function podSpecOf({ mapping, object }: Fetched): { containers: readonly Obj[]; init: readonly Obj[]; wrap(spec: Obj): Obj } {
  if (mapping.resource === 'pods')
    return { containers: object.spec.containers, init: object.spec.initContainers ?? [], wrap: (spec) => ({ spec }) }
  if (mapping.resource === 'cronjobs') {
    const spec = object.spec.jobTemplate.spec.template.spec
    return {
      containers: spec.containers,
      init: spec.initContainers ?? [],
      wrap: (s) => ({ spec: { jobTemplate: { spec: { template: { spec: s } } } } }),
    }
  }
  const spec = object.spec?.template?.spec
  if (spec === undefined) throw fail(`${mapping.resource}/${object.metadata.name} has no pod template`)
  return { containers: spec.containers, init: spec.initContainers ?? [], wrap: (s) => ({ spec: { template: { spec: s } } }) }
}

const pairOf = (text: string): [string, string] => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]

const image = setter({
  name: 'image',
  short: 'Update the image of a pod template',
  use: '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N [options]',
  word: 'image updated',
  isValue: (arg) => arg.includes('='),
  needs: (values) => (values.length === 0 ? 'at least one image update is required' : undefined),
  change: (found, values) => {
    const { containers, init, wrap } = podSpecOf(found)
    const spec: { containers: Obj[]; initContainers: Obj[] } = { containers: [], initContainers: [] }
    for (const [name, value] of values.map(pairOf)) {
      const hits = containers.filter((c) => name === '*' || c.name === name)
      const initHits = init.filter((c) => name === '*' || c.name === name)
      if (hits.length === 0 && initHits.length === 0) throw fail(`unable to find container named "${name}"`)
      for (const c of hits) if (c.image !== value) spec.containers.push({ name: c.name, image: value })
      for (const c of initHits) if (c.image !== value) spec.initContainers.push({ name: c.name, image: value })
    }
    if (spec.containers.length + spec.initContainers.length === 0) return undefined
    return wrap({
      ...(spec.containers.length > 0 ? { containers: spec.containers } : {}),
      ...(spec.initContainers.length > 0 ? { initContainers: spec.initContainers } : {}),
    })
  },
})

const env = setter({
  name: 'env',
  short: 'Update environment variables on a pod template',
  use: 'RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N [options]',
  flags: [
    flag('containers', 'string', { short: 'c', fallback: '*' }),
    known('from', 'string'),
    known('keys', 'stringSlice'),
    known('list', 'bool'),
    known('prefix', 'string'),
    known('resolve', 'bool'),
    flag('overwrite', 'bool', { fallback: 'true' }),
    flag('env', 'stringArray', { short: 'e' }),
  ],
  word: 'env updated',
  isValue: (arg) => arg.includes('=') || (arg.endsWith('-') && !arg.includes('/')),
  needs: (values, call) =>
    values.length + call.flags.list('env').length === 0 ? 'at least one environment variable must be provided' : undefined,
  change: (found, values, call) => {
    const { containers, wrap } = podSpecOf(found)
    const only = call.flags.text('containers')
    const changes = [...values, ...call.flags.list('env')]
    const out = containers
      .filter((c) => only === '*' || c.name === only)
      .map((c) => ({
        name: c.name,
        env: changes.map((v) =>
          v.includes('=')
            ? { name: pairOf(v)[0], value: pairOf(v)[1], valueFrom: null }
            : { name: v.slice(0, -1), $patch: 'delete' },
        ),
      }))
    return wrap({ containers: out })
  },
})

const resources = setter({
  name: 'resources',
  short: 'Update resource requests/limits on objects with pod templates',
  use: '(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS] [options]',
  flags: [flag('containers', 'string', { short: 'c', fallback: '*' }), flag('limits', 'string'), flag('requests', 'string')],
  word: 'resource requirements updated',
  isValue: () => false,
  needs: (_, call) =>
    call.flags.text('limits') === '' && call.flags.text('requests') === ''
      ? 'you must specify an update to requests or limits (in the form of --requests/--limits)'
      : undefined,
  change: (found, _values, call) => {
    const { containers, wrap } = podSpecOf(found)
    const read = (name: string) =>
      call.flags.text(name) === '' ? {} : { [name]: Object.fromEntries(call.flags.text(name).split(',').map(pairOf)) }
    const only = call.flags.text('containers')
    const wanted = { ...read('limits'), ...read('requests') }
    const hits = containers.filter((c) => only === '*' || c.name === only)
    if (hits.length === 0) throw fail(`unable to find container named ${only}`)
    return wrap({ containers: hits.map((c) => ({ name: c.name, resources: wanted })) })
  },
})

const selector = setter({
  name: 'selector',
  short: 'Set the selector on a resource',
  use: '(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version] [options]',
  flags: [flag('resource-version', 'string')],
  word: 'selector updated',
  isValue: (arg) => arg.includes('='),
  needs: (values) =>
    values.length === 0 ? 'one or more resources must be specified as <resource> <name> or <resource>/<name>' : undefined,
  change: ({ mapping, object }, values) => {
    if (mapping.resource !== 'services') throw fail(`setting a selector is only supported for Services`)
    const wanted = Object.fromEntries(values.flatMap((v) => v.split(',')).map(pairOf))
    if (compactJson(wanted) === compactJson(object.spec.selector ?? {})) return undefined
    const gone = Object.keys(object.spec.selector ?? {}).filter((key) => wanted[key] === undefined)
    return { spec: { selector: { ...wanted, ...Object.fromEntries(gone.map((key) => [key, null])) } } }
  },
})

const unemulated = ['serviceaccount', 'subject'].map((name) => ({
  name,
  short: 'Valid, but not emulated here.',
  flags: [],
  known: true,
}))

export const set: Verb = {
  name: 'set',
  short: 'Set specific features on objects',
  use: 'SUBCOMMAND',
  flags: [],
  verbs: [env, image, resources, selector, ...unemulated],
}
