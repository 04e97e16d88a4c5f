import { expect, test } from 'vitest'
import { Canceller } from '../../clock/clock.ts'
import { Bench } from '../../net/behaviour.harness.ts'
import type { CommandContext } from '../command.ts'
import { conntrack } from './conntrack.ts'

const RULES =
  '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A FORWARD -m conntrack --ctstate INVALID -j DROP\nCOMMIT\n'

test('conntrack -E shows a flow that ends at its time, with nothing else going on', async () => {
  const bench = new Bench(1, RULES, ['1.8.9', 'nft'])
  const out: string[] = []
  const signal = new Canceller()
  const context = {
    argv: ['conntrack', '-E', '-p', 'udp'],
    user: { name: 'root', uid: 0, gid: 0, home: '/root' },
    stdout: { write: (t: string) => void out.push(t) },
    stderr: { write: (t: string) => void out.push(t) },
    machine: { netns: bench.node },
    clock: bench.clock,
    signal,
    mark: () => {},
  } as unknown as CommandContext
  const running = Promise.resolve(conntrack.run(context))
  const pass = async (ms: number) => {
    const until = bench.clock.now + ms
    while (!bench.clock.advanceTo(until)) for (let i = 0; i < 10; i++) await Promise.resolve()
    for (let i = 0; i < 20; i++) await Promise.resolve()
  }
  await pass(10)
  const s = bench.client.ip.openUdp({ dst: '10.0.0.161', port: 53, sport: 40_000, uid: 0 })
  if (typeof s === 'string') throw new Error(s)
  s.send('quiet')
  await pass(29_000)
  const flow =
    'src=192.168.10.20 dst=10.0.0.161 sport=40000 dport=53 [UNREPLIED] src=10.0.0.161 dst=192.168.10.20 sport=53 dport=40000'
  expect(out).toEqual([`    [NEW] udp      17 30 ${flow}\n`])
  await pass(2000)
  expect(out[1]).toBe(`[DESTROY] udp      17 0 ${flow}\n`)
  signal.abort()
  expect(await running).toBe(0)
  expect(out[2]).toBe('conntrack v1.4.7 (conntrack-tools): 2 flow events have been shown.\n')
})
