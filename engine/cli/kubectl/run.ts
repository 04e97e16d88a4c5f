import { servicePorts, typedService } from './create/service.ts'
import { meta } from './create/typed.ts'
import { IMAGE_REFERENCE } from './debug/check.ts'
import { dryRunOf, writeQuery } from './dry-run.ts'
import { fail } from './errors.ts'
import { DRY_RUN, fieldManager, PRINT_FLAGS, SAVE_CONFIG } from './flags/groups.ts'
import { flag, known } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { pathOf } from './mapper.ts'
import { printerFor, ResultPrinter } from './print/printer.ts'
import { type Made, runAttached } from './run-attached.ts'
import { isMap, type Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const run: Verb = {
  name: 'run',
  short: 'Run a particular image on the cluster',
  use: 'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...] [options]',
  flags: [
    ...PRINT_FLAGS,
    DRY_RUN,
    fieldManager('kubectl-run'),
    SAVE_CONFIG,
    flag('annotations', 'stringArray'),
    flag('attach', 'bool'),
    flag('command', 'bool'),
    flag('env', 'stringArray'),
    flag('expose', 'bool'),
    flag('image', 'string'),
    flag('image-pull-policy', 'string'),
    flag('labels', 'string', { short: 'l' }),
    flag('leave-stdin-open', 'bool'),
    known('override-type', 'string'),
    flag('overrides', 'string'),
    flag('pod-running-timeout', 'duration', { fallback: '1m0s' }),
    flag('port', 'string'),
    flag('privileged', 'bool'),
    flag('quiet', 'bool', { short: 'q' }),
    flag('restart', 'string', { fallback: 'Always' }),
    flag('rm', 'bool'),
    flag('stdin', 'bool', { short: 'i' }),
    flag('tty', 'bool', { short: 't' }),
    known('wait', 'bool'),
  ],
  run: runRun,
}

async function runRun(call: Invocation): Promise<number | undefined> {
  const { flags } = call
  if (!flags.changed('image')) throw fail('required flag(s) "image" not set')
  const name = call.args[0]
  if (name === undefined || call.dash === 0) throw call.usage('NAME is required for run')
  if (flags.duration('pod-running-timeout') <= 0) throw call.usage('--pod-running-timeout must be higher than zero')
  const image = flags.text('image')
  if (image === '') throw fail('--image is required')
  if (!IMAGE_REFERENCE.test(image)) throw fail(`Invalid image name "${image}": invalid reference format`)
  if (flags.bool('tty') && !flags.bool('stdin')) throw call.usage('-i/--stdin is required for containers with -t/--tty=true')
  if (flags.bool('expose') && flags.text('port') === '') throw call.usage('--port must be set when exposing a service')
  const restart = flags.text('restart')
  if (!['Always', 'OnFailure', 'Never'].includes(restart)) throw call.usage(`invalid restart policy: ${restart}`)
  const dryRun = dryRunOf(call)
  const attached = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin')
  if (flags.bool('rm') && !attached) throw call.usage('--rm should only be used for attached containers')
  if (attached && dryRun !== 'none')
    throw call.usage("--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)")
  const policy = flags.text('image-pull-policy')
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(policy)) throw call.usage(`invalid image pull policy: ${policy}`)
  const labels = flags.text('labels') === '' ? { run: name } : pairs(flags.text('labels').split(','), 'label')
  const pod = merged(build(call, name, image, restart, labels), flags.text('overrides'))
  const printer = new ResultPrinter(call, dryRun)
  const namespace = call.namespace
  const place = (object: Obj) =>
    dryRun !== 'client' || call.connection.explicitNamespace
      ? { ...object, metadata: { ...named(object.metadata, namespace) } }
      : object
  const send = (resource: string, object: Obj) => {
    const mapping = call.mapper.resolve(resource)
    const body = place(object)
    const answer = dryRun === 'client' ? body : call.rest.post(pathOf(mapping, namespace) + writeQuery(call, dryRun), body)
    made.push({ resource, object: answer })
    return { mapping, answer }
  }
  const tell = ({ mapping, answer }: ReturnType<typeof send>) => printer.print(mapping, answer, 'created', false)
  const made: Made[] = []
  const created = send('pods', pod)
  let failure: unknown
  if (flags.bool('expose')) {
    const port = flags.text('port')
    const spec = { ports: servicePorts([{ port: Number(port), protocol: 'TCP', targetPort: port }]), selector: labels }
    try {
      tell(send('services', typedService(call, name, undefined, undefined, spec)))
    } catch (error) {
      failure = error
    }
    if (dryRun === 'client' && printerFor(call, 'other') !== undefined && flags.text('output') === 'yaml') call.out('---\n')
  }
  if (attached) return runAttached(call, created.answer, made.toReversed())
  tell(created)
  if (failure !== undefined) throw failure
  return undefined
}

function named(metadata: Obj, namespace: string): Obj {
  const { name, ...rest } = metadata
  return { name, namespace, ...rest }
}

function build(call: Invocation, name: string, image: string, restart: string, labels: Obj): Obj {
  const { flags } = call
  const words = call.args.slice(1)
  const env = flags.list('env').map(envVar)
  const policy = flags.text('image-pull-policy')
  const container = {
    name,
    image,
    ...(words.length === 0 ? {} : flags.bool('command') ? { command: words } : { args: words }),
    ...(flags.text('port') === '' ? {} : { ports: [{ containerPort: Number(flags.text('port')) }] }),
    ...(env.length > 0 ? { env } : {}),
    resources: {},
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    ...(flags.bool('stdin') ? { stdin: true, ...(flags.bool('leave-stdin-open') ? {} : { stdinOnce: true }) } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
    ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
  }
  const annotations = flags.list('annotations')
  const metadata = {
    ...meta(call, name, undefined, labels),
    ...(annotations.length > 0 ? { annotations: pairs(annotations, 'annotation') } : {}),
  }
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata,
    spec: { containers: [container], restartPolicy: restart, dnsPolicy: 'ClusterFirst' },
    status: {},
  }
}

function envVar(text: string): Obj {
  const at = text.indexOf('=')
  if (at <= 0 || !/^[\x20-\x3c\x3e-\x7e]+$/.test(text.slice(0, at))) throw fail(`invalid env: ${text}`)
  return { name: text.slice(0, at), value: text.slice(at + 1) }
}

function pairs(list: readonly string[], what: string): Record<string, string> {
  const out: Record<string, string> = {}
  for (const text of list) {
    const at = text.indexOf('=')
    if (at <= 0) throw fail(`unexpected ${what} spec: ${text}`)
    out[text.slice(0, at)] = text.slice(at + 1)
  }
  return out
}

/** --overrides is a JSON merge patch of the generated object. */
function merged(object: Obj, overrides: string): Obj {
  if (overrides === '') return object
  let patch: Obj
  try {
    patch = JSON.parse(overrides)
  } catch {
    throw fail('Invalid JSON Patch')
  }
  return mergePatch(object, patch)
}

function mergePatch(target: Obj, patch: Obj): Obj {
  if (!isMap(patch)) return patch
  const out: Record<string, Obj> = { ...(isMap(target) ? target : {}) }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete out[key]
    else out[key] = mergePatch(out[key], value)
  }
  return out
}
