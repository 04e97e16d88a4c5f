import { validateIPAddress, validateIPAddressUpdate } from '../validation/servicecidr.ts'
import type { KindDescriptor } from './kind.ts'

export const ipAddress: KindDescriptor = {
  resource: 'ipaddresses.networking.k8s.io',
  suite: 'modelled',
  cells: (object) => {
    const { group = '', resource = '', namespace, name = '' } = object.spec?.parentRef ?? {}
    const qualified = group === '' ? resource : `${resource}.${group}`
    return [object.metadata.name, namespace ? `${qualified}/${namespace}/${name}` : `${qualified}/${name}`]
  },
  strategy: { name: 'any', validate: validateIPAddress, validateUpdate: validateIPAddressUpdate },
}
