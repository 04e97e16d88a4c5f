import { afterEach, beforeEach, expect, it } from 'vitest'
import type { RuleQuery } from '../../electron/contract/index.ts'
import { HostBench } from '../support/host/bench.ts'

let bench: HostBench

beforeEach(async () => {
  bench = new HostBench()
  await bench.start()
})
afterEach(() => bench.dispose())

const QUERY: RuleQuery = { node: 'node-1', table: 'nat', chain: 'KUBE-SERVICES' }

it('carries connections, their walks and the packets that hit a rule from the session to the window', async () => {
  const { attempt, terminals } = await bench.ask('attempt.open', { lab: 'small', locale: 'en' })
  const terminal = terminals[0]!.id
  await bench.ask('terminal.attach', { attempt, terminal, columns: 100, rows: 30 })
  await bench.printed(terminal, 'fake# ')
  expect(await bench.ask('walk.list', { attempt })).toEqual([])
  for (const n of [1, 2]) {
    bench.host.send('terminal.data', { attempt, terminal, data: 'count\r' })
    await bench.printed(terminal, `\n${n}\nfake# `)
  }
  expect((await bench.ask('walk.list', { attempt })).map(({ id }) => id)).toEqual([2, 1])
  expect(await bench.ask('walk.get', { attempt, connection: 2 })).toMatchObject({ version: 1, connection: { id: 2 } })
  expect(await bench.ask('walk.get', { attempt, connection: 9 })).toBeNull()
  expect(await bench.ask('walk.hits', { attempt, query: { ...QUERY, rule: 3, backend: 'nft' } })).toMatchObject([
    { connection: { id: 2 }, rule: 3 },
    { connection: { id: 1 }, rule: 3 },
  ])
  expect(await bench.ask('walk.hits', { attempt, query: { ...QUERY, chain: 'FORWARD' } })).toEqual([])
})

it('refuses what is no query, and an attempt that is not open', async () => {
  const { attempt } = await bench.ask('attempt.open', { lab: 'small', locale: 'en' })
  for (const query of [
    { ...QUERY, table: 'nut' },
    { ...QUERY, rule: -1 },
    { ...QUERY, more: 1 },
    { node: 'node-1', table: 'nat' },
  ]) {
    await expect(bench.ask('walk.hits', { attempt, query: query as RuleQuery })).rejects.toThrow(/^bad-request/)
  }
  await expect(bench.ask('walk.get', { attempt, connection: 1.5 })).rejects.toThrow(/^bad-request/)
  await expect(bench.ask('walk.list', { attempt: 'none' })).rejects.toThrow(/^no-such-attempt/)
})
