import { expect, test } from 'vitest'
import { canonicalQuantity } from '../validation/quantity.ts'
import { decodeAs } from './decode.ts'

test.each([
  ['1000m', '1'],
  ['0.5', '500m'],
  ['100m', '100m'],
  ['1.5Gi', '1536Mi'],
  ['1024Mi', '1Gi'],
  ['128Mi', '128Mi'],
  ['512', '512'],
  ['1e3', '1e3'],
  ['2000Ki', '2000Ki'],
  ['0', '0'],
  ['1000k', '1M'],
  ['1E', '1E'],
])('quantity %s is written %s', (given, wanted) => expect(canonicalQuantity(given)).toBe(wanted))

test('fields the type does not have are dropped and named by path', () => {
  const { value, problems } = decodeAs('core.v1.Pod', {
    metadata: { name: 'x', lables: {} },
    spec: { containers: [{ name: 'c', image: 'i', ports: null, resources: { limits: { cpu: 2 } } }, null] },
  })
  expect(problems).toEqual(['unknown field "metadata.lables"'])
  expect(value).toEqual({
    metadata: { name: 'x' },
    spec: { containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '2' } } }, {}] },
  })
})

test.each<[string, Record<string, unknown>, string]>([
  ['core.v1.Service', { spec: [] }, 'json: cannot unmarshal array into Go struct field Service.spec of type v1.ServiceSpec'],
  [
    'apps.v1.Deployment',
    { spec: { replicas: 'two' } },
    'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    'core.v1.Service',
    { spec: { ports: [{ port: 1.5 }] } },
    'json: cannot unmarshal number 1.5 into Go struct field ServicePort.spec.ports.port of type int32',
  ],
  ['core.v1.ConfigMap', { data: { a: 1 } }, 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string'],
  ['core.v1.Secret', { data: { a: 'hello' } }, 'illegal base64 data at input byte 4'],
  [
    'core.v1.Pod',
    { spec: { containers: [{ resources: { limits: { cpu: 'lots' } } }] } },
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
])('%s %j is refused in the decoder’s words', (type, value, words) => {
  expect(() => decodeAs(type, value)).toThrow(words)
})
