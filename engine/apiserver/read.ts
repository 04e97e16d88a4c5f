import type { RowContext } from '../api/kinds/kind.ts'
import { shownAs } from '../api/kinds/kinds.ts'
import type { Kind } from '../api/kinds/registry.ts'
import type { KubeObject } from '../api/object.ts'
import { badRequest, notAcceptable, notFound } from '../api/status.ts'
import type { Shape } from './accept.ts'
import type { Reader } from './components.ts'
import type { Listed } from './list.ts'
import { param, type RequestInfo } from './request-info.ts'
import { type IncludeObject, partial, table } from './table.ts'

const INCLUDED = ['', 'Metadata', 'None', 'Object']

function include(info: RequestInfo): IncludeObject {
  const given = param(info, 'includeObject') ?? ''
  if (!INCLUDED.includes(given)) {
    const why = `includeObject: Invalid value: ${JSON.stringify(given)}: must be 'Metadata', 'Object', 'None', or empty`
    throw badRequest(`Unable to convert to Table as requested: ${why}`)
  }
  return given === 'None' || given === 'Object' ? given : 'Metadata'
}

/** An internal type's name, as a refusal prints it: "core.ConfigMap". */
function goName(kind: Kind): string {
  return `${kind.group === '' ? 'core' : kind.group.split('.')[0]}.${kind.kind}`
}

/** One object in the shape asked for. */
export function shaped(kind: Kind, object: KubeObject, info: RequestInfo, shape: Shape, at: RowContext): unknown {
  const { resourceVersion } = object.metadata
  if (shape.as === 'table') return table(kind, [object], at, include(info), { resourceVersion }, true, shape.version)
  if (shape.as === 'metadataList')
    throw notAcceptable(`you requested PartialObjectMetadataList, but the requested object is not a list (*${goName(kind)})`)
  return shape.as === 'metadata' ? partial(object, shape.version) : ordered(shownAs(kind, object), at)
}

/** kind and apiVersion first, as the server writes every object. */
function ordered(object: KubeObject, at: RowContext): object {
  const { kind, apiVersion, ...rest } = onWire(object, at)
  return { kind, apiVersion, ...rest }
}

/** Before v1.34 an unset creationTimestamp was written as null, which pod templates show (kubernetes PR 130989). */
const OMITS_ZERO_TIME = 34

/** The object as this version of the server writes it. */
function onWire(object: KubeObject, { minor = OMITS_ZERO_TIME }: RowContext): KubeObject {
  const metadata = minor >= OMITS_ZERO_TIME ? undefined : object.spec?.template?.metadata
  if (metadata === undefined || metadata.creationTimestamp !== undefined) return object
  const template = { ...object.spec.template, metadata: { creationTimestamp: null, ...metadata } }
  return { ...object, spec: { ...object.spec, template } }
}

/** An event of a watch in the shape asked for; only a watch's first table carries columns. */
export function shapedEvent(
  kind: Kind,
  object: KubeObject,
  info: RequestInfo,
  shape: Shape,
  at: RowContext,
  first: boolean,
): unknown {
  if (shape.as !== 'table') return shaped(kind, object, info, shape, at)
  return table(kind, [object], at, include(info), { resourceVersion: object.metadata.resourceVersion }, first, shape.version)
}

/** A bookmark: an object of the kind with nothing but a version. */
export function shapedBookmark(kind: Kind, metadata: object, shape: Shape, at: RowContext): unknown {
  const object = { kind: kind.kind, apiVersion: kind.apiVersion, metadata } as unknown as KubeObject
  if (shape.as === 'object') return object
  if (shape.as === 'table') return { ...table(kind, [], at, 'None', metadata, false, shape.version), rows: [] }
  return partial(object, shape.version)
}

export function getObject(store: Reader, kind: Kind, info: RequestInfo): KubeObject {
  const name = info.name as string
  const object = store.get(kind.key, kind.namespaced ? info.namespace : undefined, name)
  if (object === undefined) throw notFound(kind, name)
  return object
}

/** What was listed, in the shape asked for. Items of a List carry no kind of their own, as on the wire. */
export function listed(kind: Kind, found: Listed, info: RequestInfo, shape: Shape, at: RowContext): unknown {
  const { items, metadata } = found
  if (shape.as === 'table') return table(kind, items, at, include(info), metadata, true, shape.version)
  if (shape.as === 'metadata')
    throw notAcceptable(`you requested PartialObjectMetadata, but the requested object is a list (*${goName(kind)}List)`)
  if (shape.as === 'metadataList') {
    const apiVersion = `meta.k8s.io/${shape.version}`
    return { kind: 'PartialObjectMetadataList', apiVersion, metadata, items: items.map((o) => partial(o, shape.version)) }
  }
  return {
    kind: `${kind.kind}List`,
    apiVersion: kind.apiVersion,
    metadata,
    items: items.map((object) => bare(onWire(shownAs(kind, object), at))),
  }
}

function bare(object: KubeObject): object {
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object
  return rest
}
