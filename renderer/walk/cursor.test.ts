import { expect, test } from 'vitest'
import type { ConnectionWalk, WalkStep } from '../../electron/contract/index.ts'
import { back, type Cursor, clamp, forward, isEnd, isStart, lastStep, nextPacket, previousPacket, START, seek } from './cursor.ts'

/** Packets with this many steps each. */
const packets = (...counts: number[]) =>
  counts.map((steps) => ({ steps: Array.from({ length: steps }) })) as unknown as ConnectionWalk['packets']
const WALK = packets(3, 0, 2)

test('forwards goes through every step of every packet and stops at the end; backwards is the same way home', () => {
  const way: Cursor[] = [START]
  while (!isEnd(WALK, way.at(-1)!)) way.push(forward(WALK, way.at(-1)!))
  expect(way.map(({ packet, step }) => `${packet}.${step}`)).toEqual(['0.0', '0.1', '0.2', '2.0', '2.1'])
  const home = [way.at(-1)!]
  while (!isStart(WALK, home.at(-1)!)) home.push(back(WALK, home.at(-1)!))
  expect(home).toEqual(way.toReversed())
  expect(forward(WALK, way.at(-1)!)).toEqual(way.at(-1))
})

test('by packet', () => {
  expect(nextPacket(WALK, { packet: 0, step: 1 })).toEqual({ packet: 2, step: 0 })
  expect(previousPacket(WALK, { packet: 2, step: 1 })).toEqual({ packet: 0, step: 0 })
  expect(previousPacket(WALK, { packet: 0, step: 2 })).toEqual({ packet: 0, step: 2 })
  expect(lastStep(WALK, START)).toEqual({ packet: 0, step: 2 })
})

test('to the next step of a kind, over packets, or to the end of the way', () => {
  const kinds = [
    ['a', 'b', 'a'],
    ['a', 'b'],
  ].map((steps) => ({ steps: steps.map((kind) => ({ kind })) }))
  const walk = kinds as unknown as ConnectionWalk['packets']
  const isB = (step: WalkStep) => (step.kind as string) === 'b'
  expect(seek(walk, { packet: 0, step: 1 }, forward, isB)).toEqual({ packet: 1, step: 1 })
  expect(seek(walk, { packet: 1, step: 1 }, back, isB)).toEqual({ packet: 0, step: 1 })
  expect(seek(walk, { packet: 0, step: 1 }, back, isB)).toEqual({ packet: 0, step: 0 })
  expect(seek(walk, { packet: 1, step: 1 }, forward, isB)).toEqual({ packet: 1, step: 1 })
})

test('a place that is no more becomes the nearest', () => {
  expect(clamp(WALK, { packet: 9, step: 9 })).toEqual({ packet: 2, step: 1 })
  expect(clamp(packets(), { packet: 3, step: 1 })).toEqual({ packet: 0, step: 0 })
})
