import type { Json } from '../../base/json.ts'
import { ACTION_PARAMETERS, OPTIONS, PRETTY, pathParameter, sorted } from './parameters.ts'
import type { Schema } from './property.ts'

/** A kind and where it is served, as much as the paths of its documents need. */
export interface PathKind {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly resource: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly subresources: readonly {
    readonly name: string
    readonly kind: string
    readonly group?: string
    readonly version?: string
    readonly verbs: readonly string[]
  }[]
  /** The document name of its schema; of another kind's, where a subresource has one. */
  readonly schema: (group: string, version: string, kind: string) => string
  /** Custom resources take no strategic merge patch. */
  readonly custom?: boolean
}

const RESOURCE_VERSION = (ACTION_PARAMETERS.list ?? []).filter((p) => p.name === 'resourceVersion')
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.'
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const MEDIA = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml']
/** What is said of custom resources is in JSON or YAML. */
const CUSTOM_MEDIA = ['application/json', 'application/yaml']
const STREAMS = [...MEDIA, 'application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'].sort()

/** Kinds whose deletion answers with the object (ReturnDeletedObject). */
const RETURNED = [
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
  'services',
  'deviceclasses',
  'resourceclaims',
  'resourceclaimtemplates',
  'resourceslices',
  'csidrivers',
  'csinodes',
  'storageclasses',
  'volumeattachments',
  'volumeattributesclasses',
]

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

/** "rbac.authorization.k8s.io" → "rbacAuthorization" (installer.go: the group's words without the last two domains). */
export function groupWord(group: string): string {
  if (group === '') return 'core'
  const words = group.replace(/\.k8s\.io$/, '').split(/[.-]/)
  return words.map((w, i) => (i === 0 ? w : capital(w))).join('')
}

interface Operation {
  readonly method: string
  readonly body: Schema
  readonly parameters: readonly Schema[]
}

class Writer {
  readonly paths: Record<string, Schema> = {}
  private readonly k: PathKind
  private readonly tag: string
  private readonly word: string
  private readonly media: readonly string[]
  private readonly streams: readonly string[]

  constructor(kind: PathKind) {
    this.k = kind
    this.media = kind.custom === true ? CUSTOM_MEDIA : MEDIA
    this.streams = kind.custom === true ? CUSTOM_MEDIA : STREAMS
    this.tag = `${groupWord(kind.group)}_${kind.version}`
    this.word = capital(groupWord(kind.group)) + capital(kind.version)
  }

  private ok(name: string, code = '200'): Record<string, Json> {
    return offered(name, this.media, code)
  }

  /** What a request carries: of any type, but for custom resources. */
  private content(name: string): Schema {
    const types = this.k.custom === true ? this.media : ['*/*']
    return { content: Object.fromEntries(types.map((t) => [t, { schema: ref(name) }])) }
  }

  private body(name: string): Schema {
    return { ...this.content(name), required: true }
  }

  private deleteBody(): Schema {
    return this.content(`${META}DeleteOptions`)
  }

  operation(
    method: string,
    action: string,
    id: string,
    gvk: Schema,
    responses: Record<string, Json>,
    parameters: readonly Schema[],
    request?: Json,
  ): Operation {
    const body = {
      tags: [this.tag],
      operationId: id,
      ...(request === undefined ? {} : { requestBody: request }),
      responses: { ...responses, '401': {} },
      ...(action === '' ? {} : { 'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': gvk }),
    }
    return { method, body, parameters }
  }

  /** Parameters that every operation of a path has belong to the path. */
  add(path: string, variables: readonly Schema[], operations: readonly Operation[]): void {
    if (operations.length === 0) return
    const first = operations[0] as Operation
    const shared = first.parameters.filter((p) => operations.every((o) => o.parameters.some((q) => q.name === p.name)))
    const item: Record<string, Json> = {}
    for (const { method, body, parameters } of operations) {
      const own = parameters.filter((p) => !shared.some((s) => s.name === p.name))
      const { tags, operationId, ...rest } = body
      item[method] = { tags, operationId, ...(own.length === 0 ? {} : { parameters: own }), ...rest } as Json
    }
    item.parameters = sorted([...shared, ...variables])
    this.paths[path] = item
  }

