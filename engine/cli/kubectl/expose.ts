import { type Fetched, fetchObjects, targets } from './builder.ts'
import { servicePorts, typedService } from './create/service.ts'
import { withTypedLastApplied } from './create/typed.ts'
import { dryRunOf, writeQuery } from './dry-run.ts'
import { fail, throwAll } from './errors.ts'
import { DRY_RUN, FILENAME_FLAGS, fieldManager, PRINT_FLAGS, SAVE_CONFIG } from './flags/groups.ts'
import { flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { loadManifests } from './manifests.ts'
import { pathOf } from './mapper.ts'
import { overridden } from './overrides.ts'
import { ResultPrinter } from './print/printer.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const expose: Verb = {
  name: 'expose',
  short: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  use: '(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type] [options]',
  completes: 'resource',
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    DRY_RUN,
    fieldManager('kubectl-expose'),
    SAVE_CONFIG,
    flag('cluster-ip', 'string'),
    flag('external-ip', 'string'),
    flag('labels', 'string', { short: 'l' }),
    flag('load-balancer-ip', 'string'),
    flag('name', 'string'),
    flag('override-type', 'string'),
    flag('overrides', 'string'),
    flag('port', 'string'),
    flag('protocol', 'string'),
    flag('session-affinity', 'string'),
    flag('target-port', 'string'),
    flag('type', 'string'),
    flag('selector', 'string'),
  ],
  run,
}

const EXPOSABLE = ['deployments', 'pods', 'replicasets', 'replicationcontrollers', 'services']

async function run(call: Invocation): Promise<undefined> {
  const { flags } = call
  const dryRun = dryRunOf(call)
  const files = flags.list('filename')
  // What a file holds is exposed as it stands there, live or not.
  const { objects, errors } = files.length > 0 ? await fromFiles(call, files) : fetchObjects(call, targets(call, call.args))
  throwAll(errors)
  const printer = new ResultPrinter(call, dryRun)
  const service = call.mapper.resolve('services')
  for (const { mapping, object } of objects) {
    if (!EXPOSABLE.includes(mapping.resource)) throw fail(`cannot expose a ${mapping.kind}.${mapping.group}`.replace(/\.$/, ''))
    const name = flags.text('name') || String(object.metadata.name).slice(0, 63)
    const made = overridden(call, build(call, object, mapping.kind, name))
    const body = flags.bool('save-config') ? withTypedLastApplied(made) : made
    const answer =
      dryRun === 'client' ? body : call.rest.post(pathOf(service, object.metadata.namespace) + writeQuery(call, dryRun), body)
    printer.print(service, answer, 'exposed', false)
  }
  return undefined
}

async function fromFiles(call: Invocation, files: readonly string[]): Promise<{ objects: Fetched[]; errors: Error[] }> {
  const { manifests, errors } = await loadManifests(call, files)
  return { objects: manifests.map(({ mapping, object }) => ({ mapping, object })), errors }
}

function build(call: Invocation, object: Obj, kind: string, name: string): Obj {
  const { flags } = call
  const selector = flags.text('selector') === '' ? selectorOf(object, kind) : pairs(flags.text('selector'))
  const containers: readonly Obj[] = object.spec?.template?.spec?.containers ?? object.spec?.containers ?? []
  const found: readonly Obj[] =
    kind === 'Service'
      ? (object.spec.ports ?? []).map((p: Obj) => ({ port: p.port, protocol: p.protocol }))
      : containers.flatMap((c) => (c.ports ?? []).map((p: Obj) => ({ port: p.containerPort, protocol: p.protocol })))
  const numbers = flags.text('port') !== '' ? flags.text('port').split(',') : found.map((f) => String(f.port))
  if (numbers.length === 0) throw fail("couldn't find port via --port flag or introspection")
  const ports = servicePorts(
    numbers.map((port) => ({
      port: portNumber(port),
      protocol: flags.text('protocol') || found.find((f) => String(f.port) === port)?.protocol || 'TCP',
      targetPort: flags.text('target-port') || port,
    })),
  )
  const labels = flags.text('labels') === '' ? object.metadata.labels : pairs(flags.text('labels'))
  const type = flags.text('type')
  const spec: Obj = { ports, selector }
  if (flags.text('cluster-ip') !== '') spec.clusterIP = flags.text('cluster-ip') === 'None' ? 'None' : flags.text('cluster-ip')
  if (type !== '') spec.type = type
  if (flags.text('external-ip') !== '') spec.externalIPs = [flags.text('external-ip')]
  if (flags.text('session-affinity') !== '') spec.sessionAffinity = flags.text('session-affinity')
  if (flags.text('load-balancer-ip') !== '') spec.loadBalancerIP = flags.text('load-balancer-ip')
  // Only -n is written into it (expose.go EnforceNamespace).
  const namespace = call.connection.explicitNamespace ? call.namespace : undefined
  return typedService(call, name, namespace, labels, spec)
}

/** polymorphichelpers.MapBasedSelectorForObject. */
function selectorOf(object: Obj, kind: string): Obj {
  if (kind === 'Pod') {
    if (Object.keys(object.metadata.labels ?? {}).length === 0) throw fail('the pod has no labels and cannot be exposed')
    return object.metadata.labels
  }
  if (kind === 'Service' || kind === 'ReplicationController') {
    if (Object.keys(object.spec.selector ?? {}).length === 0) throw fail('the service has no pod selector set')
    return object.spec.selector
  }
  const { matchLabels, matchExpressions } = object.spec.selector ?? {}
  if ((matchExpressions ?? []).length > 0)
    throw fail(`couldn't convert expressions - "${JSON.stringify(matchExpressions)}" to map-based selector format`)
  return matchLabels ?? {}
}

/** strconv.Atoi. */
function portNumber(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) throw fail(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

function pairs(text: string): Record<string, string> {
  const out: Record<string, string> = {}
  for (const part of text.split(',')) {
    const at = part.indexOf('=')
    if (at <= 0) throw fail(`unexpected label spec: ${part}`)
    out[part.slice(0, at)] = part.slice(at + 1)
  }
  return out
}
