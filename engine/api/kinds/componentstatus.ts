import type { KindDescriptor } from './kind.ts'

/** Never stored: the server asks the components when it is asked (apiserver/components.ts). */
export const componentStatus: KindDescriptor = {
  resource: 'componentstatuses',
  suite: 'kubectl',
  cells: (object) => {
    const healthy = object.conditions?.find((c: { type: string }) => c.type === 'Healthy')
    const status = healthy?.status === 'True' ? 'Healthy' : healthy?.status === 'False' ? 'Unhealthy' : 'Unknown'
    return [object.metadata.name, status, healthy?.message ?? '', healthy?.error ?? '']
  },
}
