import { encodeBase64, encodeUtf8 } from '../../base/utf8.ts'
import type { KubeObject } from '../object.ts'
import { secretWarnings, validateSecret } from '../validation/config.ts'
import { created, type KindDescriptor } from './kind.ts'

/** stringData is write-only: it is folded into data; a Secret without a type is Opaque. */
function defaults(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object
  const typed = { ...rest, type: object.type || 'Opaque' } as KubeObject
  if (stringData === undefined || stringData === null) return typed
  const data: Record<string, string> = { ...object.data }
  for (const [key, text] of Object.entries(stringData as Record<string, string>)) data[key] = encodeBase64(encodeUtf8(text))
  return { ...typed, data }
}

export const secret: KindDescriptor = {
  resource: 'secrets',
  suite: 'kubectl',
  cells: (object, at) => [object.metadata.name, object.type ?? '', Object.keys(object.data ?? {}).length, created(object, at)],
  fields: { type: (o) => o.type ?? '' },
  strategy: {
    name: 'subdomain',
    defaults,
    validate: validateSecret.create,
    validateUpdate: validateSecret.update,
    warnings: secretWarnings,
  },
}
