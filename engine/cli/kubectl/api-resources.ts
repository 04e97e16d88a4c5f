import { TABLE_LAYOUT, tabbed } from '../../base/tabwriter.ts'
import { fail } from './errors.ts'
import { accepted, flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { apiVersionOf, groupResource, type Mapping } from './mapper.ts'
import { printerFor } from './print/printer.ts'
import type { Verb } from './verb.ts'

/** The release whose api-resources prints structures. */
const STRUCTURED = 34
const PRINTED = ['json', 'yaml', 'kyaml']

export const apiResources: Verb = {
  name: 'api-resources',
  short: 'Print the supported API resources on the server',
  use: '[flags] [options]',
  flags: [
    flag('api-group', 'string'),
    accepted('cached', 'bool', 'discovery is not cached'),
    flag('categories', 'stringSlice'),
    flag('namespaced', 'bool', { fallback: 'true' }),
    flag('no-headers', 'bool'),
    flag('output', 'string', { short: 'o' }),
    accepted('show-managed-fields', 'bool', 'resources have no managed fields'),
    flag('sort-by', 'string'),
    flag('verbs', 'stringSlice'),
  ],
  run,
}

function run(call: Invocation): undefined {
  const { flags, args } = call
  if (args.length > 0) throw call.usage(`unexpected arguments: [${args.join(' ')}]`)
  const output = flags.text('output')
  const sortBy = flags.text('sort-by')
  const structured = call.minor >= STRUCTURED
  if (!['', 'name', 'kind'].includes(sortBy)) throw fail('--sort-by accepts only name or kind')
  if (!['', 'wide', 'name', ...(structured ? PRINTED : [])].includes(output)) {
    const formats = 'json,kyaml,name,wide,yaml'
    throw fail(
      structured
        ? `unable to match a printer suitable for the output format "${output}", allowed formats are: ${formats}`
        : `--output ${output} is not available`,
    )
  }
  const shown = call.mapper.preferred().filter((m) => wanted(call, m))
  const key = (m: Mapping) => (sortBy === 'name' ? m.resource : sortBy === 'kind' ? m.kind : `${m.group}\0${m.resource}`)
  const sorted = [...shown].sort((x, y) => (key(x) < key(y) ? -1 : key(x) > key(y) ? 1 : 0))
  if (output === 'name') {
    call.out(sorted.map((m) => `${groupResource(m)}\n`).join(''))
    return undefined
  }
  if (PRINTED.includes(output)) {
    const resources = sorted.map(resourceOf)
    const list = {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: '',
      resources: resources.length > 0 ? resources : null,
    }
    call.out(printerFor(call, 'other')?.print(list, false) ?? '')
    return undefined
  }
  const wide = output === 'wide'
  const head = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])]
  let text = flags.bool('no-headers') ? '' : `${head.join('\t')}\n`
  for (const m of sorted) {
    const cells = [m.resource, m.shortNames.join(','), apiVersionOf(m), String(m.namespaced), m.kind]
    if (wide) cells.push(m.verbs.join(','), m.categories.join(','))
    text += `${cells.join('\t')}\n`
  }
  call.out(tabbed(text, TABLE_LAYOUT))
  return undefined
}

/** metav1.APIResource, its members in their order. */
function resourceOf(m: Mapping): object {
  return {
    name: m.resource,
    singularName: m.singular,
    namespaced: m.namespaced,
    ...(m.group === '' ? {} : { group: m.group }),
    version: m.version,
    kind: m.kind,
    verbs: m.verbs,
    ...(m.shortNames.length > 0 ? { shortNames: m.shortNames } : {}),
    ...(m.categories.length > 0 ? { categories: m.categories } : {}),
  }
}

function wanted(call: Invocation, m: Mapping): boolean {
  const { flags } = call
  if (m.verbs.length === 0) return false
  if (flags.changed('namespaced') && m.namespaced !== flags.bool('namespaced')) return false
  if (flags.changed('api-group') && m.group !== flags.text('api-group')) return false
  if (!flags.list('verbs').every((v) => m.verbs.includes(v))) return false
  return flags.list('categories').every((c) => m.categories.includes(c))
}

export const apiVersions: Verb = {
  name: 'api-versions',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  use: '[flags] [options]',
  flags: [],
  run: (call) => {
    if (call.args.length > 0) throw call.usage(`unexpected arguments: [${call.args.join(' ')}]`)
    const versions = new Set(call.mapper.all().map(apiVersionOf))
    // A group of reviews alone has no listable resource; discovery names it all the same.
    call.out(
      [...versions]
        .sort()
        .map((v) => `${v}\n`)
        .join(''),
    )
    return undefined
  },
}
