import { notAcceptable } from '../api/status.ts'

/** How a response is to be shaped, from the Accept header. */
export interface Shape {
  readonly as: 'object' | 'table' | 'metadata' | 'metadataList'
  /** meta.k8s.io's version of tables and metadata. */
  readonly version: 'v1' | 'v1beta1'
  readonly type: 'application/json' | 'application/yaml'
}

const KINDS: Readonly<Record<string, Shape['as']>> = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadataList',
}

const OFFERED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
const STREAMS = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch'

const MEDIA = ['application/json', 'application/yaml', '*/*']

interface Clause {
  readonly media: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

function clauses(accept: string): Clause[] {
  const out = accept.split(',').map((text): Clause => {
    const [media = '', ...rest] = text.split(';').map((p) => p.trim())
    const parameters = new Map(rest.map((p) => p.split('=').map((x) => x.trim()) as [string, string]))
    const quality = Number(parameters.get('q') ?? 1)
    return { media: media.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality }
  })
  return out.sort((a, b) => b.quality - a.quality)
}

const PLAIN: Shape = { as: 'object', version: 'v1', type: 'application/json' }

function shape({ media, parameters }: Clause): Shape | undefined {
  const type = media === 'application/yaml' ? 'application/yaml' : 'application/json'
  if (!MEDIA.includes(media)) return undefined
  const as = parameters.get('as') ?? ''
  if (as === '') return { ...PLAIN, type }
  const version = parameters.get('v')
  const kind = Object.hasOwn(KINDS, as) ? KINDS[as] : undefined
  if (kind === undefined || parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined
  return { as: kind, version, type }
}

/** The best alternative of an Accept header that this server offers (negotiation.NegotiateMediaTypeOptions). */
export function shapeOf(accept: string | undefined, reads = false): Shape {
  if (accept === undefined || accept.trim() === '') return PLAIN
  for (const clause of clauses(accept)) {
    const found = shape(clause)
    if (found !== undefined) return found
  }
  // a type that is offered in a form that is not: the API's own refusal; else the router's
  if (clauses(accept).some((c) => MEDIA.includes(c.media)))
    throw notAcceptable(`only the following media types are accepted: ${OFFERED}`)
  throw notAcceptable(`406: Not Acceptable\n\nAvailable representations: ${OFFERED}${reads ? `, ${STREAMS}` : ''}`, {})
}

/** The type of an answer that has one shape only, such as a Status. */
export function typeOf(accept: string | undefined): Shape['type'] {
  for (const clause of clauses(accept ?? '')) {
    const found = shape(clause)
    if (found !== undefined) return found.type
  }
  return 'application/json'
}
