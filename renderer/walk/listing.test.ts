import { expect, test } from 'vitest'
import type { WalkStep } from '../../electron/contract/index.ts'
import { listingOf } from './listing.ts'

const step = {
  place: { kind: 'node', name: 'n1' },
  kind: 'rule',
  table: 'nat',
  chain: 'KUBE-SERVICES',
  backend: 'nft',
  before: { src: '10.0.0.1' },
} as WalkStep

test('the chain of the step, with numbers and counters, on its own node', () => {
  expect(listingOf(step, '1.8.7/nft')).toEqual({ node: 'n1', command: 'iptables -t nat -L KUBE-SERVICES -n -v --line-numbers' })
})

test('a rule of the other backend is listed by the other tool, an IPv6 one by ip6tables', () => {
  expect(listingOf(step, '1.8.7/legacy')?.command).toMatch(/^iptables-nft -t nat/)
  expect(listingOf({ ...step, before: { ...step.before, src: 'fd00::1' } }, '1.8.7/nft')?.command).toMatch(/^ip6tables -t nat/)
})

test('no rule, or a Pod’s namespace: nothing to list', () => {
  const { table: _, ...without } = step
  expect(listingOf(without, '1.8.7/nft')).toBeUndefined()
  expect(listingOf({ ...step, place: { kind: 'pod', name: 'a/b' } }, '1.8.7/nft')).toBeUndefined()
})
