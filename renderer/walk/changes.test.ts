import { expect, test } from 'vitest'
import type { WalkEntry, WalkHeader, WalkPacket, WalkStep } from '../../electron/contract/index.ts'
import { changes, endpoint, entryBefore, rowsOf } from './changes.ts'

const header: WalkHeader = {
  src: '10.0.0.1',
  sport: 41822,
  dst: '10.96.0.10',
  dport: 80,
  proto: 6,
  ttl: 64,
  length: 60,
  flags: 'syn',
  mark: 0,
}
const tuple = { proto: 6, src: '10.0.0.1', sport: 41822, dst: '10.96.0.10', dport: 80 }
const back = { proto: 6, src: '10.96.0.10', sport: 80, dst: '10.0.0.1', dport: 41822 }
const entry: WalkEntry = { state: 'NEW', direction: 'original', original: tuple, reply: back, status: [] }
const step = (fields: Partial<WalkStep>) => ({ kind: 'rule', netns: 'nodes/n1', before: header, ...fields }) as WalkStep
const packet = (...steps: WalkStep[]) => ({ steps }) as unknown as WalkPacket

test('what changed has an after, what did not has none', () => {
  const marked = step({ after: { ...header, mark: 0x4000 }, counters: { packets: 12, bytes: 720 } })
  expect(rowsOf([packet(marked)], { packet: 0, step: 0 })).toEqual([
    { name: 'source', before: '10.0.0.1:41822' },
    { name: 'destination', before: '10.96.0.10:80' },
    { name: 'mark', before: '0x0', after: '0x4000' },
    { name: 'counters', before: '11 pkts, 660 bytes', after: '12 pkts, 720 bytes' },
    { name: 'flags', before: 'SYN' },
  ])
  expect(changes(marked)).toBe(true)
  expect(changes(step({ after: { ...header, length: 52 } }))).toBe(false)
  expect(changes(step({}))).toBe(false)
})

test('a TTL has a line where it went down', () => {
  const row = rowsOf([packet(step({ after: { ...header, ttl: 63 } }))], { packet: 0, step: 0 }).find((r) => r.name === 'ttl')
  expect(row).toEqual({ name: 'ttl', before: '64', after: '63' })
})

test('the entry is compared with the step before in the same namespace, packets back if need be', () => {
  const translated = { ...entry, reply: { ...back, src: '10.0.2.9', sport: 8080 }, status: ['DST_NAT'] }
  const walk = [
    packet(step({ entry }), step({ netns: 'pods/a/b', entry: translated }), step({})),
    packet(step({ entry: translated })),
  ]
  const at = { packet: 1, step: 0 }
  expect(entryBefore(walk, at)).toBe(entry)
  expect(rowsOf(walk, at).filter((row) => ['state', 'original', 'reply', 'status'].includes(row.name))).toEqual([
    { name: 'state', before: 'NEW' },
    { name: 'original', before: '10.0.0.1:41822 > 10.96.0.10:80' },
    { name: 'reply', before: '10.96.0.10:80 > 10.0.0.1:41822', after: '10.0.2.9:8080 > 10.0.0.1:41822' },
    { name: 'status', before: '', after: '+DST_NAT' },
  ])
  expect(rowsOf(walk, { packet: 0, step: 0 }).find((row) => row.name === 'state')).toEqual({
    name: 'state',
    before: '',
    after: 'NEW',
  })
})

test('ports are written where there are any, IPv6 in brackets', () => {
  expect(endpoint('10.0.0.1', undefined)).toBe('10.0.0.1')
  expect(endpoint('fd00::1', 80)).toBe('[fd00::1]:80')
})
