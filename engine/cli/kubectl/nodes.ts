import { qualifiedName } from '../../api/validation/names.ts'
import { fetchObjects, targets } from './builder.ts'
import { dryRunOf, writeQuery } from './dry-run.ts'
import { fail, throwAll } from './errors.ts'
import { DRY_RUN, fieldManager, PRINT_FLAGS, SELECTOR, VALIDATE } from './flags/groups.ts'
import { flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { pathOf } from './mapper.ts'
import { ResultPrinter } from './print/printer.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

/** cordon and uncordon: spec.unschedulable of nodes. */
function cordoning(name: 'cordon' | 'uncordon', short: string): Verb {
  return {
    name,
    short,
    use: 'NODE [options]',
    completes: 'node',
    flags: [DRY_RUN, SELECTOR],
    run: (call) => {
      const selector = call.flags.text('selector')
      if (call.args.length === 0 && selector === '') throw call.usage(`USAGE: ${name} NODE [flags]`)
      if (call.args.length > 0 && selector !== '')
        throw call.usage('error: cannot specify both a node name and a --selector option')
      const dryRun = dryRunOf(call)
      const printer = new ResultPrinter(call, dryRun)
      const { objects, errors } = fetchObjects(call, targets(call, ['nodes', ...call.args], { selector }), { selector })
      throwAll(errors)
      const wanted = name === 'cordon'
      for (const { mapping, object } of objects) {
        if ((object.spec?.unschedulable === true) === wanted) {
          printer.print(mapping, object, `already ${name}ed`)
          continue
        }
        const path = pathOf(mapping, undefined, object.metadata.name) + writeQuery(call, dryRun)
        if (dryRun !== 'client')
          call.rest.patch(path, 'application/strategic-merge-patch+json', { spec: { unschedulable: wanted ? true : null } })
        printer.print(mapping, object, `${name}ed`)
      }
      throwAll(errors)
      return undefined
    },
  }
}

export const cordon = cordoning('cordon', 'Mark node as unschedulable')
export const uncordon = cordoning('uncordon', 'Mark node as schedulable')

export const taint: Verb = {
  name: 'taint',
  short: 'Update the taints on one or more nodes',
  use: 'NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N [options]',
  completes: 'node',
  flags: [
    ...PRINT_FLAGS,
    DRY_RUN,
    fieldManager('kubectl-taint'),
    SELECTOR,
    VALIDATE,
    flag('all', 'bool'),
    flag('overwrite', 'bool'),
  ],
  run: taintRun,
}

interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect?: string
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

function taintRun(call: Invocation): undefined {
  const { flags, args } = call
  const isSpec = (a: string) => a.includes('=') || a.includes(':') || a.endsWith('-')
  const resources = args.filter((a) => !isSpec(a))
  const { add, remove } = parseTaints(call, args.filter(isSpec))
  if (resources.length === 0) throw fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (add.length + remove.length === 0) throw fail('at least one taint update is required')
  if (!/^(no|nodes?)$/i.test(resources[0]!)) throw fail(`invalid resource type ${resources[0]}, only node types are supported`)
  const dryRun = dryRunOf(call)
  // A dry run says nothing of itself here.
  const printer = new ResultPrinter(call)
  const selector = flags.text('selector')
  const { objects, errors } = fetchObjects(call, targets(call, resources, { selector, all: flags.bool('all') }), { selector })
  for (const { mapping, object } of objects) {
    try {
      const { taints, word } = changed(object, add, remove, flags.bool('overwrite'))
      const path = pathOf(mapping, undefined, object.metadata.name) + writeQuery(call, dryRun)
      const body = { spec: { taints: taints.length > 0 ? taints : null } }
      printer.print(mapping, dryRun === 'client' ? object : call.rest.patch(path, 'application/merge-patch+json', body), word)
    } catch (error) {
      errors.push(error as Error)
    }
  }
  throwAll(errors)
  return undefined
}

function parseTaints(call: Invocation, list: readonly string[]): { add: Taint[]; remove: Taint[] } {
  const add: Taint[] = []
  const remove: Taint[] = []
  for (const text of list) {
    const removing = text.endsWith('-')
    const body = removing ? text.slice(0, -1) : text
    const [pair = '', effect, ...more] = body.split(':')
    const [key = '', value] = pair.split('=')
    if (more.length > 0 || key === '') throw fail(`invalid taint spec: ${text}`)
    if (effect !== undefined && !EFFECTS.includes(effect))
      throw call.usage(`invalid taint effect: ${effect}, unsupported taint effect`)
    if (!removing && problemOf(key) !== '') throw call.usage(`invalid taint spec: ${text}${problemOf(key)}`)
    if (removing) remove.push({ key, ...(effect === undefined ? {} : { effect }) })
    else if (effect === undefined) throw call.usage(`invalid taint spec: ${text}${problemOf(text)}`)
    else if (add.some((t) => t.key === key && t.effect === effect))
      throw call.usage(`duplicated taints with the same key and effect: {${key} ${value ?? ''} ${effect} <nil>}`)
    else add.push({ key, effect, ...(value === undefined ? {} : { value }) })
  }
  const both = remove.filter((r) => add.some((a) => a.key === r.key && (r.effect === undefined || r.effect === a.effect)))
  if (both.length > 0)
    throw fail(
      `can not both modify and remove the following taint(s) in the same command: ${both.map((t) => `${t.key}=${t.effect ?? ''}`).join(', ')}`,
    )
  return { add, remove }
}

/** What is wrong with a taint's key, behind a comma. */
function problemOf(key: string): string {
  const problems = qualifiedName(key)
  return problems.length === 0 ? '' : `, ${problems.join('; ')}`
}

function changed(
  node: Obj,
  add: readonly Taint[],
  remove: readonly Taint[],
  overwrite: boolean,
): { taints: Taint[]; word: string } {
  const held: readonly Taint[] = node.spec?.taints ?? []
  const clash = add.filter((t) => held.some((h) => h.key === t.key && h.effect === t.effect))
  if (clash.length > 0 && !overwrite) {
    throw fail(
      `node ${node.metadata.name} already has ${clash.map((t) => t.key).join(',')} taint(s) with same effect(s) and --overwrite is false`,
    )
  }
  const matches = (h: Taint, t: Taint) => h.key === t.key && (t.effect === undefined || h.effect === t.effect)
  for (const t of remove) {
    if (!held.some((h) => matches(h, t))) throw fail(`taint "${t.key}${t.effect === undefined ? '' : `:${t.effect}`}" not found`)
  }
  const kept = held.filter(
    (h) => !remove.some((t) => matches(h, t)) && !add.some((t) => t.key === h.key && t.effect === h.effect),
  )
  const word =
    add.length > 0 && remove.length > 0 ? 'modified' : add.length === 0 ? 'untainted' : clash.length > 0 ? 'modified' : 'tainted'
  return { taints: [...add, ...kept], word }
}
