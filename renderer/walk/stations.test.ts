import { expect, test } from 'vitest'
import type { WalkPacket, WalkStep } from '../../electron/contract/index.ts'
import { standing, stationsOf } from './stations.ts'

const node = { kind: 'node', name: 'n1' } as const
const pod = { kind: 'pod', name: 'a/b' } as const
const step = (fields: Partial<WalkStep>) => ({ place: node, netns: 'nodes/n1', ...fields }) as WalkStep
const rule = (table: WalkStep['table'], hook: WalkStep['hook'], chain = 'X') =>
  step({ kind: 'rule', table, hook, chain, rule: 1 })
const packet = (...steps: WalkStep[]) => ({ id: 1, steps }) as unknown as WalkPacket

const WALK = packet(
  step({ kind: 'socket' }),
  step({ kind: 'route' }),
  rule('raw', 'OUTPUT'),
  step({ kind: 'conntrack', hook: 'OUTPUT' }),
  rule('nat', 'OUTPUT', 'OUTPUT'),
  rule('nat', 'OUTPUT', 'KUBE-SERVICES'),
  step({ kind: 'nat', table: 'nat', hook: 'OUTPUT' }),
  step({ kind: 'route' }),
  rule('nat', 'POSTROUTING'),
  step({ kind: 'device', device: 'eth0' }),
  step({ kind: 'deliver', place: pod }),
)

/** "place hook: station station" for every group. */
const written = (p: WalkPacket) =>
  stationsOf(p).flatMap(({ place, hooks }) =>
    hooks.map(({ hook, stations }) => `${place.name} ${hook ?? '-'}: ${stations.map((s) => s.name ?? s.kind).join(' ')}`),
  )

test('the row of hooks: a table once at each hook, sockets, routes and devices between, by place', () => {
  expect(written(WALK)).toEqual([
    'n1 -: socket route',
    'n1 OUTPUT: raw conntrack nat',
    'n1 -: route',
    'n1 POSTROUTING: nat',
    'n1 -: eth0',
    'a/b -: deliver',
  ])
})

test('every step belongs to exactly one station', () => {
  const stations = stationsOf(WALK).flatMap((place) => place.hooks.flatMap((hook) => hook.stations))
  WALK.steps.forEach((_, index) => {
    expect(stations.filter((station) => standing(station, index) === 'here')).toHaveLength(1)
  })
  expect(stations.map((station) => standing(station, 5))).toEqual([
    ...Array.from({ length: 4 }, () => 'past'),
    'here',
    ...Array.from({ length: 4 }, () => 'next'),
  ])
})

test('the same place twice, with another between, is two stretches', () => {
  const there = { place: pod } as const
  const again = packet(rule('nat', 'OUTPUT'), step({ kind: 'deliver', ...there }), rule('nat', 'PREROUTING'))
  expect(stationsOf(again).map(({ place }) => place.name)).toEqual(['n1', 'a/b', 'n1'])
})

test('the hue is the table’s', () => {
  const hues = stationsOf(WALK).flatMap((place) => place.hooks.flatMap((hook) => hook.stations.map((station) => station.hue)))
  expect(hues).toEqual(['plain', 'route', 'raw', 'conntrack', 'nat', 'route', 'nat', 'route', 'plain'])
})
