import { humanDuration } from '../../base/duration.ts'
import { type Fetched, fetchObjects, listItems, type Target, targetPath, targets } from './builder.ts'
import type { DescribeTools } from './describe/describer.ts'
import { describerFor } from './describe/registry.ts'
import { Lines } from './describe/writer.ts'
import { isNotFound, throwAll } from './errors.ts'
import { ALL_NAMESPACES, CHUNK_SIZE, FILENAME_FLAGS, SELECTOR } from './flags/groups.ts'
import { flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { manifestTargets } from './manifests.ts'
import { RECORDED_KINDS } from './recorded.data.ts'
import type { Verb } from './verb.ts'

export const describe: Verb = {
  name: 'describe',
  short: 'Show details of a specific resource or group of resources',
  use: '(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) [options]',
  completes: 'resource',
  flags: [...FILENAME_FLAGS, ALL_NAMESPACES, SELECTOR, CHUNK_SIZE, flag('show-events', 'bool', { fallback: 'true' })],
  run,
}

async function run(call: Invocation): Promise<undefined> {
  const { flags, args } = call
  if (args.length === 0 && !flags.changed('filename') && !flags.changed('kustomize')) {
    throw call.usage(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
    )
  }
  const options = { allNamespaces: flags.bool('all-namespaces'), selector: flags.text('selector'), all: true }
  const files = flags.list('filename')
  const list = files.length > 0 ? await manifestTargets(call, files) : targets(call, args, options)
  let { objects, errors } = fetchObjects(call, list, options)
  if (files.length === 0 && errors.length > 0 && errors.every(isNotFound) && list.length === 1 && list[0]?.name !== undefined) {
    const matching = byPrefix(call, list[0])
    if (matching.length > 0) {
      objects = matching
      errors = []
    }
  }
  const shown = objects.map((o) => description(call, o))
  call.out(shown.join('\n\n'))
  if (objects.length === 0 && errors.length === 0) {
    const namespaced = !flags.bool('all-namespaces') && list.every((t) => t.mapping.namespaced)
    call.err(namespaced ? `No resources found in ${call.namespace} namespace.\n` : 'No resources found\n')
  }
  throwAll(errors)
  return undefined
}

/** A name that does not exist may be the beginning of names that do (DescribeMatchingResources). */
function byPrefix(call: Invocation, target: Target): Fetched[] {
  const list = call.rest.get(targetPath({ mapping: target.mapping, namespace: target.namespace }, { limit: '500' }))
  return listItems(list)
    .filter((item) => String(item.metadata.name).startsWith(target.name!))
    .map((object) => ({ mapping: target.mapping, object }))
}

function description(call: Invocation, { mapping, object }: Fetched): string {
  const tools: DescribeTools = {
    call,
    showEvents: call.flags.bool('show-events'),
    find: (path) => quietly(() => call.rest.get(path), undefined),
    list: (path) => quietly(() => listItems(call.rest.get(path)), []),
    age: (timestamp) => (timestamp ? humanDuration(call.now - Date.parse(timestamp)) : '<unknown>'),
  }
  if (!RECORDED_KINDS.includes(mapping.kind)) call.context.mark('modelled')
  const out = new Lines()
  describerFor(mapping.kind, mapping.group).describe(out, object, tools)
  return out.done()
}

/** Parts that may not be read are left out, as describe.go does with a forbidden list. */
function quietly<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}
