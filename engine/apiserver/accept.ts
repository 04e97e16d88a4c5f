import { notAcceptable } from '../api/status.ts'

/** How a response is to be shaped, from the Accept header. */
export interface Shape {
  readonly as: 'object' | 'table' | 'metadata'
  readonly type: string
}

/** The first alternative of an Accept header that this server offers. */
export function shapeOf(accept: string | undefined): Shape {
  if (accept === undefined || accept.trim() === '') return { as: 'object', type: 'application/json' }
  for (const clause of accept.split(',')) {
    const [media = '', ...parameters] = clause.split(';').map((p) => p.trim())
    if (media !== 'application/json' && media !== '*/*' && media !== 'application/*' && media !== 'application/yaml') continue
    const of = (name: string) => parameters.find((p) => p.startsWith(`${name}=`))?.slice(name.length + 1)
    const as = of('as')
    if (as === undefined || as === '') return { as: 'object', type: 'application/json' }
    if (of('g') !== 'meta.k8s.io' || of('v') !== 'v1') continue
    if (as === 'Table') return { as: 'table', type: 'application/json;as=Table;g=meta.k8s.io;v=v1' }
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList')
      return { as: 'metadata', type: `application/json;as=${as};g=meta.k8s.io;v=v1` }
  }
  const offered = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
  throw notAcceptable(`only the following media types are accepted: ${offered}`)
}
