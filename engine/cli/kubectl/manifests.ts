import { parseAllDocuments, type Document as YamlDocument } from 'yaml'
import { GO_YAML } from '../../base/go-yaml.ts'
import { decodeUtf8 } from '../../base/utf8.ts'
import { FsError } from '../../cluster/fs.ts'
import type { Target } from './builder.ts'
import { fail } from './errors.ts'
import { type Invocation, NULL_DEVICE } from './invocation.ts'
import { type Mapping, pathOf } from './mapper.ts'
import { isMap, type Obj } from './values.ts'
import { yamlError } from './yaml-error.ts'

/** An object from a file, and where it came from. */
export interface Manifest {
  readonly mapping: Mapping
  readonly object: Obj
  readonly namespace: string | undefined
  /** The file's name in messages: its path, or STDIN. */
  readonly source: string
  /** The List it stands in. */
  readonly list?: Obj
}

/** The objects of -f files, "-" and folders, in order; Lists are taken apart. Errors of single documents are collected. */
export async function loadManifests(
  call: Invocation,
  files: readonly string[],
): Promise<{ manifests: Manifest[]; errors: Error[] }> {
  const manifests: Manifest[] = []
  const errors: Error[] = []
  for (const file of files) {
    for (const { source, text } of await texts(call, file)) {
      const found = manifestsOfText(call, text, source)
      manifests.push(...found.manifests)
      errors.push(...found.errors)
    }
  }
  return { manifests, errors }
}

/** The objects of a text that came from `source`; Lists are taken apart. A text that cannot be parsed throws. */
export function manifestsOfText(call: Invocation, text: string, source: string): { manifests: Manifest[]; errors: Error[] } {
  const manifests: Manifest[] = []
  const errors: Error[] = []
  for (const object of documents(call, text, source)) {
    const list = object.kind === 'List' || (String(object.kind).endsWith('List') && Array.isArray(object.items))
    for (const item of list ? (object.items ?? []) : [object]) {
      try {
        const made = manifest(call, item, source)
        manifests.push(list ? { ...made, list: object } : made)
      } catch (error) {
        errors.push(error as Error)
      }
    }
  }
  return { manifests, errors }
}

/** The objects named in files, for verbs that only need their names. */
export async function manifestTargets(
  call: Invocation,
  files: readonly string[],
  args: readonly string[] = [],
): Promise<Target[]> {
  if (args.length > 0)
    throw fail('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well')
  const { manifests, errors } = await loadManifests(call, files)
  if (errors.length > 0) throw errors[0]
  return manifests.map((m) => ({
    mapping: m.mapping,
    namespace: m.namespace,
    name: m.object.metadata?.name ?? '',
    source: m.source,
    ...(m.list === undefined ? {} : { list: m.list }),
  }))
}

