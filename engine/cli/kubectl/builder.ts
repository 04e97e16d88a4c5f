import { fail, StatusError } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { type Mapping, pathOf } from './mapper.ts'
import { query } from './rest.ts'
import { type Obj, quote } from './values.ts'

/** One thing a command line names: an object by name, or a whole collection. */
export interface Target {
  readonly mapping: Mapping
  readonly namespace: string | undefined
  /** Absent: the collection (with the selectors). */
  readonly name?: string
  readonly subresource?: string
  /** The file that names it. */
  readonly source?: string
  /** The List of a file it stands in: errors of its items are told together. */
  readonly list?: unknown
}

export interface TargetOptions {
  readonly allNamespaces?: boolean
  readonly selector?: string
  readonly fieldSelector?: string
  /** --all, or a verb for which a bare type means everything (get, describe). */
  readonly all?: boolean
}

const MISSING = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`

const MIXED =
  "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'"

/** What the arguments name, in order (cli-runtime resource.Builder). */
export function targets(call: Invocation, args: readonly string[], options: TargetOptions = {}): Target[] {
  const words = normalize(args)
  if (words.length === 0) throw fail(MISSING)
  const slashed = words.filter((w) => w.includes('/')).length
  const namespaceOf = (m: Mapping) => (m.namespaced ? (options.allNamespaces ? '' : call.namespace) : undefined)
  if (slashed > 0) {
    if (slashed < words.length) throw fail(MIXED)
    return words.map((word) => byPair(call, word, options, namespaceOf))
  }
  const names = words.slice(1)
  const selecting = options.selector || options.fieldSelector
  const mappings = types(call, words[0]!)
  if (names.length > 0 && selecting) throw fail('name cannot be provided when a selector is specified')
  if (names.length > 0) {
    // Several kinds with names are pairs, name by name.
    return names.flatMap((name) =>
      mappings.map((mapping) => {
        if (options.allNamespaces && mapping.namespaced)
          throw fail('a resource cannot be retrieved by name across all namespaces')
        return { mapping, namespace: namespaceOf(mapping), name }
      }),
    )
  }
  if (!selecting && !options.all) throw fail('resource(s) were provided, but no name was specified')
  return mappings.map((mapping) => ({ mapping, namespace: namespaceOf(mapping) }))
}

function byPair(call: Invocation, word: string, options: TargetOptions, namespaceOf: (m: Mapping) => string | undefined): Target {
  const parts = word.split('/')
  if (parts.length !== 2) throw fail('arguments in resource/name form may not have more than one slash')
  const [type, name] = parts as [string, string]
  if (type === '' || name === '' || type.includes(','))
    throw fail('arguments in resource/name form must have a single resource and name')
  if (options.selector) throw fail('name cannot be provided when a selector is specified')
  const mapping = call.mapper.resolve(type)
  if (options.allNamespaces && mapping.namespaced) throw fail('a resource cannot be retrieved by name across all namespaces')
  return { mapping, namespace: namespaceOf(mapping), name }
}

/** The kinds a comma-separated word names; categories ("all") are expanded. */
export function types(call: Invocation, word: string): Mapping[] {
  const out: Mapping[] = []
  for (const type of word.split(',')) {
    if (type === '') throw fail(`arguments in resource/name form must have a single resource and name`)
    const category = call.mapper.find(type) === undefined ? call.mapper.category(type) : undefined
    for (const m of category ?? [call.mapper.resolve(type)]) if (!out.includes(m)) out.push(m)
  }
  return out
}

/** "pods, services" typed with blanks after the commas is one word. */
function normalize(args: readonly string[]): string[] {
  const out: string[] = []
  for (let i = 0; i < args.length; i++) {
    let word = args[i]!
    while (word.endsWith(',') && i + 1 < args.length) word += args[++i]
    out.push(word.replace(/,$/, ''))
  }
  return out
}

/** The URL of a target, with its selectors. */
export function targetPath(target: Target, params: Readonly<Record<string, string | undefined>> = {}): string {
  return pathOf(target.mapping, target.namespace, target.name, target.subresource) + query(params)
}

/** Fetches every object the targets name; lists are taken apart. Errors are collected, objects that exist are returned. */
export function fetchObjects(
  call: Invocation,
  list: readonly Target[],
  options: TargetOptions = {},
): { objects: Fetched[]; errors: Error[] } {
  const objects: Fetched[] = []
  const errors: Error[] = []
  for (const target of list) {
    try {
      const params =
        target.name === undefined ? { labelSelector: options.selector, fieldSelector: options.fieldSelector, limit: '500' } : {}
      const body = call.rest.get(targetPath(target, params))
      if (target.name !== undefined) objects.push({ mapping: target.mapping, object: body })
      else for (const object of listItems(body)) objects.push({ mapping: target.mapping, object })
    } catch (error) {
      if (!(error instanceof Error)) throw error
      errors.push(target.name === undefined ? whenListing(error, target.mapping, options) : error)
    }
  }
  return { objects, errors }
}

/** A refused list names what was asked for (cli-runtime resource.EnhanceListError). */
export function whenListing(error: Error, mapping: Mapping, options: TargetOptions): Error {
  if (!(error instanceof StatusError) || !['BadRequest', 'NotFound'].includes(error.reason)) return error
  const subject = quote(`${mapping.group}/${mapping.version}, Resource=${mapping.resource}`)
  const { selector = '', fieldSelector = '' } = options
  const what =
    selector === '' && fieldSelector === ''
      ? `Unable to list ${subject}`
      : `Unable to find ${subject} that match label selector ${quote(selector)}, field selector ${quote(fieldSelector)}`
  return new StatusError({ ...error.status, message: `${what}: ${error.message}` })
}

export interface Fetched {
  readonly mapping: Mapping
  readonly object: Obj
}

/** A list's items; each carries apiVersion and kind, which the wire leaves out. */
export function listItems(list: Obj): Obj[] {
  const kind = String(list.kind ?? '').replace(/List$/, '')
  return (list.items ?? []).map((item: Obj) => (item.kind ? item : { apiVersion: list.apiVersion, kind, ...item }))
}