  run(): Record<string, Schema> {
    const { k } = this
    const root = k.group === '' ? `/api/${k.version}` : `/apis/${k.group}/${k.version}`
    const scope = k.namespaced ? '/namespaces/{namespace}' : ''
    const variables = k.namespaced ? [pathParameter('namespace'), PRETTY] : [PRETTY]
    const named = [pathParameter('name'), ...variables]
    const gvk = { group: k.group, version: k.version, kind: k.kind }
    const word = `${k.namespaced ? 'Namespaced' : ''}${k.kind}`
    const schema = k.schema(k.group, k.version, k.kind)
    const has = (verb: string) => k.verbs.includes(verb)
    const collection = `${root}${scope}/${k.resource}`
    const list = (id: string) =>
      this.operation(
        'get',
        'list',
        `list${this.word}${id}`,
        gvk,
        offered(`${schema}List`, this.streams),
        ACTION_PARAMETERS.list ?? [],
      )
    const whole: Operation[] = []
    if (has('list')) whole.push(list(word))
    if (has('create')) whole.push(this.create(`create${this.word}${word}`, gvk, schema))
    if (has('deletecollection')) {
      const id = `delete${this.word}Collection${word}`
      const custom = k.custom === true
      const parameters = ACTION_PARAMETERS[custom ? 'list' : 'deletecollection'] ?? []
      const request = custom ? undefined : this.deleteBody()
      whole.push(this.operation('delete', 'deletecollection', id, gvk, this.ok(`${META}Status`), parameters, request))
    }
    this.add(collection, variables, whole)
    this.add(`${collection}/{name}`, named, this.one(has, gvk, schema, word, ''))
    if (k.namespaced && has('list')) this.add(`${root}/${k.resource}`, [PRETTY], [list(`${k.kind}ForAllNamespaces`)])
    if (has('watch') && k.custom !== true) this.watches(root, scope, variables, named, gvk, word)
    for (const sub of k.subresources) this.subresource(`${collection}/{name}/${sub.name}`, named, sub, word)
    return this.paths
  }

  private create(id: string, gvk: Schema, schema: string): Operation {
    const answers = { ...this.ok(schema), ...this.ok(schema, '201'), ...this.ok(schema, '202') }
    return this.operation('post', 'post', id, gvk, answers, ACTION_PARAMETERS.post ?? [], this.body(schema))
  }

  private one(has: (verb: string) => boolean, gvk: Schema, schema: string, word: string, part: string): Operation[] {
    const out: Operation[] = []
    if (has('get'))
      out.push(
        this.operation(
          'get',
          'get',
          `read${this.word}${word}${part}`,
          gvk,
          this.ok(schema),
          this.k.custom === true ? RESOURCE_VERSION : [],
        ),
      )
    const changed = { ...this.ok(schema), ...this.ok(schema, '201') }
    if (has('update')) {
      const id = `replace${this.word}${word}${part}`
      out.push(this.operation('put', 'put', id, gvk, changed, ACTION_PARAMETERS.put ?? [], this.body(schema)))
    }
    if (has('delete')) {
      const answer = RETURNED.includes(this.k.resource) && this.k.custom !== true ? schema : `${META}Status`
      const answers = { ...this.ok(answer), ...this.ok(answer, '202') }
      const id = `delete${this.word}${word}`
      out.push(this.operation('delete', 'delete', id, gvk, answers, ACTION_PARAMETERS.delete ?? [], this.deleteBody()))
    }
    if (has('patch')) {
      const types = ['apply-patch+yaml', 'json-patch+json', 'merge-patch+json', 'strategic-merge-patch+json']
      const patched = this.k.custom === true ? this.ok(schema) : changed
      const offered = this.k.custom ? types.slice(0, 3) : types
      const content = Object.fromEntries(offered.map((t) => [`application/${t}`, { schema: ref(`${META}Patch`) }]))
      const id = `patch${this.word}${word}${part}`
      out.push(this.operation('patch', 'patch', id, gvk, patched, ACTION_PARAMETERS.patch ?? [], { content, required: true }))
    }
    return out
  }

