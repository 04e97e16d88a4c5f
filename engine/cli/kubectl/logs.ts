import { listItems } from './builder.ts'
import { containerNames, defaultContainer } from './containers.ts'
import { selectorText } from './describe/writer.ts'
import { fail, silentExit } from './errors.ts'
import { SELECTOR } from './flags/groups.ts'
import { accepted, flag, known } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { pathOf } from './mapper.ts'
import { query } from './rest.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'
import { waitForEvents } from './wait-events.ts'

export const logs: Verb = {
  name: 'logs',
  aliases: ['log'],
  short: 'Print the logs for a container in a pod',
  use: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [options]',
  completes: 'pod',
  flags: [
    SELECTOR,
    flag('all-containers', 'bool'),
    known('all-pods', 'bool'),
    flag('container', 'string', { short: 'c' }),
    flag('follow', 'bool', { short: 'f' }),
    accepted('ignore-errors', 'bool', 'a followed log does not fail here'),
    accepted('insecure-skip-tls-verify-backend', 'bool', 'certificates are not verified'),
    flag('limit-bytes', 'int64'),
    accepted('max-log-requests', 'int', 'requests are not limited', { fallback: '5' }),
    accepted('pod-running-timeout', 'duration', 'pods named are looked at once', { fallback: '20s' }),
    flag('prefix', 'bool'),
    flag('previous', 'bool', { short: 'p' }),
    flag('since', 'duration', { fallback: '0s' }),
    flag('since-time', 'string'),
    flag('tail', 'int64', { fallback: '-1' }),
    flag('timestamps', 'bool'),
  ],
  run,
}

interface Source {
  readonly pod: Obj
  readonly container: string
}

async function run(call: Invocation): Promise<number | undefined> {
  const { flags, args } = call
  if (flags.changed('since') && flags.changed('since-time'))
    throw fail('at most one of `sinceTime` or `sinceSeconds` may be specified')
  if (flags.int('tail') < -1) throw fail('--tail must be greater than or equal to -1')
  const selector = flags.text('selector')
  if (args.length === 0 && selector === '')
    throw call.usage(
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    )
  if (args.length > 0 && selector !== '') throw call.usage('only a selector (-l) or a POD name is allowed')
  if (args.length > 2)
    throw call.usage(
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    )
  if (args.length === 2 && flags.changed('container')) throw fail('only one of -c or an inline [CONTAINER] arg is allowed')
  const sources = podsOf(call, args[0], selector).flatMap((pod) => containersOf(call, pod, args[1] ?? flags.text('container')))
  const several = sources.length > 1
  const tail = flags.changed('tail') ? flags.int('tail') : selector === '' ? -1 : 10
  for (const source of sources) {
    const path = pathFor(call, source, tail)
    const prefix = flags.bool('prefix') ? `[pod/${source.pod.metadata.name}/${source.container}] ` : ''
    if (!flags.bool('follow')) call.out(prefixed(String(call.rest.get(path)), prefix))
  }
  if (!flags.bool('follow')) return undefined
  if (several) throw call.notEmulated('--follow with more than one container')
  const prefix = flags.bool('prefix') ? `[pod/${sources[0]!.pod.metadata.name}/${sources[0]!.container}] ` : ''
  await waitForEvents(call, `${pathFor(call, sources[0]!, tail)}&follow=true`, 'text/plain', (event) => {
    if (event.type === 'DELETED') return true
    call.out(prefixed(String(event.object), prefix))
    return false
  })
  if (call.context.signal.aborted) throw silentExit(130)
  return undefined
}

function prefixed(text: string, prefix: string): string {
  return prefix === '' ? text : text.replace(/^(?=.)/gm, prefix)
}

function pathFor(call: Invocation, source: Source, tail: number): string {
  const { flags } = call
  const { name, namespace } = source.pod.metadata
  const params = {
    container: source.container,
    previous: flags.bool('previous') ? 'true' : undefined,
    timestamps: flags.bool('timestamps') ? 'true' : undefined,
    tailLines: tail >= 0 ? String(tail) : undefined,
    limitBytes: flags.int('limit-bytes') > 0 ? flags.text('limit-bytes') : undefined,
    sinceSeconds: flags.duration('since') > 0 ? String(Math.ceil(flags.duration('since') / 1000)) : undefined,
    sinceTime: flags.text('since-time'),
  }
  return pathOf(call.mapper.resolve('pods'), namespace, name, 'log') + query(params)
}

/** The pods meant: by name, through a workload's selector, or by labels. */
function podsOf(call: Invocation, name: string | undefined, selector: string): Obj[] {
  const pods = call.mapper.resolve('pods')
  if (name === undefined) {
    const list = listItems(call.rest.get(pathOf(pods, call.namespace) + query({ labelSelector: selector, limit: '500' })))
    if (list.length === 0) call.err(`No resources found in ${call.namespace} namespace.\n`)
    return list
  }
  return [onePod(call, name)]
}

/** POD or TYPE/NAME: a workload stands for its first pod (polymorphichelpers.AttachablePodForObject). */
export function onePod(call: Invocation, text: string, quiet = false): Obj {
  const pods = call.mapper.resolve('pods')
  const [type, name] = text.includes('/') ? (text.split('/') as [string, string]) : ['pods', text]
  const mapping = call.mapper.resolve(type)
  const object = call.rest.get(pathOf(mapping, call.namespace, name))
  if (mapping.resource === 'pods') return object
  const selector =
    mapping.resource === 'services' ? selectorText({ matchLabels: object.spec.selector }) : selectorText(object.spec?.selector)
  if (selector === '') throw fail(`cannot get the logs from ${object.apiVersion}, Kind=${object.kind}: selector is empty`)
  const list = listItems(call.rest.get(pathOf(pods, call.namespace) + query({ labelSelector: selector, limit: '500' })))
  if (list.length === 0) throw fail('timed out waiting for the condition')
  const ready = (p: Obj) => (p.status?.conditions ?? []).some((c: Obj) => c.type === 'Ready' && c.status === 'True')
  const sorted = [...list].sort((x, y) => Number(ready(y)) - Number(ready(x)))
  if (list.length > 1 && !quiet) call.err(`Found ${list.length} pods, using pod/${sorted[0].metadata.name}\n`)
  return sorted[0]
}

function containersOf(call: Invocation, pod: Obj, asked: string): Source[] {
  if (call.flags.bool('all-containers')) {
    const { initContainers = [], containers } = pod.spec
    return [...initContainers, ...containers].map((c: Obj) => ({ pod, container: c.name }))
  }
  if (asked === '') return [{ pod, container: defaultContainer(call, pod) }]
  if (!containerNames(pod).includes(asked)) throw fail(`container ${asked} is not valid for pod ${pod.metadata.name}`)
  return [{ pod, container: asked }]
}
