import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { TwoHosts } from '../../../engine/net/two-hosts.harness.ts'
import { runOn } from '../node/lab.ts'

/** The rules that were in force, on both backends, while a real kernel 6.18 was asked. */
const RAW = '*raw\n-A PREROUTING -p udp -j TRACE\n-A OUTPUT -p udp -j TRACE\nCOMMIT\n'
const NFT = `${RAW}*filter
:FOO -
-A FOO -p tcp -j ACCEPT
-A FOO -p udp -m udp --dport 998 -j RETURN
-A FOO -m comment --comment "no verdict"
-A INPUT -p udp -j FOO
-A INPUT -p udp --dport 997 -g FOO
-A INPUT -p udp -j MARK --set-mark 5
-A INPUT -p udp --dport 996 -j DROP
-A INPUT -p udp --dport 995 -j REJECT
COMMIT
*nat
-A PREROUTING -p udp --dport 993 -j REDIRECT --to-ports 994
COMMIT
`
const LEGACY = `*raw
-A PREROUTING -p udp -j TRACE
-A PREROUTING -p tcp -j TRACE
-A OUTPUT -p tcp -j TRACE
COMMIT
*filter
:FOO -
:BAR -
-A FOO -p tcp --dport 1 -j ACCEPT
-A FOO -p udp -m udp --dport 998 -j RETURN
-A FOO -m comment --comment "no verdict"
-A INPUT -p udp -j FOO
-A INPUT -p udp -j MARK --set-mark 5
-A INPUT -p udp --dport 996 -j DROP
-A INPUT -p udp --dport 995 -j REJECT
-A BAR -j RETURN
-A INPUT -g BAR
-A OUTPUT -j ACCEPT
COMMIT
*nat
-A PREROUTING -p udp --dport 993 -j REDIRECT --to-ports 994
COMMIT
`
const PROTOCOLS = JSON.parse(readFileSync('engine/cluster/etc.data.json', 'utf8'))['/etc/protocols'] as string
const recorded = (name: string) => readFileSync(`test/golden/trace/${name}.txt`, 'utf8').trimEnd().split('\n')

/** Without what is drawn or counted anew each time: trace numbers, identifications, source ports, rule handles. */
const masked = (line: string) =>
  line
    .replace(/(?<=(PACKET|TRACE): 2 )[0-9a-f]{8}/, 'ID')
    .replace(/\bID=\d+/, 'ID=N')
    .replace(/(?<=[SD]PO?R?T=)\d{5}/, 'N')
    .replace(/(?<=rule:)0x[0-9a-f]+/, 'H')

describe('xtables-monitor --trace', () => {
  for (const version of ['1.8.7', '1.8.9', '1.8.11', '1.8.13']) {
    test(`prints what ${version} printed`, async () => {
      const lines = recorded(`xtables-monitor-${version}`)
      const wanted = new Map<string, string[]>()
      for (const line of lines) {
        const id = /: 2 ([0-9a-f]{8})/.exec(line)?.[1] as string
        wanted.set(id, [...(wanted.get(id) ?? []), masked(line)])
      }
      expect(wanted.size).toBeGreaterThan(2)
      for (const group of wanted.values()) {
        const hosts = new TwoHosts(NFT, `${version}/nft`)
        const outgoing = group[0]?.includes('OUT=')
        const port = Number(/DPORT=(\d+)/.exec(group[0] as string)?.[1])
        void hosts.clock.sleep(100).then(() => {
          if (outgoing) hosts.datagram('10.9.0.2', port, 'hi\n', hosts.node)
          else hosts.datagram('10.9.0.1', port)
        })
        const seen = await runOn(hosts.node, ['xtables-monitor', '--trace'], { '/etc/protocols': PROTOCOLS }, 0, '', 1000, `${version}/nft`)
        expect(seen.stdout.trimEnd().split('\n').map(masked)).toEqual(group.map((l, i) => (i === group.length - 1 ? l.trimEnd() : l)))
      }
    })
  }
})

test('TRACE of legacy tables goes to the kernel log', () => {
  const hosts = new TwoHosts(LEGACY, '1.8.9/legacy')
  for (const port of [999, 998, 996, 995, 993]) hosts.datagram('10.9.0.1', port)
  const refused = hosts.client.ip.connectTcp({ dst: '10.9.0.1', port: 81, uid: 0 })
  expect(typeof refused === 'string' ? refused : refused.errno).toBe('ECONNREFUSED')
  const same = (line: string) => masked(line).replace(/(?<=(SEQ|ACK)=)\d{2,}/g, 'N').replace(/OPT \([0-9A-F]+\)/, 'OPT (X)')
  expect(hosts.log().map(same).map((l) => l.trimEnd())).toEqual(recorded('legacy-kernel-log').map((l) => same(l).trimEnd()))
})
