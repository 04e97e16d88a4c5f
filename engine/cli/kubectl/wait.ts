import { fetchObjects, type Target, targetPath, targets } from './builder.ts'
import { fail, isNotFound, KubectlError, silentExit, throwAll } from './errors.ts'
import { ALL_NAMESPACES, FIELD_SELECTOR, FILENAME_FLAGS, PRINT_FLAGS, SELECTOR } from './flags/groups.ts'
import { flag, known } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { manifestTargets } from './manifests.ts'
import { type Mapping, pathOf } from './mapper.ts'
import { JsonPath, PathError, relaxedJsonPath } from './print/jsonpath/run.ts'
import { ResultPrinter } from './print/printer.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const wait: Verb = {
  name: 'wait',
  short: 'Wait for a specific condition on one or many resources',
  use: "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]] [options]",
  completes: 'resource',
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    ALL_NAMESPACES,
    FIELD_SELECTOR,
    SELECTOR,
    flag('all', 'bool'),
    flag('for', 'string'),
    known('local', 'bool'),
    flag('timeout', 'duration', { fallback: '30s' }),
  ],
  run,
}

const STEP_MS = 100

/** Whether what is waited for holds of the object (undefined: it does not exist). */
type Condition = (object: Obj | undefined) => boolean

async function run(call: Invocation): Promise<undefined> {
  const { flags } = call
  const wanted = flags.text('for')
  const condition = parse(wanted)
  const selector = flags.text('selector')
  const fieldSelector = flags.text('field-selector')
  const options = { allNamespaces: flags.bool('all-namespaces'), selector, fieldSelector, all: flags.bool('all') }
  const files = flags.list('filename')
  const list = files.length > 0 ? await manifestTargets(call, files) : targets(call, call.args, options)
  const given = flags.duration('timeout')
  const deadline = given < 0 ? call.now + 7 * 24 * 3_600_000 : call.now + given
  const printer = new ResultPrinter(call)
  const isDelete = wanted.toLowerCase() === 'delete'
  const isCreate = wanted.toLowerCase() === 'create'
  const errors: Error[] = []
  let late = false
  for (const target of list) {
    const found =
      target.name === undefined || !(isDelete || isCreate)
        ? fetchObjects(call, [target], options)
        : { objects: existing(call, target), errors: [] }
    throwAll(found.errors)
    if (isCreate && found.objects.length === 0)
      found.objects.push({ mapping: target.mapping, object: { metadata: { name: target.name, namespace: target.namespace } } })
    if (found.objects.length === 0 && !isDelete) throw fail('no matching resources found')
    for (const { mapping, object } of found.objects) {
      try {
        // Once the time is over, the rest is not looked at any more.
        if (late && given !== 0) throw timedOut(mapping, object, false)
        const last = await until(call, mapping, object, condition, deadline, isCreate)
        printer.print(mapping, last ?? object, 'condition met')
      } catch (error) {
        if (!(error instanceof KubectlError) || error.code !== 1) throw error
        late ||= call.now >= deadline
        errors.push(
          given === 0 && !isCreate && !isDelete
            ? fail(`condition not met for ${mapping.resource}/${object.metadata.name}`)
            : error,
        )
      }
    }
  }
  throwAll(errors)
  return undefined
}

function timedOut(mapping: Mapping, object: Obj, creating: boolean): Error {
  const what = creating ? '' : ` on ${mapping.resource}/${object.metadata.name}`
  return fail(`timed out waiting for the condition${what}`)
}

function existing(call: Invocation, target: Target): { mapping: Mapping; object: Obj }[] {
  try {
    return [{ mapping: target.mapping, object: call.rest.get(targetPath(target)) }]
  } catch (error) {
    if (isNotFound(error)) return []
    throw error
  }
}

async function until(
  call: Invocation,
  mapping: Mapping,
  object: Obj,
  condition: Condition,
  deadline: number,
  creating: boolean,
): Promise<Obj | undefined> {
  const path = pathOf(mapping, object.metadata.namespace, object.metadata.name)
  for (;;) {
    let live: Obj | undefined
    try {
      live = call.rest.get(path)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
    if (condition(live)) return live
    if (call.now >= deadline) throw timedOut(mapping, object, creating)
    if (call.context.signal.aborted) throw silentExit(130)
    await call.context.sleep(Math.min(STEP_MS, deadline - call.now))
  }
}

function parse(text: string): Condition {
  const lower = text.toLowerCase()
  if (lower === 'delete') return (object) => object === undefined
  if (lower === 'create') return (object) => object !== undefined
  if (text.startsWith('condition=')) {
    const [name = '', value = 'true'] = text.slice('condition='.length).split('=')
    return (object) => {
      const c = (object?.status?.conditions ?? []).find((x: Obj) => String(x.type).toLowerCase() === name.toLowerCase())
      const fresh =
        c?.observedGeneration === undefined ||
        object?.metadata.generation === undefined ||
        c.observedGeneration >= object.metadata.generation
      const observed = object?.status?.observedGeneration
      const current =
        observed === undefined || object?.metadata.generation === undefined || observed >= object.metadata.generation
      return c !== undefined && fresh && current && String(c.status).toLowerCase() === value.toLowerCase()
    }
  }
  if (text.startsWith('jsonpath=')) return byPath(text.slice('jsonpath='.length))
  throw fail(`unrecognized condition: "${text}"`)
}

function byPath(text: string): Condition {
  const at = text.indexOf('}') < 0 ? text.indexOf('=') : text.indexOf('=', text.indexOf('}'))
  const path = (at < 0 ? text : text.slice(0, at)).replace(/^'|'$/g, '')
  const value = at < 0 ? undefined : text.slice(at + 1).replace(/^(['"])(.*)\1$/, '$2')
  if (value === '')
    throw fail("jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3")
  if (path === '') throw fail('jsonpath expression cannot be empty')
  let parsed: JsonPath
  try {
    parsed = new JsonPath(relaxedJsonPath(path), false)
  } catch (error) {
    throw error instanceof PathError ? fail(error.message) : error
  }
  return (object) => {
    if (object === undefined) return false
    try {
      const values = parsed.results(object).flat()
      if (values.length === 0) return false
      if (value === undefined) return true
      if (values.length > 1) throw fail('given jsonpath expression matches more than one value')
      if (typeof values[0] === 'object') throw fail('jsonpath leads to a nested object or list which is not supported')
      return String(values[0]) === value
    } catch (error) {
      if (error instanceof PathError) return false
      throw error
    }
  }
}
