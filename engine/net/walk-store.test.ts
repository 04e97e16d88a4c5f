import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Json } from '../base/json.ts'
import { WalkBench } from './walk.harness.ts'
import { connectionList, connectionWalk, newestConnection } from './walk-read.ts'

const RULES = readFileSync('test/golden/behaviour/lab.rules', 'utf8')
const saved = (bench: WalkBench) => bench.network.walk.save() as unknown as { parts: Json[] }

/** A connection that no typed line has made. */
function program(bench: WalkBench): void {
  const c = bench.node.ip.connectTcp({ dst: '10.100.0.1', port: 80, uid: 0 })
  if (typeof c === 'string') throw new Error(c)
  c.close()
}

it('keeps the last 50 connections of typed lines, and few of programs beside them', () => {
  const bench = new WalkBench(RULES)
  for (let i = 0; i < 60; i++) program(bench)
  expect(bench.network.walk.kept()).toHaveLength(4)
  expect(newestConnection(bench.network)).toEqual({})
  const first = bench.tcp(bench.node, '10.100.0.1', 80).connection.id
  for (let i = 0; i < 20; i++) {
    bench.clock.advanceTo(bench.clock.now + 1000)
    program(bench)
  }
  expect(bench.network.walk.kept()).toHaveLength(13)
  expect(connectionWalk(bench.network, first)?.packets).toHaveLength(11)
  for (let i = 0; i < 50; i++) bench.tcp(bench.node, '10.100.0.1', 80)
  expect(bench.network.walk.kept()).toHaveLength(62)
  expect(connectionWalk(bench.network, first)).toBeUndefined()
  expect(connectionList(bench.network)).toHaveLength(51)
  expect(connectionList(bench.network, 'all').length).toBeGreaterThan(100)
})

it('keeps the first 40 packets of a long connection, counts the rest, and says so', () => {
  const bench = new WalkBench(RULES)
  const origin = { command: 'long', shell: 't' }
  const c = bench.node.ip.connectTcp({ dst: '10.100.0.1', port: 80, uid: 0, origin })
  if (typeof c === 'string') throw new Error(c)
  for (let i = 0; i < 30; i++) {
    c.send('hi')
    c.read()
  }
  const walk = bench.newest()
  expect(walk.packets).toHaveLength(40)
  expect(walk.connection.packets).toBeGreaterThan(60)
  expect(walk.cut).toBe(true)
})

it('saves what walks share once, and forgets what only forgotten ones said', () => {
  const bench = new WalkBench(RULES)
  for (let i = 0; i < 120; i++) {
    bench.tcp(bench.node, '10.100.0.4', 80)
    expect(saved(bench).parts.length).toBeLessThan(2000)
  }
  const walks = bench.network.walk.kept().map((id) => connectionWalk(bench.network, id))
  const state = JSON.parse(JSON.stringify(bench.network.save())) as Json
  bench.network.load(state)
  expect(bench.network.walk.kept().map((id) => connectionWalk(bench.network, id))).toEqual(walks)
  expect(JSON.stringify(bench.network.walk.save()).length / 50).toBeLessThan(25_000)
})

it('what is saved depends on what happened alone, not on when it was saved before', () => {
  const play = (save: (bench: WalkBench) => void) => {
    const bench = new WalkBench(RULES)
    const c = bench.node.ip.connectTcp({ dst: '10.100.0.4', port: 80, uid: 0, origin: { command: 'one', shell: 't' } })
    if (typeof c === 'string') throw new Error(c)
    save(bench)
    c.send('hi')
    save(bench)
    bench.tcp(bench.pods['p1'] as WalkBench['node'], '10.100.0.3', 80)
    save(bench)
    c.close()
    bench.clock.advanceTo(bench.clock.now + 1000)
    return JSON.stringify(bench.network.walk.save())
  }
  const once = play(() => {})
  const again = (bench: WalkBench) => bench.network.walk.load(JSON.parse(JSON.stringify(bench.network.walk.save())))
  // Not toBe: the difference would fill a screen.
  expect(play((bench) => void bench.network.walk.save()) === once).toBe(true)
  expect(play(again) === once).toBe(true)
})
