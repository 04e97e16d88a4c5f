import { parseQuantity } from '../../base/quantity.ts'
import { fetchObjects, targets } from './builder.ts'
import { meta } from './create/typed.ts'
import { dryRunOf, writeQuery } from './dry-run.ts'
import { fail, StatusError, throwAll } from './errors.ts'
import { DRY_RUN, FILENAME_FLAGS, fieldManager, PRINT_FLAGS, SAVE_CONFIG } from './flags/groups.ts'
import { flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { manifestTargets } from './manifests.ts'
import { apiVersionOf, pathOf } from './mapper.ts'
import { ResultPrinter } from './print/printer.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const autoscale: Verb = {
  name: 'autoscale',
  short: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  use: '(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY] [options]',
  completes: 'resource',
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    DRY_RUN,
    fieldManager('kubectl-autoscale'),
    SAVE_CONFIG,
    flag('cpu', 'string'),
    flag('cpu-percent', 'int32', { fallback: '-1' }),
    flag('max', 'int32', { fallback: '-1' }),
    flag('memory', 'string'),
    flag('min', 'int32', { fallback: '-1' }),
    flag('name', 'string'),
  ],
  run,
}

async function run(call: Invocation): Promise<undefined> {
  const { flags } = call
  const [min, max] = [flags.int('min'), flags.int('max')]
  if (!flags.changed('max')) throw fail('required flag(s) "max" not set')
  if (max < 1) throw fail(`--max=MAXPODS is required and must be at least 1, max: ${max}`)
  if (max < min) throw fail(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`)
  const dryRun = dryRunOf(call)
  const files = flags.list('filename')
  const { objects, errors } = fetchObjects(call, files.length > 0 ? await manifestTargets(call, files) : targets(call, call.args))
  throwAll(errors)
  const printer = new ResultPrinter(call, dryRun)
  const hpa = call.mapper.resolve('horizontalpodautoscalers')
  for (const { mapping, object } of objects) {
    if (!['deployments', 'replicasets', 'replicationcontrollers', 'statefulsets'].includes(mapping.resource))
      throw fail(
        `cannot autoscale a ${mapping.kind}: could not find scale subresource for ${mapping.group}/${mapping.version}, Resource=${mapping.resource} in discovery information`,
      )
    const spec: Obj = {
      scaleTargetRef: { kind: mapping.kind, name: object.metadata.name, apiVersion: apiVersionOf(mapping) },
      ...(min > 0 ? { minReplicas: min } : {}),
      maxReplicas: max,
    }
    const metrics = ['cpu', 'memory'].flatMap((name) => {
      const target = targetOf(call, name)
      return target === undefined ? [] : [{ type: 'Resource', resource: { name, target } }]
    })
    if (metrics.length > 0) spec.metrics = metrics
    const body = {
      kind: 'HorizontalPodAutoscaler',
      apiVersion: 'autoscaling/v2',
      metadata: meta(call, flags.text('name') || object.metadata.name, object.metadata.namespace),
      spec,
      status: { desiredReplicas: 0, currentMetrics: null },
    }
    const made =
      dryRun === 'client' ? body : posted(call, pathOf(hpa, object.metadata.namespace) + writeQuery(call, dryRun), body)
    printer.print(hpa, made, 'autoscaled', false)
  }
  return undefined
}

/** What autoscaling/v2 refuses is tried as v1, which knows CPU shares only (autoscale.go). */
function posted(call: Invocation, path: string, body: Obj): Obj {
  try {
    return call.rest.post(path, body)
  } catch (error) {
    if (!(error instanceof StatusError) || body.spec.metrics !== undefined) throw error
    throw fail('failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input')
  }
}

/** --cpu=80% is a share of the request, --cpu=500m an amount; --cpu-percent is its older form. */
function targetOf(call: Invocation, name: string): Obj {
  const given = call.flags.text(name)
  if (given.endsWith('%')) {
    if (!/^\d+%$/.test(given)) throw fail(`invalid resource ${name} value: ${given}`)
    return { type: 'Utilization', averageUtilization: Number(given.slice(0, -1)) }
  }
  if (given !== '' && parseQuantity(given) === undefined) throw fail(`invalid resource ${name} value: ${given}`)
  if (given !== '') return { type: 'AverageValue', averageValue: given }
  if (name !== 'cpu') return undefined
  const percent = call.flags.int('cpu-percent')
  return percent >= 0 ? { type: 'Utilization', averageUtilization: percent } : undefined
}
