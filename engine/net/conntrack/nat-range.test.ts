import { expect, test } from 'vitest'
import type { NatRequest } from '../netfilter/env.ts'
import { bestAddress } from './nat-range.ts'

const snat: NatRequest = { manip: 'src', minAddress: '10.5.0.1', maxAddress: '10.5.0.7' }
const sticky: NatRequest = { manip: 'src', minAddress: '10.5.0.1', maxAddress: '10.5.0.250', persistent: true }
const dnat: NatRequest = { manip: 'dst', minAddress: '10.6.0.1', maxAddress: '10.6.0.20' }

/** What a 6.18 kernel chose: SNAT and DNAT with ranges of addresses, UDP. */
test.each([
  ['10.1.0.1', '10.1.0.2', snat, '10.5.0.3'],
  ['10.1.0.2', '10.1.0.2', snat, '10.5.0.3'],
  ['10.1.0.3', '10.1.0.2', snat, '10.5.0.3'],
  ['10.1.0.1', '10.1.0.3', sticky, '10.5.0.49'],
  ['10.1.0.2', '10.1.0.3', sticky, '10.5.0.33'],
  ['10.1.0.3', '10.1.0.3', sticky, '10.5.0.203'],
  ['10.1.0.1', '10.77.0.5', dnat, '10.6.0.20'],
  ['10.1.0.2', '10.77.0.5', dnat, '10.6.0.8'],
  ['10.1.0.3', '10.77.0.5', dnat, '10.6.0.2'],
  ['10.1.0.1', '10.77.1.9', dnat, '10.6.0.1'],
  ['10.1.0.2', '10.77.1.9', dnat, '10.6.0.7'],
  ['10.1.0.3', '10.77.1.9', dnat, '10.6.0.14'],
  ['10.1.0.1', '10.77.200.3', dnat, '10.6.0.4'],
  ['10.1.0.2', '10.77.200.3', dnat, '10.6.0.10'],
  ['10.1.0.3', '10.77.200.3', dnat, '10.6.0.18'],
])('%s to %s gets the address that the kernel gives it', (src, dst, request, wanted) => {
  expect(bestAddress({ proto: 17, src, dst, sport: 40000, dport: 99 }, request.manip, request)).toBe(wanted)
})