  private watches(
    root: string,
    scope: string,
    variables: readonly Schema[],
    named: readonly Schema[],
    gvk: Schema,
    word: string,
  ): void {
    const { k } = this
    const watch = (path: string, action: string, id: string, at: readonly Schema[]) => {
      const parameters = ACTION_PARAMETERS.list ?? []
      const operation = this.operation(
        'get',
        action,
        `watch${this.word}${id}`,
        gvk,
        offered(`${META}WatchEvent`, this.streams),
        parameters,
      )
      this.add(path, at, [operation])
    }
    watch(`${root}/watch${scope}/${k.resource}`, 'watchlist', `${word}List`, variables)
    watch(`${root}/watch${scope}/${k.resource}/{name}`, 'watch', word, named)
    if (k.namespaced) watch(`${root}/watch/${k.resource}`, 'watchlist', `${k.kind}ListForAllNamespaces`, [PRETTY])
  }

  private subresource(path: string, named: readonly Schema[], sub: PathKind['subresources'][number], word: string): void {
    const { k } = this
    const group = sub.group ?? k.group
    const version = sub.version ?? k.version
    const gvk = k.custom === true ? { group: k.group, version: k.version, kind: k.kind } : { group, version, kind: sub.kind }
    const part = capital(sub.name)
    const options = OPTIONS[sub.name]
    if (sub.name === 'log') {
      const media = [...MEDIA, 'text/plain']
      const answers = { '200': { content: Object.fromEntries(media.map((m) => [m, { schema: { type: 'string' } }])) } }
      const own = { group: k.group, version: k.version, kind: k.kind }
      this.add(
        path,
        [...named, ...(options ?? [])],
        [this.operation('get', 'get', `read${this.word}${word}Log`, own, answers, [])],
      )
      return
    }
    if (options !== undefined) {
      this.connect(path, named, sub, word, options)
      return
    }
    const schema = k.schema(group, version, sub.kind)
    const has = (verb: string) => sub.verbs.includes(verb)
    const operations = this.one((verb) => verb !== 'delete' && has(verb), gvk, schema, word, part)
    if (has('create')) operations.push(this.create(`create${this.word}${word}${part}`, gvk, schema))
    this.add(path, named, operations)
  }

  /** exec, attach, port-forward and proxies: what goes through is no object. */
  private connect(
    path: string,
    named: readonly Schema[],
    sub: PathKind['subresources'][number],
    word: string,
    options: readonly Schema[],
  ): void {
    const gvk = { group: this.k.group, version: this.k.version, kind: sub.kind }
    const methods = sub.name === 'proxy' ? ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] : ['get', 'post']
    const answers = { '200': { content: { '*/*': { schema: { type: 'string' } } } } }
    const variables = [...named.filter((p) => p.name !== 'pretty'), ...options]
    const each = (suffix: string) =>
      methods.map((m) =>
        this.operation(m, 'connect', `connect${this.word}${capital(m)}${word}${capital(sub.name)}${suffix}`, gvk, answers, []),
      )
    this.add(path, variables, each(''))
    if (sub.name !== 'proxy') return
    this.add(
      `${path}/{path}`,
      [...variables.filter((p) => p.name !== 'path'), pathParameter('path'), ...options],
      each('WithPath'),
    )
  }
}

function offered(name: string, media: readonly string[], code = '200'): Record<string, Json> {
  return { [code]: { content: Object.fromEntries(media.map((m) => [m, { schema: ref(name) }])) } }
}

/** The paths of one kind in OpenAPI v3. */
export function pathsOf(kind: PathKind): Record<string, Schema> {
  return new Writer(kind).run()
}
