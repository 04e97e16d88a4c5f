import { attachTo } from '../attach.ts'
import { namedObject } from '../attachable-pod.ts'
import { containerNames } from '../containers.ts'
import { fail } from '../errors.ts'
import { FILENAME_FLAGS } from '../flags/groups.ts'
import { flag, known } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import { manifestTargets } from '../manifests.ts'
import { pathOf } from '../mapper.ts'
import { attachOrLogs, containerStatus, waitForPod } from '../pod-wait.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { type DebugOptions, debugOptions } from './check.ts'
import { applyProfile, type DebugStyle } from './profiles.ts'

const KEEPS = ['keep-labels', 'keep-annotations', 'keep-liveness', 'keep-readiness', 'keep-startup'] as const

export const debug: Verb = {
  name: 'debug',
  short: 'Create debugging sessions for troubleshooting workloads and nodes',
  use: '(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  completes: 'pod',
  flags: [
    ...FILENAME_FLAGS.filter((f) => f.long === 'filename'),
    flag('arguments-only', 'bool'),
    flag('attach', 'bool'),
    flag('container', 'string', { short: 'c' }),
    flag('copy-to', 'string'),
    known('custom', 'string'),
    flag('env', 'stringToString'),
    flag('image', 'string'),
    flag('image-pull-policy', 'string'),
    ...KEEPS.map((name) => flag(name, 'bool')),
    flag('keep-init-containers', 'bool', { fallback: 'true' }),
    flag('profile', 'string', { fallback: 'legacy' }),
    flag('quiet', 'bool', { short: 'q' }),
    flag('replace', 'bool'),
    flag('same-node', 'bool'),
    flag('set-image', 'stringToString'),
    flag('share-processes', 'bool', { fallback: 'true' }),
    flag('stdin', 'bool', { short: 'i' }),
    flag('target', 'string'),
    flag('tty', 'bool', { short: 't' }),
  ],
  run,
}

async function run(call: Invocation): Promise<number | undefined> {
  const options = debugOptions(call)
  for (const object of await objectsOf(call, options)) {
    const { pod, container } = made(call, options, object)
    if (!options.attach || container === '') continue
    const code = await join(call, pod, container)
    if (code !== 0) return code
  }
  return undefined
}

async function objectsOf(call: Invocation, { names }: DebugOptions): Promise<Obj[]> {
  const files = call.flags.list('filename')
  if (files.length === 0) return names.map((name) => namedObject(call, [name]))
  return (await manifestTargets(call, files)).map((t) => call.rest.get(pathOf(t.mapping, t.namespace, t.name)))
}

function made(call: Invocation, options: DebugOptions, object: Obj): { pod: Obj; container: string } {
  if (object.kind === 'Node') return onNode(call, options, object)
  if (object.kind === 'Pod') return options.copyTo === '' ? inside(call, options, object) : copied(call, options, object)
  const [group, version] = String(object.apiVersion).includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion]
  throw fail(`"${group}/${version}, Kind=${object.kind}" not supported by debug`)
}

function profiled(call: Invocation, options: DebugOptions, style: DebugStyle, pod: Obj, container: string): void {
  const keep = (name: string) => call.flags.bool(name)
  applyProfile(options.profile, style, pod, container, {
    labels: keep('keep-labels'),
    annotations: keep('keep-annotations'),
    liveness: keep('keep-liveness'),
    readiness: keep('keep-readiness'),
    startup: keep('keep-startup'),
    initContainers: keep('keep-init-containers'),
  })
}

/** What a new container is: its image, streams and words. */
function containerOf(call: Invocation, { image, env, words }: DebugOptions, name: string): Obj {
  const { flags } = call
  const policy = flags.text('image-pull-policy')
  return {
    name,
    image,
    ...(words.length === 0 ? {} : flags.bool('arguments-only') ? { args: [...words] } : { command: [...words] }),
    ...(env.length === 0 ? {} : { env: [...env] }),
    resources: {},
    terminationMessagePolicy: 'File',
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
  }
}

function freeName(call: Invocation, options: DebugOptions, pod: Obj): string {
  if (options.container !== '') return options.container
  let name: string
  do name = `debugger-${call.context.machine.dice.suffix(5)}`
  while (containerNames(pod).includes(name))
  if (!call.flags.bool('quiet')) call.out(`Defaulting debug container name to ${name}.\n`)
  return name
}

/** An ephemeral container in the running pod. */
function inside(call: Invocation, options: DebugOptions, pod: Obj): { pod: Obj; container: string } {
  const name = freeName(call, options, pod)
  const target = call.flags.text('target')
  const own = { ...containerOf(call, options, name), ...(target === '' ? {} : { targetContainerName: target }) }
  const copy = structured(pod)
  copy.spec.ephemeralContainers = [...(copy.spec.ephemeralContainers ?? []), own]
  profiled(call, options, 'ephemeral', copy, name)
  warn(call, own, pod)
  const path = pathOf(call.mapper.resolve('pods'), pod.metadata.namespace, pod.metadata.name, 'ephemeralcontainers')
  const others = (pod.spec.ephemeralContainers ?? []).map((c: Obj) => ({ name: c.name }))
  const order = others.length > 0 ? { '$setElementOrder/ephemeralContainers': [...others, { name }] } : {}
  const patch = { spec: { ...order, ephemeralContainers: [own] } }
  return { pod: call.rest.patch(path, 'application/strategic-merge-patch+json', patch), container: name }
}

