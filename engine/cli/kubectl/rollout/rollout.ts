import type { Fetched } from '../builder.ts'
import { dryRunOf, writeQuery } from '../dry-run.ts'
import { fail, throwAll } from '../errors.ts'
import { DRY_RUN, FILENAME_FLAGS, fieldManager, PRINT_FLAGS, SELECTOR } from '../flags/groups.ts'
import type { Invocation } from '../invocation.ts'
import { groupResource, pathOf } from '../mapper.ts'
import { ResultPrinter } from '../print/printer.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { history } from './history.ts'
import { workloads } from './objects.ts'
import { status } from './status.ts'
import { undo } from './undo.ts'

const FLAGS = [...PRINT_FLAGS, ...FILENAME_FLAGS, SELECTOR, fieldManager('kubectl-rollout')]

/** restart, pause and resume: one patch of the object. */
function patching(name: string, short: string, word: string, change: (call: Invocation, o: Fetched) => Obj): Verb {
  return {
    name,
    short,
    use: 'RESOURCE',
    completes: 'deployment',
    flags: name === 'restart' ? [...FLAGS, DRY_RUN] : FLAGS,
    run: async (call) => {
      const dryRun = name === 'restart' ? dryRunOf(call) : 'none'
      const printer = new ResultPrinter(call, dryRun)
      const errors: Error[] = []
      const list = await workloads(call)
      if (list.length === 0) call.err(`No resources found in ${call.namespace} namespace.\n`)
      for (const found of list) {
        try {
          const { mapping, object } = found
          const body = change(call, found)
          const path = pathOf(mapping, object.metadata.namespace, object.metadata.name) + writeQuery(call, dryRun)
          printer.print(
            mapping,
            dryRun === 'client' ? object : call.rest.patch(path, 'application/strategic-merge-patch+json', body),
            word,
          )
        } catch (error) {
          errors.push(error as Error)
        }
      }
      throwAll(errors)
      return undefined
    },
  }
}

const named = ({ mapping, object }: Fetched) => `${groupResource(mapping)} "${object.metadata.name}"`

const restart = patching('restart', 'Restart a resource', 'restarted', (call, found) => {
  const { mapping, object } = found
  if (!['deployments', 'daemonsets', 'statefulsets'].includes(mapping.resource))
    throw fail(`${named(found)} restarting is not supported`)
  if (object.spec?.paused) throw fail(`${named(found)} can't restart paused deployment (run rollout resume first)`)
  // RFC 3339 in the machine's zone, which is UTC.
  const at = `${new Date(call.now).toISOString().slice(0, 19)}Z`
  return { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at } } } } }
})

function pauser(name: 'pause' | 'resume', short: string, word: string): Verb {
  return patching(name, short, word, (_call, found) => {
    const wanted = name === 'pause'
    if (found.mapping.resource !== 'deployments')
      throw fail(`${named(found)} ${wanted ? 'pausing' : 'resuming'} is not supported`)
    if (Boolean(found.object.spec.paused) === wanted)
      throw fail(`${named(found)} ${wanted ? 'is already paused' : 'is not paused'}`)
    return { spec: { paused: wanted ? true : null } }
  })
}

export const rollout: Verb = {
  name: 'rollout',
  short: 'Manage the rollout of a resource',
  use: 'SUBCOMMAND',
  flags: [],
  verbs: [
    history,
    pauser('pause', 'Mark the provided resource as paused', 'paused'),
    restart,
    pauser('resume', 'Resume a paused resource', 'resumed'),
    status,
    undo,
  ],
}
