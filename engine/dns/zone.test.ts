import { expect, test } from 'vitest'
import { Dice } from '../clock/dice.ts'
import { decodeMessage, encodeMessage, RCODE, TYPE } from './message.ts'
import { candidates, parseResolvConf } from './resolver.ts'
import { answer, type DnsService, type DnsSource } from './zone.ts'

const web: DnsService = {
  namespace: 'shop',
  name: 'web',
  clusterIPs: ['10.96.10.13'],
  ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
  endpoints: [{ address: '10.244.1.10', ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }],
}
const headless: DnsService = {
  ...web,
  name: 'pg',
  clusterIPs: [],
  endpoints: [{ address: '10.244.2.11', hostname: 'pg-0', ports: [] }],
}
const empty: DnsService = { ...headless, name: 'none', endpoints: [] }
const all = [web, headless, empty]
const source: DnsSource = {
  domain: 'cluster.local',
  serial: 1,
  service: (namespace, name) => all.find((s) => s.namespace === namespace && s.name === name),
  services: () => all,
  namespaceExists: (name) => name === 'shop',
}
const ask = (name: string, type: number) => {
  const found = answer(source, name, type, new Dice('dns'))
  return [found.rcode, ...found.answers.map((r) => r.data)]
}

test('answers as conformance/node/FORMAT.md says of CoreDNS', () => {
  expect(ask('web.shop.svc.cluster.local.', TYPE.A)).toEqual([0, '10.96.10.13'])
  expect(ask('web.shop.svc.cluster.local.', TYPE.AAAA)).toEqual([0])
  expect(ask('nope.shop.svc.cluster.local.', TYPE.A)).toEqual([RCODE.NXDOMAIN])
  expect(ask('web.missing.svc.cluster.local.', TYPE.A)).toEqual([RCODE.NXDOMAIN])
  expect(ask('shop.svc.cluster.local.', TYPE.A)).toEqual([0])
  expect(ask('shop.svc.cluster.local.', TYPE.TXT)).toEqual([RCODE.NXDOMAIN])
  expect(ask('pg.shop.svc.cluster.local.', TYPE.A)).toEqual([0, '10.244.2.11'])
  expect(ask('pg-0.pg.shop.svc.cluster.local.', TYPE.A)).toEqual([0, '10.244.2.11'])
  expect(ask('none.shop.svc.cluster.local.', TYPE.A)).toEqual([RCODE.NXDOMAIN])
  expect(ask('10-244-9-9.shop.pod.cluster.local.', TYPE.A)).toEqual([0, '10.244.9.9'])
  expect(ask('999-1-1-1.shop.pod.cluster.local.', TYPE.A)).toEqual([RCODE.NXDOMAIN])
  expect(ask('_http._tcp.web.shop.svc.cluster.local.', TYPE.SRV)).toEqual([0, '0 100 80 web.shop.svc.cluster.local.'])
  expect(ask('13.10.96.10.in-addr.arpa.', TYPE.PTR)).toEqual([0, 'web.shop.svc.cluster.local.'])
})

test('messages survive the wire', () => {
  const found = answer(source, '_http._tcp.web.shop.svc.cluster.local.', TYPE.SRV, new Dice('dns'))
  const question = { name: '_http._tcp.web.shop.svc.cluster.local.', type: TYPE.SRV }
  const flags = { authoritative: true, truncated: false, recursionDesired: true, recursionAvailable: false }
  const { answers, authority, additional } = found
  const message = { id: 7, response: true, ...flags, rcode: 0, question, answers, authority, additional }
  expect(decodeMessage(encodeMessage(message))).toEqual(message)
})

test('the resolver walks its search list by ndots', () => {
  const conf = parseResolvConf(
    'nameserver 10.96.0.10\nsearch shop.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n',
  )
  expect(candidates('web.shop', conf)).toEqual([
    'web.shop.shop.svc.cluster.local.',
    'web.shop.svc.cluster.local.',
    'web.shop.cluster.local.',
    'web.shop.',
  ])
  expect(candidates('www.example.com.', conf)).toEqual(['www.example.com.'])
})
