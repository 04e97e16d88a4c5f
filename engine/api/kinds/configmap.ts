import { validateConfigMap } from '../validation/config.ts'
import { created, type KindDescriptor } from './kind.ts'

export const configMap: KindDescriptor = {
  resource: 'configmaps',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    Object.keys(object.data ?? {}).length + Object.keys(object.binaryData ?? {}).length,
    created(object, at),
  ],
  strategy: { name: 'subdomain', validate: validateConfigMap.create, validateUpdate: validateConfigMap.update },
}
