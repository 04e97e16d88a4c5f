import { expect, test } from 'vitest'
import { applyPatch } from './apply-patch.ts'

const service = (spec: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a', ...metadata },
  spec,
})

test('nothing changes where live already has what is applied, defaults included', () => {
  const applied = service({ selector: { app: 'a' }, ports: [{ port: 80 }] })
  const live = service(
    { selector: { app: 'a' }, ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }], type: 'ClusterIP' },
    { uid: 'u' },
  )
  expect(applyPatch(applied, applied, live)).toEqual({})
})

test('what was applied and is gone now is deleted; what others set stays', () => {
  const before = service({ selector: { app: 'a', tier: 'x' }, ports: [{ port: 80 }, { port: 81 }] })
  const now = service({ selector: { app: 'b' }, ports: [{ port: 80, targetPort: 8080 }] })
  const live = service({
    selector: { app: 'a', tier: 'x', mine: 'y' },
    ports: [{ port: 80, targetPort: 80 }, { port: 81 }, { port: 90 }],
  })
  expect(applyPatch(before, now, live)).toEqual({
    spec: {
      selector: { app: 'b', tier: null },
      '$setElementOrder/ports': [{ port: 80 }],
      ports: [
        { port: 80, targetPort: 8080 },
        { $patch: 'delete', port: 81 },
      ],
    },
  })
})

test('lists of kinds without merge keys are replaced whole', () => {
  const slice = (ports: object[]) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 's' },
    ports,
  })
  expect(applyPatch(undefined, slice([{ port: 1 }]), slice([{ port: 1 }, { port: 2 }]))).toEqual({ ports: [{ port: 1 }] })
})
