import { expect, test } from 'vitest'
import { TwoHosts } from '../two-hosts.harness.ts'

const SNAT = '*nat\n-A POSTROUTING -d 10.9.0.2/32 -p tcp -j SNAT --to-source 10.9.0.1:5000-5001\nCOMMIT\n'

/** Two connections that have ended, then eight more while both ports linger in TIME_WAIT: which of those got through. */
function tried(kernel: string, seed: string): readonly boolean[] {
  const hosts = new TwoHosts(SNAT, '1.8.9/nft', kernel, seed)
  hosts.client.ip.listenTcp({ port: 22, program: 'accept' })
  hosts.network.registerProgram({ name: 'accept' })
  return Array.from({ length: 10 }, () => {
    const c = hosts.node.ip.connectTcp({ dst: '10.9.0.2', port: 22, uid: 0 })
    if (typeof c === 'string') throw new Error(c)
    const made = c.state === 'connected'
    c.close()
    return made
  }).slice(2)
}

const seeds = ['a', 'b', 'c']

test('before 6.5 a closed flow keeps its port until it expires', () => {
  for (const seed of seeds) expect(tried('5.15.0-127-generic', seed)).toEqual(Array(8).fill(false))
})

test('since 6.5 it makes way for a flow whose sequence number is past its own', () => {
  const all = seeds.flatMap((seed) => tried('6.5.0', seed))
  // Sequence numbers begin anywhere (secure_tcp_seq): some are past, some are not.
  expect(all).toContain(true)
  expect(all).toContain(false)
})