/** A pod of its own on the node, with the node's namespaces. */
function onNode(call: Invocation, options: DebugOptions, node: Obj): { pod: Obj; container: string } {
  const container = options.container || 'debugger'
  const name = `node-debugger-${node.metadata.name}-${call.context.machine.dice.suffix(5)}`
  if (!call.flags.bool('quiet'))
    call.out(`Creating debugging pod ${name} with container ${container} on node ${node.metadata.name}.\n`)
  const pod: Obj = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
    spec: {
      containers: [containerOf(call, options, container)],
      restartPolicy: 'Never',
      nodeName: node.metadata.name,
      tolerations: [{ operator: 'Exists' }],
    },
  }
  profiled(call, options, 'node', pod, container)
  return { pod: call.rest.post(pathOf(call.mapper.resolve('pods'), call.namespace), pod), container }
}

/** A copy of the pod with the container added, or one of its own changed. */
function copied(call: Invocation, options: DebugOptions, pod: Obj): { pod: Obj; container: string } {
  const { flags } = call
  const { labels, annotations, namespace } = structured(pod.metadata)
  const { ephemeralContainers: _ephemeral, ...spec } = structured(pod.spec)
  const metadata = { name: options.copyTo, namespace, ...(annotations ? { annotations } : {}), ...(labels ? { labels } : {}) }
  const copy: Obj = { apiVersion: 'v1', kind: 'Pod', metadata, spec }
  if (flags.changed('share-processes')) spec.shareProcessNamespace = flags.bool('share-processes')
  if (!flags.bool('same-node')) delete spec.nodeName
  for (const container of spec.containers) {
    const image = options.images[container.name] ?? options.images['*']
    if (image !== undefined) container.image = image
  }
  let name = options.container
  const named = [...spec.containers, ...(spec.initContainers ?? [])].find((c: Obj) => c.name === name)
  let own: Obj = named
  if (own === undefined) {
    if (options.image === '') {
      if (Object.keys(options.images).length === 0) throw fail('you must specify image when creating new container')
      return { pod: send(call, copy, pod), container: '' }
    }
    name = freeName(call, options, copy)
    own = { name, resources: {}, terminationMessagePolicy: 'File' }
    spec.containers.push(own)
  }
  if (options.words.length > 0) {
    if (flags.bool('arguments-only')) own.args = [...options.words]
    else {
      own.command = [...options.words]
      delete own.args
    }
  }
  if (options.env.length > 0) own.env = [...options.env]
  if (options.image !== '') own.image = options.image
  if (flags.text('image-pull-policy') !== '') own.imagePullPolicy = flags.text('image-pull-policy')
  for (const stream of ['stdin', 'tty']) {
    if (flags.bool(stream)) own[stream] = true
    else delete own[stream]
  }
  profiled(call, options, 'copy', copy, name)
  warn(call, own, copy)
  return { pod: send(call, copy, pod), container: name }
}

function structured(value: Obj): Obj {
  return JSON.parse(JSON.stringify(value))
}

function send(call: Invocation, copy: Obj, original: Obj): Obj {
  const pods = call.mapper.resolve('pods')
  const { namespace, name } = original.metadata
  const created = call.rest.post(pathOf(pods, namespace), copy)
  if (call.flags.bool('replace'))
    call.rest.delete(pathOf(pods, namespace, name), { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 })
  return created
}

function warn(call: Invocation, container: Obj, pod: Obj): void {
  const context = container.securityContext
  if (!pod.spec.securityContext?.runAsUser || context === undefined || context.runAsUser === 0) return
  if (context.privileged !== true && !context.capabilities?.add?.length) return
  call.err(
    'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n',
  )
}

/** Waits until the container runs, and attaches to it. */
async function join(call: Invocation, pod: Obj, container: string): Promise<number> {
  let told = ''
  const { namespace, name } = pod.metadata
  const ready = await waitForPod(call, { namespace, name }, (now) => {
    const status = containerStatus(now, container)
    if (status === undefined) return false
    if (status.state?.running !== undefined || status.state?.terminated !== undefined) return true
    const message = status.state?.waiting?.message
    if (message && !call.flags.bool('quiet') && message !== told) {
      told = message
      call.err(`Warning: container ${container}: ${message}\n`)
    }
    return false
  })
  if (ready === undefined) return INTERRUPTED
  const isOver = containerStatus(ready, container)?.state?.terminated !== undefined
  await attachOrLogs(call, ready, container, isOver, () => attachTo(call, ready, { container, command: 'kubectl attach' }))
  return call.context.signal.aborted ? INTERRUPTED : 0
}

const INTERRUPTED = 130
