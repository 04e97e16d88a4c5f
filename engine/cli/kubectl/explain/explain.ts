import { fail, KubectlError } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import { groupResource, type Mapping } from '../mapper.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { FormerExplainer, NoSuchField } from './former.ts'
import { Explainer } from './render.ts'

export const explain: Verb = {
  name: 'explain',
  short: 'Get documentation for a resource',
  use: 'TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  flags: [
    flag('api-version', 'string'),
    flag('output', 'string', { short: 'o', fallback: 'plaintext' }),
    flag('recursive', 'bool'),
  ],
  completes: 'resource',
  run,
}

/** The releases that read OpenAPI v3 and that show the values of enums. */
const V3 = 27
const ENUMS = 30

interface Target {
  readonly mapping: Mapping
  readonly fields: readonly string[]
}

/** "svc.spec.ports" → its names; anything but names and dots is no path of fields. */
function parts(typed: string): readonly string[] {
  const text = typed.replace(/\.$/, '')
  const names = text.split('.')
  if (names.slice(1).includes('') || /[[\]*()'"?@{}]/.test(text)) {
    throw fail('invalid jsonpath syntax, first node must be field node')
  }
  return names
}

/** The kind and its fields: the kind may bear its group, as long as no fields are meant ("deployments.apps.spec"). */
function targetOf(call: Invocation, typed: string): Target {
  const [first = '', ...fields] = parts(typed)
  if (first === '') throw fail('a resource must be present, got: /, Resource=')
  const all = candidates(call, first)
  if (all[0] === undefined) throw new KubectlError(`the server doesn't have a resource type "${first}"`)
  if (call.flags.text('api-version') === '') {
    for (const mapping of all) {
      const name = groupResource(mapping)
      if (!typed.startsWith(name)) continue
      return {
        mapping,
        fields: typed
          .slice(name.length)
          .split('.')
          .slice(1)
          .filter((f) => f !== ''),
      }
    }
  }
  return { mapping: all[0], fields }
}

/** Every kind that a word names, the server's order first. */
function candidates(call: Invocation, word: string): readonly Mapping[] {
  const lower = word.toLowerCase()
  const named = call.mapper
    .preferred()
    .filter((m) => m.resource === lower || m.singular === lower || m.kind.toLowerCase() === lower)
  if (named.length > 0) return named
  const short = call.mapper.find(word)
  return short === undefined ? [] : [short]
}

function run(call: Invocation): undefined {
  const { args, flags } = call
  const [typed] = args
  if (typed === undefined) {
    const hint = `Use "kubectl api-resources" for a complete list of supported resources.`
    throw fail(`You must specify the type of resource to explain. ${hint}\n`)
  }
  if (args.length > 1) throw fail('We accept only this format: explain RESOURCE\n')
  const { mapping, fields } = targetOf(call, typed)
  const [group, version] = versionOf(call, mapping)
  const output = flags.text('output')
  if (output === 'plaintext-openapiv2' || call.minor < V3) {
    call.out(former(call, { mapping, fields }, group, version))
    return undefined
  }
  const document = documentOf(call, group, version, mapping.resource)
  if (output !== 'plaintext') throw fail(`unrecognized format: ${output}`)
  const explainer = new Explainer(document, flags.bool('recursive'), call.minor >= ENUMS)
  const kind = explainer.kindAt(group, version, mapping.resource)
  if (kind === undefined) {
    throw fail(`GVR (${group}/${version}, Resource=${mapping.resource}) not found in OpenAPI schema`)
  }
  const heading = kind.group ? `GROUP:      ${kind.group}\n` : ''
  call.out(`${heading}KIND:       ${kind.kind}\nVERSION:    ${kind.version}\n\n`)
  const text = explainer.output(kind, fields)
  if (text === undefined) throw fail(`field "${fields.at(-1) ?? ''}" does not exist`)
  call.out(`${text}\n`)
  return undefined
}

function versionOf(call: Invocation, mapping: Mapping): readonly [string, string] {
  const given = call.flags.text('api-version')
  if (given === '') return [mapping.group, mapping.version]
  const [first = '', second, ...rest] = given.split('/')
  if (rest.length > 0) throw fail(`unexpected GroupVersion string: ${given}`)
  return second === undefined ? ['', first] : [first, second]
}

function documentOf(call: Invocation, group: string, version: string, resource: string): Obj {
  const index = call.rest.get('/openapi/v3')
  const paths: Obj = (typeof index === 'string' ? JSON.parse(index) : index).paths
  const found = paths[group === '' ? `api/${version}` : `apis/${group}/${version}`]
  if (found === undefined) throw fail(`couldn't find resource for "${group}/${version}, Resource=${resource}"`)
  return call.rest.get(found.serverRelativeURL)
}

function former(call: Invocation, { mapping, fields }: Target, group: string, version: string): string {
  const explainer = new FormerExplainer(call.rest.get('/openapi/v2'), call.flags.bool('recursive'))
  const schema = explainer.find(group, version, mapping.kind)
  if (schema === undefined) throw fail(`couldn't find resource for "${group}/${version}, Kind=${mapping.kind}"`)
  try {
    return explainer.print(schema, fields, group === '' ? version : `${group}/${version}`, mapping.kind)
  } catch (error) {
    if (error instanceof NoSuchField) throw fail(`field "${error.message}" does not exist`)
    throw error
  }
}
