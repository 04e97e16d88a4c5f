import { expect, test } from 'vitest'
import type { RuleHit } from '../../electron/contract/index.ts'
import { en } from '../i18n/en.ts'
import { hitWords, questionWords, worthShowing } from './hits.ts'

const connection = {
  id: 1,
  at: Date.UTC(2026, 0, 1, 14, 2, 29),
  proto: 'tcp',
  to: { address: '10.96.0.10', port: 80 },
} as RuleHit['connection']
const hit = (packet: number, rule: number): RuleHit => ({ connection, packet, step: 1, rule })

test('a chain’s end is shown for packets that hit no rule of it', () => {
  expect(worthShowing([hit(2, 0), hit(1, 0), hit(1, 3)]).map(({ packet, rule }) => [packet, rule])).toEqual([
    [2, 0],
    [1, 3],
  ])
})

test('a hit in words: when, by what, which packet, where in the chain', () => {
  expect(hitWords(hit(1, 3), en.walk)).toBe('14:02:29 · tcp 10.96.0.10:80 · packet 1, rule 3')
  expect(hitWords({ ...hit(2, 0), connection: { ...connection, command: 'curl x' } }, en.walk)).toBe(
    '14:02:29 · curl x · packet 2, end of the chain',
  )
})

test('what is asked for', () => {
  const query = { node: 'n1', table: 'nat', chain: 'KUBE-SERVICES' } as const
  expect(questionWords({ query, family: 4 }, en.walk)).toBe('KUBE-SERVICES')
  expect(questionWords({ query: { ...query, rule: 2 }, family: 4 }, en.walk)).toBe('rule 2 of KUBE-SERVICES')
})