async function texts(call: Invocation, file: string): Promise<{ source: string; text: string }[]> {
  if (file === '-') return [{ source: 'STDIN', text: await call.stdin() }]
  if (/^https?:\/\//.test(file)) throw call.notEmulated('-f with a URL')
  const { fs } = call.context.machine
  const path = call.resolve(file)
  if (path === NULL_DEVICE) return [{ source: file, text: '' }]
  try {
    if (fs.stat(path, { follow: true }).type !== 'dir') return [{ source: file, text: decodeUtf8(fs.read(path)) }]
  } catch (error) {
    if (error instanceof FsError)
      throw fail(`the path ${JSON.stringify(file)} ${error.code === 'EACCES' ? 'cannot be accessed' : 'does not exist'}`)
    throw error
  }
  return folder(call, file.replace(/\/$/, ''), path)
}

function folder(call: Invocation, name: string, path: string): { source: string; text: string }[] {
  const { fs } = call.context.machine
  const out: { source: string; text: string }[] = []
  for (const entry of [...fs.list(path)].sort()) {
    const inner = `${path}/${entry}`
    const isDir = fs.stat(inner, { follow: true }).type === 'dir'
    if (isDir && call.flags.bool('recursive')) out.push(...folder(call, `${name}/${entry}`, inner))
    else if (!isDir && /\.(json|yaml|yml)$/.test(entry))
      out.push({ source: `${name}/${entry}`, text: decodeUtf8(fs.read(inner)) })
  }
  if (out.length === 0) throw fail(`error reading [${name}]: recognized file extensions are [.json .yaml .yml]`)
  return out
}

function documents(call: Invocation, text: string, source: string): Obj[] {
  const out: Obj[] = []
  // JSON is YAML.
  for (const doc of parseAllDocuments(text, GO_YAML)) {
    if (doc.errors.length > 0) {
      call.context.mark('modelled')
      throw fail(`error parsing ${source}: error converting YAML to JSON: ${yamlError(doc.errors[0]!)}`)
    }
    const value = documentValue(call, doc, source)
    if (value === null || value === undefined) continue
    if (!isMap(value) && validates(call)) throw invalid(source, 'invalid object to validate')
    if (!isMap(value)) {
      throw fail(
        `error parsing ${source}: couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonKind(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
      )
    }
    out.push(value)
  }
  return out
}

/** An alias without its anchor is found only now. */
function documentValue(call: Invocation, doc: YamlDocument, source: string): Obj {
  try {
    return doc.toJS({ maxAliasCount: 100 })
  } catch (error) {
    const missing = /Unresolved alias.*: (\S+)$/.exec((error as Error).message)
    if (missing === null) throw error
    call.context.mark('modelled')
    throw fail(`error parsing ${source}: error converting YAML to JSON: yaml: unknown anchor '${missing[1]}' referenced`)
  }
}

function jsonKind(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value
}

function manifest(call: Invocation, object: Obj, source: string): Manifest {
  const { kind, apiVersion } = object
  const problems = [
    ...(typeof apiVersion !== 'string' || apiVersion === '' ? ['apiVersion not set'] : []),
    ...(typeof kind !== 'string' || kind === '' ? ['kind not set'] : []),
  ]
  if (problems.length > 0 && validates(call))
    throw invalid(source, problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`)
  if (typeof kind !== 'string' || kind === '') throw unrecognised(source, "Object 'Kind' is missing", object)
  if (typeof apiVersion !== 'string' || apiVersion === '') throw unrecognised(source, "Object 'apiVersion' is missing", object)
  const name = object.metadata?.name ?? ''
  const mapping = call.mapper.ofKind(apiVersion, kind)
  if (mapping === undefined) {
    throw fail(
      `resource mapping not found for name: "${name}" namespace: "${object.metadata?.namespace ?? ''}" from "${source}": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    )
  }
  if (!mapping.namespaced) return { mapping, object, namespace: undefined, source }
  const given: string | undefined = object.metadata?.namespace
  if (given !== undefined && call.connection.explicitNamespace && given !== call.namespace) {
    throw fail(
      `the namespace from the provided object "${given}" does not match the namespace "${call.namespace}". You must pass '--namespace=${given}' to perform this operation.`,
    )
  }
  const namespace = given ?? call.namespace
  return {
    mapping,
    namespace,
    source,
    object: given === undefined ? { ...object, metadata: { ...object.metadata, namespace } } : object,
  }
}

/** Whether the verb validates by schema before it sends (validation.Schema); "false" and "ignore" do not. */
function validates(call: Invocation): boolean {
  return !['', 'false', 'ignore'].includes(call.flags.text('validate'))
}

function invalid(source: string, what: string): Error {
  return fail(
    `error validating "${source}": error validating data: ${what}; if you choose to ignore these errors, turn validation off with --validate=false`,
  )
}

function unrecognised(source: string, what: string, object: Obj): Error {
  return fail(`unable to decode ${JSON.stringify(source)}: ${what} in '${JSON.stringify(object)}'`)
}

export function manifestPath(m: Manifest): string {
  return pathOf(m.mapping, m.namespace, m.object.metadata?.name ?? '')
}
