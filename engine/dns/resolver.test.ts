import { expect, test } from 'vitest'
import { TwoHosts } from '../net/two-hosts.harness.ts'
import { decodeMessage, encodeMessage, TYPE } from './message.ts'
import { lookup, type ResolverHost } from './resolver.ts'

/** A server that answers both questions, or A alone. */
function asking(answers: readonly number[]) {
  const hosts = new TwoHosts()
  const seen: { type: number; port: number }[] = []
  hosts.network.registerProgram({
    name: 'names',
    datagram: (data, from) => {
      const message = decodeMessage(data)
      if (message?.question === undefined) return []
      const { name, type } = message.question
      seen.push({ type, port: from.port })
      if (!answers.includes(type)) return []
      const found = type === TYPE.A ? [{ name, type, ttl: 5, data: '10.96.0.7' }] : []
      return [encodeMessage({ ...message, response: true, answers: found })]
    },
  })
  hosts.client.ip.listenUdp({ port: 53, program: 'names' })
  const host: ResolverHost = {
    netns: hosts.node,
    uid: 0,
    readFile: (path) => (path === '/etc/resolv.conf' ? 'nameserver 10.9.0.2\n' : ''),
    wait: (_watched, done) => Promise.resolve(done()),
  }
  return { seen, host }
}

test('A and AAAA leave from one socket, A first', async () => {
  const { seen, host } = asking([TYPE.A, TYPE.AAAA])
  expect(await lookup(host, 'web.shop')).toEqual({ kind: 'found', name: 'web.shop', addresses: ['10.96.0.7'] })
  expect(seen.map((s) => s.type)).toEqual([TYPE.A, TYPE.AAAA])
  expect(new Set(seen.map((s) => s.port)).size).toBe(1)
})

test('only what is not answered is asked again', async () => {
  const { seen, host } = asking([TYPE.A])
  expect((await lookup(host, 'web.shop')).kind).toBe('found')
  expect(seen.map((s) => s.type)).toEqual([TYPE.A, TYPE.AAAA, TYPE.AAAA])
})

test('one family is one question', async () => {
  const { seen, host } = asking([TYPE.A])
  await lookup(host, 'web.shop', 4)
  expect(seen.map((s) => s.type)).toEqual([TYPE.A])
})
