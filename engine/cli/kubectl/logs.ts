import { namedObject, podsOf } from './attachable-pod.ts'
import { listItems, whenListing } from './builder.ts'
import { containerSpec, defaultContainer } from './containers.ts'
import { fail, isNotFound, type StatusError } from './errors.ts'
import { SELECTOR } from './flags/groups.ts'
import { accepted, flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { consumeLogs, type LogSource } from './log-streams.ts'
import { pathOf } from './mapper.ts'
import { query } from './rest.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const logs: Verb = {
  name: 'logs',
  aliases: ['log'],
  short: 'Print the logs for a container in a pod',
  use: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [options]',
  completes: 'pod',
  flags: [
    SELECTOR,
    flag('all-containers', 'bool'),
    flag('all-pods', 'bool'),
    flag('container', 'string', { short: 'c' }),
    flag('follow', 'bool', { short: 'f' }),
    flag('ignore-errors', 'bool'),
    accepted('insecure-skip-tls-verify-backend', 'bool', 'certificates are not verified'),
    flag('limit-bytes', 'int64'),
    flag('max-log-requests', 'int', { fallback: '5' }),
    flag('pod-running-timeout', 'duration', { fallback: '20s' }),
    flag('prefix', 'bool'),
    flag('previous', 'bool', { short: 'p' }),
    flag('since', 'duration', { fallback: '0s' }),
    flag('since-time', 'string'),
    flag('tail', 'int64', { fallback: '-1' }),
    flag('timestamps', 'bool'),
  ],
  run,
}

const USAGE =
  "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command"

async function run(call: Invocation): Promise<number | undefined> {
  const { flags, args } = call
  const selector = flags.text('selector')
  if ((args.length === 0 && selector === '') || args.length > 2) throw call.usage(USAGE)
  if (args.length === 1 && selector !== '') throw call.usage('only a selector (-l) or a POD name is allowed')
  if (flags.duration('pod-running-timeout') <= 0) throw fail('--pod-running-timeout must be higher than zero')
  const sinceTime = flags.text('since-time')
  if (sinceTime !== '') checkTime(sinceTime)
  const object = selector === '' ? found(call, args[0] as string) : selected(call, selector)
  check(call)
  const sources = await sourcesOf(call, object, args[1] ?? flags.text('container'))
  const limit = flags.int('max-log-requests')
  if (flags.bool('follow') && sources.length > 1 && sources.length > limit) {
    throw fail(
      `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${limit}, use --max-log-requests to increase the limit`,
    )
  }
  return consumeLogs(call, sources)
}

function check({ flags, args }: Invocation): void {
  const container = args[1] ?? flags.text('container')
  if (flags.text('since-time') !== '' && flags.duration('since') !== 0)
    throw fail('at most one of `sinceTime` or `sinceSeconds` may be specified')
  if (flags.bool('all-containers') && container !== '')
    throw fail(`--all-containers=true should not be specified with container name ${container}`)
  if (flags.changed('container') && args.length === 2) throw fail('only one of -c or an inline [CONTAINER] arg is allowed')
  if (flags.int('limit-bytes') < 0) throw fail('--limit-bytes must be greater than 0')
  if (Math.round(flags.duration('since') / 1000) < 0) throw fail('--since must be greater than 0')
  if (flags.int('tail') < -1) throw fail('--tail must be greater than or equal to -1')
}

/** util.ParseRFC3339. */
function checkTime(text: string): void {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))) return
  const first = /^\d{4}-\d\d-\d\d(?!T)/.test(text) ? text.slice(10) : text
  const wanted = first === text ? '2006' : 'T'
  throw fail(
    `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(first)} as "${wanted}"`,
  )
}

/** The object that the argument names; the server's NotFound is told with the namespace since v1.33. */
function found(call: Invocation, text: string): Obj {
  try {
    return namedObject(call, [text])
  } catch (error) {
    if (!isNotFound(error) || call.minor < NAMESPACE_SINCE) throw error
    throw fail(`error from server (NotFound): ${(error as StatusError).message} in namespace "${call.namespace}"`)
  }
}

const NAMESPACE_SINCE = 33

function selected(call: Invocation, selector: string): Obj {
  const pods = call.mapper.resolve('pods')
  let list: Obj
  try {
    list = call.rest.get(pathOf(pods, call.namespace) + query({ labelSelector: selector, limit: '500' }))
  } catch (error) {
    throw error instanceof Error ? whenListing(error, pods, { selector }) : error
  }
  if (listItems(list).length === 0) call.err(`No resources found in ${call.namespace} namespace.\n`)
  return list
}

/** Every container whose log is meant (polymorphichelpers logsForObjectWithClient). */
async function sourcesOf(call: Invocation, object: Obj, asked: string): Promise<LogSource[]> {
  const allPods = call.flags.bool('all-pods')
  if (object.kind === 'Pod') return ofPod(call, object, asked, allPods)
  if (String(object.kind).endsWith('List')) return listItems(object).flatMap((pod: Obj) => ofPod(call, pod, asked, allPods))
  const pods = await podsOf(call, object, 'logs', 'cannot get the logs from')
  const first = pods[0] as Obj
  if (pods.length > 1 && allPods) return pods.flatMap((pod) => ofPod(call, pod, asked, true))
  if (pods.length > 1) call.err(`Found ${pods.length} pods, using pod/${first.metadata.name}\n`)
  return ofPod(call, first, asked, allPods)
}

function ofPod(call: Invocation, pod: Obj, asked: string, quiet: boolean): LogSource[] {
  if (call.flags.bool('all-containers')) {
    const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec
    return [...initContainers, ...containers, ...ephemeralContainers].map((c: Obj) => ({ pod, container: c.name }))
  }
  if (asked === '') {
    const noted = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
    if (noted && containerSpec(pod, noted) === undefined)
      call.err(`Default container name "${noted}" not found in pod ${pod.metadata.name}\n`)
    return [{ pod, container: defaultContainer(call, pod, quiet) }]
  }
  if (containerSpec(pod, asked) === undefined) throw fail(`container ${asked} is not valid for pod ${pod.metadata.name}`)
  return [{ pod, container: asked }]
}
